/** Whose frames the switch takes at all: Ethernet sources, reserved addresses, IP sources. */
import { describe, expect, test } from 'vitest';
import { SourceGuard } from '../../src/dataplane/source-guard.ts';
import { RULE_SET_NAMES } from '../../src/havip/rule-sets.ts';
import { parseIpv4 } from '../../src/wire/ip-address.ts';
import { announcement, ethernet, neighbor, packet, words } from './frames.ts';
import {
  Bench,
  CLIENT,
  eniOf,
  live,
  NODE1,
  NODE2,
  PORTS,
  ROGUE,
  STRANGER,
  VIP,
  VIP6,
  VIRTUAL,
  watching,
} from './site.ts';

const guarded = RULE_SET_NAMES.filter((name) => name !== 'classic');
const portOf = (mac: string): number => PORTS.indexOf(mac);
const from = (source: string, ip: string): DataView =>
  packet({
    source,
    destination: CLIENT,
    from: ip,
    to: ip.includes(':') ? '2001:db8::10' : '192.168.0.10',
  });

/** The verdict on a frame to the client; by MAC it has not been heard of yet. */
const reached = (provider: string): string =>
  provider === 'huawei' ? 'flood' : `forward ${portOf(CLIENT)}`;

/** What an ENI may send from, and what not, by who it is. */
const LAWFUL: [string, string, string][] = [
  ['its own address', NODE1, '192.168.0.11'],
  ['its own IPv6 address', NODE1, '2001:db8::11'],
  ['a link-local address', ROGUE, '169.254.3.4'],
  ['a link-local IPv6 address', ROGUE, 'fe80::77'],
  ['0.0.0.0, for DHCP', ROGUE, '0.0.0.0'],
  ['::, for duplicate address detection', ROGUE, '::'],
  ['a HaVip that it is bound to and does not hold', NODE2, VIP],
  ['an IPv6 HaVip that it is bound to', NODE2, VIP6],
];
const SPOOFED: [string, string, string][] = [
  ["another's address", NODE1, '192.168.0.12'],
  ["another's IPv6 address", NODE1, '2001:db8::12'],
  ['an address that nobody has', NODE1, '192.168.0.200'],
  ['an address from outside', NODE1, '8.8.8.8'],
  ['fec0:: (site-local, not link-local)', NODE1, 'fec0::1'],
];

describe.each(guarded)('live under %s', (provider) => {
  test.each(LAWFUL)('lets pass %s', (_, mac, ip) => {
    const bench = live(provider);
    expect(bench.send(from(mac, ip), portOf(mac))).toBe(reached(provider));
    expect(bench.dropped('source-ip')).toBe(0);
  });

  test.each(SPOOFED)('drops and reports %s', (_, mac, ip) => {
    const bench = live(provider);
    const before = bench.stations();
    expect(bench.send(from(mac, ip), portOf(mac))).toBe('drop source-ip');
    expect(bench.journal.lines).toEqual(['spoofed']);
    expect(bench.dropped('source-ip')).toBe(1);
    expect(bench.stations()).toBe(before);
  });

  test('a HaVip is lawful for whom it is bound to', () => {
    const bench = live(provider);
    const rogue = bench.send(from(ROGUE, VIP), portOf(ROGUE));
    // Under tencent every ENI of the subnet may claim it, hence use it.
    expect(rogue).toBe(provider === 'tencent' ? reached(provider) : 'drop source-ip');
  });

  test('drops a MAC that is nobody’s, and an ENI’s MAC behind another port', () => {
    const bench = live(provider);
    expect(bench.send(from(STRANGER, '192.168.0.11'), 0)).toBe('drop source-mac');
    expect(bench.send(from(NODE1, '192.168.0.11'), portOf(NODE2))).toBe('drop source-mac');
    expect(bench.send(announcement(NODE1, VIP), portOf(ROGUE))).toBe('drop wrong-port');
    expect(bench.dropped('source-mac')).toBe(2);
    expect(bench.holder(VIP)).toBeNull();
    expect(bench.stations()).toBe(0);
  });

  test('tells the reason for which the claim of such a frame is refused', () => {
    const bench = live(provider);
    expect(bench.claim(announcement(NODE1, VIP), portOf(ROGUE))).toBe('refused wrong-port');
    expect(bench.claim(announcement(VIRTUAL, VIP), 0)).toBe('refused virtual-mac');
    expect(bench.dropped('virtual-mac')).toBe(1);
    expect(bench.claim(announcement(STRANGER, VIP), 0)).toBe('refused wrong-port');
    expect(bench.holder(VIP)).toBeNull();
  });

  test('judges neighbor discovery by its IP source, too', () => {
    const bench = live(provider);
    const base = { type: 136, flags: 0x20, source: NODE1, target: VIP6, option: NODE1 } as const;
    expect(bench.send(neighbor({ ...base, from: '2001:db8::12' }), 0)).toBe('drop source-ip');
    expect(bench.holder(VIP6)).toBeNull();
    bench.send(neighbor({ ...base, from: 'fe80::1' }), 0);
    expect(bench.holder(VIP6)).toBe(NODE1);
  });

  test('takes anything from an ENI whose check is off', () => {
    const enis = PORTS.map((mac) => eniOf(mac, mac === NODE1 ? { sourceDestCheck: false } : {}));
    const bench = live(provider, { enis });
    expect(bench.send(from(NODE1, '8.8.8.8'), 0)).toBe(reached(provider));
    expect(bench.send(from(NODE1, '8.8.8.8'), 1)).toBe('drop source-mac');
  });
});

describe.each(guarded)('watching under %s', (provider) => {
  test.each(LAWFUL)('says nothing of %s', (_, mac, ip) => {
    const bench = watching(provider);
    expect(bench.send(from(mac, ip))).toBe('observe');
    expect(bench.journal.lines).not.toContain('spoofed');
  });

  test.each(SPOOFED)('reports %s and hides nothing', (_, mac, ip) => {
    const bench = watching(provider);
    bench.send(announcement(CLIENT, '192.168.0.10'));
    bench.journal.lines = [];
    expect(bench.send(from(mac, ip))).toBe('observe');
    const service = ip.includes(':') ? [] : [expect.stringMatching(/^packet to /)];
    expect(bench.journal.lines).toEqual(['spoofed', ...service]);
    expect(bench.dropped('source-ip')).toBe(1);
    expect(bench.stations()).toBe(2);
  });

  test('judges only MACs that the lab names', () => {
    const bench = watching(provider);
    expect(bench.send(from(STRANGER, '192.168.0.11'))).toBe('observe');
    expect(bench.journal.lines).toEqual([]);
    expect(bench.dropped('source-mac')).toBe(0);
  });

  test('judges the claim of a spoofed neighbor advertisement all the same', () => {
    const bench = watching(provider);
    const base = { type: 136, flags: 0x20, target: VIP6 } as const;
    const frame = neighbor({ ...base, source: NODE1, from: '2001:db8::12', option: NODE1 });
    expect(bench.claim(frame)).toBe('moved');
    expect(bench.journal.lines[0]).toBe('spoofed');
  });
});

describe('classic', () => {
  test('takes any source at any port', () => {
    const bench = live('classic');
    expect(bench.send(from(STRANGER, '8.8.8.8'), 0)).toBe('flood');
    expect(bench.send(from(NODE1, '192.168.0.12'), 3)).toBe('flood');
    expect(bench.journal.lines.filter((line) => line === 'spoofed')).toEqual([]);
  });
});

describe('Ethernet addresses', () => {
  const reserved = (last: string): DataView =>
    ethernet({ source: NODE1, destination: `01:80:c2:00:00:${last}` }, 0x88cc, 46);
  const groups = ['ff:ff:ff:ff:ff:ff', '01:00:5e:00:00:12', '00:00:00:00:00:00'];

  test.each([
    '00',
    '02',
    '0e',
    '0f',
  ])('01:80:c2:00:00:%s stays here (IEEE 802.1Q 8.6.3)', (last) => {
    const bench = live('classic');
    expect(bench.send(reserved(last), 0)).toBe('drop reserved-address');
    expect(bench.stations()).toBe(0);
  });

  test('01:80:c2:00:00:10 and onwards is a group like others', () => {
    expect(live('classic').send(reserved('10'), 0)).toBe('flood');
    expect(live('classic').send(reserved('21'), 0)).toBe('flood');
  });

  test.each(groups)('%s is no source', (source) => {
    const bench = live('classic');
    const frame = packet({ source, destination: NODE2, from: '10.0.0.1', to: '10.0.0.2' });
    expect(bench.send(frame, 0)).toBe('drop invalid-source');
    expect(bench.stations()).toBe(0);
    expect(bench.send(announcement(source, VIP), 0)).toBe('drop invalid-source');
    expect(bench.holder(VIP)).toBeNull();
  });

  test.each(groups)('%s as a source is seen but not learned where we watch', (source) => {
    const bench = new Bench(null, null);
    const frame = packet({ source, destination: NODE2, from: '10.0.0.1', to: '10.0.0.2' });
    expect(bench.send(frame)).toBe('observe');
    expect(bench.stations()).toBe(0);
    expect(bench.owner.classifier.counts[9]).toBe(1);
  });
});

test('what an ENI may use can be taken from it again, as when a HaVip is unbound', () => {
  const guard = new SourceGuard();
  const four = packet({ source: NODE1, from: VIP, to: '192.168.0.10' });
  const six = packet({ source: NODE1, from: VIP6, to: '2001:db8::10' });
  const allowed = (): boolean[] => [guard.allowsIpv4(3, four, 14), guard.allowsIpv6(3, six, 14)];
  expect(allowed()).toEqual([false, false]);
  guard.allow4(3, parseIpv4(VIP));
  guard.allow6(3, ...words(VIP6));
  expect(allowed()).toEqual([true, true]);
  expect(guard.allowsIpv4(4, four, 14)).toBe(false);
  guard.forbid4(3, parseIpv4(VIP));
  guard.forbid6(3, ...words(VIP6));
  expect(allowed()).toEqual([false, false]);
});
