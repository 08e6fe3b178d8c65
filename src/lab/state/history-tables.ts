/** The rows of a state file that say what happened: written, read, and in time forgotten. */
import type { Database } from 'better-sqlite3';
import type { HistoryQuery } from '../../havip/inventory/plane.ts';
import {
  type CallEntry,
  HISTORY_MOST,
  type HistoryEntry,
  type HolderEntry,
  inOrder,
  type RefusalEntry,
} from './history.ts';

const MICROSECONDS = 1000;
/** Accepted calls come one by one; rows over the limit may stay until so many more. */
const PRUNE_EVERY = 1024;
const TABLES = ['holders', 'refusals', 'calls'] as const;

type Row = { time: number } & Record<string, unknown>;

/** The columns of each kind under the names that its entries have. */
const READ = {
  holder: `SELECT time, havip, ip, holder_from AS "from", holder_to AS "to", cause,
    detection AS detectionSeconds, outage AS outageSeconds FROM holders`,
  refused: 'SELECT time, until, havip, ip, mac, name, reason, count FROM refusals',
  call: `SELECT time, havip, dialect, call, about, request_id AS requestId, operation, outcome
    FROM calls`,
} as const;

export class HistoryTables {
  private readonly database: Database;
  private readonly kept: number;
  private readonly insertHolder;
  private readonly insertRefusal;
  private readonly updateRefusal;
  private readonly insertCall;
  private calls = 0;
  /** Rows of the entries that may still count. */
  private readonly rows = new WeakMap<RefusalEntry, number | bigint>();

  constructor(database: Database, kept: number) {
    this.database = database;
    this.kept = kept;
    this.insertHolder = database.prepare(
      `INSERT INTO holders (time, havip, ip, holder_from, holder_to, cause, detection, outage)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.insertRefusal = database.prepare(
      `INSERT INTO refusals (time, until, havip, ip, mac, name, reason, count)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.updateRefusal = database.prepare('UPDATE refusals SET until = ?, count = ? WHERE seq = ?');
    this.insertCall = database.prepare(
      `INSERT INTO calls (time, havip, dialect, call, about, request_id, operation, outcome)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
  }

  addHolder(entry: HolderEntry): void {
    const { time, havip, ip, from, to, cause, detectionSeconds, outageSeconds } = entry;
    const at = micros(time);
    this.insertHolder.run(at, havip, ip, from, to, cause, detectionSeconds, outageSeconds);
  }

  /** Adds an entry, or counts on in the row that it has. */
  putRefusal(entry: RefusalEntry): void {
    const { time, until, havip, ip, mac, name, reason, count } = entry;
    const row = this.rows.get(entry);
    if (row !== undefined) {
      this.updateRefusal.run(micros(until), count, row);
      return;
    }
    const values = [micros(time), micros(until), havip, ip, mac, name, reason, count];
    this.rows.set(entry, this.insertRefusal.run(...values).lastInsertRowid);
  }

  addCall(entry: CallEntry): void {
    const { time, havip, dialect, call, about, requestId, operation, outcome } = entry;
    const values = [micros(time), havip, dialect, call, about, requestId, operation, outcome];
    this.insertCall.run(...values);
    if (++this.calls % PRUNE_EVERY === 0) this.prune();
  }

  /** Forgets the oldest rows of each table, where there are more than are kept. */
  prune(): void {
    for (const table of TABLES) {
      const oldest = `(SELECT max(seq) FROM ${table}) - ?`;
      this.database.prepare(`DELETE FROM ${table} WHERE seq <= ${oldest}`).run(this.kept);
    }
  }

  read({ havip, since, limit = HISTORY_MOST }: HistoryQuery): HistoryEntry[] {
    const from = since === null ? Number.MIN_SAFE_INTEGER : micros(since);
    const where = `WHERE time >= ? ${havip === null ? '' : 'AND havip = ?'}`;
    const most = Math.min(limit, HISTORY_MOST);
    const values = havip === null ? [from, most] : [from, havip, most];
    const kinds = Object.entries(READ) as [HistoryEntry['kind'], string][];
    const entries = kinds.flatMap(([kind, select]) => {
      const order = 'ORDER BY time DESC, seq DESC LIMIT ?';
      const rows = this.database.prepare<unknown[], Row>(`${select} ${where} ${order}`);
      return rows
        .all(...values)
        .reverse()
        .map((row) => entryOf(kind, row));
    });
    return inOrder(entries, most);
  }
}

function micros(milliseconds: number): number {
  return Math.round(milliseconds * MICROSECONDS);
}

function entryOf(kind: HistoryEntry['kind'], row: Row): HistoryEntry {
  const until = typeof row.until === 'number' ? { until: row.until / MICROSECONDS } : {};
  return { kind, ...row, ...until, time: row.time / MICROSECONDS } as unknown as HistoryEntry;
}
