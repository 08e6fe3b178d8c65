/**
 * Opens a state file: an SQLite database with a write-ahead log, of which one lab at a time is the
 * owner. The package that reads it is optional and loaded here alone.
 */
import fs from 'node:fs';
import type BetterSqlite3 from 'better-sqlite3';
import { LabError } from '../lab-error.ts';
import { migrate, refuseOther } from './schema.ts';

export interface OpenOptions {
  /** An error where there is no such file yet, or nothing in it. */
  mustExist?: boolean;
}

/** Throws LabError where it cannot be had, is in use, or is no state file of this program. */
export async function openDatabase(
  path: string,
  { mustExist = false }: OpenOptions = {},
): Promise<BetterSqlite3.Database> {
  const Database = await loadSqlite();
  let database: BetterSqlite3.Database | null = null;
  try {
    if (mustExist) fs.accessSync(path);
    // The history says who called: nobody else's business.
    else fs.closeSync(fs.openSync(path, 'a', 0o600));
    database = new Database(path, { timeout: 0 });
    database.pragma('trusted_schema = OFF');
    database.pragma('locking_mode = EXCLUSIVE');
    refuseOther(database, path, mustExist);
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    migrate(database);
    // Takes the lock at once, where nothing was to be migrated.
    database.exec('BEGIN IMMEDIATE; COMMIT');
    return database;
  } catch (error) {
    database?.close();
    throw error instanceof LabError ? error : new LabError(...troubleOf(error as Trouble, path));
  }
}

/** Throws LabError where the optional package is not there. */
async function loadSqlite(): Promise<typeof BetterSqlite3> {
  try {
    return (await import('better-sqlite3')).default;
  } catch (error) {
    const why = (error as Error).message.split('\n')[0];
    throw new LabError(
      `a state file needs the package better-sqlite3, which is not installed (${why})`,
      'npm install better-sqlite3@12, or do without --state',
    );
  }
}

type Trouble = Error & { code?: string };

/** What is wrong, and how to mend it. */
function troubleOf({ code = '', message }: Trouble, path: string): [string, string] {
  if (code.startsWith('SQLITE_BUSY')) {
    return [`${path}: another process uses this state`, 'end it, or name another file'];
  }
  if (code === 'SQLITE_NOTADB') return [`${path}: this is no state file`, 'name another file'];
  if (code.startsWith('SQLITE_CORRUPT')) {
    return [`${path}: this state is damaged (${message})`, 'put a backup in its place'];
  }
  if (code === 'ENOENT') return [`${path}: no such file or directory`, 'name one that is there'];
  return [`${path}: ${message}`, 'name a file in a folder that can be written to'];
}
