/**
 * What the engine's thread lets out: each frame that says something of an address (ARP, ND,
 * adverts, claims refused, spoofed sources) and the requests and answers of HaVips, copied into the
 * ring of events as they came. All else passes unseen. It runs for each frame and allocates
 * nothing.
 */
import { Exchange, NO_EXCHANGE } from '../../analysis/service.ts';
import type { Claim } from '../../arp/claim.ts';
import { type AddressBook, isHavipPolicy } from '../../dataplane/address-book.ts';
import type { Classifier } from '../../dataplane/classifier.ts';
import {
  ALLOWED,
  NO_HOLDER,
  RATE_LIMITED,
  SOURCE_IP,
  SOURCE_MAC,
} from '../../dataplane/drop-reason.ts';
import { type Forwarding, findDestination } from '../../dataplane/forwarding.ts';
import type { FrameBatch } from '../../dataplane/frame-batch.ts';
import type { FrameTap } from '../../dataplane/frame-tap.ts';
import type { NeighborTable } from '../../dataplane/neighbor-table.ts';
import type { SwitchObserver } from '../../dataplane/observer.ts';
import type { RecordRing } from '../../dataplane/record-ring.ts';
import type { Switch } from '../../dataplane/switch.ts';
import {
  CLAIM_MOVED,
  DROP,
  FORWARD,
  REPORT,
  ROUTE,
  verdictDetail,
  verdictKind,
} from '../../dataplane/verdict.ts';
import { ETHERTYPE_VLAN, VLAN_TAG_LENGTH } from '../../wire/link.ts';
import { MAC_LENGTH, writeMacHalves } from '../../wire/mac.ts';
import { ADDRESS_OCTETS } from './address-record.ts';
import { RECORD_FRAME, RECORD_REPOINTED, RECORD_STATION_MOVED } from './engine-requests.ts';
import type { FrameCapture } from './frame-capture.ts';

/** Octets of a frame that the analysis may look at: all headers and an advert of 20 addresses. */
const LOOK_MAX = 512;
const VID_MASK = 0xfff;
/** Addresses whose last move is remembered. */
const MOVES_MAX = 1 << 16;
const ADDRESSES = 12;

export class LiveObserver implements SwitchObserver, FrameTap {
  /** Time of this breath, nanoseconds. */
  now = 0;
  /** Whether something was written since it was last set to false. */
  hasNews = false;
  private readonly ring: RecordRing;
  private forwarding!: Forwarding;
  private owner!: Switch;
  private book!: AddressBook;
  private neighbors!: NeighborTable;
  private readonly exchange = new Exchange();
  /** When each address moved last, by id. */
  private readonly moved = new Float64Array(MOVES_MAX);
  private seen!: Classifier;
  /** Null where nothing is captured. */
  private readonly capture: FrameCapture | null;
  private isOfInterest = false;
  /** What a dry run has let pass in the frame in hand. */
  private passed: number = ALLOWED;

  constructor(ring: RecordRing, capture: FrameCapture | null) {
    this.ring = ring;
    this.capture = capture;
  }

  /** Of the switch that it observes; before the first frame. */
  attach(owner: Switch, forwarding: Forwarding): void {
    this.forwarding = forwarding;
    this.owner = owner;
    this.book = owner.book;
    this.neighbors = owner.neighbors;
    this.seen = owner.classifier;
  }

  /** After a frame was judged: out with it, where it was of interest, tagged with its network. */
  onJudged(batch: FrameBatch, index: number, port: number, way: number): void {
    if (this.capture !== null) this.capture.came(batch, index, port, way, this.now);
    const refused = guardReasonOf(way) || this.passed;
    this.passed = ALLOWED;
    const { ring, seen, forwarding } = this;
    const { view } = batch;
    const isToOther = !this.isOfInterest && isRouted(way) && this.noteRouted(view);
    if (!this.isOfInterest) return;
    this.isOfInterest = false;
    const network = isToOther ? forwarding.nextNetwork : seen.network;
    const at = batch.at[index]!;
    const rest = seen.link.tags === 0 ? at + ADDRESSES : at + ADDRESSES + VLAN_TAG_LENGTH;
    const end = Math.min(batch.end[index]!, rest + LOOK_MAX);
    const grows = network === 0 ? ADDRESSES : ADDRESSES + VLAN_TAG_LENGTH;
    const to = ring.begin(RECORD_FRAME, this.now, grows + end - rest);
    if (to < 0) return;
    ring.mark(to, port, refused, end < batch.end[index]! ? 1 : 0);
    for (let i = 0; i < ADDRESSES; i++) ring.octets[to + i] = view.getUint8(at + i);
    // What is sent to the gateway: whom it reaches is what the analysis wants to know.
    const isByIp = forwarding.isByIp && verdictKind(way) === FORWARD;
    if (isByIp || (isToOther && verdictKind(way) === ROUTE)) {
      writeMacHalves(ring.view, to, forwarding.nextHigh, forwarding.nextLow);
    }
    if (network !== 0) {
      ring.view.setUint32(to + ADDRESSES, ETHERTYPE_VLAN * 0x10000 + (network & VID_MASK));
    }
    for (let i = rest; i < end; i++) ring.octets[to + grows + i - rest] = view.getUint8(i);
    ring.commit();
    this.hasNews = true;
  }

  onSent(batch: FrameBatch, index: number, port: number, tag: number): void {
    if (this.capture !== null) this.capture.left(batch, index, port, tag, this.now);
  }

  onClaim(_claim: Claim, id: number, verdict: number, _reason: number): void {
    this.isOfInterest = true;
    if (verdict === CLAIM_MOVED && id < MOVES_MAX) this.moved[id] = this.now;
  }

  onAdvert(): void {
    this.isOfInterest = true;
  }

  onPacketTo(id: number, view: DataView, seen: Classifier): void {
    this.notePacket(id, view, seen);
  }

  onPacketFrom(id: number, view: DataView, seen: Classifier): void {
    this.notePacket(id, view, seen);
  }

  onSpoofed(): void {
    this.isOfInterest = true;
  }

  onPassed(why: number): void {
    this.passed = why;
  }

  /** The first frame left for the new holder of address `id`: so long after its claim. */
  onRepointed(id: number, _port: number, now: number): void {
    const { ring, book } = this;
    const elapsed = id < MOVES_MAX ? now - this.moved[id]! : 0;
    const to = ring.begin(RECORD_REPOINTED, elapsed, ADDRESS_OCTETS);
    if (to < 0) return;
    ring.mark(to, book.family(id), book.network(id), 0);
    this.finish(to, id);
  }

  /** Address `id` went with the virtual MAC that holds it. */
  onAddressPort(id: number, from: number, to: number): void {
    const { ring, book, neighbors } = this;
    if (id < MOVES_MAX) this.moved[id] = this.now;
    const at = ring.begin(RECORD_STATION_MOVED, this.now, ADDRESS_OCTETS + MAC_LENGTH);
    if (at < 0) return;
    ring.mark(at, book.family(id), book.network(id), (from << 16) | to);
    const table = neighbors.tableOfId(id);
    const entry = neighbors.entryOf(id);
    const macAt = at + ADDRESS_OCTETS;
    writeMacHalves(ring.view, macAt, table.macHigh(entry), table.macLow(entry));
    this.finish(at, id);
  }

  /** Writes the address of a record and gives it away. */
  private finish(at: number, id: number): void {
    const { ring, book } = this;
    for (let i = 0; i < 4; i++) ring.view.setUint32(at + 4 * i, book.word(id, i));
    ring.commit();
    this.hasNews = true;
  }

  /** A request to a HaVip of another subnet is one in the HaVip's network; whether it was one. */
  private noteRouted(view: DataView): boolean {
    const { owner, seen, neighbors, forwarding } = this;
    const entry = findDestination(owner, view, forwarding.nextNetwork);
    if (entry < 0) return false;
    const table = seen.family === 4 ? neighbors.addresses4 : neighbors.addresses6;
    this.notePacket(table.tag(entry), view, seen);
    return this.isOfInterest;
  }

  private notePacket(id: number, view: DataView, seen: Classifier): void {
    if (this.isOfInterest || !isHavipPolicy(this.book.policy(id))) return;
    this.isOfInterest = this.exchange.read(view, seen) !== NO_EXCHANGE;
  }
}

/** To a HaVip of another subnet, or there would it go if anybody held it. */
function isRouted(way: number): boolean {
  const kind = verdictKind(way);
  return kind === ROUTE || (kind === REPORT && verdictDetail(way) === NO_HOLDER);
}

/** Why a guard dropped the frame; ALLOWED where none did. */
function guardReasonOf(way: number): number {
  if (verdictKind(way) !== DROP) return ALLOWED;
  const why = verdictDetail(way);
  return why <= RATE_LIMITED || why === SOURCE_MAC || why === SOURCE_IP ? why : ALLOWED;
}
