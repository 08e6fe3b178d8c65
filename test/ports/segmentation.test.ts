/** Frames cut as an offload would have cut them; the other judge is tshark. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { completeChecksum, Segmenter, segments } from '../../src/ports/segmentation.ts';
import { type SuperFrame, superFrame, VIRTIO } from './super-frames.ts';

const FIN = 0x01;
const PSH = 0x08;
const ACK = 0x10;
const CWR = 0x80;
const SEQUENCE_LIMIT = 2 ** 32;
const COLUMNS = [
  'ip.checksum.status',
  'tcp.checksum.status',
  'udp.checksum.status',
  'ip.len',
  'ip.id',
  'ipv6.plen',
  'tcp.seq_raw',
  'tcp.flags',
  'udp.length',
  'data.data',
  'tcp.payload',
] as const;
type Row = Record<(typeof COLUMNS)[number], string>;

function hasTshark(): boolean {
  try {
    execFileSync('tshark', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** What tshark reads in these frames, checksums verified. */
function dissect(frames: readonly DataView[]): Row[] {
  const header = Uint32Array.of(0xa1b2c3d4, 0x00040002, 0, 0, 262_144, 1);
  const parts: Uint8Array[] = [new Uint8Array(header.buffer)];
  for (const { buffer, byteOffset, byteLength } of frames) {
    parts.push(new Uint8Array(Uint32Array.of(0, 0, byteLength, byteLength).buffer));
    parts.push(new Uint8Array(buffer, byteOffset, byteLength));
  }
  const folder = mkdtempSync(join(tmpdir(), 'havip-segments-'));
  try {
    const file = join(folder, 'segments.pcap');
    writeFileSync(file, Buffer.concat(parts));
    const checks = ['ip', 'tcp', 'udp'].flatMap((name) => ['-o', `${name}.check_checksum:TRUE`]);
    const columns = COLUMNS.flatMap((name) => ['-e', name]);
    const args = ['-n', '-r', file, ...checks, '-T', 'fields', ...columns];
    const text = execFileSync('tshark', args, { encoding: 'utf8', maxBuffer: 1 << 28 });
    const lines = text.split('\n').slice(0, -1);
    return lines.map((line) => {
      const cells = line.split('\t');
      return Object.fromEntries(COLUMNS.map((name, i) => [name, cells[i] ?? ''])) as Row;
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function cut(frame: DataView): DataView[] {
  return segments(frame, VIRTIO, frame.byteLength, 0);
}

const superFrames: fc.Arbitrary<SuperFrame> = fc
  .record({
    transport: fc.constantFrom('tcp' as const, 'udp' as const),
    family: fc.constantFrom(4 as const, 6 as const),
    payload: fc.uint8Array({ minLength: 1, maxLength: 4000 }),
    size: fc.integer({ min: 1, max: 1460 }),
    tags: fc.constantFrom([], [7], [8, 7]),
    flags: fc.constantFrom(ACK, ACK | PSH, ACK | PSH | FIN, ACK | CWR, ACK | FIN | CWR),
    sequence: fc.constantFrom(1, 0x7fffff00, 0xffffff00),
    identification: fc.constantFrom(0, 77, 0xfffe),
    tcpOptions: fc.constantFrom(0, 12, 40),
  })
  // At most forty, or tshark would be the test.
  .map((what) => ({ ...what, size: Math.max(what.size, Math.ceil(what.payload.length / 40)) }));

function octetsOf({ 'data.data': data, 'tcp.payload': payload }: Row): Buffer {
  return Buffer.from((payload || data).replaceAll(':', ''), 'hex');
}

describe.skipIf(!hasTshark() && process.env.CI === undefined)('segments', () => {
  test('say to tshark what the whole frame said', { timeout: 120_000 }, () => {
    const all = fc.sample(superFrames, { numRuns: 400, seed: 20_261_121 });
    const cuts = all.map((what) => cut(superFrame(what)));
    const rows = dissect(cuts.flat());
    let next = 0;
    for (const [i, what] of all.entries()) {
      const own = rows.slice(next, (next += cuts[i]!.length));
      expect(own.length).toBe(Math.ceil(what.payload.length / what.size));
      expect(Buffer.concat(own.map(octetsOf))).toEqual(Buffer.from(what.payload));
      for (const [position, row] of own.entries()) expectRow(row, what, position, own.length);
    }
    expect(next).toBe(rows.length);
  });

  function expectRow(row: Row, what: SuperFrame, position: number, count: number): void {
    const { transport, family, size, payload } = what;
    const octets = Math.min(size, payload.length - position * size);
    const header = transport === 'tcp' ? 20 + (what.tcpOptions ?? 0) : 8;
    expect(row[`${transport}.checksum.status`]).toBe('1');
    if (family === 4) {
      expect(row['ip.checksum.status']).toBe('1');
      expect(Number(row['ip.len'])).toBe(20 + header + octets);
      expect(Number(row['ip.id'])).toBe(((what.identification ?? 0) + position) % 65536);
    } else {
      expect(Number(row['ipv6.plen'])).toBe(header + octets);
    }
    if (transport === 'udp') {
      expect(Number(row['udp.length'])).toBe(8 + octets);
      return;
    }
    const flags = what.flags ?? 0;
    const first = position === 0 ? flags : flags & ~CWR;
    const expected = position === count - 1 ? first : first & ~(FIN | PSH);
    expect(Number(row['tcp.flags'])).toBe(expected);
    const sequence = ((what.sequence ?? 0) + position * size) % SEQUENCE_LIMIT;
    expect(Number(row['tcp.seq_raw'])).toBe(sequence);
  }

  test('of a frame that is only to be completed are itself', () => {
    const all = fc.sample(superFrames, { numRuns: 100, seed: 20_261_122 });
    const whole = all.map((what) => ({ ...what, size: 0, payload: what.payload.slice(0, 1400) }));
    const completed = whole.map((what) => cut(superFrame(what)));
    expect(completed.every((frames) => frames.length === 1)).toBe(true);
    const rows = dissect(completed.flat());
    for (const [i, { transport, payload }] of whole.entries()) {
      expect(rows[i]![`${transport}.checksum.status`]).toBe('1');
      expect(octetsOf(rows[i]!)).toEqual(Buffer.from(payload));
    }
  });
});

test('a checksum that would be zero is sent as all ones (RFC 768)', () => {
  // Two octets of payload take the sum to 0xffff.
  const make = (high: number, low: number) =>
    superFrame({ transport: 'udp', family: 4, payload: Uint8Array.of(high, low), size: 0 });
  const field = (frame: DataView) => {
    completeChecksum(frame, VIRTIO, frame.byteLength, 0);
    return frame.getUint16(VIRTIO + 14 + 20 + 6);
  };
  const checksum = field(make(0, 0));
  expect(field(make(checksum >>> 8, checksum & 0xff))).toBe(0xffff);
});

test('no segment is longer than announced, nor all of them together', () => {
  const segmenter = new Segmenter();
  const target = new DataView(new ArrayBuffer(3000));
  fc.assert(
    fc.property(superFrames, (what) => {
      const frame = superFrame(what);
      expect(segmenter.begin(frame, VIRTIO, frame.byteLength, 0)).toBe(true);
      let sum = 0;
      for (let i = 0; i < segmenter.count; i++) {
        const length = segmenter.emit(i, target, 0);
        expect(length).toBeLessThanOrEqual(segmenter.lengthMax);
        sum += length;
      }
      expect(sum).toBe(segmenter.lengthSum);
    }),
    { seed: 20_261_123 },
  );
});

test('whatever the octets are, nothing is thrown and nothing written past the end', () => {
  const target = new DataView(new ArrayBuffer(200_000));
  const segmenter = new Segmenter();
  const wild = fc.tuple(superFrames, fc.array(fc.tuple(fc.nat(130), fc.nat(255))), fc.nat(120));
  fc.assert(
    fc.property(wild, ([what, changes, cutOff]) => {
      const whole = superFrame(what);
      for (const [at, value] of changes) if (at < whole.byteLength) whole.setUint8(at, value);
      const end = Math.max(VIRTIO + 14, whole.byteLength - cutOff);
      const frame = new DataView(whole.buffer, 0, Math.min(end, whole.byteLength));
      if (!segmenter.begin(frame, VIRTIO, frame.byteLength, 0)) return;
      for (let i = 0; i < Math.min(segmenter.count, 100); i++) {
        expect(segmenter.emit(i, target, 0)).toBeLessThanOrEqual(segmenter.lengthMax);
      }
      if (frame.getUint8(1) === 0) completeChecksum(frame, VIRTIO, frame.byteLength, 0);
    }),
    { seed: 20_261_124, numRuns: 2000 },
  );
});
