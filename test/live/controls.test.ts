/**
 * What a running lab can be told to do to its hosts and cables, as the hosts themselves see it:
 * their kernels' counters and processes, and a ping, say whether it was done.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, test } from 'vitest';
import { processesIn } from '../../src/lab/namespace.ts';
import { havip, type LabProcess, PROGRAM, removeLabs, whyNoLab } from './lab-process.ts';
import { calmUp, HAVIP, holderIn, ipOf, pairLab, takeoversSince } from './pair-lab.ts';

const reason = whyNoLab();
const isSkipped = reason !== null && process.env.CI === undefined;
if (isSkipped) console.warn(`skipped: commands to a running lab (${reason})`);

const TIME = { timeout: 120_000 };

/** Of the host's keepalived, its parent and its VRRP process. */
function states(lab: LabProcess, host: string): string[] {
  return processesIn(lab.namespace(host)).map((pid) => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
  });
}

/**
 * `ping` of so many requests: those that were answered, and how it says so. Once one was answered,
 * it waits for the rest only as long as its requests are apart: answers that come later by a stall
 * of the machine count as lost, and did where they were 10 ms apart. Many are sent sooner.
 */
async function pinged(lab: LabProcess, target: string, count: number) {
  const interval = count > 10 ? '0.01' : '0.1';
  const words = ['-n', '-q', '-i', interval, '-c', String(count), '-W', '1', target];
  const said = await lab.exec('client', 'ping', ...words);
  const received = Number(/(\d+) received/.exec(said)?.[1] ?? Number.NaN);
  const duplicates = Number(/\+(\d+) duplicates/.exec(said)?.[1] ?? 0);
  const fastest = Number(/rtt min\/avg\/max\/mdev = ([\d.]+)/.exec(said)?.[1] ?? Number.NaN);
  return { received, duplicates, fastest };
}

function bothWith(...more: string[]): LabProcess {
  return pairLab({ keepalived: { 'node-1': { more }, 'node-2': { more } } });
}

/** The lines of `havip up` as a person sees them. */
async function linesOf(lab: LabProcess): Promise<string[]> {
  const args = [PROGRAM, 'up', join(lab.folder, 'lab.yaml')];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  await expect
    .poll(() => lines.some((line) => line.includes('  ready: ')), { timeout: 30_000 })
    .toBe(true);
  return lines;
}

describe.skipIf(isSkipped)('a running lab', () => {
  afterEach(removeLabs, 60_000);

  test('shows what it was told to do before what came of it, and who is dead', TIME, async () => {
    const lab = pairLab();
    const lines = await linesOf(lab);
    await lab.until(async () => (await holderIn(lab)) === 'node-1', 'holder node-1');
    // The first election may have been one as well, the other way round.
    const takeover = / takeover of .* from node-1 to node-2: /;
    const port = async (host: string): Promise<string> =>
      (await lab.command('status')).split('\n').find((line) => line.includes(`${host}/eth0 `))!;
    await lab.command('cut', 'client', '--carrier');
    expect(await port('client')).toMatch(/ cut /);
    await lab.command('heal', 'client');
    await expect(lab.command('kill', 'nobody')).rejects.toThrow(/no host nobody/);
    await lab.command('kill', 'node-1');
    expect(await port('node-1')).toMatch(/ dead /);
    expect(await lab.command('status', '--json')).toMatch(/"state":"cut"/);
    expect(await lab.command('status', '--json')).not.toContain('dead');
    await expect
      .poll(() => lines.some((line) => takeover.test(line)), { timeout: 30_000 })
      .toBe(true);
    await lab.command('start', 'node-1');
    expect(await port('node-1')).toMatch(/ up /);
    const told = lines
      .filter(
        (line) => /^[\d:.]{12} {2}(cut|heal|kill|start|status) /.test(line) || takeover.test(line),
      )
      .map((line) => line.slice(14).replace(/ of .*/, ''));
    expect(told).toEqual([
      ...['cut client --carrier', 'heal client', 'kill node-1', 'takeover', 'start node-1'],
    ]);
    await lab.command('down');
  });

  test('pauses a host in the middle of what it does, and lets it go on', TIME, async () => {
    const lab = bothWith('garp_master_refresh 1');
    const since = await calmUp(lab);
    await lab.command('pause', 'node-1');
    expect(await lab.portState('node-1')).toBe('paused');
    expect(states(lab, 'node-1')).toEqual(['T', 'T']);
    const taken = await lab.event('takeover', ({ time }) => time > since);
    expect([taken.from.name, taken.to.name, taken.cause]).toEqual(['node-1', 'node-2', 'crash']);
    expect((await lab.labStatus()).drops['port-held'] ?? 0).toBeGreaterThan(0);
    await lab.command('resume', 'node-1');
    expect(await lab.portState('node-1')).toBe('up');
    expect(states(lab, 'node-1')).not.toContain('T');
    // It knows nothing of it, goes on as master, and the other one yields.
    await lab.until(() => takeoversSince(lab, since).length >= 2, 'takeover back');
    expect(takeoversSince(lab, since)[1]?.to.name).toBe('node-1');
    const ping = lab.ping('client', HAVIP);
    await ping.more(10);
  });

  test(
    'tells when a host that was paused is master again and does not announce it',
    TIME,
    async () => {
      const lab = bothWith('garp_lower_prio_repeat 0');
      const since = await calmUp(lab);
      await lab.command('pause', 'node-1');
      await lab.event('takeover', ({ time }) => time > since);
      await lab.command('resume', 'node-1');
      const stale = await lab.event('finding', ({ code }) => code === 'stale-cache');
      expect(stale.message).toMatch(/^node-1 .* only master .* that of node-2/);
      expect(await holderIn(lab)).toBe('node-2');
      expect((await pinged(lab, HAVIP, 5)).received).toBe(0);
    },
  );

  test('cuts a cable silently, or so that the host sees it, and heals it', TIME, async () => {
    const lab = pairLab();
    await calmUp(lab);
    const carrier = (): Promise<string> =>
      lab.exec('node-2', 'cat', '/sys/class/net/eth0/carrier').then((text) => text.trim());
    expect((await pinged(lab, ipOf('node-2'), 5)).received).toBe(5);
    await lab.command('cut', 'node-2');
    expect([await lab.portState('node-2'), await carrier()]).toEqual(['cut', '1']);
    expect((await pinged(lab, ipOf('node-2'), 5)).received).toBe(0);
    expect((await lab.labStatus()).drops['port-cut']).toBeGreaterThanOrEqual(5);
    await lab.command('heal', 'node-2');
    expect(await lab.portState('node-2')).toBe('up');
    expect((await pinged(lab, ipOf('node-2'), 5)).received).toBe(5);
    await lab.command('cut', 'node-2/eth0', '--carrier');
    expect(await carrier()).toBe('0');
    expect((await pinged(lab, ipOf('node-2'), 5)).received).toBe(0);
    await lab.command('heal', 'node-2');
    expect(await carrier()).toBe('1');
    await lab.until(async () => (await pinged(lab, ipOf('node-2'), 1)).received === 1, 'answer');
    await lab.exec('node-2', 'ip', 'link', 'set', 'eth0', 'down');
    expect((await pinged(lab, ipOf('node-2'), 5)).received).toBe(0);
    expect((await lab.labStatus()).drops['port-down']).toBeGreaterThanOrEqual(5);
    await lab.command('cut', 'node-2', '--carrier');
    await lab.command('kill', 'node-2');
    await lab.command('start', 'node-2');
    expect([await lab.portState('node-2'), await carrier()]).toEqual(['up', '1']);
  });

  test('spoils a cable by loss, duplication and delay, the same way each time', TIME, async () => {
    const lab = pairLab();
    await calmUp(lab);
    const target = ipOf('node-2');
    await lab.command('fault', 'client', '--delay', '40ms');
    const delayed = await pinged(lab, target, 5);
    expect(delayed.received).toBe(5);
    expect(delayed.fastest).toBeGreaterThanOrEqual(40);
    expect(delayed.fastest).toBeLessThan(80);
    await lab.command('fault', 'client', '--duplicate', '100%');
    const doubled = await pinged(lab, target, 5);
    // It ends at the last answer, and may not see that one again.
    expect([doubled.received, doubled.duplicates >= 4]).toEqual([5, true]);
    const lossy: number[] = [];
    for (const seed of ['7', '7', '8']) {
      await lab.command('fault', 'client', '--loss', '30%', '--seed', seed);
      lossy.push((await pinged(lab, target, 100)).received);
    }
    // 70 of 100 are to be expected, ± 5 standard deviations of a binomial distribution.
    for (const received of lossy) expect(Math.abs(received - 70)).toBeLessThan(23);
    // Frames of ARP among them may shift which are lost.
    expect(Math.abs((lossy[0] ?? 0) - (lossy[1] ?? 99))).toBeLessThanOrEqual(2);
    await lab.command('fault', 'client', '--loss', '1');
    expect((await pinged(lab, target, 5)).received).toBe(0);
    await lab.command('heal', 'client');
    expect(await pinged(lab, target, 5)).toMatchObject({ received: 5, duplicates: 0 });
  });

  test('refuses what it does not know, and goes on', TIME, async () => {
    const lab = pairLab();
    await calmUp(lab);
    for (const [words, said] of [
      [['kill', 'nobody'], /no host nobody.*known are node-1, node-2, client/],
      [['cut', 'node-1/eth7'], /no host node-1\/eth7/],
      [['bind', 'mail', 'client'], /mail/],
      [['bind', 'web', 'nobody'], /nobody/],
      [['unbind', 'web', 'client'], /client/],
      [['fault', 'client', '--loss', '150%'], /150%/],
    ] as const) {
      const { status, errors } = await havip(...words, '--lab', lab.name);
      expect([words, status]).toEqual([words, 2]);
      expect(errors).toMatch(said);
    }
    expect((await pinged(lab, HAVIP, 5)).received).toBe(5);
  });
});
