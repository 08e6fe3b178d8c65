/**
 * A state file as SQLite sees it: made, brought to a newer version, refused, kept within bounds;
 * and that a change is in it whole or not at all, whatever fails on the way.
 */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Dataplane, DataplaneChange } from '../../../src/havip/inventory/dataplane.ts';
import type { Caller, Journal, Plane } from '../../../src/havip/inventory/plane.ts';
import { openAccount, planeOf } from '../../../src/lab/account.ts';
import { MemoryStore } from '../../../src/lab/state/memory-store.ts';
import { migrate } from '../../../src/lab/state/schema.ts';
import { SqliteStore } from '../../../src/lab/state/sqlite-store.ts';
import { CRASH_LAB } from './crash-lab.ts';

let folder = '';
let state = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'havip-state-'));
  state = join(folder, 'lab.db');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const CALLER: Caller = { dialect: 'test', call: 'Call', requestId: 'r-1' };

describe('a state file', () => {
  test('is nobody else’s to read, and syncs each change', async () => {
    const store = await SqliteStore.open(state);
    expect(statSync(state).mode & 0o777).toBe(0o600);
    store.close();
    const database = new Database(state);
    expect(database.pragma('journal_mode', { simple: true })).toBe('wal');
    database.close();
  });

  test('of one lab is refused to another one at the same time', async () => {
    const store = await SqliteStore.open(state);
    await expect(SqliteStore.open(state)).rejects.toThrow(/another process uses this state; end/);
    store.close();
    (await SqliteStore.open(state)).close();
  });

  test('written by a newer havip is refused, and left as it is', async () => {
    (await SqliteStore.open(state)).close();
    const database = new Database(state);
    database.pragma('user_version = 9');
    database.close();
    await expect(SqliteStore.open(state)).rejects.toThrow(
      /a newer havip wrote this state; its version is 9, and 2 is the newest known; use/,
    );
    const after = new Database(state, { readonly: true });
    expect(after.pragma('user_version', { simple: true })).toBe(9);
    after.close();
  });

  test('of another program, or none at all, is refused', async () => {
    const other = new Database(state);
    other.exec('CREATE TABLE songs (title TEXT)');
    other.close();
    await expect(SqliteStore.open(state)).rejects.toThrow(/a database of another program; name/);
    writeFileSync(state, 'x'.repeat(5000));
    await expect(SqliteStore.open(state)).rejects.toThrow(/this is no state file; name another/);
    const nowhere = join(folder, 'no', 'lab.db');
    await expect(SqliteStore.open(nowhere)).rejects.toThrow(/no such file or directory/);
    const open = SqliteStore.open(join(folder, 'none.db'), { mustExist: true });
    await expect(open).rejects.toThrow(/no such file or directory/);
  });

  test('that is refused stays as it is', async () => {
    const other = new Database(state);
    other.exec('CREATE TABLE songs (title TEXT)');
    other.close();
    const before = readFileSync(state);
    await expect(SqliteStore.open(state)).rejects.toThrow(/a database of another program; name/);
    expect(readFileSync(state).equals(before)).toBe(true);
    writeFileSync(state, '');
    const open = SqliteStore.open(state, { mustExist: true });
    await expect(open).rejects.toThrow(/this state is empty; name another file/);
    expect(statSync(state).size).toBe(0);
  });

  test('of the first version keeps its calls, which named nothing beside the HaVip', async () => {
    const store = await SqliteStore.open(state);
    const caller = { dialect: 'cli', call: 'kill', requestId: 'r' };
    const kill = { kind: 'set-instance-status', instance: 'i-1', status: 'stopped' } as const;
    store.refused(kill, 'no-such-instance', caller, 5);
    store.close();
    const database = new Database(state);
    database.exec('ALTER TABLE calls DROP COLUMN about');
    database.pragma('user_version = 1');
    database.close();
    const again = await SqliteStore.open(state);
    again.refused(kill, 'no-such-instance', caller, 6);
    const calls = again.history({ havip: null, since: null });
    expect(calls).toMatchObject([
      { kind: 'call', call: 'kill', about: null },
      { kind: 'call', call: 'kill', about: 'i-1' },
    ]);
    again.close();
  });

  test('takes each step to a newer version, whole or not at all', () => {
    const steps = ['CREATE TABLE a (x TEXT)', 'ALTER TABLE a ADD COLUMN y TEXT'];
    const database = new Database(state);
    migrate(database, steps.slice(0, 1));
    database.exec(`INSERT INTO a VALUES ('kept')`);
    const broken = [...steps, 'CREATE TABLE b (z TEXT); SELECT no_such_thing()'];
    expect(() => migrate(database, broken)).toThrow(/no_such_thing/);
    expect(database.pragma('user_version', { simple: true })).toBe(2);
    expect(database.prepare('SELECT * FROM a').all()).toEqual([{ x: 'kept', y: null }]);
    expect(database.prepare(`SELECT * FROM sqlite_schema WHERE name = 'b'`).all()).toEqual([]);
    database.close();
  });
});

describe('the history', () => {
  const lengths = { detectionSeconds: 3.5, outageSeconds: null };
  const holder = (time: number) => ({
    ...{ time, havip: 'web', ip: '10.0.0.88', from: 'a', to: 'b', cause: 'crash', ...lengths },
  });
  const claim = (time: number, reason = 'not-member') => ({
    ...{ time, havip: 'web', ip: '10.0.0.88', mac: '02:00:00:00:00:01', name: 'c', reason },
  });

  test.each([
    ['in a file', () => SqliteStore.open(state)],
    ['in memory', async () => new MemoryStore()],
  ])('%s is told in the order of time, filtered, to the microsecond', async (_, open) => {
    const store = await open();
    store.holder(holder(2000.001));
    store.refusal(claim(1000));
    store.refused({ kind: 'delete-havip', havip: 'api' }, 'has-members', CALLER, 3000);
    const all = store.history({ havip: null, since: null });
    expect(all.map(({ kind, time }) => [kind, time])).toEqual([
      ['refused', 1000],
      ['holder', 2000.001],
      ['call', 3000],
    ]);
    expect(all[1]).toEqual({ kind: 'holder', ...holder(2000.001) });
    expect(store.history({ havip: 'web', since: 1500 })).toEqual([all[1]]);
    expect(store.history({ havip: 'api', since: null })).toEqual([all[2]]);
    expect(store.history({ havip: null, since: null, limit: 2 })).toEqual(all.slice(1));
    expect(store.history({ havip: 'web', since: null, limit: 1 })).toEqual([all[1]]);
    expect(store.history({ havip: 'web', since: 1500, limit: 9 })).toEqual([all[1]]);
    store.close();
  });

  test.each([
    ['in a file', () => SqliteStore.open(state)],
    ['in memory', async () => new MemoryStore()],
  ])('%s counts the same refused claim of a minute in one entry', async (_, open) => {
    const store = await open();
    for (let i = 0; i < 5; i++) {
      store.refusal(claim(i * 10_000));
      // Written between two of them: the row counts on.
      store.history({ havip: null, since: null });
    }
    store.refusal(claim(20_000, 'other-subnet'));
    store.refusal(claim(61_000));
    const told = store.history({ havip: 'web', since: null });
    expect(
      told.map((one) => (one.kind === 'refused' ? [one.time, one.until, one.count] : 0)),
    ).toEqual([
      [0, 40_000, 5],
      [20_000, 20_000, 1],
      [61_000, 61_000, 1],
    ]);
    store.close();
  });

  test('keeps the newest entries of each kind', async () => {
    const store = await SqliteStore.open(state, { kept: 10 });
    for (let i = 0; i < 25; i++) store.holder(holder(i));
    store.refusal(claim(0));
    const told = store.history({ havip: null, since: null });
    expect(told.filter(({ kind }) => kind === 'holder').map(({ time }) => time)).toEqual(
      Array.from({ length: 10 }, (_, i) => i + 15),
    );
    expect(told.filter(({ kind }) => kind === 'refused')).toHaveLength(1);
    store.close();
  });

  test('of calls that flood in is bounded, too, and what is lost is counted', async () => {
    const store = await SqliteStore.open(state);
    for (let i = 0; i < 10_010; i++) {
      store.refused({ kind: 'delete-eip', eip: 'x'.repeat(99) }, 'eip-not-found', CALLER, i);
    }
    expect(store.lost).toBe(10);
    expect(store.history({ havip: null, since: null })).toHaveLength(10_000);
    store.close();
  });
});

describe('a change', () => {
  const changes: DataplaneChange[][] = [];
  let answer: Awaited<ReturnType<Dataplane['apply']>> | Error = null;
  const dataplane: Dataplane = {
    async apply(asked) {
      changes.push([...asked]);
      if (answer instanceof Error) throw answer;
      return answer;
    },
    holderMac: () => null,
    flushedAt: () => null,
  };

  /** Calls that were told as accepted, each with its HaVip. */
  const told: [string, string | null][] = [];

  beforeEach(() => {
    changes.length = 0;
    told.length = 0;
    answer = null;
  });

  /** A plane over the state, whose journal the test may spoil. */
  async function planeOver(spoil: (journal: Journal) => Partial<Journal> = () => ({})) {
    const account = await openAccount(CRASH_LAB, { state, now: () => 7, warn: () => {} });
    const { store } = account;
    const prepare: Journal['prepare'] = (accepted) => store.prepare(accepted);
    const refused: Journal['refused'] = (...words) => store.refused(...words);
    const journal = { prepare, refused, ...spoil(store) };
    const plane = planeOf(
      { ...account, store: { ...store, ...journal } as never },
      dataplane,
      () => 7,
      ({ call, havip }) => told.push([call, havip]),
    );
    return { plane, store };
  }

  const create = (plane: Plane, name: string) =>
    plane.submit(
      {
        ...{ kind: 'create-havip', subnet: 'lan', address: null, name },
        members: [{ instance: 'i-1' }, { instance: 'i-2' }],
      },
      CALLER,
    );

  /** Names of the HaVips that the file has. */
  async function kept(): Promise<string[]> {
    const account = await openAccount(CRASH_LAB, { state, now: () => 8, warn: () => {} });
    account.store.close();
    return account.inventory.all('havip').map(({ name }) => name);
  }

  test('that was answered is in the file, with the call that made it', async () => {
    const { plane, store } = await planeOver();
    const outcome = await create(plane, 'one');
    expect(outcome.ok).toBe(true);
    const [call] = store.history({ havip: null, since: null });
    const id = outcome.ok ? outcome.subject : '';
    expect(call).toMatchObject({
      kind: 'call',
      havip: id,
      operation: 'create-havip',
      outcome: 'ok',
    });
    expect(told).toEqual([[CALLER.call, id]]);
    store.close();
    expect(await kept()).toEqual(['one']);
  });

  test('that the switch refuses leaves nothing behind', async () => {
    const { plane, store } = await planeOver();
    answer = { refused: 'holder', message: 'it holds it' };
    expect(await create(plane, 'one')).toEqual({
      ...{ ok: false, code: 'is-holder', message: 'it holds it' },
    });
    expect(told).toEqual([]);
    answer = null;
    expect((await create(plane, 'two')).ok).toBe(true);
    expect(plane.inventory.all('havip').map(({ name }) => name)).toEqual(['two']);
    store.close();
    expect(await kept()).toEqual(['two']);
  });

  test('that cannot be written is not told to the switch', async () => {
    const { plane, store } = await planeOver(() => ({
      prepare() {
        throw new Error('disk full');
      },
    }));
    const outcome = await create(plane, 'one');
    expect(outcome).toMatchObject({ ok: false, message: expect.stringMatching(/disk full/) });
    expect([changes, plane.inventory.count('havip')]).toEqual([[], 0]);
    store.close();
    expect(await kept()).toEqual([]);
  });

  test('whose commit fails is taken back from the switch', async () => {
    let isFull = false;
    const { plane, store } = await planeOver((journal) => ({
      prepare(accepted) {
        const prepared = journal.prepare(accepted);
        const commit = (): void => {
          if (isFull) {
            prepared.rollback();
            throw new Error('disk full');
          }
          prepared.commit();
        };
        return { commit, rollback: () => prepared.rollback() };
      },
    }));
    const first = await create(plane, 'one');
    const havip = first.ok ? first.subject : '';
    isFull = true;
    const member = { instance: 'i-1' };
    const unbound = await plane.submit(
      { kind: 'disassociate', havip, member, force: true },
      CALLER,
    );
    expect(unbound).toMatchObject({ ok: false, code: 'dataplane' });
    expect(changes.slice(1)).toEqual([
      [{ command: 'unbind', havip, member: 'i-1', spareHolder: false }],
      [{ command: 'bind', havip, member: 'i-1' }],
    ]);
    expect((await create(plane, 'two')).ok).toBe(false);
    expect(changes.at(-1)).toEqual([{ command: 'remove-havip', havip: expect.any(String) }]);
    expect(plane.inventory.havip(havip)?.members).toHaveLength(2);
    isFull = false;
    const third = await create(plane, 'three');
    expect(told.map(([, id]) => id)).toEqual([havip, third.ok ? third.subject : '']);
    store.close();
    expect(await kept()).toEqual(['one', 'three']);
  });

  test('of which nobody knows whether the switch made it is the last one', async () => {
    const { plane, store } = await planeOver();
    answer = new Error('no answer');
    expect(await create(plane, 'one')).toMatchObject({ ok: false, code: 'dataplane' });
    answer = null;
    expect(await create(plane, 'two')).toMatchObject({
      ok: false,
      message: 'the switch failed (no answer); start the lab again',
    });
    store.close();
    expect(await kept()).toEqual([]);
  });

  test('with a client token is known by it after a start, for a day', async () => {
    const operation = { kind: 'create-eip', address: null } as const;
    const { plane, store } = await planeOver();
    const first = await plane.submit(operation, CALLER, 'token');
    store.close();
    const again = await planeOver();
    expect(await again.plane.submit(operation, CALLER, 'token')).toMatchObject({
      ...{ ok: true, subject: first.ok ? first.subject : '' },
    });
    again.store.close();
  });
});
