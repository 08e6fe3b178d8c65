/**
 * The control plane of one account: operations come in, one at a time; each is judged, told to the
 * switch, written down, and only then answered. Whatever is refused on the way changes nothing.
 */
import type { RuleSet } from '../rule-set.ts';
import type { Dataplane } from './dataplane.ts';
import { decide } from './decide.ts';
import type { Inventory } from './inventory.ts';
import type { Decision, Operation, Outcome } from './operation.ts';
import type { Holder, TokenRecord } from './resources.ts';

/** Who asks, for the history. */
export interface Caller {
  /** `alibaba`, `tencent`, `huawei`, `ucloud`, `native`, `cli`. */
  dialect: string;
  /** The vendor's name of the call. */
  call: string;
  requestId: string;
}

/** Where accepted operations are kept. `commit` returns only when they would survive a crash. */
export interface Journal {
  commit(decision: Decision, caller: Caller, at: number): void;
  /** A call that changed nothing: refused, with its code. */
  refused(operation: Operation, code: string, caller: Caller, at: number): void;
}

export interface PlaneParts {
  readonly rules: RuleSet;
  readonly inventory: Inventory;
  readonly dataplane: Dataplane;
  readonly journal: Journal;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Eight or more lower-case letters and digits, never the same twice. */
  readonly newId: () => string;
}

export class Plane {
  readonly rules: RuleSet;
  readonly inventory: Inventory;
  readonly clock: () => number;
  private readonly parts: PlaneParts;
  private last: Promise<unknown> = Promise.resolve();

  constructor(parts: PlaneParts) {
    this.parts = parts;
    this.rules = parts.rules;
    this.inventory = parts.inventory;
    this.clock = parts.clock;
  }

  /**
   * Carries an operation out. With a `token` (the vendors' ClientToken) the same operation is done
   * once: asked again it gets the outcome of the first time.
   */
  submit(operation: Operation, caller: Caller, token: string | null = null): Promise<Outcome> {
    const outcome = this.last.then(() => this.carryOut(operation, caller, token));
    this.last = outcome.catch(() => {});
    return outcome;
  }

  /** Who holds a HaVip now; null for nobody, or where there is no such HaVip. */
  holderOf(havip: string): Holder | null {
    const record = this.inventory.havip(havip);
    const mac = record === undefined ? null : this.parts.dataplane.holderMac(record.lane);
    if (mac === null) return null;
    const eni = this.inventory.eniOfMac(mac);
    return {
      mac,
      instance: eni?.instance ?? null,
      eni: eni?.id ?? null,
      address: eni?.addresses[0] ?? null,
    };
  }

  /** When a HaVip last moved or lost its holder; null: never. */
  flushedAt(havip: string): number | null {
    const record = this.inventory.havip(havip);
    return record === undefined ? null : this.parts.dataplane.flushedAt(record.lane);
  }

  private async carryOut(
    operation: Operation,
    caller: Caller,
    token: string | null,
  ): Promise<Outcome> {
    const { inventory, rules, dataplane, journal, clock, newId } = this.parts;
    const at = clock();
    const key = `${operation.kind} ${token}`;
    if (token !== null) {
      const known = inventory.token(key);
      if (known !== undefined) return this.again(known, operation, caller, at);
    }
    const context = { rules, at, newId, isHeld: (id: string) => this.holderOf(id) !== null };
    const outcome = decide(inventory, operation, context);
    if (!outcome.ok) {
      journal.refused(operation, outcome.code, caller, at);
      return outcome;
    }
    if (token !== null) {
      const made = outcome.subject;
      const text = JSON.stringify(operation);
      outcome.upserts.push({ kind: 'token', id: key, operation: text, made, at });
    }
    const stopped = outcome.changes.length === 0 ? null : await dataplane.apply(outcome.changes);
    if (stopped !== null) {
      const code = stopped.refused === 'holder' ? 'is-holder' : 'dataplane';
      journal.refused(operation, code, caller, at);
      return { ok: false, code, message: stopped.message };
    }
    journal.commit(outcome, caller, at);
    inventory.apply(outcome);
    return outcome;
  }

  private again(known: TokenRecord, operation: Operation, caller: Caller, at: number): Outcome {
    if (known.operation !== JSON.stringify(operation)) {
      const message = 'this client token was given for another request; take a new one';
      this.parts.journal.refused(operation, 'token-reused', caller, at);
      return { ok: false, code: 'token-reused', message };
    }
    const nothing = { upserts: [], deletes: [], changes: [], advice: [] };
    return { ok: true, subject: known.made, ...nothing };
  }
}
