import { ARP_REPLY, ARP_REQUEST } from '../arp/arp.ts';
import { type Claim, fillGratuitous } from '../arp/claim.ts';
import type { IpTable4 } from '../fdb/ip-table.ts';
import type { AddressBook } from './address-book.ts';
import type { AddressPlan } from './address-plan.ts';
import type { EniTable } from './claim-guard.ts';
import { type Classifier, RESERVED_GROUP } from './classifier.ts';
import { ALLOWED } from './drop-reason.ts';
import type { ClaimObserver } from './observer.ts';
import { CLAIM_CONFIRMED, CLAIM_MOVED } from './verdict.ts';

/**
 * The way of the frame that this switch is measured by: an untagged broadcast gratuitous ARP, sent
 * from the MAC that it asserts, for an address that is in the table, by an ENI that was let claim
 * it before. It does in one function what the long way does in ten, with the same outcome; any
 * other frame it leaves alone. Offsets are those of octets in the frame (RFC 826 behind 14 octets).
 */
const DESTINATION = 0;
const SOURCE = 6;
const TYPE_AND_HARDWARE = 12;
const PROTOCOL_AND_LENGTHS = 16;
const OPERATION = 20;
const SENDER_MAC = 22;
const SENDER_IP = 28;
const TARGET_IP = 38;
const LENGTH = 42;
/** EtherType 0x0806, hardware type 1; protocol 0x0800, lengths 6 and 4. */
const ARP_ETHERNET = 0x08060001;
const IPV4_6_4 = 0x08000604;
/** First octets of addresses that the long way may find unclaimable. */
const LOOPBACK = 127;
const CLASS_D = 224;

/** ENIs by MAC, direct-mapped: low and high word, number of the ENI, its port. */
const BITS = 10;
const STRIDE = 4;
const HIGH = 1;
const ENI = 2;
const PORT = 3;
const FACTOR = 0x9e3779b1 | 0;

export interface AnnouncementParts {
  readonly classifier: Classifier;
  readonly table: IpTable4;
  readonly claim: Claim;
  readonly observer: ClaimObserver;
  readonly plan: AddressPlan | null;
  readonly book: AddressBook;
  /** Whether ports are unknown. */
  readonly observes: boolean;
}

export class AnnouncementWay {
  /** Network of the untagged frames that `take` is given. */
  network = 0;
  private readonly classifier: Classifier;
  private readonly table: IpTable4;
  private readonly claim: Claim;
  private readonly observer: ClaimObserver;
  /** Null where every claim is let through. */
  private readonly enis: EniTable | null;
  private readonly book: AddressBook;
  private readonly observes: boolean;
  private readonly known = new Int32Array(STRIDE << BITS);
  private edition: number;

  constructor(parts: AnnouncementParts) {
    this.classifier = parts.classifier;
    this.table = parts.table;
    this.claim = parts.claim;
    this.observer = parts.observer;
    this.enis = parts.plan?.rules.enforces === true ? parts.plan.enis : null;
    this.book = parts.book;
    this.observes = parts.observes;
    this.edition = parts.book.edition;
  }

  /** Judges and applies the Ethernet frame [at, end); false, and nothing done, if it is not one. */
  take(view: DataView, at: number, end: number, port: number, tick: number): boolean {
    if (end - at < LENGTH || view.getInt32(at + TYPE_AND_HARDWARE) !== ARP_ETHERNET) return false;
    const address = view.getInt32(at + SENDER_IP);
    const net = address >>> 24;
    if (net === 0 || net >= CLASS_D || net === LOOPBACK) return false;
    if (address !== view.getInt32(at + TARGET_IP)) return false;
    const operation = view.getUint16(at + OPERATION);
    if (operation !== ARP_REQUEST && operation !== ARP_REPLY) return false;
    if (view.getInt32(at + PROTOCOL_AND_LENGTHS) !== IPV4_6_4) return false;
    const low = view.getInt32(at + SENDER_MAC + 2);
    const high = view.getUint16(at + SENDER_MAC);
    if (low !== view.getInt32(at + SOURCE + 2) || high !== view.getUint16(at + SOURCE))
      return false;
    if ((high & 0x0100) !== 0 || (high | low) === 0) return false;
    const start = view.getInt32(at + DESTINATION);
    if ((start & 0x01000000) === 0 || start === RESERVED_GROUP) return false;
    const { table, network } = this;
    const entry = table.find(network, address);
    if (entry < 0) return false;
    if (this.enis !== null && !this.isGranted(entry, high, low, port)) return false;
    this.classifier.takeAnnouncement(view, at, end, operation);
    fillGratuitous(this.claim, view, at, operation, address, high, low);
    this.classifier.network = network;
    this.claim.network = network;
    const moved = table.pointAt(entry, high, low, port, tick);
    const outcome = moved ? CLAIM_MOVED : CLAIM_CONFIRMED;
    this.observer.onClaim(this.claim, table.tag(entry), outcome, ALLOWED);
    return true;
  }

  /** Remembers that the guards let this frame's ENI claim the address of `entry`. */
  grant(entry: number): void {
    const { claim, enis } = this;
    if (enis === null || claim.family !== 4) return;
    const { sourceHigh, sourceLow } = claim.link;
    if (claim.macHigh !== sourceHigh || claim.macLow !== sourceLow) return;
    const eni = enis.find(claim.macHigh, claim.macLow);
    if (eni >= 0) this.table.grant(entry, eni);
  }

  /** Whether the claim guard and the source guard have let this ENI do just that before. */
  private isGranted(entry: number, high: number, low: number, port: number): boolean {
    const { known, table, book } = this;
    if (this.edition !== book.edition) this.forget();
    const at = (Math.imul(low, FACTOR) >>> (32 - BITS)) * STRIDE;
    if (known[at] !== low || known[at + HIGH] !== high) this.learn(at, high, low);
    const eni = known[at + ENI]!;
    if (eni < 0 || !table.isGranted(entry, eni)) return false;
    return this.observes || known[at + PORT] === port;
  }

  private learn(at: number, high: number, low: number): void {
    const enis = this.enis as EniTable;
    const eni = enis.find(high, low);
    this.known[at] = low;
    this.known[at + HIGH] = high;
    this.known[at + ENI] = eni;
    this.known[at + PORT] = eni < 0 ? -1 : enis.port(eni);
  }

  /** The control plane has changed something: whoever was let through is asked again. */
  private forget(): void {
    this.table.revokeGrants();
    this.known.fill(0);
    this.edition = this.book.edition;
  }
}
