/** gzip and zstd around a capture: the same records, and damage told after what was decoded. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openCaptureBytes, RecordBatch } from '../../src/capture/index.ts';
import { Blocks, bytes, frame, pcapHeader, pcapRecord } from './build.ts';
import { type PlainRecord, readAll, refusal } from './drain.ts';

const hasZstd = spawnSync('zstd', ['--version']).status === 0;
const le = new Blocks();
const records = (count: number, length = 200) =>
  Array.from({ length: count }, (_, i) =>
    pcapRecord({ seconds: 1000 + i, data: frame(length, i * 31) }),
  );
const pcap = bytes(pcapHeader(), ...records(3000));
const pcapng = bytes(
  le.section(),
  le.interface(),
  ...Array.from({ length: 50 }, (_, i) => le.packet({ data: frame(90, i) })),
);

function zstd(input: Uint8Array, ...flags: string[]): Uint8Array {
  const run = spawnSync('zstd', ['-q', '-c', ...flags], { input, maxBuffer: 1 << 28 });
  if (run.status !== 0) throw new Error(String(run.stderr));
  return run.stdout;
}

/** Octets that do not compress, by a linear congruence. */
function noise(length: number): number[] {
  let state = 1;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

describe('gzip', () => {
  test('a pcap and a pcapng in gzip', async () => {
    for (const plain of [pcap, pcapng]) {
      const expected = await readAll(plain);
      const read = await readAll(gzipSync(plain));
      expect(read.records).toEqual(expected.records);
      expect(read.reader.damaged).toBeNull();
      expect(read.reader.size).toBe(gzipSync(plain).length);
      expect(read.reader.bytesRead).toBe(read.reader.size);
    }
  });

  test('several members are one capture', async () => {
    const parts = [pcap.subarray(0, 1000), pcap.subarray(1000, 1001), pcap.subarray(1001)];
    const read = await readAll(bytes(...parts.map((part) => gzipSync(part))));
    expect(read.records).toEqual((await readAll(pcap)).records);
    expect(read.reader.damaged).toBeNull();
  });

  test('chunks of any size', async () => {
    const expected = await readAll(pcapng);
    for (const chunkBytes of [1, 10, 1000]) {
      expect((await readAll(gzipSync(pcapng), { chunkBytes })).records).toEqual(expected.records);
    }
  });

  test('cut gzip data: what was decoded is delivered, then the cut is told', async () => {
    const plain = bytes(
      pcapHeader(),
      ...Array.from({ length: 400 }, (_, i) =>
        pcapRecord({ seconds: 1000 + i, data: noise(1000) }),
      ),
    );
    const whole = gzipSync(plain);
    const read = await readAll(whole.subarray(0, whole.length >> 1));
    const expected = (await readAll(plain)).records;
    expect(read.records.length).toBeGreaterThan(0);
    expect(read.records).toEqual(expected.slice(0, read.records.length));
    expect(read.reader.truncated).toBe(true);
    expect(read.reader.damaged?.reason).toContain('gzip data cut');
  });

  test('a wrong checksum is told after all records', async () => {
    const bad = gzipSync(pcapng);
    bad[bad.length - 8]! ^= 1;
    const read = await readAll(bad);
    expect(read.records).toEqual((await readAll(pcapng)).records);
    expect(read.reader.truncated).toBe(false);
    expect(read.reader.damaged?.reason).toMatch(/gzip data damaged: .*check/);
  });

  test('gzip of nothing, of text, of gzip, and damaged from the start', async () => {
    expect(await refusal(gzipSync(bytes()))).toContain('empty file');
    expect(await refusal(gzipSync(Buffer.from('hello, world')))).toContain('looks like text');
    expect(await refusal(gzipSync(gzipSync(pcap)))).toContain('compressed twice');
    expect(await refusal(bytes([0x1f, 0x8b, 0x77, 0, 0, 0, 0, 0]))).toContain('gzip data damaged');
    expect(await refusal(gzipSync(pcap).subarray(0, 12))).toContain('gzip data cut');
  });

  test('a small input that expands a thousandfold takes little memory', async () => {
    const zeros = new Uint8Array(262_144);
    const one = bytes(pcapRecord({ data: [], captured: zeros.length, wire: zeros.length }), zeros);
    const plain = Buffer.concat([bytes(pcapHeader()), ...new Array(400).fill(one)]);
    const input = gzipSync(plain);
    const before = process.memoryUsage().arrayBuffers;
    const reader = await openCaptureBytes(input);
    const batch = new RecordBatch();
    let count = 0;
    let most = 0;
    do {
      for (let n = reader.read(batch); n > 0; n = reader.read(batch)) count += n;
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    } while (await reader.fill());
    await reader.close();
    expect(count).toBe(400);
    expect(most).toBeLessThan(80 << 20);
  });
});

describe('zstd', () => {
  const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url));

  test('a committed capture gives what its gzip twin gives', async () => {
    const expected = await readAll(gunzipSync(fixture('sixty-frames.pcap.gz')));
    const read = await readAll(fixture('sixty-frames.pcap.zst'));
    expect(read.records).toHaveLength(60);
    expect(read.records).toEqual(expected.records);
    expect(read.reader.damaged).toBeNull();
  });

  test('cut anywhere: records before the cut, then the cut', async () => {
    const whole = fixture('sixty-frames.pcap.zst');
    const expected = (await readAll(whole)).records;
    for (let length = 5; length < whole.length; length += 7) {
      const cut = whole.subarray(0, length);
      let got: PlainRecord[] = [];
      try {
        const read = await readAll(cut);
        got = read.records;
        expect(read.reader.truncated).toBe(true);
      } catch (error) {
        expect((error as Error).message).toContain('zstd data cut');
      }
      expect(got).toEqual(expected.slice(0, got.length));
    }
  });

  test('a window above 64 MiB is refused by name before it is allocated', async () => {
    // Window descriptor 0x90: exponent 18, so 2^28 octets.
    const large = bytes([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x90], [1, 0, 0]);
    expect(await refusal(large)).toMatch(/zstd .*window of 256 MiB .*64 MiB/);
    // A single segment of 2^40 octets.
    const single = bytes([0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 0, 1, 0, 0], [1, 0, 0]);
    expect(await refusal(single)).toMatch(/zstd .*window of 1048576 MiB/);
  });

  test('dictionaries, reserved blocks, oversized blocks and garbage are refused', async () => {
    const magic = [0x28, 0xb5, 0x2f, 0xfd];
    expect(await refusal(bytes(magic, [0x21, 5, 5, 1, 0, 0, 0]))).toContain('dictionary');
    expect(await refusal(bytes(magic, [0x00, 0x50], [7, 0, 0]))).toContain('reserved');
    expect(await refusal(bytes(magic, [0x00, 0x50], [0xfb, 0xff, 0xff]))).toContain('limit');
    expect(await refusal(bytes(magic, [0x00, 0x50], [0x25, 0, 0, 9, 9, 9, 9]))).toContain('zstd');
    const skippable = [0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9];
    expect(await refusal(bytes(skippable, [1, 2, 3, 4, 5]))).toContain('no frame');
    expect(await refusal(bytes(skippable))).toContain('empty file');
  });

  test('raw and run-length blocks, skippable frames between frames', async () => {
    const magic = [0x28, 0xb5, 0x2f, 0xfd];
    const raw = (data: Uint8Array, last: number) => {
      const head = (data.length << 3) | last;
      return [head & 0xff, (head >> 8) & 0xff, head >> 16, ...data];
    };
    const record = bytes(pcapRecord({ data: new Array(100).fill(7) }));
    const run = [(84 << 3) | 3, (84 << 3) >> 8, 0, 7];
    const input = bytes(
      [0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 9, 9, 9],
      [...magic, 0x00, 0x50, ...raw(bytes(pcapHeader()), 1)],
      [0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0],
      [...magic, 0x00, 0x50, ...raw(record.subarray(0, 32), 0), ...run],
    );
    const plain = await readAll(bytes(pcapHeader(), record));
    for (const chunkBytes of [1, 1000]) {
      const read = await readAll(input, { chunkBytes });
      expect(read.reader.damaged).toBeNull();
      expect(read.records).toEqual(plain.records);
    }
  });

  test('tiny frames and blocks of the largest window cost what they hold', async () => {
    const begin = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x80];
    const record = bytes(pcapRecord({ data: frame(100, 1) }));
    const head = (length: number, last: number) => [((length << 3) | last) & 0xff, length >> 5, 0];
    const one = (data: Uint8Array) => bytes(begin, head(data.length, 1), data);
    const frames = bytes(one(bytes(pcapHeader())), ...new Array(2000).fill(one(record)));
    const empty = bytes(head(0, 0));
    const blocks = bytes(
      one(bytes(pcapHeader())),
      begin,
      ...new Array(2000).fill(bytes(empty, head(record.length, 0), record)),
      head(0, 1),
    );
    for (const input of [frames, blocks]) {
      const read = await readAll(input);
      expect(read.reader.damaged).toBeNull();
      expect(read.records).toHaveLength(2000);
    }
  }, 10_000);

  test.skipIf(!hasZstd)('a match reaches back over the whole window, and no shorter', async () => {
    const far = bytes(pcapRecord({ data: noise(60_000) }));
    const run = bytes(pcapRecord({ data: new Array(60_000).fill(0) }));
    const many = [far, ...new Array(14).fill(run), far, ...new Array(60).fill(run), far];
    const plain = bytes(pcapHeader(), ...many);
    for (const flags of [['--long=20'], ['--long=23']]) {
      const packed = zstd(plain, ...flags);
      expect(packed.length).toBeLessThan(130_000);
      expect((await readAll(packed)).records).toEqual((await readAll(plain)).records);
    }
  });

  test.skipIf(!hasZstd)('what the zstd program writes, at any level, in any frames', async () => {
    const many = bytes(pcapHeader(), ...records(6000, 300));
    const expected = (await readAll(many)).records;
    for (const flags of [
      ['-1'],
      ['-19'],
      ['--no-check'],
      ['--long=25'],
      ['-3', '--no-content-size'],
    ]) {
      const read = await readAll(zstd(many, ...flags));
      expect(read.reader.damaged).toBeNull();
      expect(read.records).toEqual(expected);
    }
    const frames = bytes(zstd(many.subarray(0, 100)), zstd(bytes()), zstd(many.subarray(100)));
    expect((await readAll(frames)).records).toEqual(expected);
    expect((await readAll(zstd(pcapng))).records).toEqual((await readAll(pcapng)).records);
  });

  test.skipIf(!hasZstd)('damage inside never throws and is told', async () => {
    const plain = bytes(pcapHeader(), ...records(200));
    const whole = zstd(plain, '--no-check');
    for (let i = 20; i < whole.length; i += 11) {
      const bad = Uint8Array.from(whole);
      bad[i]! ^= 0x55;
      await readAll(bad).catch((error: Error) => expect(error.name).toBe('CaptureError'));
    }
  });
});
