/** What the first claim of a capture takes from whom, where the capture began after the others. */
import { describe, expect, test } from 'vitest';
import type { ReplayResult } from '../../src/analysis/result.ts';
import { compile } from '../../src/havip/compile.ts';
import { announcement } from '../dataplane/frames.ts';
import { topologyOf } from '../dataplane/site.ts';
import { Concert, type Craft, craft } from './detectors/craft.ts';
import { A, A_IP, B, B_IP, C, echo, VIP, VMAC } from './scene.ts';

const MASTER: Craft = { source: A, ip: A_IP, priority: 100 };
const BACKUP: Craft = { source: B, ip: B_IP, priority: 90 };

function heard(concert: Concert, from: number, to: number, fields: Craft): void {
  for (let second = from; second <= to; second++) concert.at(second, craft(fields));
}

/** A is master until second 4, and B from second 8 on. */
function takenOver(master = MASTER, backup = BACKUP): Concert {
  const concert = new Concert();
  heard(concert, 0, 4, master);
  heard(concert, 8, 30, backup);
  return concert;
}

function timelineOf({ havips }: ReplayResult): unknown {
  return havips.find(({ ip }) => ip === VIP)?.timeline.map(({ t, mac, cause }) => [t, mac, cause]);
}

describe('the first claim in view, at a takeover', () => {
  test('takes the address from the master that adverts showed', async () => {
    const concert = takenOver();
    concert.announce(8.01, B, VIP);
    const result = await concert.scene().replay();
    expect(timelineOf(result)).toEqual([[8.01, B, 'crash']]);
    expect(result.havips).toMatchObject([{ holder: B, claims: { moved: 1 } }]);
    expect(result.failovers).toMatchObject([
      {
        t: 8.01,
        cause: 'crash',
        from: { mac: A, speaker: null },
        to: { mac: B },
        detectionSeconds: 4.01,
      },
    ]);
    // Linux heeds no locktime for what it has known for long.
    const linux = result.failovers[0]?.receivers.find(({ profile }) => profile === 'linux');
    expect(linux).toMatchObject({ t: 8.01 });
  });

  test('takes it after a resignation, and from a master that was preempted', async () => {
    const resigned = takenOver();
    resigned.at(5, craft(MASTER));
    resigned.at(6, craft(MASTER));
    resigned.at(7.3, craft({ ...MASTER, priority: 0 }));
    resigned.announce(8.01, B, VIP);
    expect(timelineOf(await resigned.scene().replay())).toEqual([[8.01, B, 'shutdown']]);
    const preempted = takenOver(MASTER, { ...BACKUP, priority: 150 });
    heard(preempted, 5, 7, MASTER);
    preempted.announce(8.01, B, VIP);
    expect(timelineOf(await preempted.scene().replay())).toEqual([[8.01, B, 'preemption']]);
  });

  test('tells nodes with the virtual MAC by their speakers', async () => {
    const concert = takenOver({ ...MASTER, source: VMAC }, { ...BACKUP, source: VMAC });
    concert.announce(8.01, VMAC, VIP);
    const { failovers } = await concert.scene().replay();
    expect(failovers).toMatchObject([
      { from: { mac: VMAC, speaker: A_IP }, to: { mac: VMAC, speaker: B_IP }, cause: 'crash' },
    ]);
  });

  test('and where the capture holds a claim of the former master, but no advert before it', async () => {
    const concert = new Concert();
    concert.announce(0, VMAC, VIP);
    heard(concert, 1, 4, { ...MASTER, source: VMAC });
    heard(concert, 8, 12, { ...BACKUP, source: VMAC });
    concert.announce(8.01, VMAC, VIP);
    const result = await concert.scene().replay();
    expect(result.failovers).toMatchObject([
      { t: 8.01, from: { mac: VMAC, speaker: A_IP }, to: { speaker: B_IP }, cause: 'crash' },
    ]);
    // A claim that a master repeats takes nothing from anybody.
    const repeated = new Concert();
    repeated.announce(0, VMAC, VIP);
    heard(repeated, 1, 12, { ...MASTER, source: VMAC });
    repeated.announce(8.01, VMAC, VIP);
    expect((await repeated.scene().replay()).failovers).toEqual([]);
  });
});

describe('nothing is taken', () => {
  const none = async (concert: Concert, site = {}) => {
    const result = await concert.scene().replay(site);
    expect(result.failovers).toEqual([]);
    return timelineOf(result);
  };

  test('by a master that repeats its announcement long after its takeover', async () => {
    const concert = takenOver();
    concert.announce(20, B, VIP);
    expect(await none(concert)).toEqual([[20, B, 'initial']]);
  });

  test('by the first master, nor by a host that speaks no VRRP', async () => {
    const first = new Concert();
    heard(first, 0, 10, MASTER);
    first.announce(0.01, A, VIP);
    expect(await none(first)).toEqual([[0.01, A, 'initial']]);
    const silent = takenOver();
    silent.announce(8.01, C, VIP);
    expect(await none(silent)).toEqual([[8.01, C, 'initial']]);
  });

  test('from a master whose claims the cloud refuses', async () => {
    const concert = takenOver({ ...MASTER, source: C });
    concert.at(1, announcement(C, VIP));
    concert.announce(8.01, B, VIP);
    const site = compile(topologyOf('alibaba'));
    expect(await none(concert, { site })).toEqual([[8.01, B, 'initial']]);
  });
});

test('an outage is unknown where no client was answered before', async () => {
  const outage = async (second: number) => {
    const concert = takenOver();
    concert.announce(8.01, B, VIP);
    for (const at of [second, 9, 10]) {
      const server = at < 8 ? A : B;
      concert.at(at, echo(true, { sequence: at, server }));
      concert.at(at + 0.001, echo(false, { sequence: at, server }));
    }
    const { failovers } = await concert.scene().replay();
    return failovers[0]?.outageSeconds;
  };
  expect(await outage(8.5)).toBeNull();
  expect(await outage(7)).toBe(0);
});
