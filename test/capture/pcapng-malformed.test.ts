/** Every row of the table of malformed pcapng files: what is delivered and what is said. */
import { describe, expect, test } from 'vitest';
import { type CaptureOptions, RecordBatch } from '../../src/capture/index.ts';
import { Blocks, bytes, frame, text } from './build.ts';
import { hex, readAll, refusal } from './drain.ts';

const le = new Blocks(true);
const be = new Blocks(false);
const start = [...le.section(), ...le.interface()];
const whole = hex(frame(60));
const time = { seconds: 1_700_000_000, nanoseconds: 123_456_000 };

interface Clean {
  count: number;
  codes?: string[];
  options?: CaptureOptions;
}

async function expectClean(input: Uint8Array, { count, codes = [], options = {} }: Clean) {
  const read = await readAll(input, options);
  expect(read.reader.damaged).toBeNull();
  expect(read.records).toHaveLength(count);
  expect(read.reader.truncated).toBe(false);
  expect(read.codes).toEqual(codes);
  return read;
}

async function expectStop(input: Uint8Array, count: number, offset: number) {
  const read = await readAll(input);
  expect(read.records).toHaveLength(count);
  expect(read.reader.truncated).toBe(false);
  expect(read.reader.damaged?.offset).toBe(offset);
  expect(await read.reader.fill()).toBe(false);
  expect(read.reader.read(new RecordBatch())).toBe(0);
  return read.reader.damaged!.reason;
}

describe('sections', () => {
  test('n01 n02 minimal files of both byte orders', async () => {
    for (const blocks of [le, be]) {
      const input = bytes(blocks.section(), blocks.interface(), blocks.packet());
      const { records, reader } = await expectClean(input, { count: 1 });
      expect(records[0]).toEqual({
        data: whole,
        wire: 60,
        ...time,
        linkType: 1,
        interfaceId: 0,
        file: 0,
      });
      expect(reader.format).toBe('pcapng');
    }
  });

  test('n03 a section header alone is a capture of no frame', async () => {
    await expectClean(bytes(le.section()), { count: 0 });
  });

  test('n04 a bad byte-order magic', async () => {
    const bad = le.section();
    bad[8] = 0;
    expect(await refusal(bytes(bad))).toMatch(/^CaptureError: x\.pcap: .*byte-order magic/);
    expect(await refusal(bytes(bad.slice(0, 10)))).toContain('cut');
    expect(await expectStop(bytes(start, le.packet(), bad), 1, start.length + 92)).toContain(
      '1a2b',
    );
  });

  test('n05 a first section of major version 2 is skipped; alone it is an error', async () => {
    const foreign = [...le.section({ major: 2 }), ...le.interface(), ...le.packet()];
    const alone = await readAll(bytes(foreign));
    expect(alone.records).toHaveLength(0);
    expect(alone.reader.damaged?.reason).toContain('no section');
    expect(alone.codes).toEqual(['section-skipped']);
    const codes = ['section-skipped'];
    await expectClean(bytes(foreign, start, le.packet()), { count: 1, codes });
  });

  test('a skipped section of known length need not consist of blocks', async () => {
    const junk = frame(400);
    const foreign = le.section({ major: 2, length: 400n });
    const codes = ['section-skipped'];
    const input = bytes(start, le.packet(), foreign, junk, be.section(), be.interface());
    await expectClean(bytes(input, be.packet()), { count: 2, codes });
    const cut = await readAll(bytes(start, foreign, junk.slice(0, 100)));
    expect(cut.reader.truncated).toBe(true);
    expect(cut.reader.damaged?.reason).toContain('300 octets missing');
  });

  test.each([3n, 1n << 40n])('a skipped section of wrong length %i', async (length) => {
    const foreign = [...le.section({ major: 2, length }), ...le.interface(), ...le.packet()];
    const codes = ['section-skipped'];
    await expectClean(bytes(foreign, start, le.packet()), { count: 1, codes });
  });

  test('a frame check sequence of more than 4 octets is none', async () => {
    for (const length of [5, 8, 40, 255]) {
      const described = le.interface({ options: le.option(13, [length]) });
      const read = await readAll(bytes(le.section(), described, le.packet({ data: frame(60) })));
      expect(read.codes).toEqual(['fcs-length']);
      expect(read.records[0]?.data).toHaveLength(120);
    }
  });

  test('n06 n07 minor versions 2 and 1', async () => {
    const rest = [...le.interface(), ...le.packet()];
    await expectClean(bytes(le.section({ minor: 2 }), rest), { count: 1 });
    const codes = ['version-newer'];
    await expectClean(bytes(le.section({ minor: 1 }), rest), { count: 1, codes });
  });

  test('n08 a wrong section length is ignored', async () => {
    const input = bytes(le.section({ length: 12n }), le.interface(), le.packet());
    await expectClean(input, { count: 1 });
  });

  test('n22 a second section of the other byte order', async () => {
    const input = bytes(start, le.packet(), be.section(), be.interface(), be.packet());
    const { records, reader } = await expectClean(input, { count: 2 });
    expect(records.map(({ interfaceId }) => interfaceId)).toEqual([0, 1]);
    expect(reader.interfaces.map(({ section }) => section)).toEqual([0, 1]);
    expect(records[1]).toMatchObject({ data: whole, ...time });
  });

  test('n23 a second section forgets the interfaces of the first', async () => {
    const input = bytes(start, le.packet(), le.section(), le.packet());
    const reason = await expectStop(input, 1, start.length + 92 + 28);
    expect(reason).toContain('interface 0');
  });

  test('n44 a section header of 24 octets', async () => {
    const short = le.octets().u32(0x0a0d0d0a).u32(24).u32(0x1a2b3c4d).u16(1).u16(0).u32(0).u32(24);
    expect(await refusal(bytes(short.bytes))).toContain('24 octets');
  });
});

describe('framing of blocks', () => {
  test('n11 n12 n13 n14 lengths that cannot be', async () => {
    for (const length of [94, 8, 0, 0x7fff_fffc]) {
      const bad = le.packet();
      bad.splice(4, 4, ...le.octets().u32(length).bytes);
      const input = bytes(start, le.packet(), bad, le.packet());
      expect(await expectStop(input, 1, start.length + 92)).toContain(`${length}`);
    }
  });

  test('n11 at the end of the input, and a length that leaves out its padding', async () => {
    const bad = le.packet();
    bad.splice(4, 4, ...le.octets().u32(94).bytes);
    expect(await expectStop(bytes(start, bad), 0, start.length)).toContain('multiple of 4');
    const data = frame(59);
    const unpadded = le.packet({ data });
    for (const at of [4, 88]) unpadded.splice(at, 4, ...le.octets().u32(91).bytes);
    const codes = ['block-length-unpadded'];
    const input = bytes(start, unpadded, le.packet());
    const { records } = await expectClean(input, { count: 2, codes });
    expect(records[0]!.data).toBe(hex(data));
    const section = le.section();
    section.splice(4, 4, ...le.octets().u32(31).bytes);
    expect(await refusal(bytes(section, start))).toContain('31 is not a multiple of 4');
  });

  test('the limit on blocks can be set', async () => {
    const input = bytes(start, le.packet({ data: frame(3000) }));
    expect((await readAll(input, { maxBlockLength: 2048 })).reader.damaged).not.toBeNull();
    expect(await readAll(input).then(({ records }) => records.length)).toBe(1);
  });

  test('n15 a trailer that differs', async () => {
    const bad = le.packet();
    bad[bad.length - 4]! ^= 4;
    expect(await expectStop(bytes(start, bad), 0, start.length)).toContain('differ');
  });

  test('n19 an unknown block type is skipped and counted', async () => {
    const strange = [...le.block(0x7777, [1, 2, 3, 4]), ...le.block(0x8000_0001, [])];
    const { reader } = await expectClean(bytes(start, strange, le.packet()), { count: 1 });
    expect(reader.counts.skippedBlocks).toBe(2);
  });

  test('n20 n21 the last block or its header cut', async () => {
    const last = le.packet();
    const block = await readAll(bytes(start, last, last.slice(0, 50)));
    expect(block.records).toHaveLength(1);
    expect(block.reader.truncated).toBe(true);
    const offset = start.length + 92;
    const reason = 'block cut: 42 of 92 octets missing';
    expect(block.reader.damaged).toEqual({ offset, reason });
    const head = await readAll(bytes(start, last, last.slice(0, 5)));
    expect(head.records).toHaveLength(1);
    expect(head.reader.truncated).toBe(true);
    expect(head.reader.damaged?.offset).toBe(offset);
  });

  test('n43 16 zero octets at the end', async () => {
    const input = bytes(start, le.packet(), new Array(16).fill(0));
    await expectStop(input, 1, start.length + 92);
  });

  test('n40 statistics, names, secrets and custom blocks are passed over', async () => {
    const others = [
      ...le.block(4, frame(8)),
      ...le.block(10, frame(20)),
      ...le.block(0xbad, frame(8)),
      ...le.block(0x4000_0bad, frame(8)),
    ];
    const drops = [...le.option(5, le.octets().u64(3n).bytes), ...le.end()];
    const statistics = le.block(5, le.octets().u32(0).u64(0n).raw(drops).bytes);
    const input = bytes(start, others, le.packet(), statistics);
    const { reader } = await expectClean(input, { count: 1 });
    expect(reader.counts).toEqual({
      skippedBlocks: 0,
      customBlocks: 2,
      empty: 0,
      runts: 0,
      dropped: 3,
    });
  });

  test('description and statistics that are too short', async () => {
    expect(await expectStop(bytes(le.section(), le.block(1, [1, 0, 0, 0])), 0, 28)).toContain('16');
    expect(await expectStop(bytes(start, le.block(5, [])), 0, start.length)).toContain('12');
    expect(await expectStop(bytes(start, le.block(6, [])), 0, start.length)).toContain('12');
    expect(await expectStop(bytes(start, le.block(3, [])), 0, start.length)).toContain('12');
  });

  test('statistics of an interface that is not described are passed over', async () => {
    const statistics = le.block(5, le.octets().u32(7).u64(0n).bytes);
    await expectClean(bytes(start, statistics, le.packet()), { count: 1 });
  });
});

describe('packets', () => {
  test('n09 n10 packets of an interface that is not described', async () => {
    expect(await expectStop(bytes(le.section(), le.packet()), 0, 28)).toContain('interface 0');
    const input = bytes(start, le.packet({ id: 5 }));
    expect(await expectStop(input, 0, start.length)).toContain('interface 5');
    const simple = bytes(le.section(), le.simple(frame(60)));
    expect(await expectStop(simple, 0, 28)).toContain('interface 0');
  });

  test('n16 captured above the block', async () => {
    const input = bytes(start, le.packet(), le.packet({ captured: 61 }), le.packet());
    expect(await expectStop(input, 1, start.length + 92)).toContain('61');
  });

  test('n17 n18 captured above the snapshot length, and no such length', async () => {
    const codes = ['capture-above-snaplen'];
    const small = bytes(le.section(), le.interface({ snapLength: 40 }), le.packet(), le.packet());
    const { records } = await expectClean(small, { count: 2, codes });
    expect(records[0]!.data).toBe(whole);
    for (const snapLength of [0, 0xffff_ffff]) {
      const none = bytes(le.section(), le.interface({ snapLength }), le.packet());
      await expectClean(none, { count: 1 });
    }
  });

  test('n24 n25 interfaces of other link types and snapshot lengths', async () => {
    const interfaces = [...le.interface({ linkType: 276, snapLength: 64 }), ...le.interface()];
    const packets = [...le.packet({ id: 1 }), ...le.packet({ id: 0 })];
    const { records } = await expectClean(bytes(le.section(), interfaces, packets), { count: 2 });
    expect(records.map((record) => record.linkType)).toEqual([1, 276]);
    expect(records.map((record) => record.interfaceId)).toEqual([1, 0]);
  });

  test('n36 n37 simple packets have no time and the snapshot length cuts them', async () => {
    const input = bytes(
      le.section(),
      le.interface({ snapLength: 62 }),
      le.simple(frame(61)),
      le.simple(frame(62), 1500),
    );
    const { records } = await expectClean(input, { count: 2 });
    expect(records[0]).toMatchObject({ data: hex(frame(61)), wire: 61, nanoseconds: 0 });
    expect(records[0]!.seconds).toBeNaN();
    expect(records[1]).toMatchObject({ data: hex(frame(62)), wire: 1500 });
  });

  test('n38 a simple packet longer than its block', async () => {
    await expectStop(bytes(start, le.simple(frame(60), 1000)), 0, start.length);
    await expectStop(bytes(start, le.simple(frame(60), 0xffff_ffff)), 0, start.length);
    // More octets than the packet has are no padding.
    await expectStop(bytes(start, le.simple(frame(60), 20)), 0, start.length);
  });

  test('n39 the obsolete packet block', async () => {
    const input = bytes(start, le.oldPacket(frame(60)), le.oldPacket(frame(60), 9));
    const { records, reader } = await expectClean(input, { count: 2 });
    expect(records[0]).toMatchObject({ data: whole, ...time });
    expect(reader.counts.dropped).toBe(9);
  });

  test('n41 captured above original length', async () => {
    const codes = ['capture-above-wire'];
    const input = bytes(start, le.packet({ wire: 42 }));
    const { records } = await expectClean(input, { count: 1, codes });
    expect(records[0]).toMatchObject({ data: whole, wire: 42 });
  });

  test('n42 an unknown link type is delivered as opaque octets', async () => {
    const input = bytes(le.section(), le.interface({ linkType: 9999 }), le.packet());
    const { records } = await expectClean(input, { count: 1, codes: ['link-type-unknown'] });
    expect(records[0]!.linkType).toBe(9999);
  });

  test('time that goes backwards is noted and the order kept', async () => {
    const input = bytes(start, le.packet(), le.packet({ time: 5n }), le.packet());
    const { records } = await expectClean(input, { count: 3, codes: ['time-backwards'] });
    expect(records.map(({ seconds }) => seconds)).toEqual([1_700_000_000, 0, 1_700_000_000]);
  });

  test('a frame check sequence is taken off, by interface or by packet', async () => {
    const flags = [...le.option(2, le.octets().u32(4 << 5).bytes), ...le.end()];
    for (const value of [4, 32]) {
      const options = [...le.option(13, [value]), ...le.end()];
      const input = bytes(le.section(), le.interface({ options }), le.packet({ data: frame(64) }));
      const { records } = await expectClean(input, { count: 1 });
      expect(records[0]).toMatchObject({ data: whole, wire: 60 });
    }
    const own = bytes(start, le.packet({ data: frame(64), options: flags }), le.packet());
    const { records } = await expectClean(own, { count: 2 });
    expect(records.map(({ data }) => data)).toEqual([whole, whole]);
  });

  test('drops that packets and statistics both tell of count once', async () => {
    const drop = (n: bigint) => [...le.option(4, le.octets().u64(n).bytes), ...le.end()];
    const running = (n: bigint) =>
      le.block(
        5,
        le
          .octets()
          .u32(0)
          .u64(0n)
          .raw(le.option(7, le.octets().u64(n).bytes)).bytes,
      );
    const packets = [...le.packet({ options: drop(2n) }), ...le.packet({ options: drop(3n) })];
    const input = bytes(start, packets, running(4n), running(6n));
    expect((await expectClean(input, { count: 2 })).reader.counts.dropped).toBe(6);
  });
});

describe('options', () => {
  const described = (options: number[]) =>
    bytes(le.section(), le.interface({ options }), le.packet());

  test('n29 a resolution of 10^-20 is an error of that interface alone', async () => {
    const options = [...le.option(9, [20]), ...le.end()];
    const interfaces = [...le.interface({ options }), ...le.interface()];
    const packets = [...le.packet({ id: 0 }), ...le.packet({ id: 1 }), ...le.packet({ id: 0 })];
    const { records, reader, codes } = await readAll(bytes(le.section(), interfaces, packets));
    expect(records.map(({ interfaceId }) => interfaceId)).toEqual([1]);
    expect(reader.damaged?.reason).toContain('if_tsresol 0x14');
    expect(codes).toEqual(['time-resolution']);
    expect(reader.warnings[0]!.count).toBe(2);
  });

  test('n30 n31 a resolution of length 2, and one given twice', async () => {
    const long = described([...le.option(9, [9, 0]), ...le.end()]);
    const odd = await expectClean(long, { count: 1, codes: ['option-length'] });
    expect(odd.records[0]).toMatchObject(time);
    const twice = described([...le.option(9, [6]), ...le.option(9, [9]), ...le.end()]);
    const first = await expectClean(twice, { count: 1, codes: ['option-repeated'] });
    expect(first.records[0]).toMatchObject(time);
  });

  test('n33 a list may end with its block', async () => {
    const { reader } = await expectClean(described(le.option(2, text('eth0'))), { count: 1 });
    expect(reader.interfaces[0]!.name).toBe('eth0');
  });

  test('n34 an option that passes the end of its block is reported, the data kept', async () => {
    const bad = le.option(2, text('eth0'), 400);
    const { reader } = await expectClean(described(bad), { count: 1, codes: ['option-damaged'] });
    expect(reader.interfaces[0]!.name).toBeUndefined();
    const packet = bytes(start, le.packet({ options: le.option(1, text('abcd'), 6) }));
    const { records } = await expectClean(packet, { count: 1, codes: ['option-damaged'] });
    expect(records[0]!.data).toBe(whole);
  });

  test('n35 two comments are both kept', async () => {
    const comments = (words: string[]) => words.flatMap((word) => le.option(1, text(word)));
    const input = bytes(
      le.section({ options: comments(['one', 'two']) }),
      le.interface({ options: comments(['three']) }),
      le.packet(),
      le.packet({ options: comments(['four', 'five']) }),
    );
    const all = await expectClean(input, { count: 2, options: { comments: true } });
    expect(all.reader.comments).toEqual([
      { scope: 'section', record: null, interfaceId: null, text: 'one' },
      { scope: 'section', record: null, interfaceId: null, text: 'two' },
      { scope: 'interface', record: null, interfaceId: 0, text: 'three' },
      { scope: 'packet', record: 2, interfaceId: 0, text: 'four' },
      { scope: 'packet', record: 2, interfaceId: 0, text: 'five' },
    ]);
    const some = await expectClean(input, { count: 2 });
    expect(some.reader.comments.map((comment) => comment.scope)).not.toContain('packet');
  });

  test('comments are bounded', async () => {
    const comment = le.packet({ options: le.option(1, text('x')) });
    const packets = new Array(1001).fill(comment).flat();
    const codes = ['comments-dropped'];
    const options = { comments: true };
    const { reader } = await expectClean(bytes(start, packets), { count: 1001, options });
    expect(reader.comments).toHaveLength(1001);
    const long = le.option(1, new Array(65_000).fill(0x78));
    const large = Uint8Array.from(le.packet({ options: [...long, ...long] }));
    const kept = await readAll(
      Buffer.concat([bytes(start), ...new Array(130).fill(large)]),
      options,
    );
    expect(kept.reader.comments).toHaveLength(257);
    expect(kept.codes).toEqual(codes);
    const section = le.section({ options: new Array(1001).fill(le.option(1, text('x'))).flat() });
    const told = await expectClean(bytes(section), { count: 0, codes });
    expect(told.reader.comments).toHaveLength(1000);
  });

  test('n45 an end of options with a length', async () => {
    const options = [...le.option(2, text('eth0')), ...le.option(0, [1, 2, 3, 4])];
    const { reader } = await expectClean(described(options), {
      count: 1,
      codes: ['option-damaged'],
    });
    expect(reader.interfaces[0]!.name).toBe('eth0');
  });

  test('names and descriptions', async () => {
    const options = [...le.option(2, text('eth0\0')), ...le.option(3, text('für Gäste'))];
    const { reader } = await expectClean(described(options), { count: 1 });
    expect(reader.interfaces[0]).toMatchObject({ name: 'eth0', description: 'für Gäste' });
  });
});
