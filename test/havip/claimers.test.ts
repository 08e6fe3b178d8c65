/** Who may claim a HaVip, by provider: facts T1, T3 (tencent), H2, A2, U3 (bound), V1 (anyone). */
import { describe, expect, test } from 'vitest';
import { claimersOf } from '../../src/havip/claimers.ts';
import type { Havip } from '../../src/havip/topology.ts';
import { parseLab } from '../../src/lab/file/lab-file.ts';

function claimers(provider: string, more: string): string[] {
  const text = `
provider: ${provider}
subnets: { net: { cidr: 10.0.1.0/24 }, other: { cidr: 10.0.2.0/24 } }
instances:
  a: { enis: { eth0: { subnet: net, ip: 10.0.1.10 }, eth1: { subnet: net, ip: 10.0.1.11 } } }
  b: { enis: { eth0: { subnet: net, ip: 10.0.1.20 } } }
  c: { enis: { eth0: { subnet: other, ip: 10.0.2.30 } } }
havips: { vip: { subnet: net, ip: 10.0.1.100${more} } }
`;
  const topology = parseLab(text, 'lab.yaml', { folder: '.' });
  return claimersOf(topology, topology.havips[0] as Havip);
}

describe('who may claim a HaVip', () => {
  test.each(['alibaba', 'huawei', 'ucloud'])('%s: who is bound', (provider) => {
    expect(claimers(provider, '')).toEqual([]);
    expect(claimers(provider, ', bind: [a, b]')).toEqual(['a', 'b']);
    expect(claimers(provider, ', bind: [a/eth0, a/eth1]')).toEqual(['a']);
  });

  test('tencent: the subnet, or who is associated', () => {
    expect(claimers('tencent', ', bind: a')).toEqual(['a', 'b']);
    expect(claimers('tencent', ', bind: a, checkAssociate: true')).toEqual(['a']);
  });

  test('classic: whoever is there', () => {
    expect(claimers('classic', '')).toEqual(['a', 'b']);
  });
});
