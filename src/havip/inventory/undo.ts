/**
 * What takes a list of changes back again, where it was made and could then not be written down.
 * Only a holder that lost its HaVip does not get it back so: its next announcement moves it there.
 */
import type { Havip as HavipWords } from '../topology.ts';
import type { DataplaneChange } from './dataplane.ts';
import { eniState, havipWords } from './havip-words.ts';
import type { Inventory } from './inventory.ts';
import type { Havip } from './resources.ts';

/** `inventory` as it was before the changes. */
export function undoing(
  changes: readonly DataplaneChange[],
  inventory: Inventory,
): DataplaneChange[] {
  return changes.flatMap((change) => inverse(change, changes, inventory)).reverse();
}

function inverse(
  change: DataplaneChange,
  all: readonly DataplaneChange[],
  inventory: Inventory,
): DataplaneChange[] {
  switch (change.command) {
    case 'add-havip':
      return [{ command: 'remove-havip', havip: change.havip.name }];
    case 'bind':
      return [{ ...change, command: 'unbind', spareHolder: false }];
    case 'unbind':
      return [{ command: 'bind', havip: change.havip, member: change.member }];
    case 'remove-havip': {
      const record = recordOf(inventory, change.havip);
      if (record === undefined) return [];
      const havip = havipWords(inventory, record);
      return [{ command: 'add-havip', havip: withoutUnbound(havip, all) }];
    }
    case 'set-check-associate': {
      const checkAssociate = recordOf(inventory, change.havip)?.checkAssociate ?? false;
      return [{ ...change, checkAssociate }];
    }
    case 'set-eni': {
      const { name } = change.eni;
      for (const eni of inventory.each('eni')) {
        if (`${eni.home}/${eni.name}` === name) return [{ ...change, eni: eniState(eni) }];
      }
      return [];
    }
  }
}

function recordOf(inventory: Inventory, lane: string): Havip | undefined {
  for (const havip of inventory.each('havip')) if (havip.lane === lane) return havip;
  return undefined;
}

/** Members that the same list had unbound before are bound again by an inverse of their own. */
function withoutUnbound(havip: HavipWords, all: readonly DataplaneChange[]): HavipWords {
  const unbound = new Set(
    all.flatMap((one) =>
      one.command === 'unbind' && one.havip === havip.name ? [one.member] : [],
    ),
  );
  const members = havip.members.filter(
    ({ instance, eni }) => !unbound.has(eni === null ? instance : `${instance}/${eni}`),
  );
  return { ...havip, members };
}
