import { PacketMarks } from './packet-marks.ts';

/**
 * What the switch knows of each address beside its holder: the policy of its claims and who its
 * members are. An address gets an id (1, 2, 3 ...) when it is first claimed or configured; the
 * id is the tag of its entry in the IP table, so one look-up finds holder and policy.
 * Flat words, no objects: eight 32-bit words an address.
 */
export const POLICY_OPEN = 0;
/** A HaVip: its members may claim it. */
export const POLICY_HAVIP = 1;
/** A HaVip that any ENI of its subnet may claim (Tencent without checkAssociate). */
export const POLICY_SUBNET = 2;
/** An ordinary address: its one owner may claim it. */
export const POLICY_ORDINARY = 3;
/** In a subnet, but nobody's: no ENI of the lab may claim it. */
export const POLICY_UNASSIGNED = 4;
/** The gateway's: whoever spoke first for it keeps it. */
export const POLICY_GATEWAY = 5;
/** Outside every subnet of its network. */
export const POLICY_OUTSIDE = 6;

/** Whether a policy is that of a HaVip. */
export function isHavipPolicy(policy: number): boolean {
  return policy === POLICY_HAVIP || policy === POLICY_SUBNET;
}

const STRIDE = 8;
const POLICY = 0;
const KEY = 1;
const WORD0 = 2;
const MEMBERS = 6;
const SUBNET = 7;

export class AddressBook {
  private words: Uint32Array;
  private members: Float64Array = new Float64Array(64);
  private membersUsed = 0;
  /** Ids that stand for nothing any more. */
  private readonly free: number[] = [];
  /** Whether an id that was released may stand for another address. */
  reusesIds = true;
  /** Grows with each change of who may claim what, so that whoever remembers it asks again. */
  edition = 0;
  /** Ids run from 1 to `size`. */
  size = 0;
  /** What an observer noted of the packets from each address. */
  readonly marks: PacketMarks;

  constructor(initial = 1024) {
    this.words = new Uint32Array((initial + 1) * STRIDE);
    this.marks = new PacketMarks(initial + 1);
  }

  /** A new id for an address of policy `open`; IPv4 addresses are in `w3`, the other words 0. */
  add(network: number, family: number, w0: number, w1: number, w2: number, w3: number): number {
    const id = this.reserve();
    this.describe(id, network, family, [w0, w1, w2, w3]);
    return id;
  }

  /** The next id, or one that was released; not described yet. */
  reserve(): number {
    const released = this.free.pop();
    if (released !== undefined) return released;
    const id = ++this.size;
    if ((id + 1) * STRIDE > this.words.length) this.grow();
    return id;
  }

  /** Gives an id back, whose address is nobody's concern any more. */
  release(id: number): void {
    this.setPolicy(id, POLICY_OPEN, [], 0);
    if (this.reusesIds) this.free.push(id);
  }

  /** Says which address an id stands for, of policy `open`; IPv4 addresses are the last word. */
  describe(id: number, network: number, family: number, address: readonly number[]): void {
    const at = id * STRIDE;
    this.words[at + POLICY] = POLICY_OPEN;
    this.words[at + KEY] = (network & 0xffff) | (family << 16);
    for (let i = 0; i < 4; i++) this.words[at + WORD0 + i] = address[i] as number;
    this.words[at + SUBNET] = 0;
  }

  /** Sets who may claim address `id`: a policy, the MACs it names, and its subnet's index + 1. */
  setPolicy(id: number, policy: number, macs: readonly number[], subnet: number): void {
    const at = id * STRIDE;
    this.edition++;
    this.words[at + POLICY] = policy;
    this.makeRoom(macs.length);
    this.words[at + POLICY] = policy | (macs.length << 8);
    this.words[at + MEMBERS] = this.membersUsed;
    this.words[at + SUBNET] = subnet;
    for (const mac of macs) this.members[this.membersUsed++] = mac;
  }

  /** Makes the rules of address `from` those of address `to` too. */
  copyPolicy(from: number, to: number): void {
    const words = this.words;
    words[to * STRIDE + POLICY] = words[from * STRIDE + POLICY] as number;
    words[to * STRIDE + MEMBERS] = words[from * STRIDE + MEMBERS] as number;
    words[to * STRIDE + SUBNET] = words[from * STRIDE + SUBNET] as number;
  }

  policy(id: number): number {
    return (this.words[id * STRIDE + POLICY] as number) & 0xff;
  }

  /** Index + 1 of the subnet that the address belongs to; 0 where no subnet is known. */
  subnet(id: number): number {
    return this.words[id * STRIDE + SUBNET] as number;
  }

  hasMember(id: number, mac: number): boolean {
    const words = this.words;
    const start = words[id * STRIDE + MEMBERS] as number;
    const end = start + ((words[id * STRIDE + POLICY] as number) >>> 8);
    for (let i = start; i < end; i++) if (this.members[i] === mac) return true;
    return false;
  }

  membersOf(id: number): number[] {
    const start = this.words[id * STRIDE + MEMBERS] as number;
    const count = (this.words[id * STRIDE + POLICY] as number) >>> 8;
    return Array.from(this.members.subarray(start, start + count));
  }

  network(id: number): number {
    return (this.words[id * STRIDE + KEY] as number) & 0xffff;
  }

  /** 4 or 6. */
  family(id: number): number {
    return (this.words[id * STRIDE + KEY] as number) >>> 16;
  }

  /** Word `index` (0 to 3) of the address; an IPv4 address is word 3. */
  word(id: number, index: number): number {
    return this.words[id * STRIDE + WORD0 + index] as number;
  }

  /** Room for so many more members: what nobody refers to any more is given up first. */
  private makeRoom(count: number): void {
    if (this.membersUsed + count <= this.members.length) return;
    const { words, members } = this;
    const moved = new Map<number, number>();
    const kept = new Float64Array(members.length * 2);
    let used = 0;
    for (let at = STRIDE; at <= this.size * STRIDE; at += STRIDE) {
      const length = words[at + POLICY]! >>> 8;
      if (length === 0) continue;
      const start = words[at + MEMBERS]!;
      const known = moved.get(start);
      words[at + MEMBERS] = known ?? used;
      if (known !== undefined) continue;
      moved.set(start, used);
      kept.set(members.subarray(start, start + length), used);
      used += length;
    }
    this.membersUsed = used;
    let capacity = members.length;
    while (used + count > capacity / 2) capacity *= 2;
    this.members = new Float64Array(capacity);
    this.members.set(kept.subarray(0, used));
  }

  private grow(): void {
    const { words } = this;
    this.words = new Uint32Array(words.length * 2);
    this.words.set(words);
    this.marks.grow();
  }
}
