/** Who holds an address after which frame, as the switch judges it (design, section 3, "Claims"). */
import { describe, expect, test } from 'vitest';
import { DROP_REASON_NAMES } from '../../src/dataplane/drop-reason.ts';
import { Switch } from '../../src/dataplane/switch.ts';
import { parseIpv4 } from '../../src/wire/ip-address.ts';
import { announcement, arp, BROADCAST, neighbor, type Tags } from './frames.ts';
import {
  Bench,
  CLIENT,
  havipOf,
  Journal,
  NODE1,
  NODE2,
  ROGUE,
  STRANGER,
  VIP,
  VIP6,
  VIRTUAL,
  watching,
} from './site.ts';

const CLIENT_IP = '192.168.0.10';
const OVERRIDE = 0x20;
const SOLICITED = 0x40;

/** Every way of asserting that `source` has the VIP, by name. */
const ARP_FORMS: Readonly<Record<string, (source: string) => DataView>> = {
  'gratuitous request, THA 0': (source) => announcement(source, VIP),
  'gratuitous request, THA ones': (source) => arpOf(1, source, VIP, BROADCAST),
  'gratuitous request, THA own': (source) => arpOf(1, source, VIP, source),
  'gratuitous reply, broadcast': (source) => arpOf(2, source, VIP, BROADCAST),
  'gratuitous reply, unicast': (source) => arpOf(2, source, VIP, CLIENT, CLIENT),
  'plain request': (source) => arpOf(1, source, CLIENT_IP, '00:00:00:00:00:00'),
  'plain reply': (source) => arpOf(2, source, CLIENT_IP, CLIENT, CLIENT),
};

function arpOf(
  operation: number,
  source: string,
  tpa: string,
  tha: string,
  destination = BROADCAST,
): DataView {
  return arp({ operation, source, destination, spa: VIP, tpa, tha });
}

function advertisement(source: string, flags: number, option: string | null = source): DataView {
  return neighbor({
    type: 136,
    source,
    flags,
    from: 'fe80::1',
    target: VIP6,
    option,
    to: toOf(flags),
  });
}

/** A solicited advertisement goes to who asked (RFC 4861 7.1.2). */
function toOf(flags: number): string {
  return (flags & SOLICITED) !== 0 ? '2001:db8::10' : 'ff02::1';
}

function solicitation(source: string, from = VIP6, option: string | null = source): DataView {
  return neighbor({
    type: 135,
    source,
    from,
    to: 'ff02::1:ff00:10',
    target: '2001:db8::10',
    option,
  });
}

const ND_FORMS: Readonly<Record<string, (source: string) => DataView>> = {
  'unsolicited NA, O = 1': (source) => advertisement(source, OVERRIDE),
  'unsolicited NA, O = 1, no TLLA': (source) => advertisement(source, OVERRIDE, null),
  'unsolicited NA, O = 0': (source) => advertisement(source, 0),
  'solicited NA, O = 1': (source) => advertisement(source, SOLICITED | OVERRIDE),
  'solicited NA, O = 0': (source) => advertisement(source, SOLICITED),
  'NS with SLLA': (source) => solicitation(source),
};

const MOVES = [
  'gratuitous request, THA 0',
  'gratuitous request, THA ones',
  'gratuitous request, THA own',
  'gratuitous reply, broadcast',
  'gratuitous reply, unicast',
  'unsolicited NA, O = 1',
  'unsolicited NA, O = 1, no TLLA',
];

const ALL = Object.entries({ ...ARP_FORMS, ...ND_FORMS }).map(([name, frame]) => ({
  name,
  frame,
  ip: name in ARP_FORMS ? VIP : VIP6,
}));

describe.each([null, 'huawei', 'classic'] as const)('under the rules of %s', (provider) => {
  const bench = (): Bench => (provider === null ? new Bench(null, null) : watching(provider));

  test.each(ALL)('$name sets the first holder', ({ frame, ip }) => {
    const one = bench();
    expect(one.claim(frame(NODE1))).toBe('moved');
    expect(one.holder(ip)).toBe(NODE1);
  });

  test.each(ALL)('$name of the holder confirms', ({ frame, ip }) => {
    const one = bench();
    one.send(frame(NODE1));
    expect(one.claim(frame(NODE1))).toBe('confirmed');
    expect(one.holder(ip)).toBe(NODE1);
  });

  test.each(ALL)('$name of another member takes the address or is noted', ({ name, frame, ip }) => {
    const one = bench();
    one.send(frame(NODE1));
    const takes = MOVES.includes(name);
    expect(one.claim(frame(NODE2))).toBe(takes ? 'moved' : 'noted');
    expect(one.holder(ip)).toBe(takes ? NODE2 : NODE1);
  });
});

describe('what claims nothing', () => {
  const probe = arp({ operation: 1, source: NODE2, spa: '0.0.0.0', tpa: VIP });
  const detection = neighbor({
    type: 135,
    source: NODE2,
    from: '::',
    to: 'ff02::1:ff00:88',
    target: VIP6,
    option: null,
  });
  const frames: [string, DataView, string][] = [
    ['an ARP probe', probe, VIP],
    ['a DAD solicitation', detection, VIP6],
    ['a solicitation without SLLA', solicitation(NODE2, VIP6, null), VIP6],
    ['RARP', arpOf(3, NODE2, VIP, NODE2), VIP],
    [
      'ARP from a multicast address',
      arp({ operation: 2, source: NODE2, spa: '224.0.0.18', tpa: '224.0.0.18' }),
      '224.0.0.18',
    ],
  ];

  test.each(frames)('%s, for a free address', (_, frame, ip) => {
    const bench = new Bench(null, null);
    expect(bench.claim(frame)).toBe('nothing');
    expect(bench.holder(ip)).toBeNull();
  });

  test.each(frames)('%s, for a held one', (_, frame, ip) => {
    const bench = watching('huawei');
    bench.send(announcement(NODE1, VIP));
    bench.send(advertisement(NODE1, OVERRIDE));
    expect(bench.claim(frame)).toBe('nothing');
    expect(bench.holder(ip)).toBe(ip === '224.0.0.18' ? null : NODE1);
  });
});

describe('refusals', () => {
  const providers = ['alibaba', 'alibaba-2021', 'tencent', 'huawei', 'ucloud'] as const;

  describe.each(providers)('under %s', (provider) => {
    // Under tencent any ENI of the subnet may; whom nobody knows may not.
    const outsider = provider === 'tencent' ? STRANGER : ROGUE;

    test.each(ALL)('$name of an outsider changes nothing', ({ frame, ip }) => {
      const bench = watching(provider);
      bench.send(announcement(NODE1, VIP));
      bench.send(advertisement(NODE1, OVERRIDE));
      expect(bench.claim(frame(outsider))).toBe('refused not-member');
      expect(bench.holder(ip)).toBe(NODE1);
      expect(bench.dropped('not-member')).toBe(1);
      expect(bench.owner.stations.find(0, 0x0016, 0x3e000066)).toBe(-1);
    });

    test('an outsider is not even the first holder', () => {
      const bench = watching(provider);
      expect(bench.claim(announcement(outsider, VIP))).toBe('refused not-member');
      expect(bench.holder(VIP)).toBeNull();
      expect(bench.claim(announcement(NODE2, VIP))).toBe('moved');
    });
  });

  test('tencent: any ENI of the subnet may claim, with checkAssociate the bound ones', () => {
    expect(watching('tencent').claim(announcement(ROGUE, VIP))).toBe('moved');
    const bound = havipOf(VIP, [NODE1, NODE2], { checkAssociate: true });
    const narrow = watching('tencent', { havips: [bound] });
    expect(narrow.claim(announcement(ROGUE, VIP))).toBe('refused not-member');
    expect(narrow.claim(announcement(NODE2, VIP))).toBe('moved');
  });

  test('classic: anyone may claim anything', () => {
    const bench = watching('classic');
    for (const mac of [STRANGER, VIRTUAL, ROGUE, NODE1]) {
      expect(bench.claim(announcement(mac, VIP))).toBe('moved');
    }
    expect(bench.claim(announcement(ROGUE, '192.168.0.11'))).toBe('moved');
    const forged = arp({ operation: 1, source: STRANGER, sha: NODE2, spa: VIP, tpa: VIP });
    expect(bench.claim(forged)).toBe('moved');
    expect(bench.holder(VIP)).toBe(NODE2);
  });
});

describe('one address in several VLANs', () => {
  const inVlan = (source: string, tags: Tags): DataView => announcement(source, VIP, tags);

  test('has a holder in each', () => {
    const bench = new Bench(null, null);
    expect(bench.claim(inVlan(NODE1, [10]))).toBe('moved');
    expect(bench.claim(inVlan(NODE2, [20]))).toBe('moved');
    expect(bench.claim(inVlan(ROGUE, []))).toBe('moved');
    expect(bench.holder(VIP, 10)).toBe(NODE1);
    expect(bench.holder(VIP, 20)).toBe(NODE2);
    expect(bench.holder(VIP)).toBe(ROGUE);
  });

  test('a priority tag is no VLAN (IEEE 802.1Q: VID 0)', () => {
    const bench = new Bench(null, null);
    bench.send(inVlan(NODE1, []));
    expect(bench.claim(inVlan(NODE1, [0]))).toBe('confirmed');
  });

  test('stacked tags are a network for each pair', () => {
    const bench = new Bench(null, null);
    expect(bench.claim(inVlan(NODE1, [100, 10]))).toBe('moved');
    expect(bench.claim(inVlan(NODE2, [200, 10]))).toBe('moved');
    expect(bench.claim(inVlan(NODE1, [100, 10]))).toBe('confirmed');
    expect(bench.claim(inVlan(NODE2, [10]))).toBe('moved');
    const networks = [...Array(3).keys()].map((i) => bench.owner.book.network(i + 1));
    expect(new Set(networks).size).toBe(3);
    expect(networks.map((network) => bench.owner.classifier.vlanOf(network))).toEqual([10, 10, 10]);
  });
});

test('a null MAC holds nothing and takes nothing', () => {
  const bench = new Bench(null, null);
  const nobody = arp({ operation: 1, source: NODE1, sha: '00:00:00:00:00:00', spa: VIP, tpa: VIP });
  expect(bench.claim(nobody)).toBe('noted');
  expect(bench.claim(announcement(NODE2, VIP))).toBe('moved');
  expect(bench.claim(nobody)).toBe('noted');
  expect(bench.holder(VIP)).toBe(NODE2);
  const guarded = watching('alibaba');
  expect(guarded.claim(nobody)).toBe('refused sender-mac-mismatch');
});

test('a table full of fixed addresses takes no other, and says so', () => {
  const journal = new Journal();
  const options = { observer: journal, plan: null, forwarding: null, policer: null };
  const owner = new Switch({ ...options, maximumAddresses: 1 });
  const frames = [announcement(NODE1, VIP), announcement(NODE2, '192.168.0.89')];
  for (const frame of frames) {
    owner.ingress(frame, 0, frame.byteLength, 1, 0);
    owner.addresses4.setStatic(owner.addresses4.find(0, parseIpv4(VIP)), true);
  }
  expect(journal.lines.length).toBe(1);
  expect(owner.drops[DROP_REASON_NAMES.indexOf('table-full')]).toBe(1);
  expect(owner.follow(0, 4, 0, 0, 0, parseIpv4('192.168.0.90'))).toBe(0);
  expect(owner.follow(0, 4, 0, 0, 0, parseIpv4(VIP))).toBe(1);
});

test('what an engine with ports refused is refused for those who watch it, with its reason', () => {
  const bench = watching('alibaba');
  expect(bench.claim(announcement(NODE1, VIP))).toBe('moved');
  for (const reason of ['wrong-port', 'rate-limited']) {
    bench.owner.judge.given = DROP_REASON_NAMES.indexOf(reason);
    expect(bench.claim(announcement(NODE2, VIP))).toBe(`refused ${reason}`);
    expect(bench.claim(announcement(NODE1, VIP))).toBe(`refused ${reason}`);
  }
  bench.owner.judge.given = 0;
  expect(bench.holder(VIP)).toBe(NODE1);
  expect(bench.claim(announcement(NODE2, VIP))).toBe('moved');
});
