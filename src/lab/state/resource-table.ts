/** The rows of a state file that say what there is: resources, and the names of lab files. */
import type { Database } from 'better-sqlite3';
import type { Decision } from '../../havip/inventory/operation.ts';
import type { Resource, ResourceKey } from '../../havip/inventory/resources.ts';

/** What a state file holds when a lab starts. */
export interface Stored {
  resources: Resource[];
  /** What lab files have named so far. */
  named: ResourceKey[];
  /** Those of them that were deleted. */
  gone: ResourceKey[];
}

/** A resource that is there keeps its place in the order. */
const PUT = `
  INSERT INTO resources (kind, id, body) VALUES (?, ?, ?)
  ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body`;

export class ResourceTable {
  private readonly database: Database;
  private readonly put;
  private readonly remove;
  private readonly bury;
  private readonly addName;

  constructor(database: Database) {
    this.database = database;
    this.put = database.prepare<[string, string, string]>(PUT);
    this.remove = database.prepare<[string, string]>(
      'DELETE FROM resources WHERE kind = ? AND id = ?',
    );
    this.bury = database.prepare<[string, string]>(
      'UPDATE named SET gone = 1 WHERE kind = ? AND id = ?',
    );
    this.addName = database.prepare<[string, string]>(
      'INSERT OR IGNORE INTO named (kind, id) VALUES (?, ?)',
    );
  }

  /** Within a transaction of the caller's; in the order in which the inventory does it. */
  write({ upserts, deletes }: Pick<Decision, 'upserts' | 'deletes'>): void {
    for (const { kind, id } of deletes) {
      this.remove.run(kind, id);
      this.bury.run(kind, id);
    }
    for (const resource of upserts) {
      this.put.run(resource.kind, resource.id, JSON.stringify(resource));
    }
  }

  /** Of what the lab file does not give any more: should it do so again, it is as new. */
  forget(keys: readonly ResourceKey[]): void {
    for (const { kind, id } of keys) this.remove.run(kind, id);
  }

  name(keys: readonly ResourceKey[]): void {
    for (const { kind, id } of keys) this.addName.run(kind, id);
  }

  stored(): Stored {
    const bodies = this.database.prepare<[], string>('SELECT body FROM resources ORDER BY seq');
    const names = this.database.prepare<[], ResourceKey & { gone: number }>(
      'SELECT kind, id, gone FROM named',
    );
    const named = names.all();
    return {
      resources: bodies
        .pluck()
        .all()
        .map((body) => JSON.parse(body) as Resource),
      named: named.map(({ kind, id }) => ({ kind, id })),
      gone: named.filter(({ gone }) => gone === 1).map(({ kind, id }) => ({ kind, id })),
    };
  }
}
