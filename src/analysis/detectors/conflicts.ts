import { type Form, isAnswer } from '../../arp/claim.ts';
import { type AddressBook, POLICY_GATEWAY, POLICY_ORDINARY } from '../../dataplane/address-book.ts';
import { ORDINARY_ADDRESS } from '../../dataplane/drop-reason.ts';
import { isVirtualMac } from '../../wire/mac.ts';
import type { Clock } from '../clock.ts';
import { speakerWith } from '../failovers.ts';
import type { FindingLog } from '../finding-log.ts';
import type { Track } from '../track.ts';
import type { Speaker } from '../virtual-router.ts';
import type { AddressWatch, AddressWatches } from './address-watch.ts';
import type { AddressWords } from './address-words.ts';

/**
 * `address-conflict`: two hosts claim one address that is not both's to claim. With a lab file, an
 * ordinary address that another ENI has: refused by a cloud, learned on a plain LAN. Without, an
 * address of no virtual router that goes from one host to another and back within seconds (RFC 5227
 * section 2.4: both are using it), and an address that a host without VRRP takes from the master of
 * its virtual router, which goes on and takes it back, or for which both answer one question. An
 * answer alone is no sign of it: proxies and clouds answer for other hosts, but where they do the
 * holder is not asked.
 */
const BACK_WITHIN = 5e9;
/**
 * Where the adverts may pass elsewhere, a restarted keepalived preempts within some seconds, too. A
 * host that defends its address does so at once, and two that use it go on to the third turn.
 */
const DEFENDED_WITHIN = 0.3e9;
/** Answers so close to each other are to one question. */
const ONE_QUESTION = 0.5e9;
/** A master is one until so many intervals after its last advert. */
const MASTER_INTERVALS = 2.5;

export interface ConflictParts {
  readonly clock: Clock;
  readonly log: FindingLog;
  readonly words: AddressWords;
  readonly book: AddressBook;
  readonly tracks: readonly (Track | undefined)[];
  readonly watches: AddressWatches;
  /** All speakers of the capture, growing. */
  readonly speakers: readonly Speaker[];
  /** A plan that refuses nothing is of a plain LAN. */
  readonly isPlainLan: boolean;
}

export class Conflicts {
  private readonly parts: ConflictParts;

  constructor(parts: ConflictParts) {
    this.parts = parts;
  }

  /** A claim of a contested address, the first of any, or one that was refused. */
  onClaim(watch: AddressWatch, track: Track, mac: number, reason: number, form: Form): void {
    if (watch.conflicted || track.routers.length > 0) return;
    const { book, isPlainLan } = this.parts;
    if (reason === ORDINARY_ADDRESS) {
      // An address of the subnet that nobody has is refused as well, and is no conflict.
      const [owner = track.holder] = book.membersOf(track.id);
      if (owner !== 0 && owner !== mac) this.raiseOrdinary(watch, track.id, mac, owner);
      return;
    }
    if (mac === watch.claimant || isAnswer(form)) return;
    if (isPlainLan && book.policy(track.id) === POLICY_ORDINARY) {
      const [owner = mac] = book.membersOf(track.id);
      if (!book.hasMember(track.id, mac)) this.raiseOrdinary(watch, track.id, mac, owner);
      return;
    }
    if (track.companions.length === 0) this.onTurn(watch, track, mac);
  }

  /** Another host than before claims it. */
  private onTurn(watch: AddressWatch, track: Track, mac: number): void {
    const { now } = this.parts.clock;
    const after = now - watch.claimedSince;
    // A virtual MAC has an address of VRRP, whose adverts are not in the capture.
    const isVirtual = isVirtualMac(mac) || isVirtualMac(watch.claimant);
    const isBack = mac === watch.claimantBefore && after <= BACK_WITHIN;
    watch.turns = isBack && !track.isConfigured && !isVirtual ? watch.turns + 1 : 0;
    if (watch.turns > 0 && this.parts.speakers.length > 0) {
      this.raiseOrdinary(watch, track.id, watch.claimant, mac);
    } else if (watch.turns > 1 || (watch.turns === 1 && after <= DEFENDED_WITHIN)) {
      this.raiseUnlisted(watch, track.id, watch.claimant, mac);
    }
    watch.claimantBefore = watch.claimant;
    watch.claimant = mac;
    watch.claimedSince = now;
  }

  /** The holder of an address of a virtual router has changed from `from` to `to`. */
  onChange(watch: AddressWatch, track: Track, from: number, to: number): void {
    if (watch.conflicted || track.routers.length === 0) return;
    if (watch.taker !== 0) {
      if (watch.taker === from && watch.takenFrom === to) watch.conflicted = true;
      else watch.taker = 0;
    }
    if (watch.conflicted || isVirtualMac(from) || isVirtualMac(to)) return;
    const master = speakerWith(track, from);
    if (master === null || speakerWith(track, to) !== null) return;
    if (!this.isMaster(master)) return;
    const { frame, stamp } = this.parts.clock;
    watch.taker = to;
    watch.takenFrom = from;
    watch.takerFrame = frame;
    watch.takerStamp = stamp;
  }

  /** Somebody answers a question for it, by ARP or ND. */
  onAnswer(watch: AddressWatch, track: Track, mac: number): void {
    if (watch.isDoubled || track.holder === 0 || track.routers.length === 0) return;
    const { now, frame, stamp } = this.parts.clock;
    const master = speakerWith(track, track.holder);
    if (master === null || !this.isMaster(master)) return;
    if (mac === track.holder) {
      watch.answered = now;
    } else if (mac !== watch.former && !isVirtualMac(mac) && speakerWith(track, mac) === null) {
      watch.answererSince = now;
      watch.answerer = mac;
      watch.answererFrame = frame;
      watch.answererStamp = stamp;
    }
    watch.isDoubled = Math.abs(watch.answered - watch.answererSince) <= ONE_QUESTION;
  }

  /** Who is never heard to advertise is known at the end, where everything was in view. */
  finish(seesAll: boolean): void {
    if (!seesAll) return;
    this.parts.watches.forEach((watch, id) => {
      const track = this.parts.tracks[id];
      if (track === undefined) return;
      if (watch.conflicted && watch.taker !== 0) {
        if (isForeign(track, watch.taker)) this.raiseTaken(watch, id);
      } else if (watch.isDoubled && isForeign(track, watch.answerer)) {
        this.raiseDoubled(watch, track);
      }
    });
  }

  private isMaster({ observer }: Speaker): boolean {
    const silence = this.parts.clock.now - observer.lastAdvert;
    return observer.isMaster && silence < MASTER_INTERVALS * observer.interval;
  }

  private raiseDoubled(watch: AddressWatch, track: Track): void {
    const { log, words } = this.parts;
    log.raise({
      code: 'address-conflict',
      severity: 'error',
      id: track.id,
      frame: watch.answererFrame,
      stamp: watch.answererStamp,
      message:
        `${words.host(watch.answerer)} answered for ${words.ip(track.id)} at the same time as ` +
        `its master ${words.host(track.holder)}, and speaks no VRRP for it: both have it ` +
        'configured, and clients that ask reach now the one, now the other.',
      advice:
        'Find that host by its MAC and take the address off it. Where it is a real server of LVS ' +
        'in DR mode, let it not answer: `net.ipv4.conf.all.arp_ignore=1` and `arp_announce=2`.',
    });
  }

  private raiseTaken(watch: AddressWatch, id: number): void {
    const { log, words } = this.parts;
    log.raise({
      code: 'address-conflict',
      severity: 'error',
      id,
      frame: watch.takerFrame,
      stamp: watch.takerStamp,
      message:
        `${words.host(watch.taker)} announced ${words.ip(id)} and speaks no VRRP for it, while ` +
        `${words.host(watch.takenFrom)} is its master: clients sent to the wrong host until the ` +
        'master announced it again.',
      advice:
        'Find that host by its MAC and take the address off it. Until then ' +
        '`garp_master_refresh 5` bounds the damage; a HaVip cloud refuses such a claim.',
    });
  }

  /** Of VRRP nothing is in view: two masters that do not hear each other look the same. */
  private raiseUnlisted(watch: AddressWatch, id: number, mac: number, other: number): void {
    watch.conflicted = true;
    const { log, words } = this.parts;
    const hosts = `${words.host(mac)} and ${words.host(other)}`;
    log.raiseNow({
      code: 'address-conflict',
      severity: 'error',
      id,
      message:
        `${hosts} claim ${words.ip(id)} in turn: both use it, and clients reach now the one, now ` +
        'the other. No adverts are in this capture to say whether it is an ordinary address or ' +
        'one of two masters.',
      advice:
        "Where both run keepalived, neither hears the other's adverts: capture on one of them " +
        '(`tcpdump vrrp or arp or icmp`), and open the way for VRRP, IP protocol 112. Else give ' +
        'one of them another address.',
    });
  }

  private raiseOrdinary(watch: AddressWatch, id: number, mac: number, owner: number): void {
    watch.conflicted = true;
    watch.taker = 0;
    const { log, words, book } = this.parts;
    const isGateway = book.policy(id) === POLICY_GATEWAY;
    const whose = isGateway
      ? 'the address of the gateway'
      : `an ordinary address that ${words.host(owner)} has`;
    log.raiseNow({
      code: 'address-conflict',
      severity: 'error',
      id,
      message:
        `${words.host(mac)} claims ${words.ip(id)}, ${whose}: ` +
        'both use it, and clients reach now the one, now the other.',
      advice: isGateway
        ? 'Give the host, or its HaVip, another address: the first of a subnet is often the ' +
          "gateway's."
        : 'Give one of them another address. Where the address is meant to move, make it a HaVip ' +
          'and bind both hosts to it.',
    });
  }
}

/** Neither heard to advertise nor somebody to whom adverts are sent. */
function isForeign(track: Track, mac: number): boolean {
  const isPeer = track.routers.some(({ peers }) => peers.some((peer) => peer.mac === mac));
  return !isPeer && speakerWith(track, mac) === null;
}
