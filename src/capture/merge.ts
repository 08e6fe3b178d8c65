/**
 * Several captures as one, by time. The order inside each file is kept, as mergecap does: of the
 * files' next records the earliest goes first, and of equal ones that of the first file.
 */
import type { CaptureDamage } from './capture-error.ts';
import type { CaptureComment, CaptureCounts, CaptureWarning } from './capture-notes.ts';
import type { CaptureReader } from './file-reader.ts';
import { RecordBatch } from './record-batch.ts';
import type { CaptureInterface } from './record-decoder.ts';

/** One file with the records that it has decoded ahead. */
class Lane {
  readonly reader: CaptureReader;
  readonly batch = new RecordBatch();
  next = 0;
  ended = false;
  /** Time of the next record; one without time goes with the record before it. */
  seconds = Number.NEGATIVE_INFINITY;
  nanoseconds = 0;

  constructor(reader: CaptureReader) {
    this.reader = reader;
  }

  /** Whether a record is at hand, after decoding more where that needs no waiting. */
  isReady(): boolean {
    if (this.next < this.batch.count) return true;
    if (this.ended) return false;
    this.next = 0;
    if (this.reader.read(this.batch) === 0) return false;
    this.#look();
    return true;
  }

  advance(): void {
    this.next++;
    if (this.next < this.batch.count) this.#look();
  }

  isBefore(other: Lane): boolean {
    if (this.seconds !== other.seconds) return this.seconds < other.seconds;
    return this.nanoseconds < other.nanoseconds;
  }

  #look(): void {
    const seconds = this.batch.seconds[this.next]!;
    if (Number.isNaN(seconds)) return;
    this.seconds = seconds;
    this.nanoseconds = this.batch.nanoseconds[this.next]!;
  }
}

/**
 * Merges readers, at least one. A batch holds a run of records of one file (`batch.file` says
 * which), so that one view serves it; `interfaceId` counts inside that file (`files[file]`).
 */
export function mergeCaptures(readers: readonly CaptureReader[]): CaptureReader {
  return readers.length === 1 ? readers[0]! : new MergedReader(readers);
}

class MergedReader implements CaptureReader {
  readonly format = 'merged';
  readonly files: readonly CaptureReader[];
  readonly #lanes: Lane[];

  constructor(readers: readonly CaptureReader[]) {
    this.files = readers;
    this.#lanes = readers.map((reader) => new Lane(reader));
  }

  get isPlain(): boolean {
    return this.files.every((file) => file.isPlain);
  }

  get name(): string {
    return this.files.map((file) => file.name).join(', ');
  }

  get interfaces(): readonly CaptureInterface[] {
    return this.files.flatMap((file) => file.interfaces);
  }

  get bytesRead(): number {
    return sum(this.files.map((file) => file.bytesRead));
  }

  get size(): number | null {
    const sizes = this.files.map((file) => file.size);
    return sizes.includes(null) ? null : sum(sizes as number[]);
  }

  get truncated(): boolean {
    return this.files.some((file) => file.truncated);
  }

  get damaged(): CaptureDamage | null {
    for (const { name, damaged } of this.files) {
      if (damaged !== null) return { ...damaged, reason: `${name}: ${damaged.reason}` };
    }
    return null;
  }

  get warnings(): readonly CaptureWarning[] {
    return this.files.flatMap(({ name, warnings }) =>
      warnings.map((warning) => ({ ...warning, message: `${name}: ${warning.message}` })),
    );
  }

  get counts(): CaptureCounts {
    const each = this.files.map((file) => file.counts);
    return {
      skippedBlocks: sum(each.map((counts) => counts.skippedBlocks)),
      customBlocks: sum(each.map((counts) => counts.customBlocks)),
      empty: sum(each.map((counts) => counts.empty)),
      runts: sum(each.map((counts) => counts.runts)),
      dropped: sum(each.map((counts) => counts.dropped)),
    };
  }

  get comments(): readonly CaptureComment[] {
    return this.files.flatMap((file) => file.comments);
  }

  read(batch: RecordBatch): number {
    batch.count = 0;
    batch.owner = this;
    let first = -1;
    let rival: Lane | null = null;
    for (let i = 0; i < this.#lanes.length; i++) {
      const lane = this.#lanes[i]!;
      if (!lane.isReady()) {
        // Its next record may be the earliest: nothing can go before it is known.
        if (lane.ended) continue;
        return 0;
      }
      if (first < 0) {
        first = i;
      } else if (lane.isBefore(this.#lanes[first]!)) {
        rival = this.#lanes[first]!;
        first = i;
      } else if (rival === null || lane.isBefore(rival)) {
        rival = lane;
      }
    }
    if (first >= 0) this.#takeRun(batch, first, rival);
    return batch.count;
  }

  async fill(): Promise<boolean> {
    const waiting = this.#lanes.filter((lane) => !lane.ended && !lane.isReady());
    // `isReady` may have decoded: then there is something to read already.
    if (waiting.length === 0) return this.#lanes.some((lane) => !lane.ended);
    await Promise.all(
      waiting.map(async (lane) => {
        if (!(await lane.reader.fill())) lane.ended = true;
      }),
    );
    return this.#lanes.some((lane) => !lane.ended || lane.next < lane.batch.count);
  }

  takePacketComments(): CaptureComment[] {
    return this.files.flatMap((file) => file.takePacketComments());
  }

  /** Records of several files have the same numbers: each file has its own. */
  takePacketFlags(): ReadonlyMap<number, number> {
    return new Map();
  }

  async close(): Promise<void> {
    await Promise.all(this.files.map((file) => file.close()));
  }

  /** Copies records of one lane while none of the others has an earlier one. */
  #takeRun(batch: RecordBatch, file: number, rival: Lane | null): void {
    const lane = this.#lanes[file]!;
    const from = lane.batch;
    batch.view = from.view;
    let count = 0;
    do {
      const i = lane.next;
      batch.at[count] = from.at[i]!;
      batch.end[count] = from.end[i]!;
      batch.wireLength[count] = from.wireLength[i]!;
      batch.seconds[count] = from.seconds[i]!;
      batch.nanoseconds[count] = from.nanoseconds[i]!;
      batch.linkType[count] = from.linkType[i]!;
      batch.interfaceId[count] = from.interfaceId[i]!;
      batch.file[count] = file;
      count++;
      lane.advance();
    } while (
      count < batch.capacity &&
      lane.next < from.count &&
      (rival === null || lane.isBefore(rival))
    );
    batch.count = count;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
