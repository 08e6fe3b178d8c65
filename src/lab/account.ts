/**
 * What a lab's control plane starts from: the lab file, and the state file where there is one. It
 * knows no devices; `planeOf` gives it a running lab.
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import type { Dataplane } from '../havip/inventory/dataplane.ts';
import { Plane } from '../havip/inventory/plane.ts';
import { type Breach, quotaBreaches } from '../havip/quotas.ts';
import { ruleSet } from '../havip/rule-sets.ts';
import type { ProviderName, Topology } from '../havip/topology.ts';
import { LabFieldError } from './lab-error.ts';
import type { CallEntry, StateStore } from './state/history.ts';
import { MemoryStore } from './state/memory-store.ts';
import { type Merged, mergeState, NOTHING_STORED } from './state/merge.ts';
import type { Stored } from './state/resource-table.ts';
import { SqliteStore } from './state/sqlite-store.ts';
import { ToldJournal } from './state/told-journal.ts';

export interface Account extends Merged {
  store: StateStore;
}

export interface AccountOptions {
  /** Path of the state file; null: the state lasts as long as the lab. */
  state: string | null;
  /** Milliseconds since 1970. */
  now: () => number;
  /** Told what the user should know, without a line feed. */
  warn: (line: string) => void;
}

/** Throws LabError where the file is against the cloud's rules, or does not fit the state. */
export async function openAccount(file: Topology, options: AccountOptions): Promise<Account> {
  const { state, now, warn } = options;
  // Of a lab that is refused no new state file stays.
  if (state !== null && !fs.existsSync(state)) lawful(file, NOTHING_STORED, now());
  const store = state === null ? new MemoryStore() : await SqliteStore.open(state);
  try {
    const isFile = store instanceof SqliteStore;
    const merged = lawful(file, isFile ? store.stored() : NOTHING_STORED, now());
    if (isFile) {
      store.import(merged.named, merged.upserts, merged.deletes);
      store.onTrouble = warn;
    }
    for (const note of merged.notes) warn(note);
    return { ...merged, store };
  } catch (error) {
    store.close();
    throw error;
  }
}

/** The control plane over a switch; `onCall` is told of each call that was accepted. */
export function planeOf(
  account: Account,
  dataplane: Dataplane,
  now: () => number,
  onCall: (entry: CallEntry) => void = () => {},
): Plane {
  const { inventory, store, topology } = account;
  const rules = ruleSet(topology.provider as ProviderName);
  const journal = new ToldJournal(store, onCall);
  return new Plane({ rules, inventory, dataplane, journal, clock: now, newId });
}

/** Judges what the lab file itself asks for; what the state has was judged when it was made. */
function lawful(file: Topology, stored: Stored, at: number): Merged {
  const merged = mergeState(file, stored, at);
  const asked = { ...merged.topology, havips: merged.added, quotas: file.quotas };
  const refusal = quotaBreaches(asked).find((breach) => !breach.advice);
  if (refusal === undefined) return merged;
  throw new LabFieldError(fieldOf(refusal), refusal.message, refusal.remedy);
}

/** The field of the lab file that breaks the rule. */
function fieldOf({ subject, address }: Breach): string[] {
  const [kind, name = ''] = subject.split(' ');
  const [instance = '', eni = ''] = name.split('/');
  if (kind === 'eni') return ['instances', instance, 'enis', eni, 'ip'];
  if (kind === 'instance') return ['instances', instance];
  if (kind === 'havip') return ['havips', name, address === null ? 'bind' : 'ip'];
  return ['havips'];
}

/** 80 bits of chance in letters and digits. */
function newId(): string {
  return [...randomBytes(16)].map((octet) => (octet % 32).toString(32)).join('');
}
