import {
  ARP_REQUEST,
  readOperation,
  readSenderProtocolAddress,
  readTargetProtocolAddress,
} from '../arp/arp.ts';
import { isDuplicateAddressDetection, isSolicitation, neighborTargetAt } from '../arp/neighbor.ts';
import { CARRIES_ARP, type Classifier } from '../dataplane/classifier.ts';
import { readIpv6Words } from '../wire/ip-address.ts';
import { ipv6SourceAt } from '../wire/ipv6.ts';
import { isGroupMacHigh } from '../wire/mac.ts';
import type { Clock, Sighting } from './clock.ts';

/**
 * What the capture point cannot have seen. Two signs that a complete capture does not show: a
 * master or its address asked once by ARP, nobody was seen to answer, and yet it never asked
 * again, although the owner is alive in the capture; and a client's echo requests jump in
 * sequence although it was not resolving the address meanwhile. Both mean that frames passed
 * elsewhere. Two more signs, a master that is never heard and a client that leaves with the
 * address, are in `unheard-masters.ts` and `departures.ts`.
 */
const REPEAT = 3e9;
const ASKED_MAX = 8192;
/** Pairs of asker and address whose last question is remembered. */
const PAIRS_MAX = 1 << 15;
/** Networks stand above the 32 bits of an address. */
const NETWORK_UNIT = 2 ** 32;
/** Requests missing from a sequence before it counts as a sign. */
const MISSING_MIN = 5;

interface Asked {
  time: number;
  at: Sighting;
  network: number;
  sender: number;
  target: number;
  repeated: boolean;
}

export class CaptureView {
  private readonly clock: Clock;
  /** Open questions by what is asked for and, in each, by who asks; the oldest first. */
  private readonly asked = new Map<number, Map<number, Asked>>();
  private open = 0;
  private readonly suspects: Asked[] = [];
  /** Before it echo requests are missing; null for none. */
  missingEchoes: Sighting | null = null;
  private readonly lastAsked = new Map<string, number>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Every ARP and ND frame, in order. */
  onResolution(view: DataView, seen: Classifier): void {
    if (seen.carries === CARRIES_ARP) this.onArp(view, seen);
    else this.onNeighbor(view, seen);
  }

  /**
   * A client's echo request came `missing` numbers after the one before, which came at `since`.
   * True where that is a sign.
   */
  onMissingEchoes(client: string, address: string, missing: number, since: number): boolean {
    if (missing < MISSING_MIN) return false;
    const asked = this.lastAsked.get(`${client}>${address}`);
    if (asked !== undefined && asked >= since) return false;
    this.missingEchoes ??= this.clock.sighting;
    return true;
  }

  /**
   * A question that was answered out of sight, null for none; at the end of the
   * capture. `isRelevant` tells HaVips and speakers by network and IPv4 address: other hosts ask
   * for addresses that are not there all the time. `isOwned` tells addresses that somebody has.
   */
  answeredElsewhere(
    isRelevant: (network: number, address: number) => boolean,
    isOwned: (network: number, address: number) => boolean,
  ): Sighting | null {
    for (const bySender of this.asked.values())
      for (const one of bySender.values()) this.judge(one);
    this.asked.clear();
    this.open = 0;
    const found = this.suspects.find(
      ({ network, sender, target }) => isRelevant(network, sender) && isOwned(network, target),
    );
    return found === undefined ? null : found.at;
  }

  private onArp(view: DataView, seen: Classifier): void {
    const at = seen.packet;
    const operation = readOperation(view, at);
    const sender = readSenderProtocolAddress(view, at);
    const target = readTargetProtocolAddress(view, at);
    const { network } = seen;
    if (sender === 0 || (sender === target && this.open === 0)) return;
    const isBroadcast = !seen.link.hasDestination || isGroupMacHigh(seen.link.destinationHigh);
    // Whoever waits for an address takes it from any ARP of its owner (RFC 826).
    if (isBroadcast) this.answerAll(network, sender);
    else this.answer(network, sender, target);
    if (sender === target || operation !== ARP_REQUEST) return;
    this.remember(`${sender}>${target}`);
    if (isBroadcast) this.ask(network, sender, target);
  }

  private onNeighbor(view: DataView, seen: Classifier): void {
    if (!isSolicitation(view, seen.upperAt)) return;
    if (isDuplicateAddressDetection(view, seen.packet, seen.upperAt)) return;
    const target = readIpv6Words(view, neighborTargetAt(seen.upperAt)).join();
    const sender = readIpv6Words(view, ipv6SourceAt(seen.packet)).join();
    this.remember(`${sender}>${target}`);
  }

  /** The last question of a pair; those that asked longest ago are forgotten first. */
  private remember(pair: string): void {
    const { lastAsked } = this;
    if (!lastAsked.delete(pair) && lastAsked.size >= PAIRS_MAX) {
      // Many at once: a map finds its oldest entry behind the places of all that were deleted.
      for (const oldest of lastAsked.keys()) {
        lastAsked.delete(oldest);
        if (lastAsked.size <= PAIRS_MAX / 2) break;
      }
    }
    lastAsked.set(pair, this.clock.now);
  }

  private answerAll(network: number, owner: number): void {
    const key = network * NETWORK_UNIT + owner;
    this.open -= this.asked.get(key)?.size ?? 0;
    this.asked.delete(key);
  }

  /** The owner of an address tells one of those who asked for it. */
  private answer(network: number, owner: number, asker: number): void {
    const key = network * NETWORK_UNIT + owner;
    const bySender = this.asked.get(key);
    if (bySender === undefined || !bySender.delete(asker)) return;
    this.open--;
    if (bySender.size === 0) this.asked.delete(key);
  }

  private ask(network: number, sender: number, target: number): void {
    const key = network * NETWORK_UNIT + target;
    const { now } = this.clock;
    const known = this.asked.get(key)?.get(sender);
    if (known !== undefined && now - known.time <= REPEAT) {
      known.time = now;
      known.repeated = true;
      return;
    }
    if (known !== undefined) this.judge(known);
    else if (this.open++ >= ASKED_MAX) this.forgetOldest();
    const asked = { time: now, at: this.clock.sighting, network, sender, target, repeated: false };
    const bySender = this.asked.get(key);
    if (bySender === undefined) this.asked.set(key, new Map([[sender, asked]]));
    else bySender.set(sender, asked);
  }

  /** Makes room for many questions at once, as `remember` does. */
  private forgetOldest(): void {
    for (const [key, bySender] of this.asked) {
      this.asked.delete(key);
      this.open -= bySender.size;
      if (this.open <= ASKED_MAX / 2) break;
    }
  }

  private judge(asked: Asked): void {
    const isSettled = this.clock.now - asked.time > REPEAT;
    if (isSettled && !asked.repeated && this.suspects.length < ASKED_MAX) this.suspects.push(asked);
  }
}
