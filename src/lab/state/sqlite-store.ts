/**
 * The state of a lab in an SQLite file. What the control plane accepts is there when it is
 * answered; the history of holders, refused claims and refused calls is written some times a
 * second, and never between the parts of a change.
 */
import type { Database } from 'better-sqlite3';
import type { Operation } from '../../havip/inventory/operation.ts';
import type { Accepted, Caller, HistoryQuery, Prepared } from '../../havip/inventory/plane.ts';
import type { Resource, ResourceKey } from '../../havip/inventory/resources.ts';
import { acceptedCall, refusedCall } from './calls.ts';
import { openDatabase } from './database.ts';
import {
  type CallEntry,
  type HistoryEntry,
  type HolderEntry,
  KEPT_MOST,
  type RefusalEntry,
  type StateStore,
} from './history.ts';
import { HistoryTables } from './history-tables.ts';
import { RefusalLog } from './refusal-log.ts';
import { ResourceTable, type Stored } from './resource-table.ts';

/** Milliseconds that an entry of the history may wait for others. */
const WRITE_EVERY = 200;
/** Entries that wait at most; further ones are lost, and counted. */
const WAITING_MOST = 10_000;

export class SqliteStore implements StateStore {
  /** Entries of the history that could not be written. */
  lost = 0;
  /** Told once, where the history cannot be written. */
  onTrouble: ((message: string) => void) | null = null;
  private readonly database: Database;
  private readonly resources: ResourceTable;
  private readonly tables: HistoryTables;
  private readonly refusalLog = new RefusalLog();
  private holders: HolderEntry[] = [];
  private calls: CallEntry[] = [];
  private readonly refusals = new Set<RefusalEntry>();
  private timer: NodeJS.Timeout | null = null;
  private isClosed = false;

  /** `kept`: entries of each kind; tests keep fewer. */
  private constructor(database: Database, kept: number) {
    this.database = database;
    this.resources = new ResourceTable(database);
    this.tables = new HistoryTables(database, kept);
  }

  /** Throws LabError where the file cannot be had (see database.ts). */
  static async open(path: string, { mustExist = false, kept = KEPT_MOST } = {}) {
    return new SqliteStore(await openDatabase(path, { mustExist }), kept);
  }

  stored(): Stored {
    return this.resources.stored();
  }

  /** What a start changes: names that the lab file gives, what it brings and takes away. */
  import(named: readonly ResourceKey[], upserts: Resource[], deletes: ResourceKey[]): void {
    const write = this.database.transaction(() => {
      this.resources.name(named);
      this.resources.forget(deletes);
      this.resources.write({ upserts, deletes: [] });
    });
    write.immediate();
  }

  prepare(accepted: Accepted): Prepared {
    const { database } = this;
    database.exec('BEGIN IMMEDIATE');
    try {
      this.resources.write(accepted.decision);
      this.tables.addCall(acceptedCall(accepted));
    } catch (error) {
      this.rollback();
      throw error;
    }
    const commit = (): void => {
      try {
        database.exec('COMMIT');
      } catch (error) {
        this.rollback();
        throw error;
      }
    };
    return { commit, rollback: () => this.rollback() };
  }

  refused(operation: Operation, code: string, caller: Caller, at: number): void {
    if (this.hasRoom(this.calls.length)) {
      this.calls.push(refusedCall(operation, code, caller, at));
    }
  }

  holder(entry: HolderEntry): void {
    if (this.hasRoom(this.holders.length)) this.holders.push(entry);
  }

  refusal(claim: Omit<RefusalEntry, 'until' | 'count'>): void {
    const { entry } = this.refusalLog.count(claim);
    if (this.refusals.has(entry) || this.hasRoom(this.refusals.size)) this.refusals.add(entry);
  }

  history(query: HistoryQuery): HistoryEntry[] {
    this.flush();
    return this.tables.read(query);
  }

  /** Writes the history that waits; where a change is under way, a little later. */
  flush(): void {
    const count = this.holders.length + this.calls.length + this.refusals.size;
    if (count === 0 || this.isClosed) return;
    if (this.database.inTransaction) {
      this.schedule();
      return;
    }
    const write = this.database.transaction(() => {
      for (const entry of this.holders) this.tables.addHolder(entry);
      for (const entry of this.calls) this.tables.addCall(entry);
      for (const entry of this.refusals) this.tables.putRefusal(entry);
      this.tables.prune();
    });
    try {
      write.immediate();
    } catch (error) {
      if (this.lost === 0) this.onTrouble?.(`the history is not written: ${error}`);
      this.lost += count;
    }
    this.holders = [];
    this.calls = [];
    this.refusals.clear();
  }

  close(): void {
    this.flush();
    if (this.timer !== null) clearTimeout(this.timer);
    this.isClosed = true;
    if (this.database.inTransaction) this.rollback();
    this.database.close();
  }

  private rollback(): void {
    // Some failures have rolled it back already.
    if (this.database.inTransaction) this.database.exec('ROLLBACK');
  }

  private hasRoom(waiting: number): boolean {
    if (waiting >= WAITING_MOST || this.isClosed) {
      this.lost++;
      return false;
    }
    this.schedule();
    return true;
  }

  private schedule(): void {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.flush();
    }, WRITE_EVERY);
  }
}
