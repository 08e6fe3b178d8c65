/**
 * The public capture collection that some tests compare with: tshark's reading of every ARP,
 * neighbor discovery and VRRP packet in it. Absent, those tests are skipped and say so.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openCapture, RecordBatch } from '../../src/capture/index.ts';

export const PUBLIC_CAPTURES =
  process.env.HAVIP_PUBLIC_CAPTURES ??
  resolve(import.meta.dirname, '../../../shared/public-captures');
export const hasPublicCaptures = existsSync(join(PUBLIC_CAPTURES, 'oracle'));

if (!hasPublicCaptures) console.warn(`skipped: no public captures at ${PUBLIC_CAPTURES}`);

/** One row of a table by column name; absent values are ''. */
export type Row = ReadonlyMap<string, string>;

export function column(row: Row, name: string): string {
  return row.get(name) ?? '';
}

/** Rows of `oracle/NAME.tsv` by file. */
export function oracleRows(name: string): Map<string, Row[]> {
  const lines = readFileSync(join(PUBLIC_CAPTURES, 'oracle', name + '.tsv'), 'utf8').split('\n');
  const header = (lines[0] ?? '').split('\t');
  const files = new Map<string, Row[]>();
  for (const line of lines.slice(1)) {
    if (line === '') continue;
    const cells = line.split('\t');
    const row = new Map(header.map((key, i) => [key, cells[i] ?? '']));
    const file = column(row, 'file');
    files.set(file, [...(files.get(file) ?? []), row]);
  }
  return files;
}

/** A frame on its own: the view is exactly as long as the captured octets. */
export interface Frame {
  readonly view: DataView;
  readonly linkType: number;
}

/** All frames of one file, by the number that Wireshark gives them less one. */
export async function framesOf(file: string): Promise<Frame[]> {
  const reader = await openCapture(join(PUBLIC_CAPTURES, file));
  const batch = new RecordBatch();
  const frames: Frame[] = [];
  for (let more = true; more; ) {
    while (reader.read(batch) > 0) {
      for (let i = 0; i < batch.count; i++) {
        const at = batch.view.byteOffset + (batch.at[i] ?? 0);
        const end = batch.view.byteOffset + (batch.end[i] ?? 0);
        frames.push({
          view: new DataView(batch.view.buffer.slice(at, end)),
          linkType: batch.linkType[i] ?? -1,
        });
      }
    }
    more = await reader.fill();
    if (!more && reader.read(batch) > 0) throw new Error('records after the end');
  }
  await reader.close();
  return frames;
}

/** The frame that a row is about. */
export function frameOf(frames: readonly Frame[], row: Row): Frame {
  const number = column(row, 'frame.number');
  const frame = frames[Number(number) - 1];
  if (frame === undefined) throw new Error(`no frame ${number}`);
  return frame;
}
