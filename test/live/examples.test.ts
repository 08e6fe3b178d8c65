/**
 * The examples, each as its README runs it: a host fails, the client's ping resumes when the
 * backup's timer has run out, and the lab says of it what the ping log says.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { ClaimEvent } from '../../src/analysis/live-events.ts';
import { havip, LabProcess, ROOT, removeLabs, whyNoLab } from './lab-process.ts';
import type { PingLog } from './ping-log.ts';

const reason = whyNoLab();
const isSkipped = reason !== null && process.env.CI === undefined;
if (isSkipped) console.warn(`skipped: the examples (${reason})`);
const hasIpvs = existsSync('/proc/net/ip_vs');

const LIMIT = { timeout: 180_000 };
/** Seconds between two adverts, and how many may be missed (RFC 9568, 6.1). */
const ADVERT_INTERVAL = 1;
const MISSED_MAX = 3;
/** Seconds that a busy machine may add to what a timer of keepalived's says. */
const TIMER_SLACK = 1.5;
/** Seconds that it may lie between the switch's passing an answer on and ping's taking it. */
const PING_SLACK = 0.15;
const FLOWING = 30;

/** RFC 9568, 6.1: Active_Down_Interval, of a backup with this priority. */
function masterDownInterval(priority: number): number {
  return (MISSED_MAX + (256 - priority) / 256) * ADVERT_INTERVAL;
}

async function flowing(lab: LabProcess, target: string): Promise<PingLog> {
  const ping = lab.ping('client', target);
  await ping.more(FLOWING);
  return ping;
}

/**
 * Kills whoever holds it; judges the takeover by the RFC's timer, from the priority of the other
 * one, and by the ping log. Gives who died.
 */
async function crash(lab: LabProcess, ping: PingLog, priorities: Record<string, number>) {
  const from = lab.events.length;
  const victim = (await holder(lab)) ?? '';
  const [heir = '', priority = 0] = Object.entries(priorities).find(([host]) => host !== victim)!;
  await lab.command('kill', victim);
  const takeover = await lab.event('takeover', (one) => one.from.name === victim, { from });
  await ping.more(FLOWING);
  const expected = masterDownInterval(priority);
  expect(takeover).toMatchObject({ to: { name: heir }, cause: 'crash' });
  expect(takeover.detectionSeconds).toBeGreaterThan(expected - 0.05);
  expect(takeover.detectionSeconds).toBeLessThan(expected + TIMER_SLACK);
  expect(takeover.repointMicroseconds).toBeGreaterThanOrEqual(0);
  const gap = ping.longestGap();
  // The host died at some instant between two adverts.
  expect(gap.seconds).toBeGreaterThan(expected - ADVERT_INTERVAL - TIMER_SLACK);
  expect(gap.seconds).toBeLessThan(expected + TIMER_SLACK);
  expect(Math.abs(takeover.outageSeconds! - gap.seconds)).toBeLessThan(ping.interval + PING_SLACK);
  expect(Math.abs(Date.parse(takeover.time) / 1000 - gap.to)).toBeLessThan(1);
  return victim;
}

/** With preemption the higher priority has it in the end, whoever was up first. */
async function until(lab: LabProcess, host: string): Promise<void> {
  await lab.until(async () => (await holder(lab)) === host, `${host} as holder`);
}

async function holder(lab: LabProcess): Promise<string | null | undefined> {
  return (await lab.labStatus()).havips[0]?.holder?.name;
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

describe.skipIf(isSkipped)('the examples', () => {
  afterEach(() => removeLabs());

  test('alibaba: the backup takes over and keeps the HaVip', LIMIT, async () => {
    const lab = LabProcess.ofFolder('examples/alibaba');
    const ready = await lab.up();
    expect(ready.havips).toMatchObject([
      { name: 'web', holder: expect.stringContaining('00:16:3e:00:00:0') },
    ]);
    const ping = await flowing(lab, '192.168.0.88');
    const victim = await crash(lab, ping, { 'ecs-1': 100, 'ecs-2': 10 });
    const from = lab.lines.length;
    const heir = await holder(lab);
    await lab.command('start', victim);
    const isBackup = () => lab.lines.slice(from).some((line) => /BACKUP STATE/.test(line));
    await lab.until(isBackup, `backup state of ${victim}`);
    await pause(masterDownInterval(10));
    expect(await holder(lab)).toBe(heir);
    expect(await lab.down()).toBe(0);
  });

  test('tencent: who announces the HAVIP has it, other addresses stay', LIMIT, async () => {
    const lab = LabProcess.ofFolder('examples/tencent');
    const ready = await lab.up();
    expect(ready.havips).toMatchObject([
      { holder: expect.stringContaining('52:54:'), members: [] },
    ]);
    const ping = await flowing(lab, '172.17.16.3');
    const dead = await crash(lab, ping, { 'cvm-2': 100, 'cvm-1': 80 });
    const alive = dead === 'cvm-1' ? 'cvm-2' : 'cvm-1';
    await announce(lab, alive, '172.17.16.20');
    const claim = await lab.event('claim', ({ verdict }) => verdict === 'refused');
    expect(claim).toMatchObject({ ip: '172.17.16.20', name: alive, reason: 'ordinary-address' });
  });

  test('ucloud: nopreempt with state MASTER does not hold', LIMIT, async () => {
    const lab = LabProcess.ofFolder('examples/ucloud');
    await lab.up();
    const ping = await flowing(lab, '10.0.6.19');
    await until(lab, 'vm-1');
    await crash(lab, ping, { 'vm-1': 110, 'vm-2': 100 });
    const from = lab.events.length;
    await lab.command('start', 'vm-1');
    const takeover = await lab.event('takeover', () => true, { from });
    expect(takeover).toMatchObject({ to: { name: 'vm-1' }, cause: 'preemption' });
    await ping.more(FLOWING);
    expect(ping.longestGap(Date.parse(takeover.time) / 1000 - 1).seconds).toBeLessThan(0.5);
  });

  test('huawei: adverts by multicast arrive', LIMIT, async () => {
    const lab = LabProcess.ofFolder('examples/huawei');
    await lab.up();
    const ping = await flowing(lab, '192.168.1.100');
    await crash(lab, ping, { 'ecs-1': 100, 'ecs-2': 50 });
    expect(Object.keys((await lab.labStatus()).drops)).toEqual(['port-cut']);
  });

  test('classic: the client learns the other MAC', LIMIT, async () => {
    const lab = LabProcess.ofFolder('examples/classic');
    await lab.up();
    const ping = await flowing(lab, '192.168.192.237');
    const cache = () => lab.exec('client', 'ip', 'neigh', 'show', '192.168.192.237');
    await until(lab, 'node-1');
    await ping.more(FLOWING);
    expect(await cache()).toContain('lladdr 00:21:5a:db:68:e8');
    await crash(lab, ping, { 'node-1': 100, 'node-2': 90 });
    expect(await cache()).toContain('lladdr 00:21:5a:db:7f:c2');
  });

  test('ipv6-ucloud: neighbor advertisements move an IPv6 VIP', LIMIT, async () => {
    const lab = LabProcess.ofFolder('examples/ipv6-ucloud');
    await lab.up();
    const ping = await flowing(lab, '2001:db8:6::19');
    // Where the lower priority was up first, both claim it before one of them is master.
    const elected = lab.events.length;
    await crash(lab, ping, { 'vm-1': 110, 'vm-2': 100 });
    const said = (claim: ClaimEvent) => `${claim.form} ${claim.verdict}`;
    expect(lab.eventsOf('claim', elected).map(said)).toEqual(['unsolicited-na moved']);
    expect(new Set(lab.eventsOf('claim').map(said))).toEqual(new Set(['unsolicited-na moved']));
  });

  test('rogue: its announcements are refused, and nobody notices', LIMIT, async () => {
    const lab = LabProcess.ofFolder('examples/rogue');
    await lab.up();
    const ping = await flowing(lab, '192.168.0.88');
    await announce(lab, 'rogue', '192.168.0.88');
    await announce(lab, 'rogue', '192.168.0.88', '-P');
    await lab.until(() => refusals(lab).length === 2, 'two refusals');
    expect(refusals(lab)).toEqual([
      'rogue gratuitous-request not-member',
      'rogue gratuitous-reply not-member',
    ]);
    await lab.event('finding', ({ code, ip }) => code === 'claim-refused' && ip === '192.168.0.88');
    await ping.more(FLOWING);
    expect(ping.lost).toBe(0);
    expect((await lab.labStatus()).drops).toMatchObject({ 'not-member': 2 });
    await lab.command('bind', 'web', 'rogue');
    await announce(lab, 'rogue', '192.168.0.88');
    await lab.event('claim', ({ verdict, name }) => verdict === 'moved' && name === 'rogue');
    await lab.command('unbind', 'web', 'rogue');
    await announce(lab, 'rogue', '192.168.0.88');
    await lab.until(() => refusals(lab).length === 3, 'a third refusal');
  });

  test('split-brain: two masters take it from each other until they hear', LIMIT, async () => {
    const lab = LabProcess.ofFolder('examples/split-brain');
    await lab.up();
    await until(lab, 'ecs-1');
    const ping = await flowing(lab, '192.168.0.88');
    const firewall = join(lab.folder, 'no-vrrp.nft');
    expect(await lab.exec('ecs-2', 'nft', '-f', firewall)).toBe('');
    await lab.event('takeover', ({ to }) => to.name === 'ecs-2');
    await lab.event('takeover', ({ to, cause }) => to.name === 'ecs-1' && cause === 'split-brain');
    await lab.event('finding', ({ code }) => code === 'split-brain');
    await lab.event('finding', ({ code }) => code === 'flapping');
    const from = lab.lines.length;
    await lab.exec('ecs-2', 'nft', 'flush', 'ruleset');
    const isBackup = () => lab.lines.slice(from).some((line) => /BACKUP STATE/.test(line));
    await lab.until(isBackup, 'backup state of ecs-2');
    await pause(2 * ADVERT_INTERVAL);
    expect(await holder(lab)).toBe('ecs-1');
    await ping.more(FLOWING);
  });

  test('huawei-lvs-dr: the director of nftables', LIMIT, async () => {
    await balance(LabProcess.ofFolder('examples/huawei-lvs-dr'));
  });

  test('huawei-lvs-dr: a cloud that forwards by IP sends it back', LIMIT, async () => {
    const lab = LabProcess.ofFolder('examples/huawei-lvs-dr');
    replaceIn(lab, 'lab.yaml', /provider: huawei/, 'provider: alibaba');
    // No multicast there.
    for (const [self, peer] of ['12', '21']) {
      const unicast = `unicast_src_ip 192.168.5.1${self}\nunicast_peer {\n192.168.5.1${peer}\n}\n`;
      replaceIn(lab, `director-${self}.conf`, /virtual_ipaddress/, `${unicast}virtual_ipaddress`);
    }
    await lab.up();
    await flowing(lab, '192.168.5.100');
    expect(await served(lab, { times: 4, milliseconds: 300 })).toEqual(['nobody']);
    const { severity, ip } = await lab.event('finding', (one) => one.code === 'lvs-dr-unsupported');
    expect([severity, ip]).toEqual(['error', '192.168.5.100']);
    expect((await lab.labStatus()).drops.hairpin).toBeGreaterThanOrEqual(4);
  });

  test.skipIf(!hasIpvs)('huawei-lvs-dr: IPVS (not where the kernel has none)', LIMIT, async () => {
    const lab = LabProcess.ofFolder('examples/huawei-lvs-dr');
    replaceIn(lab, 'lab.yaml', /nft -f director-\d\.nft/g, 'sh director-ipvs.sh');
    await balance(lab);
  });

  test('a lab from two keepalived.conf files runs', LIMIT, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'havip-init-'));
    try {
      const files = ['lb-1', 'lb-2'].map((host, i) => {
        const text = readFileSync(join(ROOT, `examples/alibaba/ecs-${i + 1}.conf`));
        mkdirSync(join(folder, host));
        writeFileSync(join(folder, host, 'keepalived.conf'), text);
        return join(folder, host, 'keepalived.conf');
      });
      const output = join(folder, 'lab.yaml');
      const { status } = await havip('init', ...files, '--provider', 'alibaba', '--output', output);
      expect(status).toBe(0);
      const lab = LabProcess.ofFolder(folder);
      await lab.up();
      const ping = await flowing(lab, '192.168.0.88');
      await crash(lab, ping, { 'lb-1': 100, 'lb-2': 10 });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

function replaceIn(lab: LabProcess, name: string, pattern: RegExp, text: string): void {
  const file = join(lab.folder, name);
  writeFileSync(file, readFileSync(file, 'utf8').replace(pattern, text));
}

/** Habets' arping: a gratuitous request; with -P the form of a reply. */
async function announce(lab: LabProcess, host: string, ip: string, ...more: string[]) {
  await lab.exec(host, 'arping', '-q', '-U', ...more, '-c', '1', '-i', 'eth0', '-S', ip, ip);
}

function refusals(lab: LabProcess): string[] {
  const refused = lab.eventsOf('claim').filter(({ verdict }) => verdict === 'refused');
  return refused.map(({ name, form, reason }) => `${name} ${form} ${reason}`);
}

/** Both real servers serve by either director. */
async function balance(lab: LabProcess): Promise<void> {
  await lab.up();
  const ping = await flowing(lab, '192.168.5.100');
  expect(await served(lab)).toEqual(['rs-1', 'rs-2']);
  await crash(lab, ping, { 'director-1': 100, 'director-2': 50 });
  expect(await served(lab)).toEqual(['rs-1', 'rs-2']);
  expect(lab.eventsOf('finding').map(({ code }) => code)).not.toContain('lvs-dr-unsupported');
}

/** Asks so many times; the names of the servers that answered, `nobody` where none did in time. */
async function served(
  lab: LabProcess,
  { times = 20, milliseconds = 3000 }: { times?: number; milliseconds?: number } = {},
): Promise<string[]> {
  const script = `
    for (let i = 0; i < ${times}; i++) {
      const signal = AbortSignal.timeout(${milliseconds});
      const answer = fetch('http://192.168.5.100', { signal }).then((one) => one.text());
      console.log((await answer.catch(() => 'nobody')).trim());
    }`;
  const words = ['--input-type=module', '-e', script];
  const said = await lab.exec('client', process.execPath, ...words);
  return [...new Set(said.trim().split('\n'))].sort();
}
