/** What a lab file leaves open is chosen, and always the same way. */
import { describe, expect, test } from 'vitest';
import { completeTopology } from '../../src/havip/complete-topology.ts';
import { liveSwitchOf } from '../../src/havip/live-switch.ts';
import { isGroupMac } from '../../src/wire/mac.ts';
import { eniOf, havipOf, NODE1, topologyOf } from '../dataplane/site.ts';
import { attached, LiveJournal } from './live-lab.ts';

const nameless = (): ReturnType<typeof eniOf> => eniOf(NODE1, { mac: null });

describe('completeTopology', () => {
  test('gives MACs of one host each, locally administered, always the same', () => {
    const enis = [nameless(), eniOf(NODE1), nameless()];
    const topology = topologyOf('alibaba', { enis });
    const macs = completeTopology(topology).enis.map((eni) => eni.mac as number);
    expect(new Set(macs).size).toBe(3);
    expect(macs[1]).toBe(0x00163e000001);
    for (const mac of [macs[0]!, macs[2]!]) {
      expect(isGroupMac(mac)).toBe(false);
      expect((mac / 2 ** 40) & 2).toBe(2);
    }
    expect(completeTopology(topology)).toEqual(completeTopology(topology));
  });

  test('gives a HaVip the first address that is nobody’s and not reserved', () => {
    const open = { ...havipOf('x', []), address: null };
    const enis = [eniOf(NODE1, { addresses: ['192.168.0.1'] })];
    const subnets = topologyOf('alibaba').subnets;
    const havips = [open, { ...open, name: 'y' }, havipOf('192.168.0.2', [])];
    const complete = completeTopology(topologyOf('alibaba', { enis, subnets, havips }));
    expect(complete.havips.map((havip) => havip.address)).toEqual([
      '192.168.0.3',
      '192.168.0.4',
      '192.168.0.2',
    ]);
  });

  test('says where there is no address left', () => {
    const subnets = [{ name: 'a', vpc: 'v', cidrs: ['10.0.0.0/30'], gateways: ['10.0.0.1'] }];
    const havips = [{ ...havipOf('x', []), address: null }];
    const full = topologyOf('ucloud', { subnets, enis: [], havips });
    const more = { ...full, havips: [...havips, { ...havips[0]!, name: 'y' }] };
    expect(completeTopology(full).havips[0]?.address).toBe('10.0.0.2');
    expect(() => completeTopology(more)).toThrow('subnet a has no free IPv4 address');
  });
});

describe('liveSwitchOf', () => {
  const options = { observer: new LiveJournal() };

  test('numbers ports in the order of the ENIs that are attached', () => {
    const topology = attached(topologyOf('alibaba'));
    topology.enis[1] = { ...topology.enis[1]!, attach: null };
    const live = liveSwitchOf(topology, options);
    expect([0, 1, 2].map((eni) => live.portOf(eni))).toEqual([0, -1, 1]);
    expect(live.portEnis[1]).toBe(topology.enis[2]);
  });

  test('needs a provider, and a MAC for what is attached', () => {
    expect(() => liveSwitchOf(topologyOf(null), options)).toThrow('a live lab needs a provider');
    const open = attached(topologyOf('alibaba', { enis: [nameless()] }));
    expect(() => liveSwitchOf(open, options)).toThrow(`ENI i-${NODE1}/eth0 has no MAC`);
  });
});
