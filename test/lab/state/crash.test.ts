/**
 * A control plane is killed at random instants while it works, again and again over the same state
 * file: what was answered is there, what was not is there whole or not at all, and the switch that
 * is built from it lets claim who is bound, and nobody else.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import Database from 'better-sqlite3';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Operation } from '../../../src/havip/inventory/operation.ts';
import { openAccount } from '../../../src/lab/account.ts';
import { parseMac } from '../../../src/wire/mac.ts';
import { announcement } from '../../dataplane/frames.ts';
import { LiveLab } from '../../havip/live-lab.ts';
import { Xorshift } from '../../properties/xorshift.ts';
import { CRASH_LAB, HOSTS, MACS } from './crash-lab.ts';

const KILLS = Number(process.env.HAVIP_KILLS ?? (process.env.CI === undefined ? 6 : 200));
/** A killed process has worked for so long, in milliseconds. */
const LIFE_MOST = 120;
const START_MOST = 60_000;

/** What the state must say of a HaVip: its name and who is bound, in order. */
type Expected = Map<string, { name: string; members: string[] }>;

interface Told {
  asked: { number: number; operation: Operation }[];
  done: { number: number; ok: boolean; subject: string }[];
}

const folder = mkdtempSync(join(tmpdir(), 'havip-crash-'));
const state = join(folder, 'lab.db');
const program = join(folder, 'child.mjs');
let running: ChildProcess | null = null;

beforeAll(async () => {
  const path = createRequire(import.meta.url).resolve('better-sqlite3');
  const sqlite = { id: pathToFileURL(path).href, external: true };
  const bundle = await rolldown({
    input: fileURLToPath(new URL('crash-child.ts', import.meta.url)),
    platform: 'node',
    plugins: [
      { name: 'sqlite', resolveId: (id) => (id === 'better-sqlite3' ? sqlite : undefined) },
    ],
  });
  await bundle.write({ file: program, format: 'esm', codeSplitting: false });
  await bundle.close();
}, 120_000);

afterAll(() => {
  running?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

test(
  `${KILLS} kills lose nothing that was answered`,
  async () => {
    const random = new Xorshift(20_261_121);
    let expected: Expected = new Map();
    let changes = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const told = await killedAfter(random.below(LIFE_MOST), kill + 1);
      const answered = withAnswered(expected, told);
      const under = told.asked.at(-1);
      const isOpen = under !== undefined && told.done.length < told.asked.length;
      changes += told.done.filter(({ ok }) => ok).length;
      checkWhole();
      const actual = await stateAndSwitch();
      const possible = [answered, ...(isOpen ? [withOne(answered, under.operation, actual)] : [])];
      expect(possible.map(textOf), `kill ${kill}`).toContain(textOf(actual));
      expected = actual;
    }
    expect(changes).toBeGreaterThan(KILLS);
  },
  60_000 + KILLS * 5000,
);

/** Runs a control plane over the state for a while, then kills it; what it told until then. */
async function killedAfter(milliseconds: number, seed: number): Promise<Told> {
  const child = spawn(process.execPath, [program, state, String(seed)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running = child;
  const told: Told = { asked: [], done: [] };
  const ended = new Promise((resolve) => child.once('close', resolve));
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('it did not start')), START_MOST);
    child.once('close', () => reject(new Error('it ended by itself')));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const word = JSON.parse(line);
      if (word.asked !== undefined) told.asked.push(word.asked);
      if (word.done !== undefined) told.done.push(word.done);
      if (word.started === undefined) return;
      clearTimeout(late);
      resolve();
    });
  });
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  child.kill('SIGKILL');
  await ended;
  return told;
}

/** The database as SQLite itself sees it, and that no call is without its change. */
function checkWhole(): void {
  const database = new Database(state);
  try {
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
    const created = `SELECT count(*) FROM calls WHERE operation = ? AND outcome = 'ok'`;
    const count = (kind: string): unknown => database.prepare(created).pluck().get(kind);
    const left = database.prepare(`SELECT count(*) FROM resources WHERE kind = 'havip'`).pluck();
    const made = count('create-havip') as number;
    expect(left.get()).toBe(made - (count('delete-havip') as number));
  } finally {
    database.close();
  }
}

/** The HaVips of the state; on the way, the switch that is built from it is asked who may claim. */
async function stateAndSwitch(): Promise<Expected> {
  const account = await openAccount(CRASH_LAB, { state, now: () => 1, warn: () => {} });
  account.store.close();
  const lab = new LiveLab(account.topology);
  const actual: Expected = new Map();
  for (const { id, lane, name, address, members } of account.inventory.all('havip')) {
    const bound = members.map((member) => ('instance' in member ? member.instance : member.eni));
    actual.set(id, { name, members: bound });
    const holders = MACS.map((mac) => {
      lab.send(mac, announcement(mac, address));
      return lab.live.control.holderOf(lane) === parseMac(mac);
    });
    expect(holders, id).toEqual(HOSTS.map((host) => bound.includes(host)));
  }
  return actual;
}

function withAnswered(before: Expected, { asked, done }: Told): Expected {
  const operations = new Map(asked.map(({ number, operation }) => [number, operation]));
  let after = before;
  for (const { number, ok, subject } of done) {
    if (ok) after = changed(after, operations.get(number) as Operation, subject);
  }
  return after;
}

/** With the change that was under way; whatever id it has got. */
function withOne(before: Expected, operation: Operation, actual: Expected): Expected {
  const [fresh = ''] = [...actual.keys()].filter((id) => !before.has(id));
  return changed(before, operation, 'havip' in operation ? (operation.havip ?? '') : fresh);
}

/** What an operation means, told without the control plane. */
function changed(before: Expected, operation: Operation, id: string): Expected {
  const after: Expected = new Map(before);
  const known = after.get(id) ?? { name: '', members: [] };
  if (operation.kind === 'delete-havip') after.delete(id);
  if (operation.kind === 'edit-havip') after.set(id, { ...known, name: operation.name ?? '' });
  if (operation.kind !== 'create-havip' && operation.kind !== 'set-members') return after;
  const name = operation.kind === 'create-havip' ? (operation.name ?? '') : known.name;
  const members = (operation.members ?? []).map((one) => ('instance' in one ? one.instance : ''));
  return after.set(id, { name, members });
}

function textOf(expected: Expected): string {
  return JSON.stringify([...expected].sort(([a], [b]) => (a < b ? -1 : 1)));
}
