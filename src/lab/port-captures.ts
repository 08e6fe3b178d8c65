/**
 * `--capture DIR`: what passes each port, as one pcapng file a port. Frames come through a ring of
 * their own; what it has no room for is lost, and each file says how much. Where the disk is full,
 * a file ends, and that is told. A frame that is refused carries the reason as a comment. Frames
 * that left their checksum or segmentation to a device are written as they would be on a wire.
 */
import fs from 'node:fs';
import path from 'node:path';
import { LINKTYPE_ETHERNET, PcapngWriter } from '../capture/index.ts';
import { ALLOWED, DROP_REASON_NAMES } from '../dataplane/drop-reason.ts';
import { RecordRing } from '../dataplane/record-ring.ts';
import { segments } from '../ports/segmentation.ts';
import { VIRTIO_HEADER_LENGTH } from '../wire/virtio-header.ts';
import { DIRECTION_IN } from './engine/engine-requests.ts';
import { LabError } from './lab-error.ts';
import { OutputFile } from './output-file.ts';

/** About a tenth of a second of a full gigabit. */
const CAPTURE_OCTETS = 1 << 24;
const POLL = 50;
const FRAMES_AT_ONCE = 2000;
const NANOSECONDS = 1e9;

interface PortFile {
  file: OutputFile;
  writer: PcapngWriter;
}

export class PortCaptures {
  private readonly memory = RecordRing.memory(CAPTURE_OCTETS);
  /** Frames lost by port, counted by the engine. */
  private readonly lostMemory: SharedArrayBuffer;
  private readonly lost: Int32Array;
  private readonly ring = new RecordRing(this.memory);
  private readonly files: PortFile[];
  private readonly base: number;
  private readonly warn: (line: string) => void;
  private isEnded = false;
  private hasFailed = false;
  /** When the frame in hand came in, and the latest that was written, in nanoseconds. */
  private came = 0;
  private latest = 0;
  private turning: Promise<void> = Promise.resolve();

  /**
   * `warn` is told of each file that ends early. Throws LabError where the folder or a file in it
   * cannot be written.
   */
  constructor(
    folder: string,
    portNames: readonly string[],
    base: number,
    warn: (line: string) => void,
  ) {
    this.base = base;
    this.warn = warn;
    this.lostMemory = new SharedArrayBuffer(portNames.length * 4);
    this.lost = new Int32Array(this.lostMemory);
    try {
      fs.mkdirSync(folder, { recursive: true });
      const taken = new Set<string>();
      this.files = portNames.map((name) => open(placeOf(folder, name, taken), name, warn));
    } catch (error) {
      const mend = 'name a folder that can be written';
      throw new LabError(`--capture ${folder}: ${(error as Error).message}`, mend);
    }
  }

  /** What the engine's end needs. */
  get shared(): { ring: SharedArrayBuffer; lost: SharedArrayBuffer } {
    return { ring: this.memory, lost: this.lostMemory };
  }

  run(): void {
    this.turning = this.turn().catch((error) => this.fail(error));
  }

  /** Writes what is left and closes the files. */
  async end(): Promise<void> {
    this.isEnded = true;
    const alive = setInterval(() => {}, POLL);
    await this.turning;
    clearInterval(alive);
    try {
      if (!this.hasFailed) this.drain(Number.POSITIVE_INFINITY);
    } catch (error) {
      this.fail(error as Error);
    }
    for (const [port, { writer, file }] of this.files.entries()) {
      writer.writeStatistics(0, this.lost[port] as number);
      await writer.flush();
      file.close();
    }
  }

  /** A fault of ours: the hosts are served all the same. */
  private fail({ message }: Error): void {
    this.hasFailed = true;
    this.warn(`--capture: ${message}; nothing more is captured; please report it`);
  }

  private async turn(): Promise<void> {
    while (!this.isEnded) {
      const isMore = this.drain(FRAMES_AT_ONCE);
      for (const { writer } of this.files) await writer.flush();
      if (isMore) await new Promise((resolve) => setImmediate(resolve));
      else await this.ring.readable(POLL);
    }
  }

  private drain(most: number): boolean {
    const { ring } = this;
    for (let count = 0; ring.next(); count++) {
      this.write(ring);
      if (count >= most) return true;
    }
    return false;
  }

  /**
   * What leaves has come in before, and frames that were taken at once have one time by the
   * engine's clock: of two copies the earlier is to be the one whose addresses the switch has not
   * rewritten, and no file goes back in time.
   */
  private timeOf({ time }: RecordRing, isInbound: boolean): number {
    const now = Math.round(time);
    if (isInbound) {
      this.came = Math.max(now, this.latest);
      this.latest = this.came;
      return this.came;
    }
    const left = Math.max(now, this.came) + 1;
    this.latest = Math.max(left, this.latest);
    return left;
  }

  /** `a` is the port, `b` the direction, `c` the drop reason. */
  private write(ring: RecordRing): void {
    const port = ring.a;
    const file = this.files[port];
    if (file === undefined) return;
    const isInbound = ring.b === DIRECTION_IN;
    const now = this.timeOf(ring, isInbound);
    const seconds = Math.floor(now / NANOSECONDS);
    const nanoseconds = now - seconds * NANOSECONDS;
    const reason = ring.c;
    const comments = reason === ALLOWED ? [] : [`dropped: ${DROP_REASON_NAMES[reason]}`];
    const direction = isInbound ? ('inbound' as const) : ('outbound' as const);
    const frame = ring.at + VIRTIO_HEADER_LENGTH;
    const hasOffload = ring.octets.subarray(ring.at, frame).some((octet) => octet !== 0);
    const whole = ring.octets.slice(frame, ring.end);
    const pieces = hasOffload ? wirePieces(ring, frame) : [whole];
    for (const octets of pieces.length === 0 ? [whole] : pieces) {
      const time = { seconds: this.base + seconds, nanoseconds };
      file.writer.writePacket(0, { ...time, octets, comments, direction });
    }
  }
}

function wirePieces(ring: RecordRing, frame: number): Uint8Array[] {
  return segments(ring.view, frame, ring.end, ring.at).map(
    (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength),
  );
}

/** `taken`: the names of files so far; a/b-c and a-b/c are two ports. */
function placeOf(folder: string, name: string, taken: Set<string>): string {
  const plain = name.replaceAll('/', '-');
  let unique = plain;
  for (let i = 2; taken.has(unique); i++) unique = `${plain}.${i}`;
  taken.add(unique);
  return path.join(folder, `${unique}.pcapng`);
}

function open(place: string, name: string, warn: (line: string) => void): PortFile {
  const file = new OutputFile(place, 'w', warn);
  file.open();
  const writer = new PcapngWriter((octets) => file.write(octets), { application: 'havip-switch' });
  writer.addInterface({ linkType: LINKTYPE_ETHERNET, name });
  return { file, writer };
}
