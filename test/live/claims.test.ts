/**
 * Claims on the wire of a running lab: a host that is not bound announces the HaVip in every form
 * that tools send, and the client's ping must not notice; what `bind` and `unbind` change holds
 * from the next frame on.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { FailoverEntry, ReplayResult } from '../../src/analysis/result.ts';
import { announcement } from '../dataplane/frames.ts';
import { FrameSender } from './frame-sender.ts';
import { havip, type LabProcess, removeLabs, whyNoLab } from './lab-process.ts';
import { calmUp, HAVIP, type Host, holderIn, macOf, pairLab, takeoversSince } from './pair-lab.ts';
import { attempts } from './rogue-frames.ts';

const reason = whyNoLab();
const isSkipped = reason !== null && process.env.CI === undefined;
if (isSkipped) console.warn(`skipped: claims in a running lab (${reason})`);

const TIME = { timeout: 120_000 };
/** As many as the tool sends; it waits for answers, which never come. */
const ANNOUNCED = 2;

/** Sends from inside a host what its kernel would not. */
async function sending(
  lab: LabProcess,
  host: Host,
  work: (sender: FrameSender) => Promise<void>,
): Promise<void> {
  const sender = new FrameSender(lab.namespace(host));
  try {
    await work(sender);
  } finally {
    sender.end();
  }
}

/** What became of the announcement of the HaVip that `host` now sends. */
async function announced(lab: LabProcess, sender: FrameSender, host: Host) {
  const from = lab.events.length;
  await sender.send(announcement(macOf(host), HAVIP));
  const { verdict, reason: why } = await lab.event('claim', ({ mac }) => mac === macOf(host), {
    from,
  });
  return why === null ? verdict : `${verdict} ${why}`;
}

describe.skipIf(isSkipped)('claims in a running lab', () => {
  afterEach(removeLabs, 60_000);

  test('of a host that is not bound are refused in every form', TIME, async () => {
    const lab = pairLab({ provider: 'ucloud', hasIpv6: true, more: ['rogue'] });
    const since = await calmUp(lab);
    const ping = lab.ping('client', HAVIP);
    await ping.more(25);
    const { drops } = await lab.labStatus();
    const counted: Record<string, number> = {};
    await sending(lab, 'rogue', async (sender) => {
      for (const { what, frame, form, reason: why } of attempts()) {
        const from = lab.events.length;
        await sender.send(frame);
        const told = await lab.event('claim', ({ port }) => port === 'rogue/eth0', { from });
        expect([what, told.form, told.verdict, told.reason]).toEqual([what, form, 'refused', why]);
        counted[why] = (counted[why] ?? 0) + 1;
      }
    });
    await ping.more(25);
    await ping.stop();
    expect(ping.lost).toBe(0);
    const after = (await lab.labStatus()).drops;
    for (const [why, count] of Object.entries(counted)) {
      expect([why, (after[why] ?? 0) - (drops[why] ?? 0)]).toEqual([why, count]);
    }
    expect(await holderIn(lab)).toBe('node-1');
    const { message } = await lab.event('finding', ({ code }) => code === 'claim-refused');
    expect(message).toMatch(/rogue .* claimed 10\.77\.0\.88 .*not-member/);
    expect(takeoversSince(lab, since)).toEqual([]);
  });

  test('by arping are refused, counted and told', TIME, async () => {
    const lab = pairLab({ more: ['rogue'] });
    await calmUp(lab);
    const ping = lab.ping('client', HAVIP);
    await ping.more(25);
    for (const [words, form] of [
      [['-U'], 'gratuitous-request'],
      [['-U', '-P'], 'gratuitous-reply'],
    ] as const) {
      const from = lab.events.length;
      const count = ['-c', String(ANNOUNCED), '-W', '0.2'];
      const said = await lab.exec(
        'rogue',
        'arping',
        ...words,
        ...count,
        '-i',
        'eth0',
        '-S',
        HAVIP,
        HAVIP,
      );
      expect(said).toContain('0 packets received');
      const isRefused = (): boolean =>
        lab.eventsOf('claim', from).filter((one) => one.form === form).length === ANNOUNCED;
      await lab.until(isRefused, 'claims by arping');
      for (const claim of lab.eventsOf('claim', from)) {
        const { ip, mac, name, port, verdict } = claim;
        expect([ip, mac, name, port]).toEqual([HAVIP, macOf('rogue'), 'rogue', 'rogue/eth0']);
        expect([verdict, claim.reason]).toEqual(['refused', 'not-member']);
      }
    }
    await ping.more(25);
    await ping.stop();
    expect(ping.lost).toBe(0);
    expect((await lab.labStatus()).drops['not-member']).toBe(2 * ANNOUNCED);
    const told = (): number =>
      lab.eventsOf('drops').reduce((sum, one) => sum + Number(one['not-member'] ?? 0), 0);
    // They are told once a second.
    await lab.until(() => told() >= 2 * ANNOUNCED, 'the drops of the last second');
    expect(told()).toBe(2 * ANNOUNCED);
  });

  test('stand and fall with unbind and bind, from the next frame on', TIME, async () => {
    const lab = pairLab();
    await calmUp(lab);
    await sending(lab, 'node-1', async (sender) => {
      await lab.command('unbind', 'web', 'node-1');
      expect(await announced(lab, sender, 'node-1')).toBe('refused not-member');
      expect(await holderIn(lab)).toBeNull();
      const ping = lab.ping('client', HAVIP);
      await lab.until(
        async () => ((await lab.labStatus()).drops['no-holder'] ?? 0) > 0,
        'no-holder',
      );
      expect(ping.answers).toEqual([]);
      await lab.command('bind', 'web', 'node-1');
      expect(await announced(lab, sender, 'node-1')).toBe('moved');
      expect(await holderIn(lab)).toBe('node-1');
      await ping.more(10);
    });
    // The other member is none the worse for it.
    await sending(lab, 'node-2', async (sender) => {
      expect(await announced(lab, sender, 'node-2')).toBe('moved');
      await lab.command('unbind', 'web', 'node-1');
      expect(await holderIn(lab)).toBe('node-2');
    });
  });

  test('are told of and let pass with --dry-run-guard', TIME, async () => {
    const lab = pairLab({ more: ['rogue'] });
    await calmUp(lab, '--dry-run-guard');
    await sending(lab, 'rogue', async (sender) => {
      expect(await announced(lab, sender, 'rogue')).toBe('refused not-member');
    });
    expect(await holderIn(lab)).toBe('rogue');
    // Until the master says it again.
    await sending(lab, 'node-1', async (sender) => {
      await sender.send(announcement(macOf('node-1'), HAVIP));
      await lab.until(async () => (await holderIn(lab)) === 'node-1', 'holder');
    });
  });

  test('are in the captures, with the reason as a comment', TIME, async () => {
    const lab = pairLab({ more: ['rogue'] });
    const folder = join(lab.folder, 'captures');
    await calmUp(lab, '--capture', folder);
    const ping = lab.ping('client', HAVIP);
    await ping.more(10);
    await ping.stop();
    await sending(lab, 'rogue', async (sender) => {
      expect(await announced(lab, sender, 'rogue')).toBe('refused not-member');
    });
    await lab.down();
    const read = (host: Host, filter: string, ...fields: string[]): string[] => {
      const args = ['-r', join(folder, `${host}-eth0.pcapng`), '-Y', filter, '-T', 'fields'];
      const text = execFileSync('tshark', [...args, ...fields.flatMap((one) => ['-e', one])], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      return text.split('\n').filter((line) => line !== '');
    };
    const claims = `arp.src.proto_ipv4 == ${HAVIP} && eth.src == ${macOf('rogue')}`;
    expect(read('rogue', claims, 'arp.isgratuitous', 'frame.comment')).toEqual([
      expect.stringMatching(/^(1|True)\tdropped: not-member$/),
    ]);
    expect(read('client', `arp.src.proto_ipv4 == ${HAVIP}`, 'frame.comment')).not.toContain(
      'dropped: not-member',
    );
    // What one port gave, another got: requests and answers are in both files.
    const requests = read('client', 'icmp.type == 8', 'icmp.seq');
    expect(requests.length).toBeGreaterThanOrEqual(10);
    expect(read('node-1', 'icmp.type == 8', 'icmp.seq')).toEqual(requests);
    const answers = read('client', 'icmp.type == 0', 'icmp.seq');
    expect(read('node-1', 'icmp.type == 0', 'icmp.seq')).toEqual(answers);
    // The gateway's MAC is the source of what is forwarded by IP.
    expect(new Set(read('client', 'icmp.type == 0', 'eth.src'))).toEqual(
      new Set(['ee:ff:ff:ff:ff:ff']),
    );
  });

  test.each([
    ['a client', false],
    ['a client in another subnet', true],
  ])(
    'of %s are, in the captures of all ports, the takeover that the lab told',
    TIME,
    async (_, isClientAway) => {
      const lab = pairLab({ isClientAway });
      const folder = join(lab.folder, 'captures');
      const since = await calmUp(lab, '--capture', folder);
      const ping = lab.ping('client', HAVIP);
      await ping.more(20);
      await lab.command('kill', 'node-1');
      const told = await lab.event('takeover', ({ time }) => time > since);
      await ping.more(20);
      await ping.stop();
      const { seconds } = ping.longestGap(Date.parse(since) / 1000);
      expect(Math.abs((told.outageSeconds as number) - seconds)).toBeLessThan(ping.interval);
      await lab.down();
      const files = readdirSync(folder).map((name) => join(folder, name));
      const { failovers, virtualRouters, findings } = JSON.parse(
        (await havip('replay', ...files, '--format', 'json')).output,
      ) as ReplayResult;
      // The first election may have been one, too.
      const { from, to, cause, ...measured } = failovers.at(-1) as FailoverEntry;
      expect([from.mac, to.mac, cause]).toEqual([macOf('node-1'), macOf('node-2'), 'crash']);
      expect(measured.outageSeconds).toBeCloseTo(told.outageSeconds as number, 6);
      expect(measured.detectionSeconds).toBeCloseTo(told.detectionSeconds as number, 6);
      const codes = findings.map(({ code }) => code);
      expect(codes).not.toContain('capture-partial-view');
      expect(codes).not.toContain('time-backwards');
      const speakers = virtualRouters.flatMap((router) => router.speakers.map(({ mac }) => mac));
      expect(speakers.sort()).toEqual([macOf('node-1'), macOf('node-2')]);
    },
  );
});
