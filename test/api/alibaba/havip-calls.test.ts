// The HaVip's own calls, by the rules of the account behind them.
import { beforeEach, describe, expect, it } from 'vitest';
import { REFUSAL_CODES } from '../../../src/api/alibaba/codes.ts';
import { type Account, account } from '../account.ts';
import {
  ask,
  done,
  eipFields,
  type Fields,
  newEip,
  newHaVip,
  put,
  routeFields,
  SHAPES,
  shown,
  verdict,
} from './ask.ts';

let one: Account;

beforeEach(() => {
  one = account('alibaba');
});

const associate = (HaVipId: string, InstanceId: string, more: Fields = {}) =>
  verdict(one, 'AssociateHaVip', { HaVipId, InstanceId, ...more });
const unassociate = (HaVipId: string, InstanceId: string, more: Fields = {}) =>
  verdict(one, 'UnassociateHaVip', { HaVipId, InstanceId, ...more });
const ENI: Fields = { InstanceType: 'NetworkInterface' };

describe('CreateHaVip', () => {
  it('gives the id and the address, asked for or found', async () => {
    const given = await done(one, 'CreateHaVip', {
      VSwitchId: 'vsw-1',
      IpAddress: '192.168.0.88',
      Name: 'web',
      Description: 'the shop',
      ResourceGroupId: 'rg-1',
      'Tag.1.Key': 'env',
      'Tag.1.Value': 'prod',
    });
    expect(given).toEqual({
      RequestId: expect.any(String),
      HaVipId: expect.stringMatching(/^havip-[a-z0-9]{8,}$/),
      IpAddress: '192.168.0.88',
    });
    expect(await shown(one, given.HaVipId)).toMatchObject({
      Name: 'web',
      Description: 'the shop',
      ResourceGroupId: 'rg-1',
      Tags: { Tag: [{ Key: 'env', Value: 'prod' }] },
      Status: 'Available',
    });
    const found = await done(one, 'CreateHaVip', { VSwitchId: 'vsw-1' });
    expect(found.IpAddress).toMatch(/^192\.168\.0\.\d+$/);
    expect(one.changes.map(({ command }) => command)).toEqual(['add-havip', 'add-havip']);
  });

  it.each<[string, Fields, string]>([
    ['an unknown vSwitch', { VSwitchId: 'vsw-9' }, '400 InvalidVSwitch.NotFound'],
    ['no address', { IpAddress: 'web' }, '400 InvalidIPAddress.Malformed'],
    ['an IPv6 address', { IpAddress: 'fd00::1' }, '400 InvalidIPAddress.Malformed'],
    ['an address outside', { IpAddress: '192.168.1.88' }, '400 InvalidIPAddress.OutOfRange'],
    ['the reserved .253', { IpAddress: '192.168.0.253' }, '400 InvalidIPAddress.NotAvailable'],
    ["an instance's address", { IpAddress: '192.168.0.11' }, '400 InvalidIPAddress.AlreadyUsed'],
    ['a URL for a name', { Name: 'https://web' }, '400 InvalidName.Malformed'],
    [
      '256 characters of description',
      { Description: 'a'.repeat(256) },
      '400 InvalidDescription.Malformed',
    ],
    ['a tag key twice', { 'Tag.1.Key': 'a', 'Tag.2.Key': 'a' }, '400 InvalidParameter'],
    ['a tag without a key', { 'Tag.1.Value': 'a' }, '400 MissingParameter'],
  ])('refuses %s, and changes nothing', async (_what, fields, expected) => {
    expect(await verdict(one, 'CreateHaVip', { VSwitchId: 'vsw-1', ...fields })).toBe(expected);
    expect(one.plane.inventory.count('havip')).toBe(0);
    expect(one.changes).toEqual([]);
  });

  it('stops at the quota of the account', async () => {
    for (let i = 0; i < 50; i++) await newHaVip(one);
    expect(await verdict(one, 'CreateHaVip', { VSwitchId: 'vsw-1' })).toBe(
      '400 QuotaExceeded.HaVip',
    );
  });

  it('is done once for a client token', async () => {
    const fields = { VSwitchId: 'vsw-1', ClientToken: 'token-1' };
    const first = await done(one, 'CreateHaVip', fields);
    const again = await done(one, 'CreateHaVip', fields);
    expect(again).toEqual({ ...first, RequestId: again.RequestId });
    expect(again.RequestId).not.toBe(first.RequestId);
    expect(one.plane.inventory.count('havip')).toBe(1);
    const other = { ...fields, Name: 'other' };
    expect(await verdict(one, 'CreateHaVip', other)).toBe('400 IdempotentParameterMismatch');
    for (const ClientToken of ['a'.repeat(65), 'é', 'a b']) {
      expect(await verdict(one, 'CreateHaVip', { ...fields, ClientToken })).toBe(
        '400 InvalidParameter',
      );
    }
  });

  it.each(Object.entries(SHAPES))('is done for a client of the shape %s', async (_name, shape) => {
    const fields = { RegionId: 'local', VSwitchId: 'vsw-1', Name: 'ü & ö + 1' };
    const { status, body } = await put(one, shape('CreateHaVip', fields));
    expect(status).toBe(200);
    expect((await shown(one, body.HaVipId)).Name).toBe('ü & ö + 1');
  });
});

describe('ModifyHaVipAttribute', () => {
  it('changes what is named and leaves the rest', async () => {
    const HaVipId = await newHaVip(one, { Name: 'web', Description: 'the shop' });
    await done(one, 'ModifyHaVipAttribute', { HaVipId, Name: 'shop' });
    expect(await shown(one, HaVipId)).toMatchObject({ Name: 'shop', Description: 'the shop' });
    await done(one, 'AssociateHaVip', { HaVipId, InstanceId: 'i-1' });
    await done(one, 'ModifyHaVipAttribute', { HaVipId, Name: '', Description: 'in use' });
    expect(await shown(one, HaVipId)).toMatchObject({ Name: 'shop', Description: 'in use' });
  });

  it('refuses an unknown HaVip', async () => {
    const fields = { HaVipId: 'havip-9', Name: 'web' };
    expect(await verdict(one, 'ModifyHaVipAttribute', fields)).toBe('404 InvalidHaVipId.NotFound');
  });
});

describe('AssociateHaVip and UnassociateHaVip', () => {
  it('bind instances, or ENIs, and tell the switch', async () => {
    const id = await newHaVip(one);
    expect(await associate(id, 'i-1')).toBe('200');
    expect(await associate(id, 'i-2', { InstanceType: 'EcsInstance' })).toBe('200');
    const { Status, AssociatedInstances } = await shown(one, id);
    expect(Status).toBe('InUse');
    expect(AssociatedInstances.associatedInstance).toEqual(['i-1', 'i-2']);
    expect(await unassociate(id, 'i-1')).toBe('200');
    expect(await unassociate(id, 'i-2')).toBe('200');
    expect((await shown(one, id)).Status).toBe('Available');
    expect(await associate(id, 'i-1.eth1', ENI)).toBe('200');
    expect(await shown(one, id)).toMatchObject({
      AssociatedInstanceType: 'NetworkInterface',
      AssociatedInstances: { associatedInstance: ['i-1.eth1'] },
    });
    const told = one.changes.map(({ command }) => command);
    expect(told).toEqual(['add-havip', 'bind', 'bind', 'unbind', 'unbind', 'bind']);
  });

  it('refuse what the rules refuse', async () => {
    const id = await newHaVip(one);
    expect(await associate('havip-9', 'i-1')).toBe('404 InvalidHaVipId.NotFound');
    expect(await associate(id, 'i-9')).toBe('404 InvalidInstanceId.NotFound');
    expect(await associate(id, 'i-1.eth0')).toBe('404 InvalidInstanceId.NotFound');
    expect(await associate(id, 'i-9.eth0', ENI)).toBe('404 InvalidInstanceId.NotFound');
    expect(await associate(id, 'i-far')).toBe('400 NotBelongToSameVSwitch');
    expect(await associate(id, 'i-1', { InstanceType: 'Slb' })).toBe(
      '400 InvalidInstanceType.ValueNotSupported',
    );
    expect(await associate(id, 'i-1')).toBe('200');
    expect(await associate(id, 'i-1')).toBe('400 InvalidAssociation.Duplicated');
    expect(await associate(id, 'i-2.eth0', ENI)).toBe('400 InvalidInstanceType.Mismatch');
    expect(await unassociate(id, 'i-2')).toBe('400 ResourceNotAssociated');
    expect((await shown(one, id)).AssociatedInstances.associatedInstance).toEqual(['i-1']);
  });

  it('stop at five HaVips an instance', async () => {
    for (let i = 0; i < 5; i++) expect(await associate(await newHaVip(one), 'i-1')).toBe('200');
    expect(await associate(await newHaVip(one), 'i-1')).toBe(
      '400 CountLimitExceed.HaVipOnInstance',
    );
  });

  it('stop at two instances by the manual of 2021', async () => {
    one = account('alibaba-2021');
    const id = await newHaVip(one);
    expect([await associate(id, 'i-1'), await associate(id, 'i-2')]).toEqual(['200', '200']);
    expect(await associate(id, 'i-3')).toBe('400 CountLimitExceeded.HaVipOnECSInstance');
  });

  it('ask of the master that it is forced', async () => {
    const id = await newHaVip(one);
    await associate(id, 'i-1');
    await associate(id, 'i-2');
    const lane = one.plane.inventory.havip(id)?.lane as string;
    one.holders.set(lane, '00:16:3e:00:00:01');
    expect((await shown(one, id)).MasterInstanceId).toBe('i-1');
    expect(await unassociate(id, 'i-1')).toBe('400 Forbidden.UnassociateMaster');
    expect(await unassociate(id, 'i-1', { Force: 'False' })).toBe(
      '400 Forbidden.UnassociateMaster',
    );
    expect(await unassociate(id, 'i-1', { Force: 'yes' })).toBe('400 InvalidParameter');
    expect((await shown(one, id)).AssociatedInstances.associatedInstance).toEqual(['i-1', 'i-2']);
    expect(await unassociate(id, 'i-2')).toBe('200');
    // Terraform sends it in lower case.
    expect(await unassociate(id, 'i-1', { Force: 'true' })).toBe('200');
    expect(await shown(one, id)).toMatchObject({ Status: 'Available', MasterInstanceId: '' });
  });

  it('need an instance that runs or is stopped', async () => {
    // Those are the two states that there are here.
    const stop = { kind: 'set-instance-status', instance: 'i-1', status: 'stopped' } as const;
    await one.plane.submit(stop, { dialect: 'cli', call: 'stop', requestId: '1' });
    expect(await associate(await newHaVip(one), 'i-1')).toBe('200');
  });
});

describe('DeleteHaVip', () => {
  it('refuses one that is bound to an instance, an EIP or a route', async () => {
    const id = await newHaVip(one);
    const remove = () => verdict(one, 'DeleteHaVip', { HaVipId: id });
    await associate(id, 'i-1');
    expect(await remove()).toBe('400 IncorrectStatus');
    await unassociate(id, 'i-1');
    const eip = await newEip(one);
    await done(one, 'AssociateEipAddress', eipFields(eip, id));
    expect(await remove()).toBe('400 DependencyViolation.HaVipAssociatedWithEIP');
    await done(one, 'UnassociateEipAddress', eipFields(eip, id));
    const { RouteEntryId } = await done(one, 'CreateRouteEntry', routeFields(id));
    expect(await remove()).toBe('400 DependencyViolation.HaVipReferedByRouteEntry');
    await done(one, 'DeleteRouteEntry', { RouteEntryId });
    expect(await remove()).toBe('200');
    expect(await shown(one, id)).toBeUndefined();
    expect(await remove()).toBe('404 InvalidHaVipId.NotFound');
  });
});

describe('codes', () => {
  it('are none that Terraform waits on for five minutes, but where the vendor documents them', () => {
    const waited =
      /^(OperationConflict|LastTokenProcessing|IncorrectStatus|SystemBusy|ServiceUnavailable|TaskConflict|IncorrectInstanceStatus|IncorrectHaVipStatus|InvalidVip\.Status)/;
    const ours = Object.values(REFUSAL_CODES).filter(([, , source]) => source === 'ours');
    expect(ours.filter(([, code]) => waited.test(code)).map(([, code]) => code)).toEqual([
      // Never told: no rule of Alibaba's asks it.
      'IncorrectHaVipStatus',
    ]);
  });

  it('come with a sentence that says why', async () => {
    const { body } = await ask(one, 'DeleteHaVip', { HaVipId: 'havip-9' });
    expect(body.Message).toMatch(/^[A-Z].*havip-9.*\.$/i);
  });
});
