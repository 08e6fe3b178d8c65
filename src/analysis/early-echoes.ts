import type { Classifier } from '../dataplane/classifier.ts';
import type { Switch } from '../dataplane/switch.ts';
import {
  ICMP_ECHO_REPLY,
  ICMP_ECHO_REQUEST,
  ICMP_HEADER_LENGTH,
  readIcmpIdentifier,
  readIcmpSequenceNumber,
  readIcmpType,
} from '../wire/icmp.ts';
import { PROTOCOL_ICMP, readIpv4Destination, readIpv4Source } from '../wire/ipv4.ts';
import type { Clock } from './clock.ts';
import { COPY_TIME } from './request-memory.ts';

/**
 * Echo requests to IPv4 addresses that nobody has claimed or advertised yet: where a capture begins
 * in an outage they stand before the first sign that their address is virtual. Kept by address and
 * client, as long as the address answers nobody. A table of fixed size; where more is asked in vain
 * than it holds, somebody scans, and all of it is given up.
 */
const BITS = 12;
const SLOTS = 1 << BITS;
const PAIRS_MAX = SLOTS / 2;
/** Whoever pauses longer asks anew. Linux repeats a SYN after 1, 2, 4, 8, 16 and 32 s. */
export const PAUSE_MAX = 40e9;

const KEY = { ADDRESS: 0, CLIENT: 1, NETWORK: 2, WIDTH: 3 } as const;

export const EARLY = {
  COUNT: 0,
  START: 1,
  STAMP: 2,
  FRAME: 3,
  LAST: 4,
  /** Identifier and sequence number of the last request. */
  LAST_KEY: 5,
  WIDTH: 6,
} as const;

export class EarlyEchoes {
  /** Made with the first request. */
  numbers = new Float64Array(0);
  private keys = new Uint32Array(0);
  private readonly clock: Clock;
  private readonly owner: Switch;
  private pairs = 0;

  constructor(clock: Clock, owner: Switch) {
    this.clock = clock;
    this.owner = owner;
    owner.shortWay.showsEchoes = true;
  }

  /** A packet of ICMP or ICMPv6, of those that the switch looks at. */
  onIcmp(view: DataView, { family, protocol, packet, network, upperAt, upperEnd }: Classifier) {
    const { shortWay, neighbors } = this.owner;
    if (!shortWay.showsEchoes || family !== 4 || protocol !== PROTOCOL_ICMP) return;
    if (upperEnd - upperAt < ICMP_HEADER_LENGTH) return;
    const type = readIcmpType(view, upperAt);
    if (type !== ICMP_ECHO_REQUEST && type !== ICMP_ECHO_REPLY) return;
    const isReply = type === ICMP_ECHO_REPLY;
    const address = isReply ? readIpv4Source(view, packet) : readIpv4Destination(view, packet);
    // What is asked of a followed address is judged elsewhere.
    if (neighbors.filter.mayHold(address | 0) || this.hasAnswered(address)) return;
    if (isReply) shortWay.answering.add(address | 0);
    if (isReply) return;
    if (this.keys.length === 0) {
      this.keys = new Uint32Array(SLOTS * KEY.WIDTH);
      this.numbers = new Float64Array(SLOTS * EARLY.WIDTH);
    }
    const identifier = readIcmpIdentifier(view, upperAt);
    const key = ((identifier << 16) | readIcmpSequenceNumber(view, upperAt)) >>> 0;
    this.note(this.slotOf(network, address, readIpv4Source(view, packet)), key);
  }

  /** Where the requests of a client to address `id` stand; -1 where there are none that count. */
  find(id: number, client: number): number {
    const { book } = this.owner;
    const address = book.word(id, 3);
    if (this.pairs === 0 || book.family(id) !== 4 || this.hasAnswered(address)) return -1;
    const slot = this.slotOf(book.network(id), address, client);
    const last = this.numbers[slot * EARLY.WIDTH + EARLY.LAST] as number;
    return this.isUsed(slot) && this.clock.now - last <= PAUSE_MAX ? slot * EARLY.WIDTH : -1;
  }

  private hasAnswered(address: number): boolean {
    return this.owner.shortWay.answering.mayHold(address | 0);
  }

  private note(slot: number, key: number): void {
    const { numbers } = this;
    const { now, stamp, frame } = this.clock;
    const at = slot * EARLY.WIDTH;
    const since = now - (numbers[at + EARLY.LAST] as number);
    const isNew = !this.isUsed(slot);
    const isKnown = !isNew && since <= PAUSE_MAX;
    if (isKnown && key === numbers[at + EARLY.LAST_KEY] && since <= COPY_TIME) return;
    if (!isKnown) {
      numbers[at + EARLY.COUNT] = 0;
      numbers[at + EARLY.START] = now;
      numbers[at + EARLY.STAMP] = stamp;
      numbers[at + EARLY.FRAME] = frame;
    }
    numbers[at + EARLY.COUNT] = (numbers[at + EARLY.COUNT] as number) + 1;
    numbers[at + EARLY.LAST] = now;
    numbers[at + EARLY.LAST_KEY] = key;
    if (!isNew || ++this.pairs <= PAIRS_MAX) return;
    this.pairs = 0;
    this.owner.shortWay.showsEchoes = false;
  }

  private isUsed(slot: number): boolean {
    return (this.numbers[slot * EARLY.WIDTH + EARLY.COUNT] as number) > 0;
  }

  /** Where a pair stands, or would: its key is written there. */
  private slotOf(network: number, address: number, client: number): number {
    const { keys } = this;
    const hash = Math.imul(Math.imul(address, 0x9e3779b1) ^ client ^ network, 0x85ebca6b);
    let slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    while (this.isUsed(slot)) {
      const at = slot * KEY.WIDTH;
      const isSame = keys[at + KEY.ADDRESS] === address && keys[at + KEY.CLIENT] === client;
      if (isSame && keys[at + KEY.NETWORK] === network) return slot;
      slot = (slot + 1) & (SLOTS - 1);
    }
    keys[slot * KEY.WIDTH + KEY.ADDRESS] = address;
    keys[slot * KEY.WIDTH + KEY.CLIENT] = client;
    keys[slot * KEY.WIDTH + KEY.NETWORK] = network;
    return slot;
  }
}
