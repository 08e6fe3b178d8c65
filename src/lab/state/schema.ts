/**
 * The tables of a state file, as the steps that lead from each version to the next. A step is never
 * changed once it was released: a further one is added.
 */
import type { Database } from 'better-sqlite3';
import { LabError } from '../lab-error.ts';

/** `havp`: what PRAGMA application_id says of our files. */
const APPLICATION_ID = 0x68617670;

/** The first makes the tables of version 1 of nothing, and so on. */
const MIGRATIONS: readonly string[] = [
  `
  -- One row a resource: its record as JSON, in the order in which they were made.
  CREATE TABLE resources (
    seq INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (kind, id)
  ) STRICT;

  -- HaVips, instances and ENIs that a lab file ever named, and which of them were deleted.
  CREATE TABLE named (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    gone INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (kind, id)
  ) STRICT, WITHOUT ROWID;

  -- Times of the history are microseconds since 1970.
  CREATE TABLE holders (
    seq INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    havip TEXT NOT NULL,
    ip TEXT NOT NULL,
    holder_from TEXT,
    holder_to TEXT,
    cause TEXT NOT NULL,
    detection REAL,
    outage REAL
  ) STRICT;
  CREATE INDEX holders_of_havip ON holders (havip, time);

  CREATE TABLE refusals (
    seq INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    until INTEGER NOT NULL,
    havip TEXT,
    ip TEXT NOT NULL,
    mac TEXT NOT NULL,
    name TEXT,
    reason TEXT NOT NULL,
    count INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX refusals_of_havip ON refusals (havip, time);

  CREATE TABLE calls (
    seq INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    havip TEXT,
    dialect TEXT NOT NULL,
    call TEXT NOT NULL,
    request_id TEXT NOT NULL,
    operation TEXT NOT NULL,
    outcome TEXT NOT NULL
  ) STRICT;
  CREATE INDEX calls_of_havip ON calls (havip, time);
  `,
  // What a call named beside the HaVip: an instance, an ENI.
  'ALTER TABLE calls ADD COLUMN about TEXT',
];

/**
 * Throws LabError where a newer program wrote the file, or another one, or where it `mustExist` and
 * nothing is in it. Writes nothing: what is refused stays as it is.
 */
export function refuseOther(database: Database, path: string, mustExist: boolean): void {
  const version = numberOf(database, 'user_version');
  const application = numberOf(database, 'application_id');
  const tables = database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() as number;
  const isEmpty = application === 0 && version === 0 && tables === 0;
  if (isEmpty && mustExist) throw new LabError(`${path}: this state is empty`, 'name another file');
  if (application !== APPLICATION_ID && !isEmpty) {
    throw new LabError(`${path}: this is a database of another program`, 'name another file');
  }
  if (version > MIGRATIONS.length) {
    const versions = `its version is ${version}, and ${MIGRATIONS.length} is the newest known`;
    const mend = 'use the havip that wrote it, or another file';
    throw new LabError(`${path}: a newer havip wrote this state; ${versions}`, mend);
  }
}

/** Brings a state file to the version that this program writes, each step whole or not at all. */
export function migrate(database: Database, migrations: readonly string[] = MIGRATIONS): void {
  const version = numberOf(database, 'user_version');
  const step = database.transaction((number: number) => {
    database.exec(migrations[number] as string);
    database.pragma(`application_id = ${APPLICATION_ID}`);
    database.pragma(`user_version = ${number + 1}`);
  });
  for (let number = version; number < migrations.length; number++) step.immediate(number);
}

function numberOf(database: Database, name: string): number {
  return database.pragma(name, { simple: true }) as number;
}
