/**
 * What a lab starts with, from its lab file and from what a state file remembers. The lab file says
 * what there is to attach: subnets, instances, ENIs and their addresses. What was changed through
 * the control plane wins for all else: HaVips with members and texts, EIPs, routes, quotas, what
 * was deleted, detached or stopped. A HaVip of the lab file is taken from it once.
 */
import { completeTopology } from '../../havip/complete-topology.ts';
import type { DataplaneChange } from '../../havip/inventory/dataplane.ts';
import { eniId, resourcesOf } from '../../havip/inventory/from-topology.ts';
import { Inventory } from '../../havip/inventory/inventory.ts';
import type { Resource, ResourceKey } from '../../havip/inventory/resources.ts';
import { wiredHavips } from '../../havip/inventory/to-topology.ts';
import type { Topology } from '../../havip/topology.ts';
import { LabError } from '../lab-error.ts';
import { attachedHosts, fittedEni, fittedHavip, fittedInstance, isLeft } from './fitting.ts';
import type { Stored } from './sqlite-store.ts';

export interface Merged {
  /** What the engine is made of: complete, with the HaVips as they are bound. */
  topology: Topology;
  inventory: Inventory;
  /** What the engine has to be told beyond the topology, before the first frame. */
  changes: DataplaneChange[];
  /** For the state file: the names that the lab file gives, what is new and what is no more. */
  named: ResourceKey[];
  upserts: Resource[];
  deletes: ResourceKey[];
  /** What the user should know of it, a line each. */
  notes: string[];
}

export const NOTHING_STORED: Stored = { resources: [], named: [], gone: [] };

/** Throws LabError where lab file and state do not fit. `at`: milliseconds since 1970. */
export function mergeState(file: Topology, stored: Stored, at: number): Merged {
  const gone = new Set(stored.gone.map(keyText));
  // MACs are chosen in the order of the ENIs: before any of them is left out.
  const { enis } = completed({ ...file, havips: [] });
  const left = withoutGone({ ...file, enis }, gone);
  const inventory = new Inventory(resourcesOf({ ...left, havips: [] }, at));
  const upserts: Resource[] = [];
  const deletes: ResourceKey[] = [];
  const notes: string[] = [];
  for (const resource of inOrder(stored.resources)) {
    const fitted = fit(resource, inventory, left, notes);
    if (fitted === null) deletes.push({ kind: resource.kind, id: resource.id });
    else inventory.apply({ upserts: [fitted], deletes: [] });
    if (fitted !== null && fitted !== resource) upserts.push(fitted);
  }
  const seen = new Set([...stored.named, ...inventory.all('havip')].map(keyText));
  const fresh = left.havips.filter(({ name }) => !seen.has(`havip ${name}`));
  const topology = completed({ ...left, havips: [...wiredHavips(inventory), ...fresh] });
  const names = new Set(fresh.map(({ name }) => name));
  const added = topology.havips.filter(({ name }) => names.has(name));
  for (const resource of resourcesOf({ ...left, havips: added }, at)) {
    if (resource.kind !== 'havip') continue;
    refuseIfTaken(resource, inventory);
    inventory.apply({ upserts: [resource], deletes: [] });
    upserts.push(resource);
  }
  const named = namesOf(file);
  const quotas = Object.fromEntries(inventory.all('quota').map(({ id, most }) => [id, most]));
  const whole = { ...topology, enis: checkedEnis(topology, inventory), quotas };
  return { topology: whole, inventory, changes: [], named, upserts, deletes, notes };
}

/** A resource as it may stay; null where it may not. */
function fit(
  resource: Resource,
  inventory: Inventory,
  file: Topology,
  notes: string[],
): Resource | null {
  switch (resource.kind) {
    case 'vpc':
    case 'subnet':
    case 'route-table':
      return null;
    case 'instance':
      return fittedInstance(resource, inventory, attachedHosts(file));
    case 'eni':
      return fittedEni(resource, inventory);
    case 'havip':
      return fittedHavip(resource, inventory, notes);
    case 'eip':
      return isLeft(inventory, resource.havip) ? resource : { ...resource, havip: null };
    case 'route': {
      const isWhole =
        isLeft(inventory, resource.havip) && inventory.routeTable(resource.table) !== undefined;
      return isWhole ? resource : null;
    }
    case 'quota':
    case 'token':
      return resource;
  }
}

/** What others refer to comes first; within a kind nothing changes its place. */
function inOrder(resources: readonly Resource[]): Resource[] {
  const ranks = ['instance', 'eni', 'havip'];
  const rank = ({ kind }: Resource): number =>
    ranks.includes(kind) ? ranks.indexOf(kind) : ranks.length;
  return [...resources].sort((a, b) => rank(a) - rank(b));
}

/** The lab file without the instances and ENIs that were deleted. */
function withoutGone(file: Topology, gone: ReadonlySet<string>): Topology {
  const isGone = (instance: string, eni: string | null): boolean =>
    gone.has(`instance ${instance}`) || (eni !== null && gone.has(`eni ${eniId(instance, eni)}`));
  return {
    ...file,
    enis: file.enis.filter(({ instance, name }) => !isGone(instance, name)),
    havips: file.havips.map((havip) => ({
      ...havip,
      members: havip.members.filter(({ instance, eni }) => !isGone(instance, eni)),
    })),
    run: Object.fromEntries(Object.entries(file.run).filter(([name]) => !isGone(name, null))),
  };
}

function namesOf({ havips, enis }: Topology): ResourceKey[] {
  const instances = new Set(enis.map(({ instance }) => instance));
  return [
    ...havips.map(({ name }): ResourceKey => ({ kind: 'havip', id: name })),
    ...[...instances].map((id): ResourceKey => ({ kind: 'instance', id })),
    ...enis.map(({ instance, name }): ResourceKey => ({ kind: 'eni', id: eniId(instance, name) })),
  ];
}

function completed(topology: Topology): Topology {
  try {
    return completeTopology(topology);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new LabError(error.message, 'give the havip an ip, or the subnet a larger cidr');
  }
}

function refuseIfTaken(havip: Extract<Resource, { kind: 'havip' }>, inventory: Inventory): void {
  const owner = inventory.ownerOf(havip.subnet, havip.address);
  if (owner?.kind !== 'havip') return;
  const taken = `HaVip ${havip.id} has ${havip.address}, which HaVip ${owner.id} of the state has`;
  throw new LabError(taken, 'give it another ip in the lab file');
}

/** The source/destination check as it was set last. */
function checkedEnis(topology: Topology, inventory: Inventory): Topology['enis'] {
  return topology.enis.map((eni) => {
    const known = inventory.eni(eniId(eni.instance, eni.name));
    return known === undefined ? eni : { ...eni, sourceDestCheck: known.sourceDestCheck };
  });
}

function keyText({ kind, id }: ResourceKey): string {
  return `${kind} ${id}`;
}
