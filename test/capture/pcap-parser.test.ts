/** The npm package pcap-parser as a second reader of microsecond captures. */
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { bytes, frame, pcapHeader, pcapRecord } from './build.ts';
import { hex, readAll } from './drain.ts';

interface Packet {
  header: {
    timestampSeconds: number;
    timestampMicroseconds: number;
    capturedLength: number;
    originalLength: number;
  };
  data: Buffer;
}

const { parse } = createRequire(import.meta.url)('pcap-parser') as {
  parse(stream: Readable): NodeJS.EventEmitter;
};

function parsed(input: Uint8Array): Promise<Packet[]> {
  return new Promise((resolve, reject) => {
    const packets: Packet[] = [];
    const parser = parse(Readable.from([Buffer.from(input)]));
    parser.on('packet', (packet: Packet) => packets.push(packet));
    parser.on('end', () => resolve(packets));
    parser.on('error', reject);
  });
}

test('both readers agree on every record, in both byte orders', async () => {
  for (const littleEndian of [true, false]) {
    const records = Array.from({ length: 500 }, (_, i) =>
      pcapRecord(
        {
          seconds: 1_700_000_000 + i,
          fraction: (i * 7919) % 1_000_000,
          data: frame(14 + ((i * 37) % 1500), i),
          wire: 2000 + i,
        },
        littleEndian,
      ),
    );
    const input = bytes(pcapHeader({ littleEndian }), ...records);
    const theirs = await parsed(input);
    const ours = (await readAll(input)).records;
    expect(theirs).toHaveLength(500);
    expect(ours.map((r) => [r.seconds, r.nanoseconds / 1000, r.wire, r.data])).toEqual(
      theirs.map(({ header, data }) => [
        header.timestampSeconds,
        header.timestampMicroseconds,
        header.originalLength,
        hex(data),
      ]),
    );
  }
});
