/**
 * Random access to an uncompressed capture file: one pass notes where each record's octets lie,
 * then any record is read by its number. Memory is some 40 octets a record, and bounded.
 */
import fs from 'node:fs/promises';
import { CaptureError } from './capture-error.ts';
import { FileReader } from './file-reader.ts';
import { openCapture } from './reader.ts';
import { RecordBatch } from './record-batch.ts';
import type { CaptureInterface } from './record-decoder.ts';

/** One record, read by its number. */
export interface IndexedRecord {
  /** Whole seconds since 1970; NaN without time. */
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly octets: Uint8Array;
  readonly wireLength: number;
  readonly interfaceId: number;
  readonly linkType: number;
}

const RECORDS_MAX = 16_000_000;
const BATCH = 1024;

export class IndexedCapture {
  readonly path: string;
  readonly interfaces: readonly CaptureInterface[];
  /** Records in the file. */
  readonly length: number;
  private readonly file: fs.FileHandle;
  private readonly columns: Columns;

  constructor(
    path: string,
    file: fs.FileHandle,
    interfaces: readonly CaptureInterface[],
    columns: Columns,
  ) {
    this.path = path;
    this.file = file;
    this.interfaces = interfaces;
    this.columns = columns;
    this.length = columns.count;
  }

  /** Record `index`, from 0. Rejects with RangeError where there is none, CaptureError if gone. */
  async read(index: number): Promise<IndexedRecord> {
    if (!Number.isInteger(index) || index < 0 || index >= this.length) {
      throw new RangeError(`record ${index} of ${this.length}`);
    }
    const { columns } = this;
    const octets = new Uint8Array(columns.captured[index]!);
    const offset = columns.offset[index]!;
    const { bytesRead } = await this.file.read(octets, 0, octets.length, offset);
    if (bytesRead < octets.length) {
      throw new CaptureError(this.path, `record ${index + 1} is gone`, 'was the file cut?');
    }
    const interfaceId = columns.interfaceId[index]!;
    return {
      seconds: columns.seconds[index]!,
      nanoseconds: columns.nanoseconds[index]!,
      octets,
      wireLength: columns.wireLength[index]!,
      interfaceId,
      linkType: this.interfaces[interfaceId]?.linkType ?? 0,
    };
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

class Columns {
  count = 0;
  offset = new Float64Array(BATCH);
  seconds = new Float64Array(BATCH);
  nanoseconds = new Uint32Array(BATCH);
  captured = new Uint32Array(BATCH);
  wireLength = new Uint32Array(BATCH);
  interfaceId = new Uint32Array(BATCH);

  add(batch: RecordBatch, i: number, offset: number): void {
    if (this.count === this.offset.length) this.grow();
    const row = this.count++;
    this.offset[row] = offset;
    this.seconds[row] = batch.seconds[i]!;
    this.nanoseconds[row] = batch.nanoseconds[i]!;
    this.captured[row] = batch.end[i]! - batch.at[i]!;
    this.wireLength[row] = batch.wireLength[i]!;
    this.interfaceId[row] = batch.interfaceId[i]!;
  }

  private grow(): void {
    const wider = <T extends Float64Array | Uint32Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    const length = this.offset.length * 2;
    this.offset = wider(this.offset, new Float64Array(length));
    this.seconds = wider(this.seconds, new Float64Array(length));
    this.nanoseconds = wider(this.nanoseconds, new Uint32Array(length));
    this.captured = wider(this.captured, new Uint32Array(length));
    this.wireLength = wider(this.wireLength, new Uint32Array(length));
    this.interfaceId = wider(this.interfaceId, new Uint32Array(length));
  }
}

/**
 * Reads `path` once and returns it for random access. Rejects with CaptureError as `openCapture`
 * does, and for a compressed file or one of more than `maximum` records (default 16 million).
 */
export async function indexCapture(
  path: string,
  maximum: number = RECORDS_MAX,
): Promise<IndexedCapture> {
  const reader = await openCapture(path);
  const columns = new Columns();
  try {
    if (!reader.isPlain || !(reader instanceof FileReader) || path === '-') {
      throw new CaptureError(path, 'has no random access', 'decompress it into a file');
    }
    const batch = new RecordBatch(BATCH);
    do {
      while (reader.read(batch) > 0) {
        for (let i = 0; i < batch.count; i++) columns.add(batch, i, reader.offsetOf(batch.at[i]!));
        if (columns.count > maximum) {
          throw new CaptureError(path, `has more than ${maximum} records`, 'raise the maximum');
        }
      }
    } while (await reader.fill());
    return new IndexedCapture(path, await fs.open(path), reader.interfaces, columns);
  } finally {
    await reader.close();
  }
}
