import type { AddressBook } from '../../dataplane/address-book.ts';
import { ORDINARY_ADDRESS } from '../../dataplane/drop-reason.ts';
import type { Clock } from '../clock.ts';
import type { FindingLog } from '../finding-log.ts';
import type { Track } from '../track.ts';
import type { AddressWatch } from './address-watch.ts';
import type { AddressWords } from './address-words.ts';

/**
 * `address-conflict`: two hosts claim an ordinary address. With a lab file, where the claim of
 * another's address is refused; without, where an address of no virtual router goes from one host
 * to another and back faster than any failover (RFC 5227 section 2.4: both are using it).
 */
const BACK_WITHIN = 5e9;

export class Conflicts {
  private readonly clock: Clock;
  private readonly log: FindingLog;
  private readonly words: AddressWords;

  private readonly book: AddressBook;

  constructor(clock: Clock, log: FindingLog, words: AddressWords, book: AddressBook) {
    this.clock = clock;
    this.log = log;
    this.words = words;
    this.book = book;
  }

  onClaim(watch: AddressWatch, track: Track, mac: number, reason: number): void {
    if (watch.conflicted || track.routers.length > 0) return;
    if (reason === ORDINARY_ADDRESS) {
      // An address of the subnet that nobody has is refused as well, and is no conflict.
      const [owner = track.holder] = this.book.membersOf(track.id);
      if (owner !== 0 && owner !== mac) this.raise(watch, track.id, mac, owner);
      return;
    }
    if (mac === watch.claimant) return;
    const { now } = this.clock;
    const isBack = mac === watch.claimantBefore && now - watch.claimedSince <= BACK_WITHIN;
    if (isBack && !track.isConfigured) {
      this.raise(watch, track.id, watch.claimant, mac);
      return;
    }
    watch.claimantBefore = watch.claimant;
    watch.claimant = mac;
    watch.claimedSince = now;
  }

  private raise(watch: AddressWatch, id: number, mac: number, owner: number): void {
    watch.conflicted = true;
    const { words } = this;
    this.log.raiseNow({
      code: 'address-conflict',
      severity: 'error',
      id,
      message:
        `${words.host(mac)} claims ${words.ip(id)}, an ordinary address that ` +
        `${words.host(owner)} has: ` +
        'both use it, and clients reach now the one, now the other.',
      advice:
        'Give one of them another address. Where the address is meant to move, make it a HaVip ' +
        'and bind both hosts to it.',
    });
  }
}
