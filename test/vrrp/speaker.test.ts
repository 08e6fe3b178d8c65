/** A router that speaks: reasons, delayed preemption, and when it announces; keepalived's rules. */
import { describe, expect, test } from 'vitest';
import type { AnnouncementTimes } from '../../src/vrrp/announcement-schedule.ts';
import { STATE_NAMES } from '../../src/vrrp/instance.ts';
import { DISCARD_NAMES, type ReceivedAdvert } from '../../src/vrrp/instance-settings.ts';
import { Speaker } from '../../src/vrrp/speaker.ts';
import { parseIpv4 } from '../../src/wire/ip-address.ts';

const SECOND = 1e9;
const VIP = parseIpv4('192.168.0.88');
const PEER = parseIpv4('192.168.0.30');
const TIMES: AnnouncementTimes = { repeat: 5, delay: 5 * SECOND, refresh: 0, refreshRepeat: 1 };

interface Changes {
  preempt?: boolean;
  preemptDelay?: number;
  priority?: number;
  announcements?: Partial<AnnouncementTimes>;
}

function setUp({ preempt = true, preemptDelay = 0, priority = 100, announcements }: Changes = {}) {
  const done: string[] = [];
  const speaker = new Speaker(
    {
      instance: {
        ...{ version: 2, vrid: 51, priority, advertInterval: SECOND, addresses: [VIP] },
        primaryAddress: parseIpv4('192.168.0.20'),
        ...{ checkAddresses: true, answerLosing: true },
      },
      preempt,
      preemptDelay,
      announcements: { ...TIMES, ...announcements },
    },
    {
      sendAdvert: (sent) => done.push(`advert ${sent}`),
      adoptAddresses: () => done.push('adopt'),
      dropAddresses: () => done.push('drop'),
      announceAddresses: (times) => done.push(`announce ${times}`),
      onState: ({ to, reason, peer }) =>
        done.push(`${STATE_NAMES[to]} ${reason} ${peer?.priority ?? '-'}`),
    },
  );
  const hear = (advert: Partial<ReceivedAdvert>, now: number) => {
    const lawful = { version: 2, vrid: 51, interval: SECOND, source: PEER, addresses: [VIP] };
    return DISCARD_NAMES[speaker.onAdvert({ ...lawful, priority: 150, ...advert }, now)];
  };
  /** Lets time pass up to `now`, deadline by deadline. */
  const pass = (now: number) => {
    while (speaker.deadline <= now) speaker.poll(speaker.deadline);
  };
  return { speaker, hear, pass, done: () => done.splice(0) };
}

/** RFC 3768: 3 s and (256 - 100) / 256 s. */
const MASTER_DOWN = 3_609_375_000;

describe('why it becomes master', () => {
  test('nobody was ever heard', () => {
    const { speaker, pass, done } = setUp();
    speaker.onStartup(0);
    pass(MASTER_DOWN);
    expect(done()).toEqual([
      ...['backup startup -', 'advert 100', 'adopt', 'announce 5', 'master unheard -'],
    ]);
  });

  test('the master fell silent, or said goodbye', () => {
    for (const [last, wait, why] of [
      [150, MASTER_DOWN, 'silence'],
      [0, 609_375_000, 'resignation'],
    ] as const) {
      const { speaker, hear, pass, done } = setUp();
      speaker.onStartup(0);
      hear({}, SECOND);
      hear({ priority: last }, 2 * SECOND);
      pass(2 * SECOND + wait - 1);
      expect(done()).toEqual(['backup startup -']);
      pass(2 * SECOND + wait);
      expect(done().at(-1)).toBe(`master ${why} ${last}`);
    }
  });

  test('the master is lower: at once, after a delay, or never', () => {
    const lower = (changes: Changes) => {
      const rig = setUp(changes);
      rig.speaker.onStartup(0);
      for (let now = SECOND / 2; now <= 20 * SECOND; now += SECOND) {
        rig.pass(now);
        if (rig.speaker.state === 2) return { since: now, last: rig.done().at(-1) };
        rig.hear({ priority: 50 }, now);
      }
      return null;
    };
    expect(lower({})).toEqual({ since: 4.5 * SECOND, last: 'master preemption 50' });
    const late = lower({ preemptDelay: 6 * SECOND });
    expect(late?.last).toBe('master preemption 50');
    expect(late?.since).toBeGreaterThan(6 * SECOND);
    expect(lower({ preempt: false })).toBeNull();
  });

  test('without preemption a lower one that falls silent is replaced all the same', () => {
    const { speaker, hear, pass, done } = setUp({ preempt: false });
    speaker.onStartup(0);
    hear({ priority: 50 }, SECOND);
    pass(SECOND + MASTER_DOWN);
    expect(done().at(-1)).toBe('master silence 50');
  });
});

function asMaster(changes: Changes = {}) {
  const rig = setUp(changes);
  rig.speaker.onStartup(0);
  rig.pass(MASTER_DOWN);
  rig.done();
  return rig;
}

describe('a master', () => {
  test('gives way to a higher one and says to whom', () => {
    const { hear, done } = asMaster();
    expect(hear({ priority: 150 }, 4 * SECOND)).toBe('none');
    expect(done()).toEqual(['drop', 'backup higher-priority 150']);
  });

  test('answers a lower one, and announces again what that one may have announced', () => {
    const { hear, done } = asMaster();
    expect(hear({ priority: 50 }, 4 * SECOND)).toBe('priority');
    expect(done()).toEqual(['advert 100', 'announce 5']);
  });

  test('leaves with an advert of priority 0, after its addresses', () => {
    const { speaker, done } = asMaster();
    speaker.onShutdown(4 * SECOND);
    expect(done()).toEqual(['drop', 'advert 0', 'initialize shutdown -']);
    expect(speaker.deadline).toBe(Number.POSITIVE_INFINITY);
  });

  test('whose interface goes down says nothing, and starts anew', () => {
    const { speaker, pass, done } = asMaster();
    speaker.onInterfaceDown(4 * SECOND);
    expect(done()).toEqual(['drop', 'initialize interface-down -']);
    speaker.onStartup(5 * SECOND);
    pass(5 * SECOND + MASTER_DOWN);
    expect(done().at(-1)).toBe('master unheard -');
  });

  test('heeds no advert that lists other addresses, and does not take it for a peer', () => {
    const { speaker, hear, pass, done } = setUp();
    speaker.onStartup(0);
    expect(hear({ addresses: [PEER] }, SECOND)).toBe('address-list');
    pass(MASTER_DOWN);
    expect(done().at(-1)).toBe('master unheard -');
  });
});

describe('announcements', () => {
  /** Seconds since the mastership at which there was a set, and how often in it. */
  function sets(announcements: Partial<AnnouncementTimes>, seconds: number): string[] {
    const rig = setUp({ announcements, priority: 255 });
    const found: string[] = [];
    rig.speaker.onStartup(0);
    for (let now = 0; now <= seconds; now++) {
      rig.pass(now * SECOND);
      const words = rig.done().filter((word) => word.startsWith('announce'));
      found.push(...words.map((word) => `${now}: ${word.split(' ')[1]}`));
    }
    return found;
  }

  test('come in a set at once and another after the delay, as garp_master_delay says', () => {
    expect(sets({}, 20)).toEqual(['0: 5', '5: 5']);
    expect(sets({ repeat: 2, delay: 0 }, 20)).toEqual(['0: 2']);
  });

  test('are refreshed, as garp_master_refresh says', () => {
    expect(sets({ refresh: 4 * SECOND, refreshRepeat: 2 }, 13)).toEqual([
      ...['0: 5', '4: 2', '5: 5', '8: 2', '12: 2'],
    ]);
  });

  test('a set that is due after a long sleep is not made up for twice', () => {
    const rig = setUp({ announcements: { delay: 0, refresh: SECOND }, priority: 255 });
    rig.speaker.onStartup(0);
    rig.done();
    rig.speaker.poll(60 * SECOND);
    expect(rig.done().filter((word) => word.startsWith('announce'))).toEqual(['announce 1']);
  });
});
