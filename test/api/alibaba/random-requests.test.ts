// Requests that no client sends: whatever is in them, each is answered, none is a fault of ours,
// and what they left behind can be listed.
import { expect, it } from 'vitest';
import { ACTIONS } from '../../../src/api/alibaba/actions.ts';
import { Xorshift } from '../../properties/xorshift.ts';
import { account } from '../account.ts';
import { done, type Fields, put, SHAPES } from './ask.ts';

const NAMES = [
  ...['VSwitchId', 'IpAddress', 'Name', 'Description', 'ResourceGroupId', 'ClientToken', 'HaVipId'],
  ...[
    'InstanceId',
    'InstanceType',
    'Force',
    'AllocationId',
    'EipAddress',
    'Status',
    'RouteTableId',
  ],
  ...['DestinationCidrBlock', 'NextHopType', 'NextHopId', 'RouteEntryId', 'DryRun', 'NextToken'],
  ...['ResourceType', 'ResourceId', 'ResourceId.1', 'ResourceId.2', 'NewResourceGroupId', 'All'],
  ...['Tag.1.Key', 'Tag.1.Value', 'Tag.1', 'Tag..Key', 'Tags.1.Key', 'Tags.2.Value', 'TagKey.1'],
  ...['Filter.1.Key', 'Filter.1.Value.1', 'Filter.1.Value', 'Filter.0.Key', 'Filter.9999.Key'],
  ...[
    'PageNumber',
    'PageSize',
    'MaxResults',
    'MaxResult',
    'NextHopList.1.NextHopId',
    '',
    '__proto__',
  ],
];
const VALUES = [
  ...[
    'vsw-1',
    'vsw-2',
    '192.168.0.88',
    '192.168.0.11',
    '10.9.0.0/16',
    '0.0.0.0/0',
    'fd00::1',
    '::',
  ],
  ...['i-1', 'i-2', 'i-far', 'i-1.eth1', 'EcsInstance', 'NetworkInterface', 'HaVip', 'HAVIP'],
  ...[
    'rtb-vpc-1',
    'rtb-vpc-2',
    'VpcId',
    'Status',
    'constructor',
    '__proto__',
    'True',
    'false',
    '1',
  ],
  ...['0', '-1', '1e9', '999999999', '', ' ', '\0', '\ufffd', '💥', 'http://x', 'x'.repeat(300)],
  ...['192.168.0.88/33', '1.2.3', '203.0.113.7', 'havip-t0000001', 'havip-t0000002', ',,,'],
];

it('are all answered, and none with a fault of ours', { timeout: 120_000 }, async () => {
  const one = account('alibaba');
  const random = new Xorshift(20160428);
  const any = <T>(items: readonly T[]): T => items[random.below(items.length)] as T;
  const actions = [...ACTIONS.keys(), 'DescribeHaVipAttribute'];
  const statuses = new Map<number, number>();
  for (let i = 0; i < 6000; i++) {
    const fields: Fields = { RegionId: 'local' };
    for (let n = random.below(7); n > 0; n--) fields[any(NAMES)] = any(VALUES);
    // Enough of them are meant for something that is there.
    if (random.below(2) === 0) fields.VSwitchId = 'vsw-1';
    const havips = one.plane.inventory.all('havip');
    if (havips.length > 0 && random.below(2) === 0) fields.HaVipId = any(havips).id;
    const action = any(actions);
    const { status, body } = await put(one, any(Object.values(SHAPES))(action, fields));
    expect([200, 400, 404], `${action} ${JSON.stringify(fields)} ${body.Message}`).toContain(
      status,
    );
    expect(body.RequestId).toMatch(/^[0-9A-F-]{36}$/);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  expect([...statuses.keys()].sort()).toEqual([200, 400, 404]);
  expect(statuses.get(200)).toBeGreaterThan(300);
  const { TotalCount } = await done(one, 'DescribeHaVips');
  expect(TotalCount).toBe(one.plane.inventory.count('havip'));
});
