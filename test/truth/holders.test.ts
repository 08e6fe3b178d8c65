/**
 * Who held the address when, and why it moved: the replay's timeline and failovers against the
 * notify scripts of keepalived, tshark's list of announcements, and what the script did.
 */
import { describe, expect, test } from 'vitest';
import type { ReplayResult } from '../../src/analysis/result.ts';
import {
  announcementsOf,
  holderOf,
  hostOf,
  isOneOf,
  type MasterInterval,
  observe,
  type Scenario,
  scenarios,
  secondsAt,
  type Truth,
} from './scenario.ts';

/** A notify script runs some 12 ms after the transition, the announcement comes with it. */
const TOLERANCE = 0.15;

/** Masters duel, somebody is rogue, or one was frozen: more changes than notify scripts tell of. */
const DUELS = ['05b', '09', '09b', '10', '19d'];

/** MASTER intervals without an announcement in the capture: the frames passed elsewhere. */
const UNHEARD: Readonly<Record<string, string[]>> = {
  '09b-split-trunk': ['node2'], // behind the trunk that was pulled
  '18e-host-node1': ['node2'], // node1's own interface, which was down then
};

/** The adverts of both nodes pass here only in part, so that no cause but this can be given. */
const CAUSES_OUT_OF_VIEW = ['18c', '18d', '18f'];

type Change = { ip: string; host: string; t: number };

function intervalsOf(truth: Truth): (MasterInterval & Change)[] {
  return truth.ownership.by_notify
    .flatMap((interval) =>
      interval.vips.map((vip) => ({
        ...interval,
        ip: vip.split('/')[0] as string,
        t: secondsAt(truth, interval.from_ns),
      })),
    )
    .sort((a, b) => a.t - b.t);
}

function isNear(change: Change, other: Change): boolean {
  const isSame = change.ip === other.ip && change.host === other.host;
  return isSame && Math.abs(change.t - other.t) <= TOLERANCE;
}

/** The changes of holder of the HaVips, without re-announcements of the same holder. */
function changesOf(truth: Truth, { havips }: ReplayResult): (Change & { frame: number })[] {
  return truth.havips.flatMap(({ ip, vlan }) => {
    const havip = havips.find((one) => one.ip === ip && one.vlan === (vlan ?? null));
    const entries = (havip?.timeline ?? []).filter(({ cause }) => cause !== 'resumed');
    return entries.map((entry) => ({
      ip,
      host: holderOf(truth, entry),
      t: entry.t as number,
      frame: entry.frame,
    }));
  });
}

function announces(truth: Truth, interval: MasterInterval & Change): boolean {
  return announcementsOf(truth).some(({ ip, t, mac }) => {
    const isVirtual = mac.startsWith('00:00:5e:00:0');
    return isNear(interval, { ip, t, host: isVirtual ? interval.host : hostOf(truth, mac) });
  });
}

describe.each(scenarios)('$label', (scenario) => {
  const { truth, path } = scenario;
  const intervals = intervalsOf(truth);

  test('each master begins with an entry of the timeline', async () => {
    const changes = changesOf(truth, await observe(path));
    // 03b: a misprint leaves keepalived without any address; there is nothing to announce.
    const judged = isOneOf(scenario, '03b') ? [] : intervals;
    const unheard = judged.filter((interval) => !announces(truth, interval));
    expect(unheard.map(({ host }) => host)).toEqual(UNHEARD[scenario.name] ?? []);
    const missing = judged
      .filter((interval) => !unheard.includes(interval))
      .filter((interval) => !changes.some((change) => isNear(interval, change)));
    expect(missing).toEqual([]);
  });

  const holderChangesAsToldOnly = async (): Promise<void> => {
    const changes = changesOf(truth, await observe(path));
    const others = changes.filter(
      (change) => !intervals.some((interval) => isNear(interval, change)),
    );
    expect(others.map(({ host }) => host)).toEqual(expectedOthers(scenario));
  };
  // The duels are judged by the announcements below.
  if (!isOneOf(scenario, ...DUELS)) {
    test('the holder does not change otherwise', holderChangesAsToldOnly);
  }

  const lastAnnouncementHolds = async (): Promise<void> => {
    const result = await observe(path);
    // Of a frame's copies on several interfaces any may stand for it.
    const hasCopies = !truth.capture.frames_once;
    for (const { ip, vlan } of truth.havips) {
      const hosts = hostsOn(truth, vlan ?? null);
      const announcers = announcementsOf(truth)
        .filter((one) => one.ip === ip && hosts.has(hostOf(truth, one.mac)))
        .map(({ mac, frame }) => ({ host: hostOf(truth, mac), frame: hasCopies ? 0 : frame }));
      const holders = changesOf(truth, result)
        .filter((change) => change.ip === ip)
        .map(({ host, frame }) => ({ host, frame: hasCopies ? 0 : frame }));
      expect(holders).toEqual(firstHolder(scenario).concat(announcers).filter(isChange));
    }
  };
  // With use_vmac both nodes announce the same MAC; tshark's list cannot tell them apart.
  if (!isOneOf(scenario, '07')) test('the last announcement holds', lastAnnouncementHolds);

  test('failovers have the cause that the script gave them', async () => {
    const result = await observe(path);
    const changes = changesOf(truth, result);
    for (const { ip, vlan } of truth.havips) {
      const found = result.failovers
        .filter((failover) => failover.ip === ip && failover.vlan === (vlan ?? null))
        .map(({ from, to, cause }) => [holderOf(truth, from), holderOf(truth, to), cause]);
      const holders = changes.filter((change) => change.ip === ip).length;
      expect(found).toHaveLength(Math.max(0, holders - 1));
      if (isOneOf(scenario, '05b', '09', '10')) {
        for (const [from, to, cause] of found) {
          const isRogue = from === 'rogue' || to === 'rogue';
          expect([from, to, cause]).toEqual([from, to, isRogue ? 'announcement' : 'split-brain']);
        }
      } else expect(found).toEqual(expectedFailovers(scenario, ip));
    }
  });
});

type Holder = { host: string; frame: number };

function isChange({ host }: Holder, index: number, holders: Holder[]): boolean {
  return index === 0 || holders[index - 1]?.host !== host;
}

function hostsOn(truth: Truth, vlan: number | null): Set<string> {
  const { hosts } = truth.topology;
  const isThere = (one: { vlan: number | null }) => one.vlan === vlan;
  return new Set(hosts.filter((one) => one.interfaces.some(isThere)).map((one) => one.name));
}

/** 19c: the first node never announces; its answer to the client's question is frame 3. */
function firstHolder(scenario: Scenario): Holder[] {
  return isOneOf(scenario, '19c') ? [{ host: 'node1', frame: 3 }] : [];
}

/**
 * Changes that no notify script tells of. 19c: there is no keepalived, an operator moves the
 * address. 18e: the dead node's own interface sees its rival's announcement of t = 15.35 s, the
 * refresh after its link came back, not the one of 10.36 s.
 */
function expectedOthers(scenario: Scenario): string[] {
  if (isOneOf(scenario, '19c')) return ['node1', 'node2'];
  return isOneOf(scenario, '18e') ? ['node2'] : [];
}

/** The failovers of an address and their causes, from notify scripts and the script's deeds. */
function expectedFailovers(scenario: Scenario, ip: string): [string, string, string][] {
  const { truth } = scenario;
  // 19c: the address is moved by hand, and the new owner announces it at last.
  if (isOneOf(scenario, '19c')) return [['node1', 'node2', 'announcement']];
  // 03b: nobody claims anything. 09b: what happens behind the trunk is not in this capture.
  if (isOneOf(scenario, '03b') || scenario.name === '09b-split-trunk') return [];
  const intervals = intervalsOf(truth).filter((interval) => interval.ip === ip);
  const expected: [string, string, string][] = [];
  intervals.forEach((to, index) => {
    const from = intervals[index - 1];
    if (from === undefined) return;
    expected.push([from.host, to.host, causeOf(scenario, from, to)]);
    // `from` was master all the time and has the address again when `to` gives up: in its view
    // nothing happened; to whoever missed its adverts (frozen, trunk pulled) it comes back.
    const isReturn = to.ended_by === 'BACKUP' && from.to_ns > to.to_ns;
    if (isReturn) expected.push([to.host, from.host, 'preemption']);
  });
  return expected;
}

function causeOf(scenario: Scenario, from: MasterInterval, to: MasterInterval): string {
  const { truth } = scenario;
  const havip = truth.havips.find(({ ip }) => to.vips.some((vip) => vip.split('/')[0] === ip));
  const hasNoVrrp = havip?.vrid === null;
  if (hasNoVrrp || isOneOf(scenario, ...CAUSES_OUT_OF_VIEW)) return 'announcement';
  if (from.to_ns > to.from_ns + 1e9) {
    // Both are master. The adverts of `from` end all the same when its process is frozen (19d) or
    // the trunk is pulled (09b): from here that is a crash.
    const deeds = truth.events.filter(({ t_ns }) => t_ns < to.from_ns).map(({ event }) => event);
    const isSilent = deeds.some((deed) => deed === 'keepalived_sigstop' || deed === 'trunk_down');
    return isSilent ? 'crash' : 'split-brain';
  }
  if (from.ended_by === 'SIGKILL') return 'crash';
  return from.ended_by === 'BACKUP' ? 'preemption' : 'shutdown'; // STOP, FAULT: priority 0
}
