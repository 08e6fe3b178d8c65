/**
 * `havip list` as a user types it: what the lab is asked for, what is shown, and which files are
 * written. The lab is a control plane of this test behind the lab's own answer.
 */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCommand } from '../../src/cli/commands.ts';
import { list } from '../../src/cli/list.ts';
import { UsageError } from '../../src/cli/usage-error.ts';
import type { Havip } from '../../src/havip/inventory/resources.ts';
import { listHavips } from '../../src/lab/havip-list.ts';
import { account } from '../api/account.ts';
import { MemoryClock, MemoryStreams } from './memory-streams.ts';

let folder = '';
let labs: (string | null)[] = [];

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(tmpdir(), `havip-list-${process.pid}-`));
  labs = [];
});

afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const BASE: Havip = {
  kind: 'havip',
  id: 'vip-web',
  lane: 'vip-web',
  name: 'web',
  description: '',
  subnet: 'vsw-1',
  address: '192.168.0.88',
  members: [{ instance: 'i-1' }, { instance: 'i-2' }],
  checkAssociate: false,
  tags: [],
  group: '',
  createdAt: Date.UTC(2026, 0, 2, 3, 4, 5),
};

function lab() {
  const { plane, holders, flushed } = account('ucloud');
  const upserts = [
    BASE,
    { ...BASE, id: 'vip-db', lane: 'db', name: 'db', address: '192.168.0.89', members: [] },
    { ...BASE, id: 'vip-far', lane: 'far', name: 'far', subnet: 'vsw-3', address: '10.0.0.9' },
  ];
  plane.inventory.apply({ upserts, deletes: [] });
  holders.set('vip-web', '00:16:3e:00:00:02');
  flushed.set('vip-web', Date.UTC(2026, 5, 1, 10, 20, 30));
  return async (name: string | null, request: Record<string, unknown>): Promise<unknown> => {
    labs.push(name);
    const rows = listHavips(plane, { command: 'list', ...request });
    return JSON.parse(JSON.stringify(rows));
  };
}

async function run(line: string, columns = 80): Promise<string> {
  const streams = new MemoryStreams();
  streams.output.columns = columns;
  const words = line === '' ? [] : line.split(' ').map((word) => word.replace('@', `${folder}/`));
  expect(await list(words, streams, new MemoryClock(), lab())).toBe(0);
  expect(streams.errors.text).toBe('');
  return streams.output.text;
}

describe('the table', () => {
  test('shows each HaVip with its holder and members', async () => {
    const text = await run('', 200);
    const web = text.split('\n').find((line) => line.includes('vip-web'));
    for (const word of ['192.168.0.88', 'in-use', 'vsw-1', 'i-2', '2026-06-01 10:20:30']) {
      expect(web, text).toContain(word);
    }
    expect(text).toMatch(/vip-db .*available.*nobody/);
    expect(text).toContain('3 HaVips, 1 of them held');
  });

  test('keeps what matters on a narrow terminal', async () => {
    const text = await run('', 80);
    expect(text).toMatch(/vip-web .*192\.168\.0\.88 .*in-use .*i-2 .*i-1, i-2/);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  test('says so where nothing fits', async () => {
    expect(await run('nonsense')).toContain('no HaVip fits');
  });
});

describe('what is asked for', () => {
  test.each([
    ['web --format json', ['vip-web']],
    ['VIP --status available --format json', ['vip-db']],
    ['--subnet vsw-3 --format json', ['vip-far']],
    ['--vpc vpc-1 --format json', ['vip-web', 'vip-db']],
    ['192.168 --status in-use --format json', ['vip-web']],
  ])('havip list %s', async (line, ids) => {
    const rows = JSON.parse(await run(line)) as { id: string }[];
    expect(rows.map(({ id }) => id)).toEqual(ids);
  });

  test('is asked of the lab that is named', async () => {
    await run('--lab one');
    await run('');
    expect(labs).toEqual(['one', null]);
  });
});

describe('a file', () => {
  test('is CSV where CSV is asked for', async () => {
    const text = await run('--format csv');
    expect(text.split('\r\n')).toHaveLength(5);
    expect(text).toMatch(/^id,name,description,status,address,/);
    expect(await run('--output @list.csv')).toBe('');
    expect(fs.readFileSync(path.join(folder, 'list.csv'), 'utf8')).toBe(text);
  });

  test('is a spreadsheet by its name, and takes the place of an older one', async () => {
    const file = path.join(folder, 'HaVips.XLSX');
    fs.writeFileSync(file, 'older');
    await run('--output @HaVips.XLSX');
    expect(fs.readFileSync(file).subarray(0, 2).toString()).toBe('PK');
    expect(fs.readdirSync(folder)).toEqual(['HaVips.XLSX']);
  });

  test('has the format that is named, whatever its name', async () => {
    await run('--format json --output @list.xlsx');
    expect(JSON.parse(fs.readFileSync(path.join(folder, 'list.xlsx'), 'utf8'))).toHaveLength(3);
    await run('--output @list');
    expect(fs.readFileSync(path.join(folder, 'list'), 'utf8')).toContain('vip-web');
  });
});

describe('mistakes', () => {
  test.each([
    ['a b', 'list takes one TEXT; put several words in quotes: havip list "a b"'],
    ['--status held', '--status: no HaVip is "held"; write available or in-use'],
    ['--format yaml', '--format: no format "yaml"; write one of table, json, csv, xlsx'],
    ['--format xlsx', 'a spreadsheet is no text; write --output havips.xlsx'],
    ['--output @', /is a directory; name a file in it/],
    ['--output @nowhere/list.csv', /no such folder; make it/],
    ['--colour', /unknown option "--colour"/],
  ])('havip list %s', async (line, message) => {
    const error = await run(line).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UsageError);
    if (typeof message === 'string') expect((error as Error).message).toBe(message);
    else expect((error as Error).message).toMatch(message);
  });

  test('of a lab that does not run is one line', async () => {
    const streams = new MemoryStreams();
    const nobody = `nobody-${process.pid}`;
    expect(await runCommand(['list', '--lab', nobody], streams, new MemoryClock())).toBe(2);
    expect(streams.errors.text).toBe(
      `havip list: lab ${nobody} does not run; start it: havip up LAB\n`,
    );
  });
});

test('havip list --help has an example', async () => {
  const streams = new MemoryStreams();
  expect(await runCommand(['list', '--help'], streams, new MemoryClock())).toBe(0);
  expect(streams.output.text).toContain('Usage: havip list');
  expect(streams.output.text).toContain('havip list --output havips.xlsx');
});
