/** Every row of the table of malformed pcap files: what is delivered and what is said. */
import { describe, expect, test } from 'vitest';
import { bytes, frame, pcapHeader, pcapRecord } from './build.ts';
import { hex, readAll, refusal } from './drain.ts';

const header = pcapHeader();
const record = pcapRecord();
const whole = hex(frame(60));

async function expectClean(input: Uint8Array, count: number, codes: string[] = []) {
  const read = await readAll(input);
  expect(read.records).toHaveLength(count);
  expect(read.reader.damaged).toBeNull();
  expect(read.reader.truncated).toBe(false);
  expect(read.codes).toEqual(codes);
  return read;
}

describe('pcap files that cannot be opened', () => {
  test('p01 an empty file says so', async () => {
    expect(await refusal(bytes())).toMatch(/^CaptureError: x\.pcap: empty file/);
  });

  test('p02 a header cut at 10 octets', async () => {
    expect(await refusal(bytes(header.slice(0, 10)))).toContain('header cut: 10 of 24');
    expect(await refusal(bytes(header.slice(0, 3)))).toContain('only 3 octets');
  });

  test('p04 an unknown magic names its octets and what the file may be', async () => {
    const refused = await refusal(bytes([0xde, 0xad, 0xbe, 0xef], header));
    expect(refused).toContain('de ad be ef');
    expect(refused).toMatch(/gzip.*zstd/);
    const hints: [number[], string][] = [
      [[0x73, 0x6e, 0x6f, 0x6f, 0x70, 0, 0, 0], 'snoop'],
      [[0x42, 0x5a, 0x68, 0x39], 'bunzip2'],
      [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], 'unxz'],
      [[0x04, 0x22, 0x4d, 0x18], 'unlz4'],
      [[0x50, 0x4b, 3, 4], 'unzip'],
      [[...Buffer.from('12:00:01 IP host\n')], 'tcpdump -w'],
    ];
    for (const [magic, hint] of hints) expect(await refusal(bytes(magic))).toContain(hint);
  });

  test('p12 version 1.0, and another major version', async () => {
    expect(await refusal(bytes(pcapHeader({ major: 1, minor: 0 }), record))).toContain('1.0');
    expect(await refusal(bytes(pcapHeader({ major: 543, minor: 1 })))).toContain('543.1');
  });

  test('p27 reserved bits of the link type field', async () => {
    const refused = await refusal(bytes(pcapHeader({ linkField: 0x0001_0001 }), record));
    expect(refused).toContain('0x00010001');
  });
});

describe('pcap files that are read', () => {
  test('p03 a header without records is a capture of no frame', async () => {
    const { reader } = await expectClean(bytes(header), 0);
    expect(reader.format).toBe('pcap');
  });

  test('p09 p10 versions 2.3 and 2.2', async () => {
    await expectClean(bytes(pcapHeader({ minor: 3 }), record), 1);
    await expectClean(bytes(pcapHeader({ minor: 2 }), record), 1);
  });

  test('p11 version 2.5 is read with a warning', async () => {
    await expectClean(bytes(pcapHeader({ minor: 5 }), record), 1, ['version-newer']);
  });

  test('p13 p14 a snapshot length of 0 or 0xffffffff is no limit', async () => {
    for (const snapLength of [0, 0xffff_ffff]) {
      const { reader } = await expectClean(bytes(pcapHeader({ snapLength }), record), 1);
      expect(reader.interfaces[0]!.snapLength).toBe(0);
    }
  });

  test('p17 a record above the snapshot length is kept whole', async () => {
    const input = bytes(pcapHeader({ snapLength: 40 }), record, record);
    const { records, reader } = await expectClean(input, 2, ['capture-above-snaplen']);
    expect(records[0]!.data).toBe(whole);
    expect(reader.warnings[0]).toMatchObject({ count: 2, offset: 24 });
  });

  test('p18 262,144 captured octets are read', async () => {
    const data = frame(262_144);
    const input = bytes(pcapHeader({ snapLength: 262_144 }), pcapRecord({ data }), record);
    const { records } = await expectClean(input, 2);
    expect(records[0]!.data).toBe(hex(data));
  });

  test('p20 captured above original length', async () => {
    const input = bytes(header, pcapRecord({ wire: 42 }));
    const { records } = await expectClean(input, 1, ['capture-above-wire']);
    expect(records[0]).toMatchObject({ data: whole, wire: 42 });
  });

  test('p21 an empty record is delivered and counted', async () => {
    const input = bytes(header, pcapRecord({ data: [], wire: 60 }), record);
    const { records, reader } = await expectClean(input, 2, ['empty-record']);
    expect(records[0]!.data).toBe('');
    expect(reader.counts).toMatchObject({ empty: 1, runts: 0 });
  });

  test('p22 an original length of 0xffffffff', async () => {
    const input = bytes(header, pcapRecord({ wire: 0xffff_ffff }));
    const { records } = await expectClean(input, 1, ['wire-length-implausible']);
    expect(records[0]!.wire).toBe(0xffff_ffff);
  });

  test('p23 p24 microseconds of a second and more carry into the seconds', async () => {
    const input = bytes(
      header,
      pcapRecord({ seconds: 1000, fraction: 1_500_000 }),
      pcapRecord({ seconds: 1000, fraction: 0xffff_ffff }),
    );
    const { records } = await expectClean(input, 2, ['fraction-overflow']);
    expect(records[0]).toMatchObject({ seconds: 1001, nanoseconds: 500_000_000 });
    expect(records[1]).toMatchObject({ seconds: 5294, nanoseconds: 967_295_000 });
  });

  test('nanoseconds of a second and more carry likewise', async () => {
    const ns = pcapHeader({ magic: 0xa1b23c4d });
    const input = bytes(ns, pcapRecord({ seconds: 0xffff_ffff, fraction: 4_000_000_001 }));
    const { records } = await expectClean(input, 1, ['fraction-overflow']);
    expect(records[0]).toMatchObject({ seconds: 0x1_0000_0003, nanoseconds: 1 });
  });

  test('p25 an unknown link type is delivered as opaque octets', async () => {
    const input = bytes(pcapHeader({ linkField: 9999 }), record);
    const { records } = await expectClean(input, 1, ['link-type-unknown']);
    expect(records[0]!.linkType).toBe(9999);
  });

  test('p26 a frame check sequence is taken off', async () => {
    // 0x2 in bits 28 to 31: two 16-bit words; bit 26 says that this holds.
    const input = bytes(
      pcapHeader({ linkField: 0x2400_0001 }),
      pcapRecord({ data: frame(64) }),
      pcapRecord({ data: frame(62), wire: 64 }),
      pcapRecord({ data: frame(60), wire: 64 }),
      pcapRecord({ data: frame(2) }),
    );
    const { records, reader } = await expectClean(input, 4, ['runt']);
    expect(reader.interfaces[0]!.fcsLength).toBe(4);
    expect(records.slice(0, 3).map(({ data, wire }) => ({ data, wire }))).toEqual(
      [1, 2, 3].map(() => ({ data: whole, wire: 60 })),
    );
    expect(records[3]).toMatchObject({ data: '', wire: 0 });
  });

  test('FCS bits mean nothing where bit 26 is clear', async () => {
    const { records } = await expectClean(bytes(pcapHeader({ linkField: 0x2000_0001 }), record), 1);
    expect(records[0]!.data).toBe(whole);
  });

  test('p29 time that goes backwards is noted', async () => {
    const input = bytes(header, record, pcapRecord({ seconds: 1_699_999_999 }), record);
    const { records } = await expectClean(input, 3, ['time-backwards']);
    expect(records.map(({ seconds }) => seconds - 1_700_000_000)).toEqual([0, -1, 0]);
  });

  test('p30 a 13-octet frame is a runt, on Ethernet only', async () => {
    const runt = pcapRecord({ data: frame(13) });
    const { records, reader } = await expectClean(bytes(header, runt), 1, ['runt']);
    expect(records[0]!.data).toBe(hex(frame(13)));
    expect(reader.counts.runts).toBe(1);
    await expectClean(bytes(pcapHeader({ linkField: 101 }), runt), 1);
  });
});

describe('pcap files that end early', () => {
  test('p15 a record header cut at 7 of 16', async () => {
    const { records, reader } = await readAll(bytes(header, record, record.slice(0, 7)));
    expect(records.map(({ data }) => data)).toEqual([whole]);
    expect(reader.truncated).toBe(true);
    expect(reader.damaged).toEqual({
      offset: 24 + 76,
      reason: 'record header cut: 9 of 16 octets missing',
    });
  });

  test('p16 record data cut: the missing octets are told', async () => {
    const { records, reader } = await readAll(bytes(header, record, record.slice(0, 30)));
    expect(records).toHaveLength(1);
    expect(reader.truncated).toBe(true);
    expect(reader.damaged).toEqual({ offset: 100, reason: 'record cut: 46 of 60 octets missing' });
  });

  test('p28 three stray octets at the end', async () => {
    const { records, reader } = await readAll(bytes(header, record, [1, 2, 3]));
    expect(records).toHaveLength(1);
    expect(reader.truncated).toBe(true);
    expect(reader.damaged?.offset).toBe(100);
  });

  test('p19 262,145 captured octets end the reading; the limit can be set', async () => {
    const data = frame(262_145);
    const input = bytes(pcapHeader({ snapLength: 0 }), record, pcapRecord({ data }), record);
    const { records, reader } = await readAll(input);
    expect(records).toHaveLength(1);
    expect(reader.truncated).toBe(false);
    expect(reader.damaged?.offset).toBe(100);
    expect(reader.damaged?.reason).toContain('262145');
    const wider = await readAll(input, { maxCaptureLength: 300_000 });
    expect(wider.records).toHaveLength(3);
    expect(wider.reader.damaged).toBeNull();
  });

  test('a length of 4 GiB is refused before anything is allocated for it', async () => {
    const input = bytes(header, pcapRecord({ captured: 0xffff_ffff }));
    const { records, reader } = await readAll(input);
    expect(records).toHaveLength(0);
    expect(reader.damaged?.offset).toBe(24);
  });

  test('link types with larger records have larger limits', async () => {
    const data = frame(300_000);
    const usb = bytes(pcapHeader({ linkField: 249, snapLength: 0 }), pcapRecord({ data }));
    expect((await readAll(usb)).records).toHaveLength(1);
  });
});
