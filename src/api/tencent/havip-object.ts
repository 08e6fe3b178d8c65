/** A HaVip as DescribeHaVips shows it: every field is there, and what is unset is empty text. */
import type { Plane } from '../../havip/inventory/plane.ts';
import type { Havip, MemberRef } from '../../havip/inventory/resources.ts';

export interface Association {
  HaVipId: string;
  InstanceId: string;
  InstanceType: 'CVM' | 'ENI';
}

export type HaVipObject = ReturnType<typeof havipObject>;

const NEVER = '0000-00-00 00:00:00';

export function havipObject(plane: Plane, havip: Havip) {
  const { inventory } = plane;
  const holder = plane.holderOf(havip.id);
  const flushedAt = plane.flushedAt(havip.id);
  return {
    HaVipId: havip.id,
    HaVipName: havip.name,
    Vip: havip.address,
    VpcId: inventory.subnet(havip.subnet)?.vpc ?? '',
    SubnetId: havip.subnet,
    NetworkInterfaceId: holder?.eni ?? '',
    InstanceId: holder?.instance ?? '',
    AddressIp: inventory.eipsOfHavip(havip.id)[0]?.address ?? '',
    State: holder === null ? 'UNBIND' : 'AVAILABLE',
    CreatedTime: timeText(havip.createdAt),
    Business: '',
    HaVipAssociationSet: havip.members.map((member) => associationOf(havip.id, member)),
    CheckAssociate: havip.checkAssociate,
    CdcId: '',
    FlushedTime: flushedAt === null ? NEVER : timeText(flushedAt),
    TagSet: havip.tags.map(({ key, value }) => ({ Key: key, Value: value })),
  };
}

function associationOf(havip: string, member: MemberRef): Association {
  return 'eni' in member
    ? { HaVipId: havip, InstanceId: member.eni, InstanceType: 'ENI' }
    : { HaVipId: havip, InstanceId: member.instance, InstanceType: 'CVM' };
}

/** `2026-11-21 12:00:00`. The vendor's times name no zone; UTC is ours. */
function timeText(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ');
}
