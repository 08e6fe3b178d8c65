/** Captures by hand, octet by octet: nothing here comes from the reader under test. */

export class Octets {
  #parts: number[] = [];
  readonly littleEndian: boolean;

  constructor(littleEndian = true) {
    this.littleEndian = littleEndian;
  }

  #number(value: bigint, length: number): this {
    const octets: number[] = [];
    for (let i = 0; i < length; i++) octets.push(Number((value >> BigInt(8 * i)) & 0xffn));
    this.#parts.push(...(this.littleEndian ? octets : octets.reverse()));
    return this;
  }

  u16(value: number): this {
    return this.#number(BigInt(value), 2);
  }

  u32(value: number): this {
    return this.#number(BigInt(value), 4);
  }

  u64(value: bigint): this {
    return this.#number(BigInt.asUintN(64, value), 8);
  }

  raw(octets: Iterable<number>): this {
    for (const octet of octets) this.#parts.push(octet);
    return this;
  }

  pad(): this {
    while (this.#parts.length % 4 !== 0) this.#parts.push(0);
    return this;
  }

  get bytes(): Uint8Array {
    return Uint8Array.from(this.#parts);
  }
}

/** `length` octets that tell where they are: an Ethernet frame as far as a reader knows. */
export function frame(length: number, seed = 1): number[] {
  return Array.from({ length }, (_, i) => (i * 7 + seed) & 0xff);
}

export interface PcapShape {
  littleEndian?: boolean;
  magic?: number;
  major?: number;
  minor?: number;
  snapLength?: number;
  linkField?: number;
}

export function pcapHeader(shape: PcapShape = {}): number[] {
  const { littleEndian = true, magic = 0xa1b2c3d4, major = 2, minor = 4 } = shape;
  const { snapLength = 65535, linkField = 1 } = shape;
  const octets = new Octets(littleEndian).u32(magic).u16(major).u16(minor).u32(0).u32(0);
  return [...octets.u32(snapLength).u32(linkField).bytes];
}

export interface PcapRecord {
  seconds?: number;
  fraction?: number;
  data?: number[];
  captured?: number;
  wire?: number;
}

/** A record header and its data; the two lengths may lie. */
export function pcapRecord(record: PcapRecord = {}, littleEndian = true): number[] {
  const { seconds = 1_700_000_000, fraction = 0, data = frame(60) } = record;
  const { captured = data.length, wire = data.length } = record;
  const head = new Octets(littleEndian).u32(seconds).u32(fraction).u32(captured).u32(wire);
  return [...head.bytes, ...data];
}

export function bytes(...parts: Iterable<number>[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** A pcapng option; a wrong length may be told. */
export function option(
  code: number,
  value: Iterable<number>,
  littleEndian = true,
  told?: number,
): number[] {
  const octets = [...value];
  const head = new Octets(littleEndian).u16(code).u16(told ?? octets.length);
  return [...head.raw(octets).pad().bytes];
}

export const text = (words: string): Uint8Array => new TextEncoder().encode(words);

/** Builds blocks of one byte order. */
export class Blocks {
  readonly littleEndian: boolean;

  constructor(littleEndian = true) {
    this.littleEndian = littleEndian;
  }

  octets(): Octets {
    return new Octets(this.littleEndian);
  }

  option(code: number, value: Iterable<number>, told?: number): number[] {
    return option(code, value, this.littleEndian, told);
  }

  end(): number[] {
    return this.option(0, []);
  }

  block(type: number, body: Iterable<number>, lengths: { front?: number; back?: number } = {}) {
    const padded = new Octets().raw(body).pad().bytes;
    const length = padded.length + 12;
    return [
      ...this.octets()
        .u32(type)
        .u32(lengths.front ?? length)
        .raw(padded)
        .u32(lengths.back ?? length).bytes,
    ];
  }

  section(
    shape: { major?: number; minor?: number; length?: bigint; options?: number[] } = {},
  ): number[] {
    const { major = 1, minor = 0, length = -1n, options = [] } = shape;
    const body = this.octets().u32(0x1a2b3c4d).u16(major).u16(minor).u64(length).raw(options);
    return this.block(0x0a0d0d0a, body.bytes);
  }

  interface(shape: { linkType?: number; snapLength?: number; options?: number[] } = {}): number[] {
    const { linkType = 1, snapLength = 65535, options = [] } = shape;
    const body = this.octets().u16(linkType).u16(0).u32(snapLength).raw(options);
    return this.block(1, body.bytes);
  }

  packet(
    shape: {
      id?: number;
      time?: bigint;
      data?: number[];
      captured?: number;
      wire?: number;
      options?: number[];
    } = {},
  ): number[] {
    const { id = 0, time = 1_700_000_000_123_456n, data = frame(60), options = [] } = shape;
    const { captured = data.length, wire = data.length } = shape;
    const body = this.octets().u32(id);
    body.u32(Number(time >> 32n)).u32(Number(time & 0xffff_ffffn));
    body.u32(captured).u32(wire).raw(data).pad().raw(options);
    return this.block(6, body.bytes);
  }

  simple(data: number[], wire = data.length): number[] {
    return this.block(3, this.octets().u32(wire).raw(data).bytes);
  }

  /** The obsolete packet block. */
  oldPacket(data: number[], drops = 0xffff, time = 1_700_000_000_123_456n): number[] {
    const body = this.octets().u16(0).u16(drops);
    body.u32(Number(time >> 32n)).u32(Number(time & 0xffff_ffffn));
    return this.block(2, body.u32(data.length).u32(data.length).raw(data).bytes);
  }
}
