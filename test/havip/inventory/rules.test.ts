/**
 * What each cloud lets be bound, deleted, routed and attached, and what it refuses: one test for
 * each sentence of the manuals and pages that the rules come from.
 */
import { describe, expect, test } from 'vitest';
import { portMacOf } from '../../../src/havip/inventory/new-id.ts';
import type { Operation } from '../../../src/havip/inventory/operation.ts';
import type { ProviderName } from '../../../src/havip/topology.ts';
import { AT, Cloud, eni, instance } from './cloud.ts';

const ALL: ProviderName[] = ['alibaba', 'alibaba-2021', 'tencent', 'huawei', 'ucloud', 'classic'];

function changesOf(cloud: Cloud, operation: Operation): unknown[] {
  const outcome = cloud.submit(operation);
  return outcome.ok ? outcome.changes : [outcome.code];
}

describe.each(ALL)('%s', (provider) => {
  test('binds instances and ENIs of the subnet of the HaVip only', () => {
    const cloud = new Cloud(provider);
    const havip = cloud.havip();
    expect(cloud.associate(havip, { instance: 'i-far' })).toBe('wrong-subnet');
    expect(cloud.associate(havip, { eni: 'i-far.eth0' })).toBe('wrong-subnet');
    expect(cloud.associate(havip, instance(1))).toBe('ok');
    expect(cloud.associate(havip, instance(1))).toBe('member-twice');
    expect(cloud.associate(havip, { instance: 'i-99' })).toBe('instance-not-found');
    expect(cloud.associate(havip, { eni: 'i-1.eth9' })).toBe('eni-not-found');
    expect(cloud.associate('nobody', instance(1))).toBe('havip-not-found');
  });

  test('binds a running instance and a stopped one', () => {
    const cloud = new Cloud(provider);
    cloud.done({ kind: 'set-instance-status', instance: 'i-1', status: 'stopped' });
    expect(cloud.associate(cloud.havip(), instance(1))).toBe('ok');
  });

  test('does not bind an ENI that is attached to no instance', () => {
    const cloud = new Cloud(provider);
    const havip = cloud.havip();
    cloud.done({ kind: 'detach-eni', eni: 'i-1.eth1' });
    expect(cloud.associate(havip, eni(1, 'eth1'))).toBe('eni-detached');
    cloud.done({ kind: 'attach-eni', eni: 'i-1.eth1', instance: 'i-1' });
    expect(cloud.associate(havip, eni(1, 'eth1'))).toBe('ok');
  });

  test('unbinds who is bound, and nobody else', () => {
    const cloud = new Cloud(provider);
    const havip = cloud.havip(null, [instance(1)]);
    const unbind = (n: number): string =>
      cloud.says({ kind: 'disassociate', havip, member: instance(n), force: true });
    expect([unbind(2), unbind(1), unbind(1)]).toEqual(['not-a-member', 'ok', 'not-a-member']);
  });

  test('names of HaVips may be edited in any state; other texts stay', () => {
    const cloud = new Cloud(provider);
    const havip = cloud.havip(null, [instance(1)]);
    cloud.held.add(havip);
    const edit = { kind: 'edit-havip', havip } as const;
    expect(cloud.says({ ...edit, description: 'of the web' })).toBe('ok');
    expect(cloud.says({ ...edit, name: 'db', group: 'g', tags: [] })).toBe('ok');
    const expected = { name: 'db', description: 'of the web', group: 'g', createdAt: AT };
    expect(cloud.inventory.havip(havip)).toMatchObject(expected);
    expect(cloud.says({ ...edit, havip: 'nobody', name: 'x' })).toBe('havip-not-found');
  });

  test('deletes what is bound to nothing', () => {
    const cloud = new Cloud(provider);
    const havip = cloud.havip();
    expect(changesOf(cloud, { kind: 'delete-havip', havip })).toEqual([
      { command: 'remove-havip', havip },
    ]);
    expect(cloud.says({ kind: 'delete-havip', havip })).toBe('havip-not-found');
  });

  test('unbinds an instance that is deleted, and its first ENI (A7)', () => {
    const cloud = new Cloud(provider);
    const whole = cloud.havip(null, [instance(1), instance(2)]);
    const single = cloud.havip(null, [eni(1), eni(1, 'eth1')]);
    expect(cloud.says({ kind: 'delete-instance', instance: 'i-1' })).toBe('ok');
    expect(cloud.inventory.havip(whole)?.members).toEqual([instance(2)]);
    expect(cloud.inventory.havip(single)?.members).toEqual([eni(1, 'eth1')]);
    expect(cloud.inventory.eni('i-1.eth0')).toBeUndefined();
    expect(cloud.inventory.eni('i-1.eth1')?.instance).toBeNull();
    expect(cloud.says({ kind: 'delete-instance', instance: 'i-1' })).toBe('instance-not-found');
  });

  test('keeps the binding of an ENI that is detached, not of one that is deleted (A7)', () => {
    const cloud = new Cloud(provider);
    const havip = cloud.havip(null, [eni(1, 'eth1')]);
    expect(cloud.says({ kind: 'detach-eni', eni: 'i-1.eth1' })).toBe('ok');
    expect(cloud.says({ kind: 'detach-eni', eni: 'i-1.eth1' })).toBe('eni-detached');
    expect(cloud.inventory.havip(havip)?.members).toEqual([eni(1, 'eth1')]);
    expect(cloud.says({ kind: 'delete-eni', eni: 'i-1.eth1' })).toBe('ok');
    expect(cloud.inventory.havip(havip)?.members).toEqual([]);
  });

  test('neither detaches nor deletes the first ENI of an instance by itself', () => {
    const cloud = new Cloud(provider);
    expect(cloud.says({ kind: 'detach-eni', eni: 'i-1.eth0' })).toBe('primary-eni');
    expect(cloud.says({ kind: 'delete-eni', eni: 'i-1.eth0' })).toBe('primary-eni');
    expect(cloud.says({ kind: 'delete-eni', eni: 'i-1.eth9' })).toBe('eni-not-found');
  });

  test('attaches an ENI that is free to an instance of its VPC', () => {
    const cloud = new Cloud(provider);
    const attach = (to: string): string =>
      cloud.says({ kind: 'attach-eni', eni: 'i-1.eth1', instance: to });
    expect(attach('i-2')).toBe('not-offered');
    cloud.done({ kind: 'detach-eni', eni: 'i-1.eth1' });
    expect(attach('i-away')).toBe('vpc-mismatch');
    expect(attach('i-99')).toBe('instance-not-found');
    expect(attach('i-far')).toBe('ok');
    expect(cloud.associate(cloud.havip(), { instance: 'i-far' })).toBe('ok');
  });

  test('gives an EIP to one HaVip at a time', () => {
    const cloud = new Cloud(provider);
    const [one, two] = [cloud.havip(), cloud.havip()];
    const eip = cloud.done({ kind: 'create-eip', address: null });
    const give = (havip: string): string => cloud.says({ kind: 'associate-eip', eip, havip });
    const take = (havip?: string): string =>
      cloud.says({ kind: 'disassociate-eip', eip, ...(havip === undefined ? {} : { havip }) });
    expect([give(one), give(two), give(one)]).toEqual(['ok', 'eip-in-use', 'eip-in-use']);
    expect(cloud.says({ kind: 'delete-eip', eip })).toBe('eip-in-use');
    expect([take(two), take(one), take()]).toEqual([
      'eip-not-associated',
      'ok',
      'eip-not-associated',
    ]);
    expect([give('nobody'), give(two), take()]).toEqual(['havip-not-found', 'ok', 'ok']);
    expect(cloud.says({ kind: 'delete-eip', eip })).toBe('ok');
    expect([give(one), take(), cloud.says({ kind: 'delete-eip', eip })]).toEqual(
      Array(3).fill('eip-not-found'),
    );
  });

  test('routes a block of a table of the VPC of the HaVip once', () => {
    const cloud = new Cloud(provider);
    const havip = cloud.havip();
    const route = (destination: string, table = 'rtb-vpc-1', to = havip): string =>
      cloud.says({ kind: 'create-route', table, destination, havip: to });
    expect(route('172.16.0.0/12')).toBe('ok');
    expect(route('172.16.0.0/12')).toBe('route-exists');
    expect(route('172.16.0.1/12')).toBe('route-exists');
    expect(route('172.16.0.0/12', 'rtb-more')).toBe('ok');
    expect(route('172.16.0.0/12', 'rtb-vpc-2')).toBe('vpc-mismatch');
    expect(route('172.16.0.0/12', 'rtb-9')).toBe('route-table-not-found');
    expect(route('172.17.0.0/16', 'rtb-vpc-1', 'nobody')).toBe('havip-not-found');
    for (const text of ['172.16.0.0', '172.16.0.0/33', 'x/8', '']) {
      expect(route(text)).toBe('destination-malformed');
    }
    const [made] = cloud.inventory.routesOfHavip(havip);
    expect(cloud.says({ kind: 'delete-route', route: made!.id })).toBe('ok');
    expect(cloud.says({ kind: 'delete-route', route: made!.id })).toBe('route-not-found');
    expect(route('172.16.0.0/12')).toBe('ok');
  });
});

describe('instances and ENIs on one HaVip', () => {
  test.each<[ProviderName, string]>([
    ['alibaba', 'members-mixed'],
    ['alibaba-2021', 'members-mixed'],
    ['tencent', 'ok'],
    ['huawei', 'ok'],
    ['ucloud', 'ok'],
    ['classic', 'ok'],
  ])('%s: %s (A2)', (provider, said) => {
    const cloud = new Cloud(provider);
    const one = cloud.havip(null, [instance(1)]);
    expect(cloud.associate(one, eni(2))).toBe(said);
    const two = cloud.havip(null, [eni(1)]);
    expect(cloud.associate(two, instance(2))).toBe(said);
    const members = [instance(3), eni(4)];
    expect(cloud.says({ kind: 'set-members', havip: two, members })).toBe(said);
  });
});

describe('all members at once (Huawei)', () => {
  test('the switch is told who goes and who comes, and the list is as asked', () => {
    const cloud = new Cloud('huawei');
    const havip = cloud.havip(null, [eni(1), eni(2, 'eth1')]);
    const members = [eni(3), eni(2, 'eth1')];
    expect(changesOf(cloud, { kind: 'set-members', havip, members })).toEqual([
      { command: 'bind', havip, member: 'i-3/eth0' },
      { command: 'unbind', havip, member: 'i-1/eth0', spareHolder: false },
    ]);
    expect(cloud.inventory.havip(havip)?.members).toEqual(members);
  });

  test('who stays is not asked again, who comes is', () => {
    const cloud = new Cloud('huawei');
    const havip = cloud.havip(null, [eni(1, 'eth1')]);
    cloud.done({ kind: 'detach-eni', eni: 'i-1.eth1' });
    cloud.done({ kind: 'detach-eni', eni: 'i-2.eth1' });
    const set = (...members: ReturnType<typeof eni>[]): string =>
      cloud.says({ kind: 'set-members', havip, members });
    expect(set(eni(1, 'eth1'), eni(3))).toBe('ok');
    expect(set(eni(1, 'eth1'), eni(2, 'eth1'))).toBe('eni-detached');
    expect(set(eni(3), eni(3))).toBe('member-twice');
    expect(set(eni(4), eni(4))).toBe('member-twice');
    expect(set({ eni: 'i-far.eth0' })).toBe('wrong-subnet');
    expect(set()).toBe('ok');
  });
});

describe('taking the binding from the holder', () => {
  test.each<[ProviderName, boolean]>([
    ['alibaba', true],
    ['alibaba-2021', true],
    ['tencent', false],
    ['huawei', false],
    ['ucloud', false],
    ['classic', false],
  ])('%s: spared unless it is forced: %s', (provider, spareHolder) => {
    const cloud = new Cloud(provider);
    const havip = cloud.havip(null, [instance(1), instance(2)]);
    const gone = (n: number, force: boolean): unknown[] =>
      changesOf(cloud, { kind: 'disassociate', havip, member: instance(n), force });
    const base = { command: 'unbind', havip };
    expect(gone(1, false)).toEqual([{ ...base, member: 'i-1', spareHolder }]);
    expect(gone(2, true)).toEqual([{ ...base, member: 'i-2', spareHolder: false }]);
  });
});

describe('deleting a HaVip that is in use', () => {
  interface InUse {
    cloud: Cloud;
    havip: string;
  }
  const state = (provider: ProviderName): InUse => {
    const cloud = new Cloud(provider);
    return { cloud, havip: cloud.havip() };
  };
  const USES: Record<string, (use: InUse) => void> = {
    members: ({ cloud, havip }) => {
      cloud.done({ kind: 'associate', havip, member: instance(1) });
    },
    EIP: ({ cloud, havip }) => {
      const eip = cloud.done({ kind: 'create-eip', address: null });
      cloud.done({ kind: 'associate-eip', eip, havip });
    },
    route: ({ cloud, havip }) => {
      const base = { kind: 'create-route', table: 'rtb-vpc-1', havip } as const;
      cloud.done({ ...base, destination: '172.16.0.0/16' });
    },
    holder: ({ cloud, havip }) => {
      cloud.held.add(havip);
    },
  };

  test.each<[ProviderName, string, string, string, string]>([
    // members, EIP, route, holder
    ['alibaba', 'has-members', 'has-eip', 'has-route', 'ok'], // DeleteHaVip, A6
    ['alibaba-2021', 'has-members', 'has-eip', 'has-route', 'ok'], // A6
    ['tencent', 'ok', 'has-eip', 'has-route', 'is-held'], // its guide; the route is ours
    ['huawei', 'ok', 'has-eip', 'has-route', 'ok'], // ours: its API names neither
    ['ucloud', 'ok', 'ok', 'ok', 'ok'], // U4; EIP and route are ours
    ['classic', 'ok', 'ok', 'ok', 'ok'],
  ])('%s: members %s, EIP %s, route %s, holder %s', (provider, ...said) => {
    Object.values(USES).forEach((use, i) => {
      const found = state(provider);
      use(found);
      expect(found.cloud.says({ kind: 'delete-havip', havip: found.havip })).toBe(said[i]);
    });
  });

  test('alibaba: members are named first, then the EIP, then the route', () => {
    const { cloud, havip } = state('alibaba');
    for (const use of Object.values(USES)) use({ cloud, havip });
    const say = (): string => cloud.says({ kind: 'delete-havip', havip });
    expect(say()).toBe('has-members');
    cloud.done({ kind: 'disassociate', havip, member: instance(1), force: true });
    expect(say()).toBe('has-eip');
    const [eip] = cloud.inventory.eipsOfHavip(havip);
    cloud.done({ kind: 'disassociate-eip', eip: eip!.id });
    expect(say()).toBe('has-route');
    const [route] = cloud.inventory.routesOfHavip(havip);
    cloud.done({ kind: 'delete-route', route: route!.id });
    expect(say()).toBe('ok');
  });

  test.each<ProviderName>(['ucloud', 'classic'])('%s: EIPs are free again, routes gone', (name) => {
    const { cloud, havip } = state(name);
    for (const use of Object.values(USES)) use({ cloud, havip });
    cloud.done({ kind: 'delete-havip', havip });
    expect(cloud.inventory.all('eip').map((eip) => eip.havip)).toEqual([null]);
    expect(cloud.inventory.all('route')).toEqual([]);
  });
});

describe('what else a cloud tells the switch', () => {
  test('tencent: checkAssociate, when it changes', () => {
    const cloud = new Cloud('tencent');
    const havip = cloud.havip();
    const edit = (checkAssociate: boolean): unknown[] =>
      changesOf(cloud, { kind: 'edit-havip', havip, checkAssociate });
    const change = { command: 'set-check-associate', havip };
    expect(edit(false)).toEqual([]);
    expect(edit(true)).toEqual([{ ...change, checkAssociate: true }]);
    expect(edit(true)).toEqual([]);
    expect(edit(false)).toEqual([{ ...change, checkAssociate: false }]);
  });

  test.each<[ProviderName, string]>([
    ['alibaba', 'not-offered'],
    ['alibaba-2021', 'not-offered'],
    ['tencent', 'not-offered'],
    ['huawei', 'ok'], // H5
    ['ucloud', 'not-offered'],
    ['classic', 'ok'],
  ])('%s: the source/destination check of an ENI: %s', (provider, said) => {
    const cloud = new Cloud(provider);
    const set = { kind: 'set-source-dest-check', eni: 'i-1.eth0', on: false } as const;
    expect(cloud.says(set)).toBe(said);
    expect(cloud.inventory.eni('i-1.eth0')?.sourceDestCheck).toBe(said !== 'ok');
    expect(cloud.says({ ...set, eni: 'i-1.eth9' })).toBe('eni-not-found');
  });

  test('the new HaVip, in its own words', () => {
    const cloud = new Cloud('huawei');
    const outcome = cloud.submit({
      kind: 'create-havip',
      subnet: 'vsw-1',
      address: '192.168.0.88',
      members: [instance(1), eni(2, 'eth1')],
    });
    const id = outcome.ok ? outcome.subject : outcome.code;
    expect(outcome.ok && outcome.changes).toEqual([
      {
        command: 'add-havip',
        havip: {
          name: id,
          subnet: 'vsw-1',
          address: '192.168.0.88',
          members: [
            { instance: 'i-1', eni: null },
            { instance: 'i-2', eni: 'eth1' },
          ],
          memberMacs: [],
          checkAssociate: false,
        },
      },
    ]);
  });
});

describe('ids of what is created', () => {
  const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  test.each<[ProviderName, RegExp]>([
    ['alibaba', /^havip-n\w+$/],
    ['alibaba-2021', /^havip-n\w+$/],
    ['tencent', /^havip-n\w+$/],
    ['huawei', UUID],
    ['ucloud', /^vip-n\w+$/],
  ])('%s', (provider, shape) => {
    const cloud = new Cloud(provider);
    const ids = [cloud.havip(), cloud.havip()];
    for (const id of ids) expect(id).toMatch(shape);
    expect(new Set(ids).size).toBe(2);
  });

  test('give the MAC of a VIP’s port, which an older havip wrote down', () => {
    expect(portMacOf('5e5f2a0c-8d1b-8c3a-9f00-0123456789ab')).toBe('fa:16:3e:f5:3f:a5');
  });

  test('are never the name of a HaVip of the lab file', () => {
    const cloud = new Cloud('ucloud');
    const first = cloud.inventory.havip(cloud.havip())!;
    const again = new Cloud('ucloud', [{ ...first, address: '192.168.0.99' }]);
    expect(again.havip()).not.toBe(first.id);
  });
});
