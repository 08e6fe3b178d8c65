/** The state machine, rule by rule; holo's vectors are in holo.test.ts. */
import { describe, expect, test } from 'vitest';
import { type Address, compareAddresses } from '../../src/vrrp/address.ts';
import { Instance, STATE_NAMES } from '../../src/vrrp/instance.ts';
import {
  DISCARD_NAMES,
  type InstanceSettings,
  type ReceivedAdvert,
} from '../../src/vrrp/instance-settings.ts';
import { parseIpv4, parseIpv6 } from '../../src/wire/ip-address.ts';

const SECOND = 1e9;
const VIP = parseIpv4('192.168.0.88');
const OWN = parseIpv4('192.168.0.20');
const HIGHER = parseIpv4('192.168.0.30');
const LOWER = parseIpv4('192.168.0.10');

function setUp(changes: Partial<InstanceSettings> = {}) {
  const done: string[] = [];
  const settings: InstanceSettings = {
    version: 2,
    vrid: 51,
    priority: 100,
    advertInterval: SECOND,
    preempt: true,
    primaryAddress: OWN,
    addresses: [VIP],
    ...changes,
  };
  const instance = new Instance(settings, {
    sendAdvert: (priority) => done.push('advert ' + priority),
    adoptAddresses: (addresses) => done.push('adopt ' + addresses.length),
    announceAddresses: (addresses) => done.push('announce ' + addresses.length),
    dropAddresses: (addresses) => done.push('drop ' + addresses.length),
  });
  return {
    instance,
    /** What was done since the last question. */
    done: () => done.splice(0),
    state: () => STATE_NAMES[instance.state],
    hear: (advert: Partial<ReceivedAdvert>, now: number) =>
      DISCARD_NAMES[
        instance.onAdvert(
          {
            version: settings.version,
            vrid: 51,
            priority: 100,
            interval: SECOND,
            source: HIGHER,
            addresses: [VIP],
            ...advert,
          },
          now,
        )
      ],
  };
}

function asMaster(changes: Partial<InstanceSettings> = {}) {
  const rig = setUp(changes);
  rig.instance.onStartup(0);
  rig.instance.poll(rig.instance.deadline);
  rig.done();
  return rig;
}

describe('initialize', () => {
  test('does nothing and hears nothing', () => {
    const { instance, done, hear, state } = setUp();
    expect(instance.poll(1e18)).toBe(Number.POSITIVE_INFINITY);
    instance.onTimer(0);
    expect(hear({}, 0)).toBe('state');
    instance.onShutdown();
    instance.onInterfaceDown();
    expect([state(), done()]).toEqual(['initialize', []]);
  });

  test('startup leads to backup, with masterDownInterval', () => {
    const { instance, done, state } = setUp();
    instance.onStartup(5);
    expect([state(), done(), instance.deadline]).toEqual(['backup', [], 5 + 3_609_375_000]);
    instance.onStartup(99);
    expect(instance.deadline).toBe(5 + 3_609_375_000);
  });

  test('the address owner is master at once', () => {
    const { instance, done, state } = setUp({ priority: 255 });
    instance.onStartup(0);
    expect(state()).toBe('master');
    expect(done()).toEqual(['advert 255', 'adopt 1', 'announce 1']);
    expect(instance.deadline).toBe(SECOND);
  });
});

describe('backup', () => {
  test('takes over when the timer runs out: advert, adopt, announce', () => {
    const { instance, done, state } = setUp();
    instance.onStartup(0);
    instance.poll(3_609_374_999);
    expect(state()).toBe('backup');
    expect(instance.poll(3_609_375_000)).toBe(4_609_375_000);
    expect([state(), done()]).toEqual(['master', ['advert 100', 'adopt 1', 'announce 1']]);
  });

  test('an advert of at least its own priority restarts the timer', () => {
    const { instance, hear } = setUp();
    instance.onStartup(0);
    expect(hear({ priority: 100, source: LOWER }, SECOND)).toBe('none');
    expect(instance.deadline).toBe(SECOND + 3_609_375_000);
  });

  test('a lower one is disregarded with preemption, heeded without', () => {
    const preempting = setUp();
    preempting.instance.onStartup(0);
    expect(preempting.hear({ priority: 99 }, SECOND)).toBe('priority');
    expect(preempting.instance.deadline).toBe(3_609_375_000);
    const modest = setUp({ preempt: false });
    modest.instance.onStartup(0);
    expect(modest.hear({ priority: 1 }, SECOND)).toBe('none');
    expect(modest.instance.deadline).toBe(SECOND + 3_609_375_000);
  });

  test('priority 0: only the skew is waited', () => {
    const { instance, hear } = setUp();
    instance.onStartup(0);
    expect(hear({ priority: 0 }, SECOND)).toBe('none');
    expect(instance.deadline).toBe(SECOND + 609_375_000);
  });

  test('version 3 learns the master interval, version 2 discards another', () => {
    const three = setUp({ version: 3 });
    three.instance.onStartup(0);
    expect(three.hear({ interval: 1e8 }, SECOND)).toBe('none');
    expect(three.instance.masterAdvertInterval).toBe(1e8);
    expect(three.instance.deadline).toBe(SECOND + 360_937_500);
    expect(three.hear({ interval: 0 }, SECOND)).toBe('interval');
    const two = setUp();
    two.instance.onStartup(0);
    expect(two.hear({ interval: 2 * SECOND }, SECOND)).toBe('interval');
    expect(two.instance.deadline).toBe(3_609_375_000);
  });

  test('a resignation after a learned interval waits that interval’s skew', () => {
    const { instance, hear } = setUp({ version: 3 });
    instance.onStartup(0);
    hear({ interval: 1e8 }, SECOND);
    hear({ interval: 1e8, priority: 0 }, SECOND);
    expect(instance.deadline).toBe(SECOND + 60_937_500);
  });

  test('leaves silently', () => {
    const { instance, done, state } = setUp();
    instance.onStartup(0);
    instance.onShutdown();
    expect([state(), done(), instance.deadline]).toEqual([
      'initialize',
      [],
      Number.POSITIVE_INFINITY,
    ]);
  });

  test('a new start forgets what it learned', () => {
    const { instance, hear } = setUp({ version: 3 });
    instance.onStartup(0);
    hear({ interval: 1e8 }, 0);
    instance.onShutdown();
    instance.onStartup(0);
    expect(instance.deadline).toBe(3_609_375_000);
  });
});

describe('master', () => {
  test('sends an advert each interval, without drift when polled late', () => {
    const { instance, done } = asMaster();
    const first = instance.deadline;
    expect(instance.poll(first + 1000)).toBe(first + SECOND);
    expect(instance.poll(first + SECOND)).toBe(first + 2 * SECOND);
    expect(done()).toEqual(['advert 100', 'advert 100']);
    // Held up for many intervals it sends once, not once for each.
    const late = first + 10 * SECOND + 1;
    expect(instance.poll(late)).toBe(late + SECOND);
    expect(done()).toEqual(['advert 100']);
  });

  test('answers a resignation at once', () => {
    const { instance, done, hear, state } = asMaster();
    const now = instance.deadline - SECOND / 2;
    expect(hear({ priority: 0 }, now)).toBe('none');
    expect([state(), done(), instance.deadline]).toEqual(['master', ['advert 100'], now + SECOND]);
  });

  test.each([
    ['a higher priority', { priority: 101, source: LOWER }],
    ['an equal priority and a higher address', { priority: 100, source: HIGHER }],
  ])('yields to %s', (_what, advert) => {
    const { instance, done, hear, state } = asMaster();
    expect(hear(advert, 10 * SECOND)).toBe('none');
    expect([state(), done()]).toEqual(['backup', ['drop 1']]);
    expect(instance.deadline).toBe(10 * SECOND + 3_609_375_000);
  });

  test('yields by the new master’s interval in version 3', () => {
    const { instance, hear } = asMaster({ version: 3 });
    hear({ priority: 200, interval: 1e8 }, 10 * SECOND);
    expect(instance.deadline).toBe(10 * SECOND + 360_937_500);
  });

  test.each([
    ['a lower priority', { priority: 99, source: HIGHER }],
    ['an equal priority and a lower address', { priority: 100, source: LOWER }],
    ['its own advert, reflected', { priority: 100, source: OWN }],
  ])('keeps against %s: version 2 silent, version 3 answers', (_what, advert) => {
    const two = asMaster();
    expect([two.hear(advert, 0), two.state(), two.done()]).toEqual(['priority', 'master', []]);
    const three = asMaster({ version: 3 });
    expect([three.hear(advert, 0), three.done()]).toEqual(['priority', ['advert 100']]);
    const modest = asMaster({ version: 3, answerLosing: false });
    expect([modest.hear(advert, 0), modest.done()]).toEqual(['priority', []]);
  });

  test('shutdown drops the addresses, then resigns', () => {
    const { instance, done, state } = asMaster();
    instance.onShutdown();
    expect([state(), done()]).toEqual(['initialize', ['drop 1', 'advert 0']]);
  });

  test('an interface that goes down sends nothing', () => {
    const { instance, done, state } = asMaster();
    instance.onInterfaceDown();
    expect([state(), done()]).toEqual(['initialize', ['drop 1']]);
  });

  test('new addresses are adopted and announced, missing ones dropped', () => {
    const { instance, done } = asMaster();
    instance.setAddresses([VIP, VIP + 1]);
    expect(done()).toEqual(['adopt 1', 'announce 1']);
    instance.setAddresses([VIP + 1]);
    expect(done()).toEqual(['drop 1']);
    const backup = setUp();
    backup.instance.setAddresses([VIP + 1]);
    expect(backup.done()).toEqual([]);
  });
});

describe('what is not heeded', () => {
  test('another version or VRID', () => {
    const { hear } = asMaster();
    expect(hear({ version: 3, priority: 200 }, 0)).toBe('version');
    expect(hear({ vrid: 52, priority: 200 }, 0)).toBe('vrid');
  });

  test('anything, by the address owner', () => {
    const { hear, instance, state } = setUp({ priority: 255 });
    instance.onStartup(0);
    expect([hear({ priority: 255 }, 0), state()]).toEqual(['owner', 'master']);
  });

  test('another address list, where it is checked and not the owner’s', () => {
    const other = { priority: 200, addresses: [VIP + 1] as Address[] };
    expect(asMaster().hear(other, 0)).toBe('none');
    const strict = asMaster({ checkAddresses: true, addresses: [VIP, VIP + 2] });
    expect(strict.hear(other, 0)).toBe('address-list');
    expect(strict.hear({ priority: 200, addresses: [VIP, VIP + 3] }, 0)).toBe('address-list');
    expect(strict.hear({ priority: 255, addresses: [VIP + 1] }, 0)).toBe('none');
    const sameInOtherOrder = asMaster({ checkAddresses: true, addresses: [VIP, VIP + 2] });
    expect(sameInOtherOrder.hear({ priority: 200, addresses: [VIP + 2, VIP] }, 0)).toBe('none');
  });
});

test('addresses compare as unsigned numbers of their family', () => {
  const low = parseIpv6('fe80::1') ?? 0;
  const high = parseIpv6('fe80::8000:0:0:1') ?? 0;
  expect(compareAddresses(parseIpv4('200.0.0.1'), parseIpv4('100.0.0.1'))).toBeGreaterThan(0);
  expect(compareAddresses(high, low)).toBeGreaterThan(0);
  expect(compareAddresses(low, low)).toBe(0);
  expect(compareAddresses(low, OWN)).toBe(0);
});
