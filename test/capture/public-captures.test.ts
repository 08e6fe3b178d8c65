/**
 * Captures of public projects, where they are at hand: counts and times against tshark's.
 *
 * The folder is ../shared/public-captures beside the project, or HAVIP_PUBLIC_CAPTURES; its
 * INDEX.tsv lists the files. Where it is absent these tests are skipped.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { CaptureError, type CaptureReader, openCapture } from '../../src/capture/index.ts';
import { drain, type PlainRecord } from './drain.ts';

const beside = fileURLToPath(new URL('../../../shared/public-captures', import.meta.url));
const folder = process.env.HAVIP_PUBLIC_CAPTURES ?? beside;
const present = existsSync(join(folder, 'INDEX.tsv'));

interface Row {
  repo: string;
  path: string;
  packets_tshark: string;
  [column: string]: string;
}

function table(name: string): Row[] {
  const path = join(folder, name);
  if (!existsSync(path)) return [];
  const [head, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const columns = head!.split('\t');
  return lines.map((line) => {
    const cells = line.split('\t');
    return Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? ''])) as Row;
  });
}

const project = (row: Row): string => row.repo.split('/')[1]!;
const pathOf = (row: Row): string => join(project(row), row.path);
const captures = table('INDEX.tsv').filter(
  ({ packets_tshark }) => packets_tshark !== '' && packets_tshark !== '-',
);

/**
 * Files on which tshark 4.0 errs: it knows no DSA link types (the counts are tcpdump's), and it
 * ends at a section of version 2.0, which the draft says a reader must skip.
 */
const CORRECTED: Record<string, number> = {
  'tcpdump/tests/brcm-tag.pcap': 23,
  'tcpdump/tests/dsa.pcap': 8,
  'tcpdump/tests/edsa.pcap': 10,
  'gopacket/pcapgo/tests/be/test901.pcapng': 2,
  'gopacket/pcapgo/tests/le/test901.pcapng': 2,
};

async function readFile(path: string) {
  const reader: CaptureReader = await openCapture(join(folder, path));
  return { reader, records: await drain(reader, 64) };
}

/** Records, or null where the file is no capture. */
async function readIfCapture(path: string) {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof CaptureError) return null;
    throw error;
  }
}

describe.skipIf(!present)('captures of public projects', () => {
  test('as many frames as tshark counts, custom blocks apart', async () => {
    const wrong: string[] = [];
    for (const row of captures) {
      const path = pathOf(row);
      if (!existsSync(join(folder, path))) continue;
      const read = await readIfCapture(path);
      const custom = read?.reader.counts.customBlocks ?? 0;
      const expected = CORRECTED[path] ?? Number(row.packets_tshark) - custom;
      const got = read?.records.length ?? 0;
      if (got !== expected) wrong.push(`${path}: ${got}, expected ${expected}`);
    }
    expect(wrong).toEqual([]);
    expect(captures.length).toBeGreaterThan(150);
  });

  test('times are those of tshark, to the nanosecond', async () => {
    const rows = ['arp', 'nd', 'vrrp'].flatMap((name) => table(`oracle/${name}.tsv`));
    const files = new Map<string, PlainRecord[]>();
    for (const row of rows) {
      const path = row.file!;
      const records = files.get(path) ?? (await readFile(path)).records;
      files.set(path, records);
      const record = records[Number(row['frame.number']) - 1]!;
      const fraction = String(record.nanoseconds).padStart(9, '0');
      expect(`${path} ${record.seconds}.${fraction}`).toBe(`${path} ${row['frame.time_epoch']}`);
    }
    expect(rows.length).toBeGreaterThan(2000);
  });

  test('pcapng conformance files give the same in both byte orders', async () => {
    const files = captures.filter(
      (row) => project(row) === 'pcapng-test-generator' && row.path.endsWith('.pcapng'),
    );
    expect(files).toHaveLength(48);
    for (const row of files) {
      if (!row.path.includes('output_be')) continue;
      const big = await readFile(pathOf(row));
      const little = await readFile(pathOf(row).replace('output_be', 'output_le'));
      expect(big.reader.damaged).toBeNull();
      expect(little.records).toEqual(big.records);
      expect(little.reader.counts).toEqual(big.reader.counts);
      expect(little.reader.interfaces).toEqual(big.reader.interfaces);
    }
  });

  test('whatever is in the index ends without a throw other than CaptureError', async () => {
    for (const row of table('INDEX.tsv')) {
      if (existsSync(join(folder, pathOf(row)))) await readIfCapture(pathOf(row));
    }
  });
});
