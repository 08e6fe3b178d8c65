import { describe, expect, it } from 'vitest';
import { membershipOf } from '../../src/havip/rule-set.ts';
import { isRuleSetName, RULE_SET_NAMES, ruleSet } from '../../src/havip/rule-sets.ts';
import type { ProviderName } from '../../src/havip/topology.ts';
import { formatMac, isGroupMac } from '../../src/wire/mac.ts';

const limit = (provider: ProviderName, name: string) =>
  ruleSet(provider).limits.find((candidate) => candidate.name === name);
const most = (provider: ProviderName, name: string) => limit(provider, name)?.most;

describe('the rule sets', () => {
  it('are six', () => {
    expect(RULE_SET_NAMES).toEqual([
      'alibaba',
      'alibaba-2021',
      'tencent',
      'huawei',
      'ucloud',
      'classic',
    ]);
    for (const name of RULE_SET_NAMES) expect(ruleSet(name).name).toBe(name);
    expect(isRuleSetName('tencent')).toBe(true);
    expect(isRuleSetName('toString')).toBe(false);
  });

  it('decide who may claim a HaVip (A2, A8, T1, T3, H2, U3, V2)', () => {
    const membership = (name: ProviderName, checkAssociate = false) =>
      membershipOf(ruleSet(name), { checkAssociate });
    expect(membership('alibaba')).toBe('bound');
    expect(membership('huawei')).toBe('bound');
    expect(membership('ucloud')).toBe('bound');
    expect(membership('classic')).toBe('anyone');
    expect(membership('tencent')).toBe('subnet');
    expect(membership('tencent', true)).toBe('bound');
    expect(membership('classic', true)).toBe('anyone');
  });

  it('decide what becomes of an ordinary address that another claims (T2, H5, V2)', () => {
    const ordinary = RULE_SET_NAMES.map((name) => ruleSet(name).ordinary);
    expect(ordinary).toEqual([
      'refuse',
      'refuse',
      'refuse',
      'refuse-unless-unchecked',
      'refuse',
      'learn',
    ]);
  });

  it('forward by MAC only where LVS in DR mode works (H5, A12)', () => {
    const byMac = RULE_SET_NAMES.filter((name) => ruleSet(name).forwarding === 'by-mac');
    expect(byMac).toEqual(['huawei', 'classic']);
    expect(RULE_SET_NAMES.filter((name) => ruleSet(name).carriesMulticast)).toEqual(byMac);
  });

  it('hold the numbers of the manuals (A3, T3, H10, U3)', () => {
    expect(most('alibaba-2021', 'hostsPerHavip')).toBe(2);
    expect(most('alibaba-2021', 'havipsPerInstance')).toBe(5);
    expect(most('alibaba-2021', 'havipsPerVpc')).toBe(5);
    expect(most('alibaba-2021', 'havipsPerAccount')).toBe(5);
    expect(most('alibaba-2021', 'routesPerVpc')).toBe(5);
    expect(most('alibaba', 'hostsPerHavip')).toBe(10);
    expect(most('alibaba', 'havipsPerInstance')).toBe(5);
    expect(most('alibaba', 'havipsPerVpc')).toBe(50);
    expect(most('alibaba', 'havipsPerAccount')).toBe(50);
    expect(most('tencent', 'havipsPerVpc')).toBe(10);
    expect(limit('huawei', 'havipsPerInstance')).toMatchObject({ most: 8, advice: true });
    expect(limit('huawei', 'hostsPerHavip')).toMatchObject({ most: 10, advice: true });
    expect(limit('ucloud', 'hostsPerHavip')).toMatchObject({ most: 3, adjustable: true });
    expect(limit('ucloud', 'havipsPerInstance')).toMatchObject({ most: 5, adjustable: false });
    expect(ruleSet('classic').limits).toEqual([]);
  });

  it('offer IPv6 as the vendors do (U2)', () => {
    const offers = RULE_SET_NAMES.map((name) => ruleSet(name).ipv6Havip);
    expect(offers).toEqual(['no', 'no', 'no', 'one-nic', 'external', 'yes']);
    const mixing = RULE_SET_NAMES.filter((name) => !ruleSet(name).mixesInstancesAndEnis);
    expect(mixing).toEqual(['alibaba', 'alibaba-2021']);
  });

  it('place the gateway', () => {
    const of24 = RULE_SET_NAMES.map((name) => ruleSet(name).gatewayDefault('10.1.2.0/24'));
    expect(of24).toEqual([
      '10.1.2.253',
      '10.1.2.253',
      '10.1.2.1',
      '10.1.2.1',
      '10.1.2.1',
      '10.1.2.1',
    ]);
    expect(ruleSet('alibaba').gatewayDefault('172.16.0.0/12')).toBe('172.31.255.253');
    expect(ruleSet('tencent').gatewayDefault('fd00::/64')).toBe('fd00::1');
    expect(() => ruleSet('tencent').gatewayDefault('10.0.0.0')).toThrow(RangeError);
    expect(RULE_SET_NAMES.map((name) => formatMac(ruleSet(name).gatewayMac))).toEqual([
      'ee:ff:ff:ff:ff:ff',
      'ee:ff:ff:ff:ff:ff',
      'fe:ee:00:00:00:01',
      'fa:16:3e:00:00:01',
      '52:54:00:00:00:01',
      '02:00:00:00:00:01',
    ]);
    for (const name of RULE_SET_NAMES) expect(isGroupMac(ruleSet(name).gatewayMac)).toBe(false);
  });

  it('reserve the ends of a block', () => {
    const reserved = (name: ProviderName, cidr = '192.168.1.0/24') =>
      ruleSet(name)
        .reservedAddresses(cidr)
        .map((text) => text.replace('192.168.1.', '.'));
    // The vendor's own example is 192.168.1.0/24: .0, .253, .254, .255.
    expect(reserved('alibaba')).toEqual(['.0', '.253', '.254', '.255']);
    expect(reserved('tencent')).toEqual(['.0', '.1', '.255']);
    expect(reserved('huawei')).toEqual(['.0', '.1', '.253', '.254', '.255']);
    // The gateway, too, wherever it is: see quotas.test.ts.
    expect(reserved('ucloud')).toEqual(['.0', '.255']);
    expect(reserved('classic')).toEqual(['.0', '.255']);
    expect(reserved('alibaba', 'fd00::/64')).toHaveLength(10);
    expect(reserved('alibaba', 'fd00::/64')).toContain('fd00::ffff:ffff:ffff:fff7');
    expect(reserved('classic', 'fd00::/64')).toEqual(['fd00::']);
    expect(reserved('huawei', '192.168.1.0/30')).toHaveLength(4);
    expect(reserved('alibaba', 'fd00::/126')).toHaveLength(4);
  });
});
