/**
 * `--annotate FILE`: the captures once more, every frame as it was, with comments on those that
 * mean something.
 */
import fs from 'node:fs';
import type { ReplayResult } from '../analysis/result.ts';
import {
  type CaptureComment,
  type CaptureReader,
  mergeCaptures,
  openCapture,
  PcapngWriter,
  RecordBatch,
} from '../capture/index.ts';
import { Classifier } from '../dataplane/classifier.ts';
import { commentsOf } from '../report/annotate.ts';
import { maskPasswords } from '../report/mask-passwords.ts';
import { counted } from '../report/quantity.ts';
import { UsageError } from './usage-error.ts';
import { WholeFile } from './whole-file.ts';

const RESOLUTION_NANOSECONDS = 9;
/** Bits of epb_flags that tell of a frame check sequence, which the reader has taken off. */
const FLAGS_FCS = 0x1e0;

/** Raises UsageError for a pipe, which is empty the second time, or never says so. */
export function checkReadTwice(captures: readonly string[]): void {
  for (const capture of captures) {
    const stat = fs.statSync(capture, { throwIfNoEntry: false });
    if (stat === undefined || stat.isFile() || stat.isDirectory()) continue;
    throw new UsageError(
      `--annotate reads the capture twice, which ${capture} cannot be: it is no ordinary file`,
      'save it first',
    );
  }
}

/**
 * Writes the annotated capture of `result` to `output`, and gives what the copy lacks, each in one
 * line; null where `isStopped` ended it, and then there is no file. Rejects with UsageError where
 * it cannot be written.
 */
export async function writeAnnotated(
  captures: readonly string[],
  output: string,
  result: ReplayResult,
  isStopped: () => boolean,
): Promise<string[] | null> {
  const file = new WholeFile({ option: 'annotate', file: output }, modeOf(captures));
  try {
    const sink = (octets: Uint8Array): void => file.write(octets);
    const lacks = await copyAnnotated(captures, commentsOf(result), sink, isStopped);
    if (lacks !== null) file.finish();
    else file.discard();
    return lacks;
  } catch (error) {
    file.discard();
    throw error;
  }
}

/** Whoever may not read a capture may not read its copy either. */
function modeOf(captures: readonly string[]): number {
  const modes = captures.map((capture) => {
    const stat = fs.statSync(capture, { throwIfNoEntry: false });
    return stat?.isFile() === true ? stat.mode : 0o666;
  });
  return modes.reduce((all, mode) => all & mode, 0o666) | 0o600;
}

async function copyAnnotated(
  captures: readonly string[],
  comments: ReadonlyMap<number, string[]>,
  sink: (octets: Uint8Array) => void,
  isStopped: () => boolean,
): Promise<string[] | null> {
  const readers: CaptureReader[] = [];
  for (const path of captures) readers.push(await openCapture(path, { comments: true }));
  const [only] = readers;
  const capture = readers.length === 1 && only !== undefined ? only : mergeCaptures(readers);
  const copy = new AnnotatedCopy(capture, comments, sink);
  const batch = new RecordBatch();
  try {
    do {
      while (capture.read(batch) > 0) copy.take(batch);
      if (isStopped()) return null;
      await copy.flush();
    } while (await capture.fill());
    while (capture.read(batch) > 0) copy.take(batch);
    await copy.finish();
    return copy.lacks();
  } finally {
    await capture.close();
  }
}

class AnnotatedCopy {
  readonly #capture: CaptureReader;
  readonly #comments: ReadonlyMap<number, string[]>;
  readonly #sink: (octets: Uint8Array) => void;
  #writer: PcapngWriter | null = null;
  readonly #classifier = new Classifier();
  /** Interface numbers of the copy by file and interface of the original. */
  readonly #interfaces = new Map<string, number>();
  /** Comments that the original has on packets, by file and record. */
  readonly #existing = new Map<string, string[]>();
  /** epb_flags of the original, by file and record. */
  readonly #flags: Map<number, number>[];
  readonly #records: number[];
  /** How many comments on sections of each file are written. */
  readonly #told: number[];
  #frame = 0;
  #untimed = 0;

  constructor(
    capture: CaptureReader,
    comments: ReadonlyMap<number, string[]>,
    sink: (octets: Uint8Array) => void,
  ) {
    this.#capture = capture;
    this.#comments = comments;
    this.#records = capture.files.map(() => 0);
    this.#told = capture.files.map(() => 0);
    this.#flags = capture.files.map(() => new Map());
    this.#sink = sink;
  }

  take(batch: RecordBatch): void {
    this.#collectComments();
    for (let i = 0; i < batch.count; i++) {
      const file = batch.file[i] as number;
      const record = (this.#records[file] as number) + 1;
      this.#records[file] = record;
      const key = `${file}/${record}`;
      const own = this.#existing.get(key) ?? [];
      this.#existing.delete(key);
      const comments = [...own, ...(this.#comments.get(++this.#frame) ?? [])];
      const interfaceId = this.#interfaceOf(file, batch.interfaceId[i] as number);
      const flags = this.#flags[file]?.get(record);
      this.#flags[file]?.delete(record);
      this.#begun.writePacket(interfaceId, {
        seconds: this.#secondsOf(interfaceId, batch.seconds[i] as number),
        nanoseconds: batch.nanoseconds[i] as number,
        octets: this.#octets(batch, i),
        wireLength: batch.wireLength[i] as number,
        comments,
        flags: flags === undefined ? undefined : flags & ~FLAGS_FCS,
      });
    }
  }

  async flush(): Promise<void> {
    await this.#writer?.flush();
  }

  async finish(): Promise<void> {
    const writer = this.#begun;
    this.#capture.files.forEach((file, index) => {
      const first = this.#interfaces.get(`${index}/0`);
      const { dropped } = file.counts;
      if (dropped > 0 && first !== undefined) writer.writeStatistics(first, dropped);
    });
    await writer.flush();
  }

  /** What the copy does not have of the original. */
  lacks(): string[] {
    const lacks: string[] = [];
    if (this.#untimed > 0) {
      const frames = counted(this.#untimed, 'frame');
      lacks.push(`${frames} of times that it cannot hold are in it without one`);
    }
    const warnings = this.#capture.warnings.filter(({ code }) => code === 'comments-dropped');
    const dropped = warnings.reduce((sum, { count }) => sum + count, 0);
    if (dropped > 0) {
      lacks.push(`${counted(dropped, 'comment')} of the original are too many to be kept`);
    }
    return lacks;
  }

  /** NaN, a record without time, where pcapng has no number for it. */
  #secondsOf(interfaceId: number, seconds: number): number {
    if (Number.isNaN(seconds) || this.#begun.holds(interfaceId, seconds)) return seconds;
    this.#untimed++;
    return Number.NaN;
  }

  /** Comments on sections of a file that have come since this was asked last. */
  #sectionComments(file: number): string[] {
    const all = (this.#capture.files[file] as CaptureReader).comments.filter(
      ({ scope }) => scope === 'section',
    );
    const late = all.slice(this.#told[file]);
    this.#told[file] = all.length;
    return late.map(({ text }) => text);
  }

  /** Begun with the first packets, when the comments of the section are known. */
  get #begun(): PcapngWriter {
    if (this.#writer !== null) return this.#writer;
    const comments = this.#capture.files.flatMap((_, file) => this.#sectionComments(file));
    this.#writer = new PcapngWriter(this.#sink, { application: 'havip-switch', comments });
    return this.#writer;
  }

  /** A copy of the frame, its password taken out. */
  #octets(batch: RecordBatch, i: number): Uint8Array {
    const { view } = batch;
    const at = batch.at[i] as number;
    const length = (batch.end[i] as number) - at;
    const octets = new Uint8Array(view.buffer, view.byteOffset + at, length).slice();
    const copy = new DataView(octets.buffer);
    const frame = { at: 0, end: length, linkType: batch.linkType[i] as number };
    maskPasswords(copy, frame, this.#classifier);
    return octets;
  }

  #interfaceOf(file: number, interfaceId: number): number {
    const key = `${file}/${interfaceId}`;
    const known = this.#interfaces.get(key);
    if (known !== undefined) return known;
    const reader = this.#capture.files[file] as CaptureReader;
    const from = reader.interfaces[interfaceId] as CaptureReader['interfaces'][number];
    const { timeResolution } = from;
    const added = this.#begun.addInterface({
      linkType: from.linkType,
      snapLength: from.snapLength,
      name: from.name,
      description: from.description,
      timeResolution:
        timeResolution <= RESOLUTION_NANOSECONDS ? timeResolution : RESOLUTION_NANOSECONDS,
      timeOffset: Number.isSafeInteger(from.timeOffset) ? from.timeOffset : 0,
      // The copy is of one section: what is said of a later one goes with its first interface.
      comments: [
        ...this.#sectionComments(file),
        ...interfaceComments(reader.comments, interfaceId),
      ],
    });
    this.#interfaces.set(key, added);
    return added;
  }

  #collectComments(): void {
    this.#capture.files.forEach((file, index) => {
      for (const [record, flags] of file.takePacketFlags()) this.#flags[index]?.set(record, flags);
      for (const { record, text } of file.takePacketComments()) {
        const key = `${index}/${record}`;
        const known = this.#existing.get(key);
        if (known === undefined) this.#existing.set(key, [text]);
        else known.push(text);
      }
    });
  }
}

function interfaceComments(comments: readonly CaptureComment[], interfaceId: number): string[] {
  return comments
    .filter((comment) => comment.scope === 'interface' && comment.interfaceId === interfaceId)
    .map(({ text }) => text);
}
