/** The lawful kinds of pcap, and the rule that how octets arrive changes nothing. */
import { describe, expect, test } from 'vitest';
import { Blocks, bytes, frame, pcapHeader, pcapRecord } from './build.ts';
import { hex, readAll } from './drain.ts';

const whole = hex(frame(60));

describe('pcap variants', () => {
  for (const littleEndian of [true, false]) {
    const order = littleEndian ? 'little' : 'big';
    for (const [magic, nanoseconds] of [
      [0xa1b2c3d4, 123_456_000],
      [0xa1b23c4d, 123_456],
    ] as const) {
      test(`magic ${magic.toString(16)}, ${order}-endian`, async () => {
        const header = pcapHeader({ magic, littleEndian });
        const record = pcapRecord({ fraction: 123_456, wire: 1500 }, littleEndian);
        const { records, reader } = await readAll(bytes(header, record, record));
        const expected = {
          data: whole,
          wire: 1500,
          seconds: 1_700_000_000,
          nanoseconds,
          linkType: 1,
          interfaceId: 0,
          file: 0,
        };
        expect(records).toEqual([expected, expected]);
        expect(reader.damaged).toBeNull();
      });
    }

    test(`Kuznetzov's modified records, ${order}-endian`, async () => {
      const header = pcapHeader({ magic: 0xa1b2cd34, littleEndian });
      const record = pcapRecord({ fraction: 5, data: [] }, littleEndian);
      // Captured and original length, then interface 3, protocol, packet type, a pad octet.
      const lengths = littleEndian ? [60, 0, 0, 0, 60, 0, 0, 0] : [0, 0, 0, 60, 0, 0, 0, 60];
      const whole24 = [...record.slice(0, 8), ...lengths, 3, 0, 0, 0, 8, 0, 0, 0, ...frame(60)];
      const { records } = await readAll(bytes(header, whole24, whole24));
      expect(records.map(({ data }) => data)).toEqual([whole, whole]);
      expect(records[0]).toMatchObject({ nanoseconds: 5000, interfaceId: 0 });
    });
  }

  test('which length comes first depends on the version', async () => {
    const data = frame(60);
    const inOrder = pcapRecord({ data, wire: 100 });
    const swapped = pcapRecord({ data, captured: 100, wire: 60 });
    const cases: [number, number, number[]][] = [
      [2, 4, inOrder],
      [2, 3, inOrder],
      [2, 3, swapped],
      [2, 2, swapped],
      [2, 1, swapped],
      [2, 0, swapped],
      [543, 0, swapped],
    ];
    for (const [major, minor, record] of cases) {
      const { records } = await readAll(bytes(pcapHeader({ major, minor }), record, record));
      expect(records).toHaveLength(2);
      expect(records[1]).toMatchObject({ data: whole, wire: 100 });
    }
  });

  test('times after 2038 and up to 2106', async () => {
    const record = pcapRecord({ seconds: 0xffff_fffe, fraction: 999_999 });
    const { records } = await readAll(bytes(pcapHeader(), record));
    expect(records[0]).toMatchObject({ seconds: 4_294_967_294, nanoseconds: 999_999_000 });
  });
});

describe('chunks of any size', () => {
  const le = new Blocks(true);
  const be = new Blocks(false);
  const sizes = [60, 1, 0, 13, 300, 64, 61, 62, 63];
  const pcap = bytes(
    pcapHeader(),
    ...sizes.map((length, i) => pcapRecord({ seconds: 1000 + i, data: frame(length, i) })),
  );
  const comment = le.option(1, [65, 66, 67]);
  const pcapng = bytes(
    le.section({ options: comment }),
    le.interface(),
    ...sizes.map((length, i) => le.packet({ data: frame(length, i), options: comment })),
    le.block(0x777, frame(500)),
    le.section({ major: 3, length: 90n }),
    frame(90),
    be.section(),
    be.interface({ snapLength: 0 }),
    ...sizes.map((length, i) => be.packet({ data: frame(length, i) })),
    be.simple(frame(77)),
  );

  for (const [name, input] of [
    ['pcap', pcap],
    ['pcapng', pcapng],
  ] as const) {
    test(`${name}: the same records from chunks of 1 octet to the whole`, async () => {
      const expected = await readAll(input);
      expect(expected.records.length).toBeGreaterThan(8);
      for (const chunkBytes of [1, 2, 3, 4, 5, 7, 11, 16, 23, 24, 25, 31, 64, 99, 128, 500, 1000]) {
        const read = await readAll(input, { chunkBytes });
        expect(read.records).toEqual(expected.records);
        expect(read.reader.warnings).toEqual(expected.reader.warnings);
        expect(read.reader.damaged).toBeNull();
      }
    });

    test(`${name}: damage is told the same from chunks of 1 octet`, async () => {
      for (let length = 28; length < input.length; length += 13) {
        const cut = input.subarray(0, length);
        const [one, all] = [await readAll(cut, { chunkBytes: 1 }), await readAll(cut)];
        expect(one.records).toEqual(all.records);
        expect(one.reader.damaged).toEqual(all.reader.damaged);
        expect(one.reader.truncated).toBe(all.reader.truncated);
      }
    });
  }

  test('a record larger than chunk and headroom together', async () => {
    const data = frame(200_000);
    const input = bytes(pcapHeader(), pcapRecord(), pcapRecord({ data }), pcapRecord());
    const { records } = await readAll(input, { chunkBytes: 5000 });
    expect(records.map((record) => record.data)).toEqual([whole, hex(data), whole]);
  });
});
