import type { Topology } from './topology.ts';

/** Locally administered, "hv" after it; ours. */
const MAC_BASE = 0x026876000000;

/**
 * The topology with a MAC for each ENI: the lab file's, else one that is chosen without chance, so
 * that the same file always gives the same lab, and a replay knows the hosts of its captures.
 */
export function withChosenMacs(topology: Topology): Topology {
  const taken = new Set(topology.enis.map((eni) => eni.mac));
  let last = MAC_BASE;
  const enis = topology.enis.map((eni) => {
    if (eni.mac !== null) return eni;
    do last++;
    while (taken.has(last));
    return { ...eni, mac: last };
  });
  return { ...topology, enis };
}
