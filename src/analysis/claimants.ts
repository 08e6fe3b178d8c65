import { type Claim, isAnnouncement, isAnswer } from '../arp/claim.ts';
import { CLAIM_CONFIRMED, CLAIM_MOVED } from '../dataplane/verdict.ts';
import { macHigh, macLow } from '../wire/mac.ts';

/**
 * Which MACs claimed anything, and how: flags by hash, of fixed size. "Never" is certain; where
 * very many MACs claim, one that did not may be taken for one that did.
 *
 * A switch that forwards by IP claims nothing for itself. It answers ARP for the addresses of
 * others, though: an answer for an address that another holds, or that is refused, counts apart.
 */
const BITS = 17;
const ANNOUNCED = 1;
const CLAIMED = 2;
const HELD = 4;
const ANSWERED = 8;
const ASKED = 16;
const ANSWERED_SEVERAL = 32;
const FACTOR = 0x85ebca6b;

export class Claimants {
  private readonly flags = new Uint8Array(1 << BITS);
  /** Of an address that the MAC answered for: its last word. */
  private readonly answered = new Int32Array(1 << BITS);

  /** Every claim, as the switch judged it; `id` is 0 where the address is not followed. */
  note(claim: Claim, id: number, verdict: number): void {
    const { form, macHigh: high, macLow: low } = claim;
    if (isAnnouncement(form, claim.override)) {
      this.set(slotOf(high, low), ANNOUNCED);
      return;
    }
    if (isAnswer(form)) this.noteAnswer(slotOf(high, low), claim);
    else this.set(slotOf(high, low), ASKED);
    const isHolder = verdict === CLAIM_MOVED || verdict === CLAIM_CONFIRMED;
    if (isHolder) this.set(slotOf(high, low ^ Math.imul(id, FACTOR)), HELD);
    if (isHolder || !isAnswer(form)) this.set(slotOf(high, low), CLAIMED);
    else this.set(slotOf(high, low ^ Math.imul(id, FACTOR)), ANSWERED);
  }

  /**
   * Whether the MAC may be that of a switch which forwards by IP, as far as claims tell: it
   * announced no address and never held address `id`; and it claimed nothing at all, or answered
   * for `id` as one that does not have it. (A server that sends the answers of a HaVip from its
   * own MAC, as with LVS in DR mode, claims its own address and does not answer for the HaVip.)
   */
  mayRewrite(mac: number, id: number): boolean {
    const own = this.flags[slotOf(macHigh(mac), macLow(mac))]!;
    const here = this.flags[slotOf(macHigh(mac), macLow(mac) ^ Math.imul(id, FACTOR))]!;
    if ((own & ANNOUNCED) !== 0 || (here & HELD) !== 0) return false;
    return (own & CLAIMED) === 0 || (here & ANSWERED) !== 0;
  }

  /** Whether the MAC speaks for itself: it announced an address, or asked for one. */
  isHost(mac: number): boolean {
    return (this.flags[slotOf(macHigh(mac), macLow(mac))]! & (ANNOUNCED | ASKED)) !== 0;
  }

  /** Whether it may be a switch that answers for others: for several addresses, and no host. */
  mayAnswerForOthers(mac: number): boolean {
    const flags = this.flags[slotOf(macHigh(mac), macLow(mac))]!;
    return (flags & ANSWERED_SEVERAL) !== 0 && !this.isHost(mac);
  }

  private noteAnswer(slot: number, { family, address, word3 }: Claim): void {
    const last = (family === 4 ? address : word3) | 0;
    const known = this.answered[slot]!;
    if (known === 0) this.answered[slot] = last;
    else if (known !== last) this.set(slot, ANSWERED_SEVERAL);
  }

  private set(slot: number, flag: number): void {
    const known = this.flags[slot]!;
    if ((known & flag) === 0) this.flags[slot] = known | flag;
  }
}

function slotOf(high: number, low: number): number {
  const hash = Math.imul(low ^ (high << 7), 0x9e3779b1);
  return Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35) >>> (32 - BITS);
}
