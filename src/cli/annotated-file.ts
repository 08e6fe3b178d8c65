/**
 * `--annotate FILE`: the captures once more, every frame as it was, with comments on those that
 * mean something.
 */
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
import { WholeFile } from './whole-file.ts';

const RESOLUTION_NANOSECONDS = 9;

/**
 * Writes the annotated capture of `result` to `output`; false where `isStopped` ended it, and then
 * there is no file. Rejects with UsageError where it cannot be written.
 */
export async function writeAnnotated(
  captures: readonly string[],
  output: string,
  result: ReplayResult,
  isStopped: () => boolean,
): Promise<boolean> {
  const file = new WholeFile({ option: 'annotate', file: output });
  try {
    const sink = (octets: Uint8Array): void => file.write(octets);
    const isWhole = await copyAnnotated(captures, commentsOf(result), sink, isStopped);
    if (isWhole) file.finish();
    else file.discard();
    return isWhole;
  } catch (error) {
    file.discard();
    throw error;
  }
}

async function copyAnnotated(
  captures: readonly string[],
  comments: ReadonlyMap<number, string[]>,
  sink: (octets: Uint8Array) => void,
  isStopped: () => boolean,
): Promise<boolean> {
  const readers: CaptureReader[] = [];
  for (const path of captures) readers.push(await openCapture(path, { comments: true }));
  const [only] = readers;
  const capture = readers.length === 1 && only !== undefined ? only : mergeCaptures(readers);
  const copy = new AnnotatedCopy(capture, comments, sink);
  const batch = new RecordBatch();
  try {
    do {
      while (capture.read(batch) > 0) copy.take(batch);
      if (isStopped()) return false;
      await copy.flush();
    } while (await capture.fill());
    while (capture.read(batch) > 0) copy.take(batch);
    await copy.finish();
    return true;
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
  readonly #records: number[];
  #frame = 0;

  constructor(
    capture: CaptureReader,
    comments: ReadonlyMap<number, string[]>,
    sink: (octets: Uint8Array) => void,
  ) {
    this.#capture = capture;
    this.#comments = comments;
    this.#records = capture.files.map(() => 0);
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
      this.#begun.writePacket(this.#interfaceOf(file, batch.interfaceId[i] as number), {
        seconds: batch.seconds[i] as number,
        nanoseconds: batch.nanoseconds[i] as number,
        octets: this.#octets(batch, i),
        wireLength: batch.wireLength[i] as number,
        comments,
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

  /** Begun with the first packets, when the comments of the section are known. */
  get #begun(): PcapngWriter {
    if (this.#writer !== null) return this.#writer;
    const section = this.#capture.comments.filter(({ scope }) => scope === 'section');
    const comments = section.map(({ text }) => text);
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
      timeOffset: from.timeOffset,
      comments: interfaceComments(reader.comments, interfaceId),
    });
    this.#interfaces.set(key, added);
    return added;
  }

  #collectComments(): void {
    this.#capture.files.forEach((file, index) => {
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
