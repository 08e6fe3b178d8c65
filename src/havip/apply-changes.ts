/**
 * A list of changes made in a switch, all of them or none: what the control plane decided in one
 * operation holds from one frame to the next.
 */
import type { Control, ControlResult, Done } from './control.ts';
import type { DataplaneChange } from './inventory/dataplane.ts';
import type { Havip } from './topology.ts';

/** Refused as soon as one of them is; then the switch is as it was. */
export function applyChanges(control: Control, changes: readonly DataplaneChange[]): ControlResult {
  const before = new Map(control.topology.havips.map((havip) => [havip.name, havip]));
  const done: Done = { done: true, cleared: [], advice: [] };
  const made: DataplaneChange[] = [];
  for (const change of inOrder(changes)) {
    const result = applyOne(control, change);
    if ('refused' in result) {
      for (const one of made.reverse()) takeBack(control, one, before);
      return result;
    }
    made.push(change);
    Object.assign(done, {
      cleared: [...done.cleared, ...result.cleared],
      advice: [...done.advice, ...result.advice],
    });
  }
  return done;
}

/** Those that a holder may stop come first: until one is refused nobody has lost anything. */
function inOrder(changes: readonly DataplaneChange[]): DataplaneChange[] {
  const isSparing = (change: DataplaneChange): boolean =>
    change.command === 'unbind' && change.spareHolder;
  return [...changes.filter(isSparing), ...changes.filter((change) => !isSparing(change))];
}

function applyOne(control: Control, change: DataplaneChange): ControlResult {
  switch (change.command) {
    case 'add-havip':
      return control.addHavip(change.havip);
    case 'remove-havip':
      return control.removeHavip(change.havip);
    case 'bind':
      return control.bind(change.havip, change.member);
    case 'unbind':
      return control.unbind(change.havip, change.member);
  }
}

function takeBack(
  control: Control,
  change: DataplaneChange,
  before: ReadonlyMap<string, Havip>,
): void {
  switch (change.command) {
    case 'add-havip':
      control.removeHavip(change.havip.name);
      return;
    case 'remove-havip': {
      const havip = before.get(change.havip);
      if (havip !== undefined) control.addHavip(havip);
      return;
    }
    case 'bind':
      control.unbind(change.havip, change.member);
      return;
    case 'unbind':
      control.bind(change.havip, change.member);
  }
}
