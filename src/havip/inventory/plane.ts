/**
 * The control plane of one account: operations come in, one at a time; each is judged, written
 * down, told to the switch, made to last, and only then answered. Whatever fails on the way changes
 * nothing: what was written is rolled back, what the switch was told is taken back.
 */
import type { RuleSet } from '../rule-set.ts';
import type { ChangeRefusal, Dataplane, DataplaneChange } from './dataplane.ts';
import { decide } from './decide.ts';
import type { Inventory } from './inventory.ts';
import type { Decision, Operation, Outcome } from './operation.ts';
import type { Holder, ResourceKey, TokenRecord } from './resources.ts';
import { undoing } from './undo.ts';

/** How long the vendors keep a client token, in milliseconds (Alibaba: 24 hours). */
const TOKEN_LIFE = 24 * 3600 * 1000;
/** Client tokens that are remembered; the oldest are forgotten first. */
const TOKENS_MAX = 100_000;

const UNWRITTEN = 'the state could not be written';

type Stopped = NonNullable<Awaited<ReturnType<Dataplane['apply']>>>;

/** Who asks, for the history. */
export interface Caller {
  /** `alibaba`, `tencent`, `huawei`, `ucloud`, `native`, `cli`. */
  dialect: string;
  /** The vendor's name of the call. */
  call: string;
  requestId: string;
}

/** An operation that was accepted, as the journal is told of it. */
export interface Accepted {
  operation: Operation;
  decision: Decision;
  caller: Caller;
  at: number;
}

/** What is written down, but not yet for good. Exactly one of the two is called, once. */
export interface Prepared {
  /** Returns only when it would survive a crash. Throws where it would not; then it is undone. */
  commit(): void;
  rollback(): void;
}

/** What is asked of what was kept. */
export interface HistoryQuery {
  /** Id of a HaVip; null for all of them, and for what belongs to none. */
  readonly havip: string | null;
  /** Milliseconds since 1970, nothing older; null from the beginning. */
  readonly since: number | null;
  /** The newest that are asked for; absent: as many as there may be. */
  readonly limit?: number | undefined;
}

/** Where accepted operations are kept. One is prepared at a time. */
export interface Journal {
  /** Throws where it cannot be written; then nothing is. */
  prepare(accepted: Accepted): Prepared;
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
  /** Why no change can be made any more; null while all is well. */
  private broken: string | null = null;

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
    const { inventory, rules, journal, clock, newId } = this.parts;
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
      outcome.deletes.push(...this.staleTokens(at));
    }
    return this.make({ operation, decision: outcome, caller, at }, outcome);
  }

  /** Writes it down, tells the switch, makes it last: all of it, or none. */
  private async make(accepted: Accepted, outcome: Outcome): Promise<Outcome> {
    const { inventory, journal } = this.parts;
    const { changes } = accepted.decision;
    if (this.broken !== null) return this.failed(accepted, this.broken);
    let prepared: Prepared;
    try {
      prepared = journal.prepare(accepted);
    } catch (error) {
      return this.failed(accepted, `${UNWRITTEN}: ${(error as Error).message}`);
    }
    const stopped = await this.tell(changes);
    if (stopped !== null) {
      prepared.rollback();
      return this.failed(accepted, stopped.message, stopped.refused);
    }
    try {
      prepared.commit();
    } catch (error) {
      const left = await this.tell(undoing(changes, inventory));
      if (left !== null) this.broken ??= `${left.message}; start the lab again`;
      return this.failed(accepted, `${UNWRITTEN}: ${(error as Error).message}`);
    }
    inventory.apply(accepted.decision);
    return outcome;
  }

  /** Where nobody knows what became of a change, no other one is made: it would build on sand. */
  private async tell(changes: readonly DataplaneChange[]): Promise<Stopped | null> {
    if (changes.length === 0) return null;
    try {
      return await this.parts.dataplane.apply(changes);
    } catch (error) {
      this.broken = `the switch failed (${(error as Error).message}); start the lab again`;
      return { refused: 'other', message: this.broken };
    }
  }

  private failed(accepted: Accepted, message: string, why: ChangeRefusal = 'other'): Outcome {
    const { operation, caller, at } = accepted;
    const code = why === 'holder' ? 'is-holder' : 'dataplane';
    this.parts.journal.refused(operation, code, caller, at);
    return { ok: false, code, message };
  }

  /** Tokens that are too old, or too many, to be asked for again. */
  private staleTokens(at: number): ResourceKey[] {
    const { inventory } = this.parts;
    let excess = inventory.count('token') + 1 - TOKENS_MAX;
    const stale: ResourceKey[] = [];
    for (const { kind, id, at: made } of inventory.each('token')) {
      if (made > at - TOKEN_LIFE && excess <= 0) break;
      stale.push({ kind, id });
      excess--;
    }
    return stale;
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
