/**
 * Every number of the clouds: the last that is accepted and the first that is refused. The numbers
 * are written out from the vendors' pages, not read from the rule sets: H10, T3, U3, A3, A9 are
 * sentences of the manuals, "today" is Alibaba's quota page, "ours" nobody's but ours.
 */
import { describe, expect, test } from 'vitest';
import type { Operation } from '../../../src/havip/inventory/operation.ts';
import type { MemberRef, Resource } from '../../../src/havip/inventory/resources.ts';
import type { ProviderName } from '../../../src/havip/topology.ts';
import { Cloud, eni, instance } from './cloud.ts';

const ALL: ProviderName[] = ['alibaba', 'alibaba-2021', 'tencent', 'huawei', 'ucloud', 'classic'];
const NEVER = Number.POSITIVE_INFINITY;

/** As often as it is accepted, up to `tries`; then the code of the refusal. */
function accepts(tries: number, next: (n: number) => string): [number, string] {
  for (let n = 1; n <= tries; n++) {
    const said = next(n);
    if (said !== 'ok') return [n - 1, said];
  }
  return [NEVER, 'ok'];
}

function limit(most: number, code: string): [number, string] {
  return most === NEVER ? [NEVER, 'ok'] : [most, code];
}

describe('members of a HaVip', () => {
  test.each<[ProviderName, number, string]>([
    ['alibaba', 10, 'today'],
    ['alibaba-2021', 2, 'A3'],
    ['tencent', NEVER, 'T3: nobody is bound to be restricted'],
    ['huawei', NEVER, 'H10: advice'],
    ['ucloud', 3, 'U3'],
    ['classic', NEVER, 'a plain LAN'],
  ])('%s: %d (%s)', (provider, most) => {
    const byInstance = new Cloud(provider);
    const one = byInstance.havip();
    const expected = limit(most, 'too-many-members');
    expect(accepts(12, (n) => byInstance.associate(one, instance(n)))).toEqual(expected);
    const byEni = new Cloud(provider);
    const other = byEni.havip();
    expect(accepts(12, (n) => byEni.associate(other, eni(n)))).toEqual(expected);
  });

  test.each<[ProviderName, number]>([
    ['alibaba', 10],
    ['alibaba-2021', 2],
    ['ucloud', 3],
  ])('%s: %d at once, too, when it is created or all are replaced', (provider, most) => {
    const members = (count: number): MemberRef[] =>
      Array.from({ length: count }, (_, i) => instance(i + 1));
    const create = (count: number): Operation => {
      const base = { kind: 'create-havip', subnet: 'vsw-1', address: null, name: 'x' } as const;
      return { ...base, members: members(count) };
    };
    const cloud = new Cloud(provider);
    expect(cloud.says(create(most + 1))).toBe('too-many-members');
    expect(cloud.says(create(most))).toBe('ok');
    const havip = cloud.havip();
    const replace = (count: number): string =>
      cloud.says({ kind: 'set-members', havip, members: members(count) });
    expect([replace(most), replace(most + 1)]).toEqual(['ok', 'too-many-members']);
  });
});

test('members of a HaVip: ucloud counts VMs (U3), huawei instances (H10), alibaba each (A2)', () => {
  const members: MemberRef[] = [eni(1), eni(1, 'eth1'), eni(2), eni(2, 'eth1')];
  const told = (provider: ProviderName, quotas: number): string[] => {
    const cloud = new Cloud(provider, [quota('hostsPerHavip', quotas)]);
    const havip = cloud.havip();
    return [...members, eni(3)].map((member) => cloud.associate(havip, member));
  };
  const ok = ['ok', 'ok', 'ok', 'ok'];
  expect(told('ucloud', 2)).toEqual([...ok, 'too-many-members']);
  expect(told('huawei', 2)).toEqual([...ok, 'too-many-members']);
  expect(told('alibaba', 4)).toEqual([...ok, 'too-many-members']);
});

describe('HaVips of an instance', () => {
  test.each<[ProviderName, number, string]>([
    ['alibaba', 5, 'today'],
    ['alibaba-2021', 5, 'A3'],
    ['tencent', NEVER, 'none said'],
    ['huawei', NEVER, 'H10: advice'],
    ['ucloud', 5, 'U3'],
    ['classic', NEVER, 'a plain LAN'],
  ])('%s: %d (%s), by the instance and by each of its ENIs together', (provider, most) => {
    const cloud = new Cloud(provider, [quota('havipsPerVpc', 50), quota('havipsPerAccount', 50)]);
    const members = [instance(1), eni(1), eni(1, 'eth1')];
    const bind = (n: number): string => cloud.associate(cloud.havip(), members[n % 3]!);
    expect(accepts(9, bind)).toEqual(limit(most, 'too-many-havips-of-member'));
  });

  test('alibaba: an ENI brings its HaVips along when it is attached', () => {
    const cloud = new Cloud('alibaba');
    for (let n = 0; n < 4; n++) cloud.havip(null, [instance(2)]);
    cloud.havip(null, [eni(1, 'eth1')]);
    const second = cloud.havip(null, [eni(1, 'eth1')]);
    cloud.done({ kind: 'detach-eni', eni: 'i-1.eth1' });
    const attach: Operation = { kind: 'attach-eni', eni: 'i-1.eth1', instance: 'i-2' };
    expect(cloud.says(attach)).toBe('too-many-havips-of-member');
    const member = eni(1, 'eth1');
    cloud.done({ kind: 'disassociate', havip: second, member, force: true });
    expect(cloud.says(attach)).toBe('ok');
  });
});

describe('HaVips of a VPC and of the account', () => {
  const create = (cloud: Cloud, subnet: string): string =>
    cloud.says({ kind: 'create-havip', subnet, address: null, name: 'x' });

  test.each<[ProviderName, number, string, string]>([
    ['alibaba', 50, 'too-many-havips-in-vpc', 'today'],
    ['alibaba-2021', 5, 'too-many-havips-in-vpc', 'A3'],
    ['tencent', 10, 'too-many-havips-in-vpc', 'T3'],
    ['huawei', NEVER, '', 'none said'],
    ['ucloud', NEVER, '', 'none said'],
    ['classic', NEVER, '', 'a plain LAN'],
  ])('%s: %d a VPC, over all its subnets', (provider, most, code) => {
    const cloud = new Cloud(provider);
    const next = (n: number): string => create(cloud, n % 2 === 0 ? 'vsw-1' : 'vsw-2');
    expect(accepts(60, next)).toEqual(limit(most, code));
  });

  test.each<[ProviderName, number]>([
    ['alibaba', 50],
    ['alibaba-2021', 5],
    ['tencent', NEVER],
  ])('%s: %d an account, over all its VPCs', (provider, most) => {
    const cloud = new Cloud(provider);
    const next = (n: number): string => create(cloud, n % 2 === 0 ? 'vsw-1' : 'vsw-3');
    const tries = provider === 'tencent' ? 20 : 60;
    expect(accepts(tries, next)).toEqual(limit(most, 'too-many-havips'));
  });
});

describe('EIPs of a HaVip', () => {
  test.each<[ProviderName, number, string]>([
    ['alibaba', 1, 'today'],
    ['alibaba-2021', 1, 'A9'],
    ['tencent', 1, 'its guide'],
    ['huawei', 1, 'its guide'],
    ['ucloud', 1, 'ours'],
    ['classic', NEVER, 'a plain LAN'],
  ])('%s: %d (%s)', (provider, most) => {
    const cloud = new Cloud(provider);
    const havip = cloud.havip();
    const next = (): string => {
      const eip = cloud.done({ kind: 'create-eip', address: null });
      return cloud.says({ kind: 'associate-eip', eip, havip });
    };
    expect(accepts(4, next)).toEqual(limit(most, 'too-many-eips'));
  });
});

describe('routes to HaVips', () => {
  const route = (cloud: Cloud, table: string, havip: string, n: number): string =>
    cloud.says({ kind: 'create-route', table, destination: `172.16.${n}.0/24`, havip });

  test.each<[ProviderName, number, string]>([
    ['alibaba', 5, 'today: of a table'],
    ['alibaba-2021', 5, 'A3: of a VPC'],
    ['tencent', NEVER, 'none said'],
    ['huawei', NEVER, 'none said'],
    ['ucloud', NEVER, 'none said'],
    ['classic', NEVER, 'a plain LAN'],
  ])('%s: %d (%s)', (provider, most) => {
    const cloud = new Cloud(provider);
    const havip = cloud.havip();
    const next = (n: number): string => route(cloud, 'rtb-vpc-1', havip, n);
    expect(accepts(8, next)).toEqual(limit(most, 'too-many-routes'));
  });

  test.each<[ProviderName, string]>([
    ['alibaba', 'ok'],
    ['alibaba-2021', 'too-many-routes'],
  ])('%s: the sixth in another table of the VPC: %s', (provider, sixth) => {
    const cloud = new Cloud(provider);
    const havip = cloud.havip();
    for (let n = 1; n <= 5; n++) route(cloud, 'rtb-vpc-1', havip, n);
    expect(route(cloud, 'rtb-more', havip, 6)).toBe(sixth);
  });
});

describe('what is advised, and done all the same (H10)', () => {
  const advice = (cloud: Cloud, havip: string, member: MemberRef): string[] => {
    const outcome = cloud.submit({ kind: 'associate', havip, member });
    return outcome.ok ? outcome.advice : [outcome.code];
  };

  test('huawei: ten instances a VIP without a word, the eleventh with one', () => {
    const cloud = new Cloud('huawei');
    const havip = cloud.havip();
    for (let n = 1; n <= 10; n++) expect(advice(cloud, havip, instance(n))).toEqual([]);
    const said = `HaVip ${havip} would have 11 members; huawei advises at most 10 (H10)`;
    expect(advice(cloud, havip, instance(11))).toEqual([said]);
  });

  test('huawei: eight VIPs an instance without a word, the ninth with one', () => {
    const cloud = new Cloud('huawei');
    for (let n = 1; n <= 8; n++) expect(advice(cloud, cloud.havip(), instance(1))).toEqual([]);
    const said = 'instance i-1 would have 9 HaVips; huawei advises at most 8 (H10)';
    expect(advice(cloud, cloud.havip(), instance(1))).toEqual([said]);
  });
});

describe('numbers that the vendor raises on request', () => {
  const set = (provider: ProviderName, name: Quota['id'], most: number): string =>
    new Cloud(provider).says({ kind: 'set-quota', quota: name, most });

  test.each<[ProviderName, Quota['id'], string]>([
    ['alibaba', 'hostsPerHavip', 'quota-fixed'],
    ['alibaba', 'havipsPerInstance', 'quota-fixed'],
    ['alibaba', 'havipsPerVpc', 'quota-fixed'],
    ['alibaba', 'havipsPerAccount', 'quota-fixed'],
    ['alibaba', 'eipsPerHavip', 'quota-fixed'],
    ['alibaba', 'routesPerTable', 'ok'],
    ['alibaba-2021', 'hostsPerHavip', 'quota-fixed'],
    ['alibaba-2021', 'havipsPerVpc', 'ok'],
    ['alibaba-2021', 'havipsPerAccount', 'ok'],
    ['alibaba-2021', 'routesPerVpc', 'quota-fixed'],
    ['tencent', 'havipsPerVpc', 'ok'],
    ['tencent', 'eipsPerHavip', 'quota-fixed'],
    ['tencent', 'hostsPerHavip', 'quota-fixed'],
    ['huawei', 'hostsPerHavip', 'quota-fixed'],
    ['ucloud', 'hostsPerHavip', 'ok'],
    ['ucloud', 'havipsPerInstance', 'quota-fixed'],
    ['classic', 'havipsPerVpc', 'ok'],
  ])('%s, %s: %s', (provider, name, said) => {
    expect(set(provider, name, 20)).toBe(said);
  });

  test.each([-1, 1.5, Number.NaN])('%d is no number of anything', (most) => {
    expect(set('tencent', 'havipsPerVpc', most)).toBe('quota-fixed');
  });

  test('the raised number holds to its last, and so does a lowered one', () => {
    const cloud = new Cloud('tencent');
    const create = (): string =>
      cloud.says({ kind: 'create-havip', subnet: 'vsw-1', address: null, name: 'x' });
    cloud.done({ kind: 'set-quota', quota: 'havipsPerVpc', most: 12 });
    expect(accepts(20, create)).toEqual([12, 'too-many-havips-in-vpc']);
    cloud.done({ kind: 'set-quota', quota: 'havipsPerVpc', most: 3 });
    expect(create()).toBe('too-many-havips-in-vpc');
    expect(cloud.inventory.count('havip')).toBe(12);
  });
});

describe('texts', () => {
  const edit = (provider: ProviderName, text: object): string => {
    const cloud = new Cloud(provider);
    return cloud.says({ kind: 'edit-havip', havip: cloud.havip(), ...text });
  };

  test.each<[ProviderName, number, number]>([
    ['alibaba', 1, 128],
    ['alibaba-2021', 1, 128],
    ['tencent', 1, 60],
    ['huawei', 0, 255],
    ['ucloud', 1, 255],
    ['classic', 0, 255],
  ])('%s: a name of %d to %d characters', (provider, least, most) => {
    const name = (length: number): string => edit(provider, { name: '名'.repeat(length) });
    expect([name(least), name(most), name(most + 1)]).toEqual(['ok', 'ok', 'name-malformed']);
    if (least > 0) expect(name(least - 1)).toBe('name-malformed');
  });

  test.each<[ProviderName, number, number]>([
    ['alibaba', 1, 255],
    ['alibaba-2021', 2, 256],
    ['tencent', 0, 255],
  ])('%s: a description of %d to %d characters', (provider, least, most) => {
    const text = (length: number): string => edit(provider, { description: 'x'.repeat(length) });
    expect([text(least), text(most)]).toEqual(['ok', 'ok']);
    expect(text(most + 1)).toBe('description-malformed');
    if (least > 0) expect(text(least - 1)).toBe('description-malformed');
  });

  test('alibaba: a name that begins as a URL', () => {
    const names = ['http://web', 'HTTPS://web', 'http:/web', 'web http://'];
    const said = ['name-malformed', 'name-malformed', 'ok', 'ok'];
    expect(names.map((name) => edit('alibaba', { name }))).toEqual(said);
  });

  test.each(ALL)('%s: 20 tags, each key once', (provider) => {
    const tags = (count: number) =>
      Array.from({ length: count }, (_, i) => ({ key: `k${i}`, value: '' }));
    expect(edit(provider, { tags: tags(20) })).toBe('ok');
    expect(edit(provider, { tags: tags(21) })).toBe('tags-malformed');
    expect(edit(provider, { tags: [...tags(2), ...tags(1)] })).toBe('tags-malformed');
    expect(edit(provider, { tags: [{ key: '', value: 'x' }] })).toBe('tags-malformed');
  });
});

type Quota = Extract<Resource, { kind: 'quota' }>;

function quota(id: Quota['id'], most: number): Quota {
  return { kind: 'quota', id, most };
}
