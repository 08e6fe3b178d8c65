/** Which instances may claim a HaVip: those that a lab waits for before it is ready. */
import { membershipOf } from './rule-set.ts';
import { ruleSet } from './rule-sets.ts';
import type { Havip, Topology } from './topology.ts';

/** Those bound to it; where the provider asks for no binding, whoever has an ENI in its subnet. */
export function claimersOf(topology: Topology, havip: Havip): string[] {
  const { provider } = topology;
  const membership = provider === null ? 'bound' : membershipOf(ruleSet(provider), havip);
  const names =
    membership === 'bound'
      ? havip.members.map(({ instance }) => instance)
      : topology.enis.filter((eni) => eni.subnet === havip.subnet).map((eni) => eni.instance);
  return [...new Set(names)];
}
