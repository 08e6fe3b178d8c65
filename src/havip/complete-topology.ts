/**
 * What a lab file leaves to the switch: the MAC of an ENI, the address of a HaVip. Chosen without
 * chance, so that the same file always gives the same lab.
 */
import { withChosenMacs } from './chosen-macs.ts';
import { firstFree } from './inventory/address-allocation.ts';
import { havipOf, resourcesOf } from './inventory/from-topology.ts';
import { Inventory } from './inventory/inventory.ts';
import { ruleSet } from './rule-sets.ts';
import type { Havip, Topology } from './topology.ts';

/** Throws RangeError where a subnet has no free address for a HaVip, or there is no provider. */
export function completeTopology(topology: Topology): Topology {
  if (topology.provider === null) throw new RangeError('a live lab needs a provider');
  const rules = ruleSet(topology.provider);
  const withMacs = withChosenMacs(topology);
  const inventory = new Inventory(resourcesOf(withMacs, 0));
  const havips = topology.havips.map((havip): Havip => {
    const subnet = inventory.subnet(havip.subnet ?? '');
    if (havip.address !== null || subnet === undefined) return havip;
    const address = firstFree(inventory, rules, subnet);
    if (address === null) throw new RangeError(`subnet ${subnet.id} has no free IPv4 address`);
    const placed = { ...havip, address };
    inventory.apply({ upserts: havipOf(placed, 0), deletes: [] });
    return placed;
  });
  return { ...withMacs, havips };
}
