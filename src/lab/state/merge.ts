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
import { eniChanges, wiredHavips } from '../../havip/inventory/to-topology.ts';
import type { Topology, Havip as WiredHavip } from '../../havip/topology.ts';
import { LabError } from '../lab-error.ts';
import { attachedHosts, fittedEni, fittedHavip, fittedInstance, isLeft } from './fitting.ts';
import type { Stored } from './resource-table.ts';

export interface Merged {
  /** What the engine is made of: complete, with the HaVips as they are bound. */
  topology: Topology;
  inventory: Inventory;
  /** HaVips that come from the lab file this time. */
  added: Topology['havips'];
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
  const { enis } = completed({ ...file, havips: [] });
  const left = { ...file, enis, havips: file.havips.map((havip) => withoutGone(havip, gone)) };
  const inventory = namedInventory(left, stored.gone, at);
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
  const quotas = Object.fromEntries(inventory.all('quota').map(({ id, most }) => [id, most]));
  return {
    topology: { ...topology, quotas },
    inventory,
    added,
    changes: eniChanges(topology, inventory),
    named: namesOf(file),
    upserts,
    deletes,
    notes,
  };
}

/** What the lab file gives but HaVips, without what was deleted. */
function namedInventory(file: Topology, gone: readonly ResourceKey[], at: number): Inventory {
  const inventory = new Inventory(resourcesOf({ ...file, havips: [] }, at));
  inventory.apply({ upserts: [], deletes: [...gone] });
  const lost = inventory.all('eni').filter((eni) => inventory.instance(eni.home) === undefined);
  inventory.apply({ upserts: lost.map((eni) => ({ ...eni, instance: null })), deletes: [] });
  return inventory;
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

/** Members of a HaVip of the lab file that were deleted before it was named. */
function withoutGone(havip: WiredHavip, gone: ReadonlySet<string>): WiredHavip {
  const members = havip.members.filter(
    ({ instance, eni }) =>
      !gone.has(`instance ${instance}`) &&
      (eni === null || !gone.has(`eni ${eniId(instance, eni)}`)),
  );
  return { ...havip, members };
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

function keyText({ kind, id }: ResourceKey): string {
  return `${kind} ${id}`;
}
