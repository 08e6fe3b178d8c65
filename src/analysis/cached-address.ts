import { type Claim, FORM_NAMES } from '../arp/claim.ts';
import { type Hearing, LinuxNeighbor, STATE_DELAY } from '../arp/linux-neighbor.ts';
import {
  HEARD_BY_ALL,
  HEARD_BY_GROUP,
  KIND_ASKING,
  KIND_SOLICITATION,
  shapeHeardBy,
  shapeKind,
  shapeOf,
} from '../arp/receiver-profiles.ts';
import { macFromHalves } from '../wire/mac.ts';
import type { Clock } from './clock.ts';

/**
 * What one host has in its neighbor table for one address, by the rules of Linux and the frames
 * that reach it, and how that changed: a row at each change of MAC, or where the host knows no MAC
 * any more. The first and the last rows are kept.
 */
const ROWS_KEPT = 500;
/** Its packets go elsewhere for this long: then they tell better than the rules. */
const DISAGREEMENT = 1e9;
/** A host has a few addresses: one of its own, a link-local one. */
const OWN_MAX = 4;

/** Index into `WHY_NAMES`; above it the forms of claims. */
export const WHY_ASKS = 0;
export const WHY_PACKETS = 1;
const WHY_FORMS = 2;
const WHY_NAMES: readonly string[] = ['asks for it', 'its packets go there', ...FORM_NAMES];

export interface CacheRow {
  stamp: number;
  frame: number;
  /** 0: it has none and waits for an answer. */
  mac: number;
  state: number;
  why: string;
}

export class CachedAddress {
  /** The host's MAC. */
  readonly client: number;
  /** Its addresses, as far as needed to know whether it is asked: the last 32 bits of each. */
  readonly own: number[] = [];
  /** The first address seen of it: four words, IPv4 in the last. */
  readonly words: readonly number[];
  readonly entry = new LinuxNeighbor();
  readonly rows: CacheRow[] = [];
  /** Rows left out between the first and the last kept. */
  elided = 0;
  private readonly hearing: Hearing = { isUnicast: false, isAsked: false, acceptsNew: false };
  private disagreesSince = Number.NaN;
  private shownMac = -1;

  constructor(client: number, words: readonly number[]) {
    this.client = client;
    this.words = words;
  }

  /** The host speaks from this address. */
  noteOwn(last: number): void {
    if (!this.own.includes(last) && this.own.length < OWN_MAX) this.own.push(last);
  }

  hear(claim: Claim, mac: number, clock: Clock): void {
    const { entry, hearing } = this;
    if (!this.isHeard(claim)) return;
    entry.hear(claim, mac, hearing, clock.now);
    this.note(clock, WHY_FORMS + claim.form);
  }

  /** It asks for the address: all, or the MAC that it doubts. */
  ask(isUnicast: boolean, clock: Clock): void {
    this.entry.ask(isUnicast, clock.now);
    this.note(clock, WHY_ASKS);
  }

  /** It sends a packet to the address, to this MAC (0: the link has none). */
  send(mac: number, clock: Clock): void {
    const { entry } = this;
    const { now } = clock;
    if (mac !== 0 && (!entry.isValid || entry.mac !== mac)) {
      if (Number.isNaN(this.disagreesSince)) this.disagreesSince = now;
      const isLasting = now - this.disagreesSince > DISAGREEMENT;
      if (!this.isKnown || isLasting) {
        entry.adopt(mac, now);
        this.note(clock, WHY_PACKETS);
        this.disagreesSince = Number.NaN;
      }
      return;
    }
    this.disagreesSince = Number.NaN;
    if (entry.state < STATE_DELAY) entry.use(now);
  }

  private get isKnown(): boolean {
    return this.entry.state !== 0;
  }

  /** Whether the frame reaches this host, and how. */
  private isHeard(claim: Claim): boolean {
    const { destinationHigh: high, destinationLow: low } = claim.link;
    const source = macFromHalves(claim.link.sourceHigh, claim.link.sourceLow);
    if (source === this.client) return false;
    const shape = shapeOf(claim);
    const kind = shapeKind(shape);
    const heardBy = shapeHeardBy(shape);
    const { hearing } = this;
    hearing.isAsked =
      (kind === KIND_ASKING || kind === KIND_SOLICITATION) && this.own.includes(claim.asked);
    hearing.isUnicast = false;
    if (heardBy === HEARD_BY_ALL) return true;
    if (heardBy === HEARD_BY_GROUP) return hearing.isAsked;
    hearing.isUnicast = true;
    if (high !== 0 || low !== 0) return macFromHalves(high, low) === this.client;
    // No destination in the capture: who is told, by ARP itself, or whoever waits for it.
    return claim.family === 4 ? this.own.includes(claim.asked) : !this.entry.isValid;
  }

  private note(clock: Clock, why: number): void {
    const { entry, rows } = this;
    const mac = entry.isValid ? entry.mac : 0;
    if (!this.isKnown || mac === this.shownMac) return;
    this.shownMac = mac;
    this.disagreesSince = Number.NaN;
    if (rows.length === 2 * ROWS_KEPT) {
      rows.splice(ROWS_KEPT, 1);
      this.elided++;
    }
    const text = WHY_NAMES[why] as string;
    rows.push({ stamp: clock.stamp, frame: clock.frame, mac, state: entry.state, why: text });
  }
}
