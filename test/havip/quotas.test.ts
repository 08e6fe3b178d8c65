import { describe, expect, it } from 'vitest';
import { quotaBreaches } from '../../src/havip/quotas.ts';
import type { Topology } from '../../src/havip/topology.ts';
import { parseLab } from '../../src/lab/file/lab-file.ts';

interface Wish {
  provider: string;
  hosts?: number;
  havips?: number;
  bind?: string;
  extra?: string;
}

/** A lab of `hosts` hosts and `havips` HaVips, each bound to `bind` (all hosts by default). */
function lab({ provider, hosts = 2, havips = 1, bind, extra = '' }: Wish): Topology {
  const names = Array.from({ length: hosts }, (_, i) => 'h' + (i + 1));
  const eni = (i: number) =>
    `{ subnet: a, ip: [10.0.0.${i + 20}, "fd00::2:${i}"], mac: "00:16:3e:00:01:${(i + 16).toString(16)}" }`;
  return parseLab(
    `provider: ${provider}
subnets: { a: { cidr: [10.0.0.0/24, "fd00::/64"] } }
instances:
${names.map((name, i) => `  ${name}: { enis: { eth0: ${eni(i)} } }`).join('\n')}
havips:
${Array.from({ length: havips }, (_, i) => `  v${i}: { subnet: a, ip: 10.0.0.${i + 100}, bind: [${bind ?? names}] }`).join('\n')}
${extra}`,
    'lab.yaml',
  );
}

const told = (topology: Topology) =>
  quotaBreaches(topology).map((breach) => `${breach.code} ${breach.subject}`);

describe('quotas', () => {
  it('hold two hosts a HaVip in 2021, ten today (A3)', () => {
    expect(told(lab({ provider: 'alibaba-2021', hosts: 2 }))).toEqual([]);
    const [breach] = quotaBreaches(lab({ provider: 'alibaba-2021', hosts: 3 }));
    expect(breach).toEqual({
      code: 'quota-exceeded',
      subject: 'havip v0',
      address: null,
      message: 'havip v0 has 3 bound hosts; alibaba-2021 allows 2 (A3)',
      remedy: 'take 1 away',
      advice: false,
    });
    expect(told(lab({ provider: 'alibaba', hosts: 10 }))).toEqual([]);
    expect(told(lab({ provider: 'alibaba', hosts: 11 }))).toEqual(['quota-exceeded havip v0']);
  });

  it('count HaVips of an instance, a VPC and an account', () => {
    expect(told(lab({ provider: 'alibaba-2021', havips: 5 }))).toEqual([]);
    expect(told(lab({ provider: 'alibaba-2021', havips: 6 }))).toEqual([
      'quota-exceeded instance h1',
      'quota-exceeded instance h2',
      'quota-exceeded vpc default',
      'quota-exceeded account',
    ]);
    expect(told(lab({ provider: 'tencent', havips: 10 }))).toEqual([]);
    expect(told(lab({ provider: 'tencent', havips: 11 }))).toEqual(['quota-exceeded vpc default']);
    expect(told(lab({ provider: 'classic', hosts: 30, havips: 60 }))).toEqual([]);
  });

  it('only advise at Huawei (H10)', () => {
    const breaches = quotaBreaches(lab({ provider: 'huawei', hosts: 11, havips: 9, bind: 'h1' }));
    expect(breaches).toHaveLength(1);
    expect(breaches[0]).toMatchObject({ subject: 'instance h1', advice: true });
    expect(breaches[0]!.message).toBe('instance h1 has 9 HaVips; huawei advises at most 8 (H10)');
    const hosts = quotaBreaches(lab({ provider: 'huawei', hosts: 11 }));
    expect(hosts.map(({ advice }) => advice)).toEqual([true]);
  });

  it('give way to the quotas of the lab file (U3: adjustable)', () => {
    const breach = quotaBreaches(lab({ provider: 'ucloud', hosts: 4 }))[0]!;
    expect(breach.remedy).toBe(
      'take 1 away, or have the quota raised and set quotas.hostsPerHavip in the lab file',
    );
    expect(
      told(lab({ provider: 'ucloud', hosts: 4, extra: 'quotas: { hostsPerHavip: 4 }' })),
    ).toEqual([]);
    expect(
      told(lab({ provider: 'classic', havips: 2, extra: 'quotas: { havipsPerVpc: 1 }' })),
    ).toEqual(['quota-exceeded vpc default']);
  });

  it('count MACs of the command line, and a bound host once', () => {
    const topology = lab({ provider: 'alibaba-2021', hosts: 2 });
    topology.havips[0]!.memberMacs = [0x00163e000110];
    expect(told(topology)).toEqual([]);
    topology.havips[0]!.memberMacs = [0x00163e0000ff];
    expect(told(topology)).toEqual(['quota-exceeded havip v0']);
    const bare = lab({ provider: 'alibaba-2021', hosts: 3, bind: 'h1' });
    bare.havips[0]!.memberMacs = [0x00163e000111, 0x00163e000112];
    expect(told(bare)).toEqual(['quota-exceeded havip v0']);
  });

  it.each([
    ['alibaba', 'members'],
    ['alibaba-2021', 'members'],
    ['tencent', 'members'],
    ['huawei', 'instances'],
    ['ucloud', 'instances'],
    ['classic', 'instances'],
  ])('%s counts %s of a HaVip', (provider, counted) => {
    const eni = (last: number): string => `{ subnet: a, ip: 10.0.0.${last} }`;
    const counts = (most: number, bind: string): boolean => {
      const topology = parseLab(
        `provider: ${provider}
subnets: { a: { cidr: 10.0.0.0/24 } }
instances:
  a: { enis: { eth0: ${eni(10)}, eth1: ${eni(11)} } }
  b: { enis: { eth0: ${eni(12)} } }
  c: { enis: { eth0: ${eni(13)} } }
havips: { w: { subnet: a, ip: 10.0.0.100, bind: [${bind}], checkAssociate: true } }
quotas: { hostsPerHavip: ${most} }`,
        'lab.yaml',
      );
      return told(topology).length === 0;
    };
    const all = 'a/eth0, a/eth1, b/eth0, c/eth0';
    expect([counts(4, all), counts(3, all)]).toEqual([true, counted === 'instances']);
    expect([counts(2, all), counts(3, 'a, b, c'), counts(2, 'a, b, c')]).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('say nothing without a provider', () => {
    expect(
      quotaBreaches({ ...lab({ provider: 'alibaba-2021', hosts: 9 }), provider: null }),
    ).toEqual([]);
  });
});

describe('reserved addresses', () => {
  const withHavip = (provider: string, ip: string) =>
    lab({ provider, extra: `  r: { subnet: a, ip: "${ip}" }` });

  it('are reported for HaVips and ENIs, with what else is reserved', () => {
    const breach = quotaBreaches(withHavip('alibaba', '10.0.0.254'))[0]!;
    expect(breach).toMatchObject({
      code: 'reserved-address',
      subject: 'havip r',
      address: '10.0.0.254',
    });
    expect(breach.message).toBe(
      'havip r has 10.0.0.254, which alibaba keeps for itself in 10.0.0.0/24',
    );
    expect(breach.remedy).toContain('10.0.0.0, 10.0.0.253, 10.0.0.254, 10.0.0.255');
    const topology = lab({ provider: 'tencent' });
    topology.enis[0]!.addresses = ['10.0.0.1'];
    expect(told(topology)).toEqual(['reserved-address eni h1/eth0']);
  });

  it('include the gateway, except on a plain LAN, where it is a host', () => {
    const topology = withHavip('ucloud', '10.0.0.77');
    topology.subnets[0]!.gateways = ['10.0.0.77'];
    expect(told(topology)).toEqual(['reserved-address havip r']);
    expect(told(withHavip('ucloud', '10.0.0.1'))).toEqual(['reserved-address havip r']);
    const low = withHavip('ucloud', '10.0.0.1');
    low.subnets[0]!.gateways = ['10.0.0.77', 'fd00::77'];
    expect(told(low)).toEqual([]);
    expect(told(withHavip('classic', '10.0.0.1'))).toEqual([]);
    expect(told(withHavip('classic', '10.0.0.255'))).toEqual(['reserved-address havip r']);
  });
});

describe('IPv6 HaVips', () => {
  const withIpv6 = (provider: string, bind: string) =>
    lab({ provider, extra: `  six: { subnet: a, ip: "fd00::88", bind: [${bind}] }` });

  it('are not offered by Alibaba and Tencent', () => {
    for (const provider of ['alibaba', 'alibaba-2021', 'tencent']) {
      expect(told(withIpv6(provider, 'h1'))).toEqual(['ipv6-not-offered havip six']);
    }
    expect(quotaBreaches(withIpv6('alibaba', 'h1'))[0]!.message).toBe(
      'havip six is fd00::88; alibaba offers no IPv6 HaVip',
    );
    for (const provider of ['ucloud', 'classic'])
      expect(told(withIpv6(provider, 'h1, h2'))).toEqual([]);
  });

  it('have one NIC at Huawei', () => {
    expect(told(withIpv6('huawei', 'h1'))).toEqual([]);
    const topology = withIpv6('huawei', 'h1/eth0');
    topology.havips[1]!.memberMacs = [0x00163e000110];
    expect(told(topology)).toEqual([]);
    expect(told(withIpv6('huawei', 'h1, h2/eth0'))).toEqual(['ipv6-not-offered havip six']);
  });
});
