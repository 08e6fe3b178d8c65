/**
 * Failover after failover in one run, by everything that befalls a host: each is told once, with
 * its cause, and the lab is then what it was before. Thirty of them where CI is set, or as
 * many as HAVIP_LIVE_FAILOVERS says.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { processesIn } from '../../src/lab/namespace.ts';
import { footprintOf, remainsOf } from './footprint.ts';
import { type LabProcess, removeLabs, whyNoLab } from './lab-process.ts';
import {
  calmUp,
  HAVIP,
  holderIn,
  masterDownInterval,
  pairLab,
  takeoversSince,
} from './pair-lab.ts';

const reason = whyNoLab();
const isSkipped = reason !== null && process.env.CI === undefined;
if (isSkipped) console.warn(`skipped: failovers in a running lab (${reason})`);

const COUNT = Number(process.env.HAVIP_LIVE_FAILOVERS ?? (process.env.CI ? 30 : 10));
const SECONDS_EACH = 20;
/** What a JavaScript heap may take more for a while, in MiB. */
const MEMORY_MORE = 64;
/** How much later than RFC 9568 says a backup may notice on a busy machine, in seconds. */
const LATE = 2;
/** Seconds between adverts: in so many failovers a machine that falters must not add its own. */
const INTERVAL = 0.5;

/** What befalls node-1, how that ends, and what a switch must take it for. */
interface Blow {
  what: string;
  cause: string;
  strike(lab: LabProcess): Promise<unknown>;
  mend(lab: LabProcess): Promise<unknown>;
}

const link = (lab: LabProcess, state: string): Promise<string> =>
  lab.exec('node-1', 'ip', 'link', 'set', 'dev', 'eth0', state);

const BLOWS: readonly Blow[] = [
  {
    what: 'its power fails',
    cause: 'crash',
    strike: (lab) => lab.command('kill', 'node-1'),
    mend: (lab) => lab.command('start', 'node-1'),
  },
  {
    what: 'it is stopped in the middle of what it does',
    cause: 'crash',
    strike: (lab) => lab.command('pause', 'node-1'),
    mend: (lab) => lab.command('resume', 'node-1'),
  },
  {
    what: 'its path breaks silently',
    cause: 'crash',
    strike: (lab) => lab.command('cut', 'node-1'),
    mend: (lab) => lab.command('heal', 'node-1'),
  },
  {
    what: 'its cable is pulled',
    cause: 'crash',
    strike: (lab) => lab.command('cut', 'node-1', '--carrier'),
    mend: (lab) => lab.command('heal', 'node-1'),
  },
  {
    what: 'its interface is set down',
    cause: 'crash',
    strike: (lab) => link(lab, 'down'),
    mend: (lab) => link(lab, 'up'),
  },
  {
    what: 'its keepalived is restarted',
    cause: 'shutdown',
    strike: (lab) => endKeepalived(lab),
    mend: (lab) => lab.command('start', 'node-1'),
  },
];

/** As an administrator ends it: it says goodbye with priority 0. */
async function endKeepalived(lab: LabProcess): Promise<void> {
  const [parent] = processesIn(lab.namespace('node-1'));
  if (parent === undefined) throw new Error('no keepalived in node-1');
  process.kill(parent, 'SIGTERM');
}

describe.skipIf(isSkipped)('failovers in a running lab', () => {
  afterEach(removeLabs, 60_000);

  test(`are all accounted for: ${COUNT}`, { timeout: COUNT * SECONDS_EACH * 1000 }, async () => {
    // The master says it again each second, the other one never: whoever is back is believed.
    const lab = pairLab({
      interval: INTERVAL,
      keepalived: {
        'node-1': { more: ['garp_master_refresh 1'] },
        'node-2': { more: ['garp_master_delay 0'] },
      },
    });
    const since = await calmUp(lab);
    const before = footprintOf(lab);
    const ping = lab.ping('client', HAVIP);
    await ping.more(10);
    const expected: [string, string, string][] = [];
    for (let i = 0; expected.length < COUNT; i++) {
      const blow = BLOWS[i % BLOWS.length] as Blow;
      await blow.strike(lab);
      expected.push([blow.what, 'node-2', blow.cause]);
      await told(lab, since, expected);
      await ping.more(5);
      await blow.mend(lab);
      // It has the higher priority; one that never heard of the other may still be master.
      expected.push([blow.what, 'node-1', 'preemption or split-brain']);
      await told(lab, since, expected);
      await ping.more(5);
    }
    const takeovers = takeoversSince(lab, since);
    const moved = lab
      .eventsOf('claim')
      .filter(({ verdict, time }) => verdict === 'moved' && time > since);
    expect(takeovers.map(({ time, to }) => [time, to.name])).toEqual(
      moved.map(({ time, name }) => [time, name]),
    );
    for (const { to, cause, detectionSeconds, outageSeconds } of takeovers) {
      if (to.name !== 'node-2') continue;
      expect(outageSeconds).toBeGreaterThan(0);
      const most = cause === 'shutdown' ? LATE : masterDownInterval('node-2', INTERVAL) + LATE;
      expect(detectionSeconds).toBeLessThan(most);
    }
    await ping.stop();
    expect(await holderIn(lab)).toBe('node-1');
    expect((await lab.labStatus()).lostEvents).toBe(0);
    const { namespaces, descriptors, memory } = footprintOf(lab);
    expect(namespaces).toEqual(before.namespaces);
    expect(descriptors).toBeLessThanOrEqual(before.descriptors);
    expect(memory).toBeLessThan(before.memory + MEMORY_MORE);
    expect(await lab.down()).toBe(0);
    expect(remainsOf(lab)).toEqual([]);
  });
});

/** Waits for the last of these takeovers; no more and no others than these were told. */
async function told(
  lab: LabProcess,
  since: string,
  expected: readonly [string, string, string][],
): Promise<void> {
  const last = expected.at(-1)?.[0];
  await lab.until(
    () => takeoversSince(lab, since).length >= expected.length,
    `takeover number ${expected.length} (${last})`,
  );
  const causes = takeoversSince(lab, since).map(({ to, cause }, index) => {
    const [what, , wanted] = expected[index] ?? [];
    return [what, to.name, wanted?.includes(cause) ? wanted : cause];
  });
  expect(causes).toEqual(expected);
}
