/**
 * Real frames with octets changed, cut off, put in, and taken from other frames, by a seed.
 * Neighbor discovery gets a right checksum most of the time, or nothing would come of it.
 */
import { writeIcmpv6Checksum } from '../../src/wire/icmpv6.ts';
import type { Sample } from './corpus.ts';
import type { Xorshift } from './xorshift.ts';

/** Longest frame that `mutate` makes. */
export const FRAME_MAX = 2048;
const TELLING = [
  0, 1, 2, 4, 6, 8, 0x28, 0x33, 0x3a, 0x45, 0x60, 0x70, 0x7f, 0x80, 0x87, 0x88, 0xff,
];
const LINK_TYPES = [0, 1, 12, 14, 101, 108, 113, 228, 229, 276, 147];
/** Where Ethernet, ARP, IP and ICMPv6 keep what matters: starts of fields, by octet offset. */
const FIELDS = [0, 6, 12, 14, 16, 18, 20, 22, 23, 26, 28, 30, 32, 38, 46, 54, 58, 62, 78, 80];

export class Mutator {
  private readonly samples: readonly Sample[];
  private readonly random: Xorshift;
  /** Link type of the frame made last. */
  linkType = 1;

  constructor(samples: readonly Sample[], random: Xorshift) {
    this.samples = samples;
    this.random = random;
  }

  /** Writes a frame into `arena` at `at`, FRAME_MAX octets at most; returns its end. */
  mutate(arena: Uint8Array, at: number): number {
    const { random } = this;
    const sample = this.sample();
    arena.set(sample.octets, at);
    this.linkType = random.below(50) === 0 ? this.anyLinkType() : sample.linkType;
    let length = sample.octets.length;
    // Every eighth frame stays as it is, so that the tables hold something worth attacking.
    const changes = random.below(8) === 0 ? 0 : 1 + random.below(4);
    for (let i = 0; i < changes; i++) length = this.change(arena, at, length);
    if (random.below(4) !== 0) this.mend(arena, at, at + length);
    return at + length;
  }

  private sample(): Sample {
    return this.samples[this.random.below(this.samples.length)] as Sample;
  }

  private anyLinkType(): number {
    return LINK_TYPES[this.random.below(LINK_TYPES.length)] as number;
  }

  /** One change; the new length. */
  private change(arena: Uint8Array, at: number, length: number): number {
    const { random } = this;
    if (length === 0) return this.append(arena, at, length);
    const place = at + random.below(random.below(3) === 0 ? length : Math.min(length, 90));
    switch (random.below(9)) {
      case 0:
        arena[place] = random.next();
        return length;
      case 1:
        arena[place] = arena[place]! ^ (1 << random.below(8));
        return length;
      case 2:
        arena[place] = TELLING[random.below(TELLING.length)] as number;
        return length;
      case 3:
        return random.below(length + 1);
      case 4:
        return this.append(arena, at, length);
      case 5:
        return this.splice(arena, at, length);
      case 6:
        return this.tag(arena, at, length);
      default:
        this.exchangeField(arena, at, length);
        return length;
    }
  }

  private append(arena: Uint8Array, at: number, length: number): number {
    const more = Math.min(this.random.below(40), FRAME_MAX - length);
    for (let i = 0; i < more; i++) arena[at + length + i] = this.random.next();
    return length + more;
  }

  /** From some octet on, another frame. */
  private splice(arena: Uint8Array, at: number, length: number): number {
    const { octets } = this.sample();
    const cut = this.random.below(Math.min(length, 64) + 1);
    if (cut >= octets.length) return cut;
    arena.set(octets.subarray(cut), at + cut);
    return octets.length;
  }

  /** A VLAN tag of a small VID, or of any. */
  private tag(arena: Uint8Array, at: number, length: number): number {
    if (length < 14 || length + 4 > FRAME_MAX) return length;
    arena.copyWithin(at + 16, at + 12, at + length);
    const vid = this.random.below(3) === 0 ? this.random.below(0x10000) : this.random.below(21);
    arena[at + 12] = this.random.below(4) === 0 ? 0x88 : 0x81;
    arena[at + 13] = arena[at + 12] === 0x88 ? 0xa8 : 0x00;
    arena[at + 14] = vid >>> 8;
    arena[at + 15] = vid;
    return length + 4;
  }

  /** A field's octets from another frame: MACs and addresses wander between lawful frames. */
  private exchangeField(arena: Uint8Array, at: number, length: number): void {
    const { octets } = this.sample();
    const from = FIELDS[this.random.below(FIELDS.length)] as number;
    const to =
      this.random.below(3) === 0 ? from : (FIELDS[this.random.below(FIELDS.length)] as number);
    const size = [2, 4, 6, 16][this.random.below(4)] as number;
    for (let i = 0; i < size && to + i < length && from + i < octets.length; i++) {
      arena[at + to + i] = octets[from + i] as number;
    }
  }

  /** Recomputes the checksum of plain ICMPv6, tagged once or not. */
  private mend(arena: Uint8Array, at: number, end: number): void {
    const tagged = arena[at + 12] === 0x81 && arena[at + 13] === 0;
    const packet = at + (tagged ? 18 : 14);
    if (end - packet < 64 || arena[packet - 2] !== 0x86 || arena[packet - 1] !== 0xdd) return;
    if (arena[packet + 6] !== 58) return;
    const payload = arena[packet + 4]! * 256 + arena[packet + 5]!;
    if (payload < 8 || packet + 40 + payload > end) return;
    const view = new DataView(arena.buffer);
    writeIcmpv6Checksum(view, packet, packet + 40, packet + 40 + payload);
  }
}
