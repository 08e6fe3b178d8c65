/**
 * A HaVip as DescribeHaVips shows it. Two keys begin with a lower-case letter, one of them without
 * the final s: so they are at the vendor, and SDKs drop any other spelling without a word.
 */
import { memberKey } from '../../havip/inventory/relations.ts';
import { type Havip, memberId, type Tag } from '../../havip/inventory/resources.ts';
import type { Call } from './call.ts';

export type HavipStatus = 'Available' | 'InUse';

/** Operations are carried out at once, so the states in between never show. */
export function statusOf(havip: Havip): HavipStatus {
  return havip.members.length === 0 ? 'Available' : 'InUse';
}

export function vpcOf({ plane }: Call, havip: Havip): string {
  return plane.inventory.subnet(havip.subnet)?.vpc ?? '';
}

export function havipView(call: Call, havip: Havip): Record<string, unknown> {
  const { plane, context } = call;
  const eips = plane.inventory.eipsOfHavip(havip.id).map(({ address }) => address);
  return {
    HaVipId: havip.id,
    IpAddress: havip.address,
    VSwitchId: havip.subnet,
    VpcId: vpcOf(call, havip),
    RegionId: context.region,
    Status: statusOf(havip),
    Name: havip.name,
    Description: havip.description,
    CreateTime: isoTime(havip.createdAt),
    MasterInstanceId: masterOf(call, havip),
    AssociatedInstanceType: memberTypeOf(havip),
    ChargeType: 'PostPaid',
    ResourceGroupId: havip.group,
    AssociatedInstances: { associatedInstance: havip.members.map(memberId) },
    AssociatedEipAddresses: { associatedEipAddresse: eips },
    Tags: { Tag: havip.tags.map(tagView) },
  };
}

function tagView({ key, value }: Tag): { Key: string; Value: string } {
  return { Key: key, Value: value };
}

/** `2026-11-21T12:00:00Z`: the vendor shows no fractions. */
function isoTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

/** Members are never mixed; empty where there is none. */
function memberTypeOf({ members: [first] }: Havip): string {
  if (first === undefined) return '';
  return 'eni' in first ? 'NetworkInterface' : 'EcsInstance';
}

/** The member that holds the HaVip now, by the kind that is associated; empty for nobody. */
function masterOf({ plane }: Call, havip: Havip): string {
  const holder = plane.holderOf(havip.id);
  if (holder === null) return '';
  const keys = new Set(havip.members.map(memberKey));
  if (holder.eni !== null && keys.has(memberKey({ eni: holder.eni }))) return holder.eni;
  return holder.instance ?? '';
}
