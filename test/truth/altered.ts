/**
 * Real captures as another point of capture, or another filter, would have shown them: frames are
 * left out, or changed as a switch changes them. The ground truth stays what it was.
 */
import { Replay } from '../../src/analysis/replay.ts';
import type { ReplayResult } from '../../src/analysis/result.ts';
import { openCapture, openCaptureBytes, RecordBatch } from '../../src/capture/index.ts';
import { bytes, pcapHeader, pcapRecord } from '../capture/build.ts';

const NANOSECOND_MAGIC = 0xa1b23c4d;

/** An Ethernet frame with at most one tag. */
export interface Frame {
  readonly octets: number[];
  readonly etherType: number;
  /** Where the packet begins. */
  readonly at: number;
  /** When it came, in seconds since 1970. */
  readonly second: number;
}

export interface Written {
  /** How often each frame stands in the file. */
  readonly copies?: number;
  readonly linkField?: number;
}

/** Replays the capture with the frames that `alter` returns; null leaves one out. */
export async function replayAltered(
  path: string,
  alter: (frame: Frame) => number[] | null,
  { copies = 1, linkField = 1 }: Written = {},
): Promise<ReplayResult> {
  const records: number[][] = [];
  const capture = await openCapture(path);
  const batch = new RecordBatch(64);
  do {
    while (capture.read(batch) > 0) {
      for (let i = 0; i < batch.count; i++) {
        const { view } = batch;
        const start = batch.at[i]!;
        const length = batch.end[i]! - start;
        const octets = [...new Uint8Array(view.buffer, view.byteOffset + start, length)];
        const fraction = batch.nanoseconds[i]!;
        const data = alter(frameOf(octets, batch.seconds[i]! + fraction / 1e9));
        const wire = batch.wireLength[i]!;
        for (let copy = 0; copy < copies && data !== null; copy++) {
          records.push(pcapRecord({ seconds: batch.seconds[i]!, fraction, data, wire }));
        }
      }
    }
  } while (await capture.fill());
  await capture.close();
  const header = pcapHeader({ magic: NANOSECOND_MAGIC, linkField });
  const altered = await openCaptureBytes(bytes(header, ...records));
  const options = { allClaims: false, limit: 0, from: null, to: null, listener: null };
  const replay = new Replay({ site: null, ...options }, [path]);
  await replay.run(altered);
  await altered.close();
  return replay.result();
}

function frameOf(octets: number[], second: number): Frame {
  const isTagged = typeAt(octets, 12) === 0x8100;
  return { octets, etherType: typeAt(octets, isTagged ? 16 : 12), at: isTagged ? 18 : 14, second };
}

/** A cooked frame of version 2 as version 1 has it, which does not name the interface. */
export function asVersion1({ octets }: Frame): number[] {
  const [protocol, arphrd] = [octets.slice(0, 2), octets.slice(8, 10)];
  const packetType = [0, octets[10] ?? 0];
  const address = [0, octets[11] ?? 0, ...octets.slice(12, 20)];
  return [...packetType, ...arphrd, ...address, ...protocol, ...octets.slice(20)];
}

function typeAt(octets: number[], at: number): number {
  return ((octets[at] ?? 0) << 8) | (octets[at + 1] ?? 0);
}

/** Whether the frame is ARP or neighbor discovery. */
export function isResolution({ octets, etherType, at }: Frame): boolean {
  if (etherType === 0x0806) return true;
  const type = octets[at + 40] ?? 0;
  return etherType === 0x86dd && octets[at + 6] === 58 && type >= 133 && type <= 137;
}
