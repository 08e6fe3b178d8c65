/**
 * Several operations as one: each is judged as if those before it had been carried out, and what
 * all of them change is one decision. The first refusal is that of all.
 */
import type { Inventory } from './inventory.ts';
import type { Decision, Operation, Outcome } from './operation.ts';
import type { Resource, ResourceKey } from './resources.ts';

/** Leaves the inventory as it was. */
export function decideAll(
  inventory: Inventory,
  steps: readonly Operation[],
  decideOne: (step: Operation) => Outcome,
): Outcome {
  return inventory.tentatively(() => {
    const all: Pick<Decision, 'changes' | 'advice'> = { changes: [], advice: [] };
    const touched = new Map<string, ResourceKey>();
    const subjects: string[] = [];
    for (const step of steps) {
      const outcome = decideOne(step);
      if (!outcome.ok) return outcome;
      inventory.apply(outcome);
      subjects.push(outcome.subject);
      all.changes.push(...outcome.changes);
      all.advice.push(...outcome.advice);
      for (const { kind, id } of [...outcome.deletes, ...outcome.upserts]) {
        touched.set(`${kind} ${id}`, { kind, id });
      }
    }
    const left = [...touched.values()].map((key) => ({ key, resource: inventory.resource(key) }));
    return {
      ok: true,
      ...all,
      subject: subjects[0] ?? '',
      subjects,
      upserts: left.flatMap(({ resource }): Resource[] =>
        resource === undefined ? [] : [resource],
      ),
      deletes: left.flatMap(({ key, resource }) => (resource === undefined ? [key] : [])),
    };
  });
}
