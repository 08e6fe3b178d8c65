/**
 * `allowed_address_pairs`, which runs the other way round than in plain OpenStack: the pairs of a
 * *VIP port* name the addresses of the NICs that may have it; those of a *NIC port* switch its
 * source/destination check off with `1.1.1.1/0`, and name no VIP.
 */
import { canonicalAddress } from '../../havip/address-words.ts';
import { parseAddress } from '../../havip/cidr.ts';
import type { Eni, Havip, MemberRef } from '../../havip/inventory/resources.ts';
import { type Fields, readText } from './body.ts';
import type { Call } from './call.ts';
import { badParameter } from './faults.ts';

/** Switches the source/destination check of a NIC off. */
const CHECK_OFF = '1.1.1.1/0';
const REFUSED_BLOCKS = ['0.0.0.0/0', '::/0'];

/** A pair as the port shows it. */
export interface Pair {
  ip_address: string;
  mac_address: string;
}

/** What the pairs are of: a port that is there, or one that is about to be made. */
export type VipPlace = Pick<Havip, 'subnet' | 'members'>;

/**
 * The NICs that the pairs of a VIP port name, each once. An address that no NIC has is a warning
 * for the vendor ("VIP communication may fail") and no error: it is left out, and said.
 */
export function membersOf(call: Call, pairs: readonly Fields[], vip: VipPlace): MemberRef[] {
  const enis = new Set<Eni>();
  const strangers: string[] = [];
  for (const pair of pairs) {
    const block = readBlock(pair);
    if (block === CHECK_OFF) {
      throw badParameter(`${CHECK_OFF} belongs into the pairs of a NIC port, not of a VIP port`);
    }
    const address = hostOf(block);
    if (address === null) {
      throw badParameter(`${block}: the pairs of a VIP port are addresses of NICs, no blocks`);
    }
    const eni = eniOf(call, vip.subnet, address);
    if (eni === undefined) strangers.push(address);
    else enis.add(eni);
  }
  if (strangers.length > 0) {
    call.advice.push(
      `no NIC of the VPC has ${strangers.join(', ')}: VIP communication may fail; ` +
        'not kept by this switch',
    );
  }
  return membersFor(call, vip, enis);
}

/**
 * The lab file binds whole instances. One of which every NIC stays remains bound as it is, for to
 * bind its NICs instead would take the address from it for an instant.
 */
export function membersFor(call: Call, vip: VipPlace, enis: ReadonlySet<Eni>): MemberRef[] {
  const whole = vip.members.filter((member) => {
    const nics = 'instance' in member ? nicsOf(call, member, vip.subnet) : [];
    return nics.length > 0 && nics.every((nic) => enis.has(nic));
  });
  const covered = new Set(whole.flatMap((member) => nicsOf(call, member, vip.subnet)));
  const single = [...enis].filter((eni) => !covered.has(eni));
  return [...whole, ...single.map(({ id }) => ({ eni: id }))];
}

/** What the pairs of a NIC port make of its source/destination check. */
export function sourceDestCheckOf(call: Call, pairs: readonly Fields[], eni: Eni): boolean {
  const blocks = pairs.map(readBlock);
  for (const block of blocks) {
    const havip = havipOf(call, eni.subnet, hostOf(block));
    if (havip !== undefined) throw badParameter(wrongWayRound(havip, eni));
  }
  if (blocks.length === 0) return true;
  const other = blocks.find((block) => block !== CHECK_OFF);
  if (other === undefined) return false;
  throw badParameter(`the pairs of a NIC port can only be ${CHECK_OFF} or none, not ${other}`);
}

/** The pairs of a VIP port: addresses of the NICs that are bound to it, in its subnet. */
export function pairsOfVip(call: Call, havip: Havip, mac: string): Pair[] {
  return enisOf(call, havip).map(({ addresses }) => ({
    ip_address:
      addresses.find((address) => isSameFamily(address, havip.address)) ?? addresses[0] ?? '',
    mac_address: mac,
  }));
}

export function pairsOfNic(eni: Eni): Pair[] {
  return eni.sourceDestCheck ? [] : [{ ip_address: CHECK_OFF, mac_address: eni.mac ?? '' }];
}

/** The NICs that are bound to a VIP; of a bound instance, all in the VIP's subnet. */
export function enisOf(call: Call, { members, subnet }: VipPlace): Eni[] {
  return [...new Set(members.flatMap((member) => nicsOf(call, member, subnet)))];
}

function nicsOf(call: Call, member: MemberRef, subnet: string): Eni[] {
  const { inventory } = call.plane;
  if ('instance' in member) {
    return inventory.enisOfInstance(member.instance).filter((eni) => eni.subnet === subnet);
  }
  const eni = inventory.eni(member.eni);
  return eni === undefined ? [] : [eni];
}

/** The plain OpenStack way. */
export function wrongWayRound(havip: Havip, eni: Eni): string {
  return (
    `${havip.address} is a virtual IP: list the NIC's address (${eni.addresses[0]}) in the ` +
    `allowed_address_pairs of the VIP port ${havip.id}, not the VIP in those of the NIC port`
  );
}

/** The VIP that has an address of a subnet. */
function havipOf(call: Call, subnet: string, address: string | null): Havip | undefined {
  if (address === null) return undefined;
  const owner = call.plane.inventory.ownerOf(subnet, address);
  return owner?.kind === 'havip' ? call.plane.inventory.havip(owner.id) : undefined;
}

/** Of the subnet, or of another one of its VPC: the rules then say what is wrong with that. */
function eniOf(call: Call, subnet: string, address: string): Eni | undefined {
  const { inventory } = call.plane;
  const vpc = inventory.subnet(subnet)?.vpc;
  const others = vpc === undefined ? [] : inventory.subnetsOfVpc(vpc).map(({ id }) => id);
  for (const id of [subnet, ...others]) {
    const owner = inventory.ownerOf(id, address);
    if (owner?.kind === 'eni') return inventory.eni(owner.id);
  }
  return undefined;
}

function readBlock(pair: Fields): string {
  const block = readText(pair, 'ip_address');
  if (block === undefined) throw badParameter('an address pair has no ip_address');
  readText(pair, 'mac_address');
  if (REFUSED_BLOCKS.includes(block)) throw badParameter(`${block} is no allowed address pair`);
  const [address, prefix, ...rest] = block.split('/');
  const parsed = parseAddress(address ?? '');
  const bits = parsed?.family === 6 ? 128 : 32;
  const isPrefix = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits);
  if (parsed === null || !isPrefix || rest.length > 0) {
    throw badParameter(`${block} is no address and no CIDR block`);
  }
  return block;
}

/** The address that a block of one address names; null for a wider one. */
function hostOf(block: string): string | null {
  const [address, prefix] = block.split('/');
  const parsed = parseAddress(address ?? '');
  if (parsed === null) return null;
  const isHost = prefix === undefined || Number(prefix) === (parsed.family === 6 ? 128 : 32);
  return isHost ? canonicalAddress(parsed.text) : null;
}

function isSameFamily(a: string, b: string): boolean {
  return a.includes(':') === b.includes(':');
}
