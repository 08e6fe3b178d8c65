/**
 * What the writers write, read back by this reader and by tshark: every octet, every nanosecond,
 * every comment.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import {
  CaptureError,
  indexCapture,
  openCapture,
  openCaptureBytes,
  PcapngWriter,
  PcapWriter,
  RecordBatch,
} from '../../src/capture/index.ts';
import { drain } from './drain.ts';

const folder = mkdtempSync(join(tmpdir(), 'havip-writers-'));
afterAll(() => rmSync(folder, { recursive: true }));

const pcaps = fileURLToPath(new URL('../../pcaps', import.meta.url));
const shared = fileURLToPath(new URL('../../../shared/captures', import.meta.url));
const captures = (existsSync(shared) ? readdirSync(shared) : [])
  .filter((name) => /\.pcap(ng)?$/.test(name))
  .map((name) => join(shared, name));
if (captures.length === 0) captures.push(join(pcaps, '01-alibaba-unicast-kill.pcap'));
const hasTshark = spawnSync('tshark', ['--version']).status === 0;

function collector(): { sink: (octets: Uint8Array) => void; bytes: () => Buffer } {
  const parts: Uint8Array[] = [];
  return { sink: (octets) => void parts.push(octets), bytes: () => Buffer.concat(parts) };
}

const FRAME = Uint8Array.from({ length: 61 }, (_, i) => i);

describe('pcap', () => {
  test.each([
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ])('nanoseconds %s, little-endian %s', async (nanoseconds, littleEndian) => {
    const { sink, bytes } = collector();
    const writer = new PcapWriter(sink, { linkType: 1, nanoseconds, littleEndian });
    writer.writeRecord({ seconds: 4_294_967_295, nanoseconds: 123_456_789, octets: FRAME });
    const cut = { seconds: 4_294_967_295, nanoseconds: 999_999_999, octets: FRAME };
    writer.writeRecord({ ...cut, wireLength: 1500 });
    await writer.flush();
    const reader = await openCaptureBytes(bytes());
    const [first, second] = await drain(reader, 8);
    const lost = nanoseconds ? 0 : 789;
    expect(first).toMatchObject({ seconds: 4_294_967_295, nanoseconds: 123_456_789 - lost });
    expect(second).toMatchObject({ wire: 1500 });
    expect(reader.warnings).toEqual([]);
    expect(reader.interfaces[0]?.timeResolution).toBe(nanoseconds ? 9 : 6);
  });

  test('refuses what the format cannot hold', () => {
    const writer = new PcapWriter(() => {}, { linkType: 1 });
    const record = { seconds: 0, nanoseconds: 0, octets: FRAME };
    expect(() => new PcapWriter(() => {}, { linkType: 70_000 })).toThrow(RangeError);
    expect(() => writer.writeRecord({ ...record, seconds: 2 ** 32 })).toThrow(RangeError);
    expect(() => writer.writeRecord({ ...record, seconds: Number.NaN })).toThrow(RangeError);
    expect(() => writer.writeRecord({ ...record, nanoseconds: 1e9 })).toThrow(RangeError);
  });
});

describe('pcapng', () => {
  test('interfaces, comments, offsets, losses and records without time come back', async () => {
    const { sink, bytes } = collector();
    const writer = new PcapngWriter(sink, { application: 'test', comments: ['of the section'] });
    const eth0 = writer.addInterface({ linkType: 1, name: 'eth0', comments: ['of eth0'] });
    const raw = writer.addInterface({
      linkType: 101,
      snapLength: 96,
      description: 'rätsel',
      timeResolution: 6,
      timeOffset: -3600,
    });
    writer.writePacket(eth0, { seconds: Number.NaN, nanoseconds: 0, octets: FRAME });
    const comments = ['one', 'zwei äöü', ''];
    writer.writePacket(eth0, { seconds: 1, nanoseconds: 5, octets: FRAME, comments });
    writer.writePacket(raw, { seconds: -60, nanoseconds: 1999, octets: FRAME, wireLength: 9000 });
    writer.writeStatistics(raw, 7);
    await writer.flush();
    const reader = await openCaptureBytes(bytes(), { comments: true });
    const records = await drain(reader, 8);
    expect(records.map(({ seconds, nanoseconds }) => [seconds, nanoseconds])).toEqual([
      [Number.NaN, 0],
      [1, 5],
      [-60, 1000],
    ]);
    expect(records[2]).toMatchObject({ wire: 9000, linkType: 101 });
    expect(reader.interfaces.map(({ name, description }) => [name, description])).toEqual([
      ['eth0', undefined],
      [undefined, 'rätsel'],
    ]);
    expect(reader.comments.map(({ scope, text }) => `${scope}: ${text}`)).toEqual([
      'section: of the section',
      'interface: of eth0',
      ...comments.map((text) => `packet: ${text}`),
    ]);
    expect(reader.counts.dropped).toBe(7);
    expect(reader.warnings.map(({ code }) => code)).toEqual(['time-backwards']);
    expect(reader.damaged).toBeNull();
  });

  test('refuses an unknown interface, and a time before the offset', () => {
    const writer = new PcapngWriter(() => {});
    const record = { seconds: 0, nanoseconds: 0, octets: FRAME };
    expect(() => writer.writePacket(0, record)).toThrow(RangeError);
    writer.addInterface({ linkType: 1 });
    expect(() => writer.writePacket(0, { ...record, seconds: -1 })).toThrow(RangeError);
    expect(() => writer.addInterface({ linkType: 1, timeResolution: 12 })).toThrow(RangeError);
  });

  test('any time in any decimal resolution is cut to it and nothing else', async () => {
    const times = fc.record({
      seconds: fc.integer({ min: 0, max: 2 ** 34 }),
      nanoseconds: fc.integer({ min: 0, max: 999_999_999 }),
      digits: fc.integer({ min: 0, max: 9 }),
    });
    await fc.assert(
      fc.asyncProperty(times, async ({ seconds, nanoseconds, digits }) => {
        const { sink, bytes } = collector();
        const writer = new PcapngWriter(sink);
        const id = writer.addInterface({ linkType: 1, timeResolution: digits });
        writer.writePacket(id, { seconds, nanoseconds, octets: FRAME });
        await writer.flush();
        const [record] = await drain(await openCaptureBytes(bytes()), 1);
        const unit = 10 ** (9 - digits);
        expect(record).toMatchObject({
          seconds,
          nanoseconds: Math.floor(nanoseconds / unit) * unit,
        });
      }),
    );
  });
});

/** The capture written anew, whole. */
async function rewritten(path: string): Promise<Buffer> {
  const { sink, bytes } = collector();
  const reader = await openCapture(path);
  const writer = new PcapngWriter(sink);
  const batch = new RecordBatch();
  const ids: number[] = [];
  do {
    while (reader.read(batch) > 0) {
      for (let i = 0; i < batch.count; i++) {
        const from = batch.interfaceId[i] as number;
        ids[from] ??= writer.addInterface(reader.interfaces[from] as { linkType: number });
        const at = batch.view.byteOffset + (batch.at[i] as number);
        const length = (batch.end[i] as number) - (batch.at[i] as number);
        writer.writePacket(ids[from], {
          seconds: batch.seconds[i] as number,
          nanoseconds: batch.nanoseconds[i] as number,
          octets: new Uint8Array(batch.view.buffer, at, length),
          wireLength: batch.wireLength[i] as number,
        });
      }
      if (writer.isFull) await writer.flush();
    }
  } while (await reader.fill());
  await writer.flush();
  await reader.close();
  return bytes();
}

const FIELDS = [
  'frame.time_epoch',
  'frame.len',
  'frame.cap_len',
  'frame.protocols',
  '_ws.col.Info',
];

function seenByTshark(path: string): string {
  const fields = FIELDS.flatMap((field) => ['-e', field]);
  const { stdout } = spawnSync('tshark', ['-n', '-r', path, '-T', 'fields', ...fields], {
    maxBuffer: 1 << 26,
    encoding: 'utf8',
  });
  return stdout;
}

describe.each(captures)('%s written anew', (path) => {
  test('has the same records', async () => {
    const plain = (record: object) => ({ ...record, interfaceId: undefined });
    const copy = await drain(await openCaptureBytes(await rewritten(path)), 64);
    const original = await drain(await openCapture(path), 64);
    expect(copy.map(plain)).toEqual(original.map(plain));
  });

  test.skipIf(!hasTshark)('looks the same to tshark', async () => {
    const file = join(folder, 'copy.pcapng');
    writeFileSync(file, await rewritten(path));
    const original = seenByTshark(path);
    expect(original.length).toBeGreaterThan(0);
    expect(seenByTshark(file)).toBe(original);
  });

  test('is read in any order', async () => {
    const records = await drain(await openCapture(path), 64);
    const indexed = await indexCapture(path);
    expect(indexed.length).toBe(records.length);
    for (const index of [records.length - 1, 0, records.length >> 1]) {
      const { octets, seconds, nanoseconds } = await indexed.read(index);
      const expected = records[index];
      expect({ seconds, nanoseconds }).toMatchObject({
        seconds: expected?.seconds,
        nanoseconds: expected?.nanoseconds,
      });
      expect(Buffer.from(octets).toString('hex')).toBe(expected?.data);
    }
    await expect(indexed.read(records.length)).rejects.toThrow(RangeError);
    await indexed.close();
  });
});

test('a compressed capture, or one of too many records, has no random access', async () => {
  const zipped = join(folder, 'x.pcap.gz');
  const plain = join(pcaps, '01-alibaba-unicast-kill.pcap');
  const { gzipSync } = await import('node:zlib');
  writeFileSync(zipped, gzipSync(readFileSync(plain)));
  await expect(indexCapture(zipped)).rejects.toThrow(CaptureError);
  await expect(indexCapture(plain, 100)).rejects.toThrow(/more than 100 records/);
});
