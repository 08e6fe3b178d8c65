import { beforeEach, describe, expect, it } from 'vitest';
import { type Account, account } from '../account.ts';
import { ask, codeOf, havip } from './asking.ts';

let cloud: Account;
let id: string;

beforeEach(async () => {
  cloud = account('tencent');
  id = await havip(cloud, { CheckAssociate: true });
});

function set(...names: [string, string?][]) {
  return {
    HaVipAssociationSet: names.map(([InstanceId, InstanceType]) => ({
      HaVipId: id,
      InstanceId,
      ...(InstanceType === undefined ? {} : { InstanceType }),
    })),
  };
}

async function associated(): Promise<string[]> {
  const { HaVipSet } = await ask(cloud, 'DescribeHaVips', { HaVipIds: [id] });
  return HaVipSet[0].HaVipAssociationSet.map(
    (one: { InstanceId: string; InstanceType: string }) => `${one.InstanceType} ${one.InstanceId}`,
  );
}

describe('AssociateHaVipInstance', () => {
  it('adds instances and ENIs; the type may be left to us', async () => {
    const first = set(['i-1', 'CVM'], ['i-2.eth0', 'ENI']);
    expect(await codeOf(cloud, 'AssociateHaVipInstance', first)).toBeNull();
    expect(await codeOf(cloud, 'AssociateHaVipInstance', set(['i-3']))).toBeNull();
    expect(await associated()).toEqual(['CVM i-1', 'ENI i-2.eth0', 'CVM i-3']);
  });

  it('associates none where one of them is refused', async () => {
    const mixed = set(['i-1', 'CVM'], ['i-2', 'CVM'], ['i-far', 'CVM']);
    const code = await codeOf(cloud, 'AssociateHaVipInstance', mixed);
    expect(code).toBe('InvalidParameterValue.ParameterMismatch');
    expect(await associated()).toEqual([]);
  });

  it.each([
    ['an unknown instance', () => set(['i-none', 'CVM']), 'ResourceNotFound'],
    ['an unknown ENI', () => set(['i-1.eth9', 'ENI']), 'ResourceNotFound'],
    ['an ENI as CVM', () => set(['i-1.eth0', 'CVM']), 'InvalidParameterValue.ParameterMismatch'],
    ['an instance as ENI', () => set(['i-1', 'ENI']), 'InvalidParameterValue.ParameterMismatch'],
    ['a type that there is not', () => set(['i-1', 'BMS']), 'InvalidParameterValue.Malformed'],
    ['no entry', () => set(), 'MissingParameter'],
    ['nothing at all', () => ({}), 'MissingParameter'],
    ['no InstanceId', () => ({ HaVipAssociationSet: [{ HaVipId: id }] }), 'MissingParameter'],
    ['no HaVipId', () => ({ HaVipAssociationSet: [{ InstanceId: 'i-1' }] }), 'MissingParameter'],
    [
      'an unknown HaVip',
      () => ({ HaVipAssociationSet: [{ HaVipId: 'havip-none', InstanceId: 'i-1' }] }),
      'ResourceNotFound',
    ],
  ])('refuses %s', async (_what, parameters, code) => {
    expect(await codeOf(cloud, 'AssociateHaVipInstance', parameters())).toBe(code);
    expect(await associated()).toEqual([]);
  });

  it('refuses the same twice, in one request and in two', async () => {
    const twice = 'InvalidParameterValue.DuplicatedHaVipAssociations';
    const both = set(['i-1', 'CVM'], ['i-1']);
    expect(await codeOf(cloud, 'AssociateHaVipInstance', both)).toBe(twice);
    expect(await associated()).toEqual([]);
    expect(await codeOf(cloud, 'AssociateHaVipInstance', set(['i-1']))).toBeNull();
    expect(await codeOf(cloud, 'AssociateHaVipInstance', set(['i-1']))).toBe(twice);
  });

  it('takes ten entries and no eleventh', async () => {
    const names = Array.from({ length: 11 }, (_, n): [string] => [`i-none-${n}`]);
    const ten = set(...names.slice(1));
    expect(await codeOf(cloud, 'AssociateHaVipInstance', ten)).toBe('ResourceNotFound');
    expect(await codeOf(cloud, 'AssociateHaVipInstance', set(...names))).toBe('LimitExceeded');
  });
});

describe('DisassociateHaVipInstance', () => {
  beforeEach(() => ask(cloud, 'AssociateHaVipInstance', set(['i-1'], ['i-2'])));

  it('takes them back, all or none', async () => {
    const mixed = set(['i-1'], ['i-3']);
    expect(await codeOf(cloud, 'DisassociateHaVipInstance', mixed)).toBe('ResourceNotFound');
    expect((await associated()).sort()).toEqual(['CVM i-1', 'CVM i-2']);
    expect(await codeOf(cloud, 'DisassociateHaVipInstance', set(['i-1'], ['i-2']))).toBeNull();
    expect(await associated()).toEqual([]);
  });

  it('leaves the holder alone where another entry is refused', async () => {
    cloud.holders.set(id, '00:16:3e:00:00:01');
    const mixed = set(['i-1'], ['i-3']);
    expect(await codeOf(cloud, 'DisassociateHaVipInstance', mixed)).toBe('ResourceNotFound');
    expect(cloud.holders.get(id)).toBe('00:16:3e:00:00:01');
  });

  it('takes the holder too: these calls have no word for force', async () => {
    cloud.holders.set(id, '00:16:3e:00:00:01');
    expect(await codeOf(cloud, 'DisassociateHaVipInstance', set(['i-1']))).toBeNull();
  });

  it('refuses the same twice in one request', async () => {
    const both = set(['i-1'], ['i-1', 'CVM']);
    const code = await codeOf(cloud, 'DisassociateHaVipInstance', both);
    expect(code).toBe('InvalidParameterValue.Duplicate');
  });
});
