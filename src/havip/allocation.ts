/**
 * What a lab leaves open and a cloud chooses when it creates the resource: the address of a HaVip
 * and the MAC of an ENI. The same lab always gets the same ones.
 */
import { isVirtualMac } from '../wire/mac.ts';
import { addressAt, cidrContains, parseAddress, parseCidr } from './cidr.ts';
import { ruleSet } from './rule-sets.ts';
import type { Eni, Subnet, Topology } from './topology.ts';

/** Places of a block that are looked at for a free address. */
const PLACES_MAX = 65_536;
/** 02: locally administered, unicast (IEEE 802, 8.4). */
const LOCAL = 0x02 * 2 ** 40;

/** The topology with every address and MAC filled in. Throws RangeError where a block is full. */
export function allocated(topology: Topology): Topology {
  const taken = new Set<string>();
  const use = (text: string): unknown => taken.add(parseAddress(text)?.text ?? text);
  for (const eni of topology.enis) eni.addresses.forEach(use);
  for (const havip of topology.havips) if (havip.address !== null) use(havip.address);
  for (const subnet of topology.subnets) subnet.gateways.forEach(use);
  const macs = new Set(topology.enis.map((eni) => eni.mac));
  return {
    ...topology,
    enis: topology.enis.map((eni) => (eni.mac === null ? { ...eni, mac: macFor(eni, macs) } : eni)),
    havips: topology.havips.map((havip) => {
      if (havip.address !== null) return havip;
      const subnet = topology.subnets.find((one) => one.name === havip.subnet);
      const address = subnet === undefined ? null : freeAddress(subnet, topology, taken);
      if (address === null) {
        throw new RangeError(`havip ${havip.name}: subnet ${havip.subnet} has no free address`);
      }
      use(address);
      return { ...havip, address };
    }),
  };
}

/** The first free address of the subnet's first block that the provider does not keep; else null. */
export function freeAddress(
  subnet: Subnet,
  topology: Topology,
  taken: ReadonlySet<string>,
): string | null {
  const rules = topology.provider === null ? null : ruleSet(topology.provider);
  for (const text of subnet.cidrs) {
    const block = parseCidr(text);
    if (block === null) continue;
    const reserved = new Set(rules?.reservedAddresses(text) ?? []);
    for (let place = 1; place < PLACES_MAX; place++) {
      const address = parseAddress(addressAt(block, place));
      if (address === null || !cidrContains(block, address)) break;
      if (!reserved.has(address.text) && !taken.has(address.text)) return address.text;
    }
  }
  return null;
}

/** By the ENI's name (FNV-1a), counted on where two names meet. */
function macFor(eni: Eni, taken: Set<number | null>): number {
  let hash = 0x811c9dc5;
  for (const letter of `${eni.instance}/${eni.name}`) {
    hash = Math.imul(hash ^ (letter.codePointAt(0) as number), 0x01000193) >>> 0;
  }
  let mac = LOCAL + hash;
  while (taken.has(mac) || isVirtualMac(mac)) mac++;
  taken.add(mac);
  return mac;
}
