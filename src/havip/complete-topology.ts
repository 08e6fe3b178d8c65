/**
 * What a lab file leaves to the switch: the MAC of an ENI, the address of a HaVip. Chosen without
 * chance, so that the same file always gives the same lab.
 */
import { canonicalAddress } from './address-words.ts';
import { addressAt, cidrContains, parseAddress, parseCidr } from './cidr.ts';
import type { RuleSet } from './rule-set.ts';
import { ruleSet } from './rule-sets.ts';
import type { Havip, Subnet, Topology } from './topology.ts';

/** Locally administered, "hv" after it; ours. */
const MAC_BASE = 0x026876000000;
/** Places of a block that are tried. */
const PLACES_MAX = 1 << 16;

/** Throws RangeError where a subnet has no free address for a HaVip, or there is no provider. */
export function completeTopology(topology: Topology): Topology {
  if (topology.provider === null) throw new RangeError('a live lab needs a provider');
  const rules = ruleSet(topology.provider);
  const withMacs = { ...topology, enis: macsOf(topology) };
  const havips: Havip[] = [];
  for (const havip of topology.havips) {
    if (havip.address !== null) {
      havips.push(havip);
      continue;
    }
    const others = [...havips, ...topology.havips];
    havips.push(withAddress({ ...withMacs, havips: others }, havip, rules));
  }
  return { ...withMacs, havips };
}

function macsOf(topology: Topology): Topology['enis'] {
  const taken = new Set(topology.enis.map((eni) => eni.mac));
  let last = MAC_BASE;
  return topology.enis.map((eni) => {
    if (eni.mac !== null) return eni;
    do last++;
    while (taken.has(last));
    return { ...eni, mac: last };
  });
}

/** The first free IPv4 address after the reserved ones, as a cloud would give out. */
function withAddress(topology: Topology, havip: Havip, rules: RuleSet): Havip {
  const subnet = topology.subnets.find(({ name }) => name === havip.subnet);
  if (havip.address !== null || subnet === undefined) return havip;
  const address = firstFree(subnet, takenIn(topology, subnet, rules));
  if (address === null) throw new RangeError(`subnet ${subnet.name} has no free IPv4 address`);
  return { ...havip, address };
}

function takenIn(topology: Topology, subnet: Subnet, rules: RuleSet): Set<string> {
  const reserved = subnet.cidrs.flatMap((cidr) => rules.reservedAddresses(cidr));
  const enis = topology.enis.filter((eni) => eni.subnet === subnet.name);
  const havips = topology.havips.filter((havip) => havip.subnet === subnet.name);
  const texts = [
    ...reserved,
    ...subnet.gateways,
    ...enis.flatMap((eni) => eni.addresses),
    ...havips.flatMap(({ address }) => (address === null ? [] : [address])),
  ];
  return new Set(texts.map(canonicalAddress));
}

function firstFree(subnet: Subnet, taken: Set<string>): string | null {
  for (const text of subnet.cidrs) {
    const cidr = parseCidr(text);
    if (cidr === null || cidr.family !== 4) continue;
    for (let place = 0; place < PLACES_MAX; place++) {
      const address = addressAt(cidr, place);
      const parsed = parseAddress(address);
      if (parsed === null || !cidrContains(cidr, parsed)) break;
      if (!taken.has(address)) return address;
    }
  }
  return null;
}
