/** Changes of a running lab: what is refused and why, what holds from the next frame on. */
import { describe, expect, test } from 'vitest';
import type { ControlResult } from '../../src/havip/control.ts';
import { RULE_SET_NAMES, ruleSet } from '../../src/havip/rule-sets.ts';
import { formatMac } from '../../src/wire/mac.ts';
import { announcement, arp, neighbor, packet } from '../dataplane/frames.ts';
import { CLIENT, havipOf, NODE1, NODE2, ROGUE, VIP, VIP6 } from '../dataplane/site.ts';
import { type LiveLab, labOf } from './live-lab.ts';

const bound = RULE_SET_NAMES.filter((name) => ruleSet(name).membership === 'bound');
const inst = (mac: string): string => `i-${mac}`;
const FREE = '192.168.0.90';
const toVip = (): DataView =>
  packet({ source: CLIENT, destination: NODE1, from: '192.168.0.10', to: VIP });

function holder(lab: LiveLab, ip = VIP): string | null {
  const { addresses4 } = lab.live.owner;
  const last = Number(ip.split('.')[3]);
  const entry = addresses4.find(0, 0xc0a80000 + last);
  const mac = entry < 0 ? 0 : addresses4.mac(entry);
  return mac === 0 ? null : formatMac(mac);
}

const refused = (result: ControlResult): string =>
  'refused' in result ? result.refused : `done: ${JSON.stringify(result)}`;
const cleared = (result: ControlResult): string[] =>
  'refused' in result ? [result.refused] : result.cleared.map(({ mac }) => formatMac(mac));
const claims = (lab: LiveLab): string[] =>
  lab.journal.lines.filter((line) => line.includes(' is ')).map((line) => line.split(':')[0]!);

describe.each(bound)('under %s', (provider) => {
  test('after unbind the former member is refused from the next frame on, after bind accepted', () => {
    const lab = labOf(provider);
    const { control } = lab.live;
    lab.send(NODE1, announcement(NODE1, VIP));
    lab.send(NODE1, announcement(NODE1, VIP));
    expect(cleared(control.unbind(VIP, inst(NODE1)))).toEqual([NODE1]);
    expect(holder(lab)).toBeNull();
    lab.send(NODE1, announcement(NODE1, VIP));
    expect(holder(lab)).toBeNull();
    lab.send(NODE2, announcement(NODE2, VIP));
    expect(cleared(control.bind(VIP, inst(NODE1)))).toEqual([]);
    expect(holder(lab)).toBe(NODE2);
    lab.send(NODE1, announcement(NODE1, VIP));
    expect(holder(lab)).toBe(NODE1);
    expect(claims(lab)).toEqual(['moved', 'confirmed', 'refused not-member', 'moved', 'moved']);
  });

  test('the HaVip of an unbound member is no source for it any more', () => {
    const lab = labOf(provider);
    const fromVip = (): DataView =>
      packet({ source: NODE1, destination: CLIENT, from: VIP, to: '192.168.0.10' });
    lab.send(
      CLIENT,
      arp({ operation: 1, source: CLIENT, spa: '192.168.0.10', tpa: '192.168.0.1' }),
    );
    lab.reached();
    lab.send(NODE1, fromVip());
    expect(lab.reached()).toEqual([lab.port(CLIENT)]);
    lab.live.control.unbind(VIP, inst(NODE1));
    lab.send(NODE1, fromVip());
    expect([lab.reached(), lab.dropped('source-ip')]).toEqual([[], 1]);
    lab.live.control.bind(VIP, inst(NODE1));
    lab.send(NODE1, fromVip());
    expect(lab.reached()).toEqual([lab.port(CLIENT)]);
  });

  test('an IPv6 HaVip is unbound as well', () => {
    const lab = labOf(provider);
    const announce = (mac: string): void => {
      const base = { type: 136, flags: 0x20, from: 'fe80::1', target: VIP6 } as const;
      lab.send(mac, neighbor({ ...base, source: mac, option: mac }));
    };
    announce(NODE1);
    expect(cleared(lab.live.control.unbind(VIP6, inst(NODE1)))).toEqual([NODE1]);
    announce(NODE1);
    expect(claims(lab)).toEqual(['moved', 'refused not-member']);
  });

  test('starting a host flushes what it holds and nothing else', () => {
    const lab = labOf(provider, { havips: [VIP, FREE].map((ip) => havipOf(ip, [NODE1, NODE2])) });
    lab.send(NODE1, announcement(NODE1, VIP));
    lab.send(NODE2, announcement(NODE2, FREE));
    expect(cleared(lab.live.control.flushHolder(inst(NODE1)))).toEqual([NODE1]);
    expect([holder(lab), holder(lab, FREE)]).toEqual([null, NODE2]);
    expect(refused(lab.live.control.flushHolder('nobody'))).toBe('there is no instance nobody');
    lab.send(NODE1, announcement(NODE1, VIP));
    expect(holder(lab)).toBe(NODE1);
  });

  test('a HaVip can be added and removed', () => {
    const lab = labOf(provider);
    const { control } = lab.live;
    lab.send(NODE1, announcement(NODE1, FREE));
    expect(claims(lab)).toEqual(['refused ordinary-address']);
    expect(control.addHavip(havipOf(FREE, [NODE1]))).toMatchObject({ done: true });
    lab.send(NODE1, announcement(NODE1, FREE));
    expect(holder(lab, FREE)).toBe(NODE1);
    expect(control.topology.havips.map((havip) => havip.name)).toEqual([VIP, VIP6, FREE]);
    expect(cleared(control.removeHavip(FREE))).toEqual([NODE1]);
    lab.send(NODE1, announcement(NODE1, FREE));
    expect(claims(lab)).toEqual(['refused ordinary-address', 'moved', 'refused ordinary-address']);
    expect(control.topology.havips.map((havip) => havip.name)).toEqual([VIP, VIP6]);
  });
});

describe('what is refused, and changes nothing', () => {
  const lab = labOf('alibaba');
  const { control } = lab.live;

  test.each([
    [
      'an unknown HaVip',
      () => control.bind('x', 'y'),
      `there is no HaVip x; there are ${VIP}, ${VIP6}`,
    ],
    [
      'to unbind who is not bound',
      () => control.unbind(VIP, inst(CLIENT)),
      `${inst(CLIENT)} is not bound to HaVip ${VIP}; bound to it: ${inst(NODE1)}, ${inst(NODE2)}`,
    ],
    [
      'a HaVip of a known name',
      () => control.addHavip(havipOf(VIP, [])),
      `there is a HaVip ${VIP} already`,
    ],
    [
      'an address in use',
      () => control.addHavip({ ...havipOf(VIP, []), name: 'n' }),
      `${VIP} is in use in subnet a`,
    ],
    [
      "an ENI's address",
      () => control.addHavip(havipOf('192.168.0.11', [])),
      '192.168.0.11 is in use in subnet a',
    ],
    [
      'an address outside',
      () => control.addHavip(havipOf('10.0.0.1', [])),
      '10.0.0.1 is outside subnet a',
    ],
    ['no address', () => control.addHavip(havipOf('x', [])), 'x is no IP address'],
    [
      'no subnet',
      () => control.addHavip(havipOf(FREE, [], { subnet: 'z' })),
      'there is no subnet z',
    ],
    [
      'to remove what is not there',
      () => control.removeHavip('x'),
      `there is no HaVip x; there are ${VIP}, ${VIP6}`,
    ],
  ])('%s', (_, act, why) => {
    const before = [control.topology, lab.live.owner.book.edition];
    expect(refused(act())).toBe(why);
    expect([control.topology, lab.live.owner.book.edition]).toEqual(before);
  });

  test('to unbind a holder that is to be spared', () => {
    lab.send(NODE1, announcement(NODE1, VIP));
    const spare = { command: 'unbind', havip: VIP, spareHolder: true } as const;
    const refusal = control.apply({ ...spare, member: inst(NODE1) });
    expect(refusal).toMatchObject({ isHolder: true });
    expect(holder(lab)).toBe(NODE1);
    expect(control.apply({ ...spare, member: inst(NODE2) })).toMatchObject({ done: true });
    const both = [
      { command: 'bind', havip: VIP, member: inst(NODE2) } as const,
      { ...spare, member: inst(NODE1) },
    ];
    const before = control.topology;
    expect(control.applyAll(both)).toMatchObject({ isHolder: true });
    expect(control.topology).toEqual(before);
  });
});

describe('where anyone of the subnet may claim', () => {
  test('tencent: unbinding takes nothing from the holder', () => {
    const lab = labOf('tencent');
    lab.send(NODE1, announcement(NODE1, VIP));
    expect(cleared(lab.live.control.unbind(VIP, inst(NODE1)))).toEqual([]);
    lab.send(CLIENT, toVip());
    expect(lab.reached()).toEqual([lab.port(NODE1)]);
    lab.send(ROGUE, announcement(ROGUE, VIP));
    expect(holder(lab)).toBe(ROGUE);
  });

  test('tencent with checkAssociate binds as others do', () => {
    const lab = labOf('tencent', { havips: [havipOf(VIP, [NODE1], { checkAssociate: true })] });
    lab.send(NODE2, announcement(NODE2, VIP));
    lab.live.control.bind(VIP, inst(NODE2));
    lab.send(NODE2, announcement(NODE2, VIP));
    expect(claims(lab)).toEqual(['refused not-member', 'moved']);
  });
});

describe('many changes', () => {
  test('cost no memory', () => {
    const lab = labOf('huawei');
    const { control, owner } = lab.live;
    const size = owner.book.size;
    for (let i = 0; i < 500; i++) {
      control.unbind(VIP, inst(NODE1));
      control.bind(VIP, inst(NODE1));
      if (i % 10 > 0) continue;
      control.addHavip(havipOf(FREE, [NODE1, NODE2]));
      control.removeHavip(FREE);
    }
    expect(owner.book.size).toBeLessThanOrEqual(size + 2);
    const members = (owner.book as unknown as { members: Float64Array }).members;
    expect(members.length).toBeLessThanOrEqual(256);
    const before = owner.addresses4.size;
    lab.send(NODE1, announcement(NODE1, VIP));
    expect([holder(lab), owner.addresses4.size]).toEqual([NODE1, before]);
  });
});
