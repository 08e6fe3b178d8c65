/** A subnet as the address plan asks it: which networks it covers, what its addresses are. */
import type { AddressWords, RoutedBlock } from '../dataplane/router.ts';
import { blockContains } from './address-words.ts';
import type { Eni, Subnet } from './topology.ts';

/** A subnet with the networks (VLANs) it covers; an empty set covers every network. */
export interface CompiledSubnet {
  subnet: Subnet;
  blocks: RoutedBlock[];
  networks: Set<number>;
  /** An ENI of it names no VLAN: untagged frames are the subnet's, too. */
  hasUntagged: boolean;
  /** Address text → id of the record with its policy. */
  addresses: Map<string, number>;
  unassigned: number;
}

export function networksOf(eni: Eni): number[] {
  if (eni.vlan === null) return [];
  if ('access' in eni.vlan) return [eni.vlan.access];
  const { trunk, native } = eni.vlan;
  // Frames of the native VLAN are untagged on this trunk and may be tagged elsewhere.
  return native === null ? trunk : [...trunk, native, 0];
}

export function covers(subnet: CompiledSubnet, network: number): boolean {
  if (subnet.networks.size === 0 || subnet.networks.has(network)) return true;
  return network === 0 && subnet.hasUntagged;
}

export function isInside(subnet: CompiledSubnet, family: 4 | 6, words: AddressWords): boolean {
  return subnet.blocks.some((block) => blockContains(block, family, words));
}
