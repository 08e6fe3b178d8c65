// The list of HaVips: what is found, in which order, and the files that are made of it, which are
// read back by other programs' rules: RFC 4180, and a ZIP of XML.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { csvOf, LIST_COLUMNS, xlsxOf } from '../../src/havip/inventory/list-file.ts';
import { type ListFilter, rowsOf } from '../../src/havip/inventory/listing.ts';
import type { Havip } from '../../src/havip/inventory/resources.ts';
import { type Account, account } from './account.ts';

const CREATED = Date.UTC(2026, 0, 2, 3, 4, 5);

function havip(id: string, more: Partial<Havip> = {}): Havip {
  return {
    kind: 'havip',
    id,
    lane: id,
    name: id,
    description: '',
    subnet: 'vsw-1',
    address: '192.168.0.9',
    members: [],
    checkAssociate: false,
    tags: [],
    group: '',
    createdAt: CREATED,
    ...more,
  };
}

/** Records are put in as they are: what may be made is not the question here. */
function listed(...havips: Havip[]): Account {
  const made = account('ucloud');
  made.plane.inventory.apply({ upserts: havips, deletes: [] });
  return made;
}

const WEB = havip('vip-1', { name: 'Web Front', address: '192.168.0.100', createdAt: CREATED + 3 });
const DATABASE = havip('vip-2', {
  name: '数据库 ＤＢ',
  description: 'Reports, nightly',
  address: '192.168.0.20',
  members: [{ instance: 'i-1' }, { instance: 'i-2' }],
  createdAt: CREATED + 2,
});
const FAR = havip('vip-3', {
  name: 'far',
  subnet: 'vsw-3',
  address: '10.0.0.100',
  members: [{ eni: 'i-3.eth0' }],
  createdAt: CREATED + 1,
});

describe('a search', () => {
  const { plane, holders } = listed(WEB, DATABASE, FAR);
  holders.set('vip-1', '00:16:3e:00:00:02');
  const ids = (filter: ListFilter): string[] => rowsOf(plane, filter).map(({ id }) => id);

  it.each<[string, string[]]>([
    ['', ['vip-3', 'vip-2', 'vip-1']],
    ['  ', ['vip-3', 'vip-2', 'vip-1']],
    ['WEB', ['vip-1']],
    ['front web', ['vip-1']],
    ['web far', []],
    ['VIP-2', ['vip-2']],
    ['.100', ['vip-3', 'vip-1']],
    ['192.168 .100', ['vip-1']],
    ['数据', ['vip-2']],
    ['db', ['vip-2']],
    ['NIGHTLY', ['vip-2']],
    ['.*', []],
    ['%', []],
  ])('for %j finds %j', (text, found) => {
    expect(ids({ text })).toEqual(found);
  });

  it('is narrowed by what else is known', () => {
    expect(ids({ status: 'available' })).toEqual([]);
    expect(ids({ status: 'in-use' })).toHaveLength(3);
    holders.delete('vip-1');
    expect(ids({ status: 'available' })).toEqual(['vip-1']);
    holders.set('vip-1', '00:16:3e:00:00:02');
    expect(ids({ vpc: 'vpc-2' })).toEqual(['vip-3']);
    expect(ids({ subnet: 'vsw-1', text: 'web' })).toEqual(['vip-1']);
    expect(ids({ member: 'i-2' })).toEqual(['vip-2']);
    expect(ids({ member: 'i-3.eth0' })).toEqual(['vip-3']);
    expect(ids({ holder: 'i-2' })).toEqual(['vip-1']);
    expect(ids({ holder: 'i-2.eth0' })).toEqual(['vip-1']);
    expect(ids({ address: '10.0.0.100' })).toEqual(['vip-3']);
    expect(ids({ address: 'nonsense' })).toEqual([]);
  });

  it('is sorted, addresses as numbers', () => {
    expect(ids({ sort: 'address' })).toEqual(['vip-3', 'vip-2', 'vip-1']);
    expect(ids({ sort: 'name' })).toEqual(['vip-1', 'vip-3', 'vip-2']);
    expect(ids({ sort: 'id', isDescending: true })).toEqual(['vip-3', 'vip-2', 'vip-1']);
  });

  it('shows who holds what since when', () => {
    const at = Date.UTC(2026, 5, 1);
    const { plane: one, flushed, holders: held } = listed(WEB);
    flushed.set('vip-1', at);
    expect(rowsOf(one)[0]).toMatchObject({ holder: null, since: null, status: 'available' });
    held.set('vip-1', '00:16:3e:00:01:01');
    expect(rowsOf(one)[0]).toMatchObject({
      status: 'in-use',
      since: '2026-06-01T00:00:00.000Z',
      holder: { instance: 'i-1', eni: 'i-1.eth1', address: '192.168.0.21' },
    });
  });
});

/** The reader that RFC 4180 describes, written for this test. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  for (let found = field.exec(text); found !== null; found = field.exec(text)) {
    row.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '');
    if (found[3] === ',') continue;
    rows.push(row);
    row = [];
  }
  expect(rows.flat().length).toBe(LIST_COLUMNS.length * rows.length);
  return rows;
}

const NASTY = [
  'a,b',
  'say "hi"',
  'two\r\nlines',
  ' blank ends ',
  'nul\u0000 and \u001b[31m',
  '<b>&amp;</b>',
  'emoji 🙂',
  'lone \ud800 half',
];
const FORMULAS = ['=1+1', '+cmd|x', '-2', '@SUM(A1)', '\t=1', ' =1'];

describe('CSV', () => {
  it('gives back every name as it was', () => {
    const { plane } = listed(...NASTY.map((name, i) => havip(`vip-${i}`, { name })));
    const [titles, ...rows] = readCsv(csvOf(rowsOf(plane)));
    expect(titles?.slice(0, 5)).toEqual(['id', 'name', 'description', 'status', 'address']);
    expect(rows.map((row) => row[1])).toEqual(NASTY);
  });

  it('lets no cell begin a formula', () => {
    const { plane } = listed(...FORMULAS.map((name, i) => havip(`vip-${i}`, { name })));
    const [, ...rows] = readCsv(csvOf(rowsOf(plane)));
    expect(rows.map((row) => row[1])).toEqual(FORMULAS.map((name) => `'${name}`));
  });

  it('has its titles even where nothing is found', () => {
    expect(readCsv(csvOf([]))).toHaveLength(1);
  });
});

describe('a spreadsheet', () => {
  let folder = '';

  beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), `havip-list-${process.pid}-`));
  });

  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

  /** By another language's ZIP and XML readers: parts, and the text of each cell by row. */
  function opened(octets: Uint8Array): { parts: string[]; rows: string[][]; formulas: number } {
    const file = path.join(folder, 'list.xlsx');
    fs.writeFileSync(file, octets);
    const program = `
import json, sys, zipfile
import xml.etree.ElementTree as ET
M = '{http://schemas.openxmlformats.org/spreadsheetml/2006/main}'
with zipfile.ZipFile(sys.argv[1]) as z:
    assert z.testzip() is None
    names = z.namelist()
    for name in names:
        if name.endswith('.xml') or name.endswith('.rels'): ET.fromstring(z.read(name))
    shared = []
    if 'xl/sharedStrings.xml' in names:
        for si in ET.fromstring(z.read('xl/sharedStrings.xml')).findall(M + 'si'):
            shared.append(''.join(t.text or '' for t in si.iter(M + 't')))
    sheet = ET.fromstring(z.read('xl/worksheets/sheet1.xml'))
    rows = []
    for row in sheet.iter(M + 'row'):
        cells = []
        for c in row.findall(M + 'c'):
            v = c.find(M + 'v')
            text = ''.join(t.text or '' for t in c.iter(M + 't')) if v is None else v.text
            cells.append(shared[int(text)] if c.get('t') == 's' and v is not None else text)
        rows.append(cells)
    print(json.dumps({'parts': names, 'rows': rows, 'formulas': len(list(sheet.iter(M + 'f')))}))
`;
    return JSON.parse(execFileSync('python3', ['-c', program, file], { encoding: 'utf8' }));
  }

  it('opens, with one row a HaVip and its texts as texts', async () => {
    const names = [...FORMULAS.slice(0, 4), '<b>&amp;</b>', '数据库 🙂', 'ctrl\u0001', '0012'];
    const { plane } = listed(...names.map((name, i) => havip(`vip-${i}`, { name })));
    const { parts, rows, formulas } = opened(await xlsxOf(rowsOf(plane)));
    expect(parts).toEqual(
      expect.arrayContaining(['[Content_Types].xml', 'xl/workbook.xml', 'xl/styles.xml']),
    );
    expect(rows[0]).toEqual(LIST_COLUMNS.map(({ title }) => title));
    const shown = names.map((name) => name.replace('\u0001', '?'));
    expect(rows.slice(1).map((row) => row[1])).toEqual(shown);
    expect(formulas).toBe(0);
  });

  it('opens where there is no HaVip', async () => {
    expect(opened(await xlsxOf([])).rows).toHaveLength(1);
  });

  it('holds ten thousand HaVips', async () => {
    const many = Array.from({ length: 10_000 }, (_, i) => havip(`vip-${i}`));
    const { plane } = listed(...many);
    expect(opened(await xlsxOf(rowsOf(plane))).rows).toHaveLength(10_001);
  }, 60_000);
});
