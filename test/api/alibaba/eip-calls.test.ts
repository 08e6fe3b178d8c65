// EIPs: allocated, bound to HaVips, listed, released.
import { beforeEach, describe, expect, it } from 'vitest';
import { type Account, account } from '../account.ts';
import { done, eipFields, type Fields, newEip, newHaVip, shown, verdict } from './ask.ts';

let one: Account;

beforeEach(() => {
  one = account('alibaba');
});

describe('EIPs', () => {
  it('are listed with the HaVip that they are bound to', async () => {
    const [id, eip] = [await newHaVip(one), await newEip(one)];
    const list = async (fields: Fields) =>
      (await done(one, 'DescribeEipAddresses', fields)).EipAddresses.EipAddress;
    const [free] = await list({ AllocationId: eip });
    expect(free).toMatchObject({ AllocationId: eip, Status: 'Available', InstanceId: '' });
    await done(one, 'AssociateEipAddress', eipFields(eip, id));
    const bound = { AssociatedInstanceType: 'HaVip', AssociatedInstanceId: id };
    expect(await list(bound)).toMatchObject([
      { AllocationId: eip, Status: 'InUse', InstanceId: id, InstanceType: 'HaVip', VpcId: 'vpc-1' },
    ]);
    expect(await list({ ...bound, Status: 'Available' })).toEqual([]);
    expect(await list({ EipAddress: free.IpAddress })).toHaveLength(1);
    expect(await list({ AllocationId: 'eip-9' })).toEqual([]);
    const { AssociatedEipAddresses } = await shown(one, id);
    expect(AssociatedEipAddresses).toEqual({ associatedEipAddresse: [free.IpAddress] });
  });

  it('refuse what the rules refuse', async () => {
    const [id, other] = [await newHaVip(one), await newHaVip(one)];
    const [eip, second] = [await newEip(one), await newEip(one)];
    const bind = (AllocationId: string, InstanceId: string, more: Fields = {}) =>
      verdict(one, 'AssociateEipAddress', { ...eipFields(AllocationId, InstanceId), ...more });
    expect(await bind('eip-9', id)).toBe('404 InvalidAllocationId.NotFound');
    expect(await bind(eip, 'havip-9')).toBe('404 InvalidHaVipId.NotFound');
    const ecs = { InstanceType: 'EcsInstance' };
    expect(await bind(eip, id, ecs)).toBe('400 InvalidInstanceType.ValueNotSupported');
    expect(await bind(eip, id, { InstanceType: '' })).toBe(
      '400 InvalidInstanceType.ValueNotSupported',
    );
    expect(await bind(eip, id)).toBe('200');
    expect(await bind(eip, other)).toBe('400 IncorrectEipStatus');
    expect(await bind(second, id)).toBe('400 InvalidAssociation.Duplicated');
    expect(await verdict(one, 'ReleaseEipAddress', { AllocationId: eip })).toBe(
      '400 IncorrectEipStatus',
    );
    expect(await verdict(one, 'UnassociateEipAddress', { AllocationId: second })).toBe(
      '400 IncorrectEipStatus',
    );
    await done(one, 'UnassociateEipAddress', { AllocationId: eip });
    expect(await verdict(one, 'ReleaseEipAddress', { AllocationId: eip })).toBe('200');
    expect(await verdict(one, 'ReleaseEipAddress', { AllocationId: eip })).toBe(
      '404 InvalidAllocationId.NotFound',
    );
  });
});
