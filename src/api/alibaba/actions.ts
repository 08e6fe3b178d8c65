/** The calls of VPC 2016-04-28 that are served, by the names they are asked by. */
import type { Action } from './call.ts';
import {
  allocateEipAddress,
  associateEipAddress,
  describeEipAddresses,
  releaseEipAddress,
  unassociateEipAddress,
} from './eip-calls.ts';
import {
  associateHaVip,
  createHaVip,
  deleteHaVip,
  modifyHaVipAttribute,
  unassociateHaVip,
} from './havip-calls.ts';
import { describeHaVips } from './havip-list.ts';
import { createRouteEntry, deleteRouteEntry, describeRouteEntryList } from './route-calls.ts';
import { listTagResources, moveResourceGroup, tagResources, unTagResources } from './tag-calls.ts';

export const ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['CreateHaVip', createHaVip],
  ['DeleteHaVip', deleteHaVip],
  ['DescribeHaVips', describeHaVips],
  ['ModifyHaVipAttribute', modifyHaVipAttribute],
  ['AssociateHaVip', associateHaVip],
  ['UnassociateHaVip', unassociateHaVip],
  ['AllocateEipAddress', allocateEipAddress],
  ['ReleaseEipAddress', releaseEipAddress],
  ['AssociateEipAddress', associateEipAddress],
  ['UnassociateEipAddress', unassociateEipAddress],
  ['DescribeEipAddresses', describeEipAddresses],
  ['CreateRouteEntry', createRouteEntry],
  ['DeleteRouteEntry', deleteRouteEntry],
  ['DescribeRouteEntryList', describeRouteEntryList],
  ['ListTagResources', listTagResources],
  ['TagResources', tagResources],
  ['UnTagResources', unTagResources],
  ['MoveResourceGroup', moveResourceGroup],
]);

/** Calls that the SDK's page does not ask a RegionId of. */
export const WITHOUT_REGION: ReadonlySet<string> = new Set([
  'AssociateEipAddress',
  'UnassociateEipAddress',
  'ReleaseEipAddress',
  'CreateRouteEntry',
  'DeleteRouteEntry',
]);
