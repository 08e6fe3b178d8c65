import type { AddressBook } from '../../dataplane/address-book.ts';
import type { Classifier } from '../../dataplane/classifier.ts';
import { isVirtualMac, macFromHalves } from '../../wire/mac.ts';
import type { Clock } from '../clock.ts';
import { speakerWith } from '../failovers.ts';
import type { FindingLog } from '../finding-log.ts';
import type { Track } from '../track.ts';
import type { Speaker } from '../virtual-router.ts';
import type { AddressWatch, AddressWatches } from './address-watch.ts';
import type { AddressWords } from './address-words.ts';
import { zombieWords } from './zombie-words.ts';

/**
 * Who answers for an address. `zombie-holder`: a former or dead master goes on answering, by ARP or
 * with packets from the address, longer than a handover takes. `lvs-dr-unsupported`: where the
 * cloud forwards by IP, the holder passes requests on to another host, or a host of the lab sends
 * from the address that never claimed it.
 */
const SECOND = 1e9;
/** Signs before something is said: one late packet is none. */
const SIGNS_MIN = 2;
const STRANGER_SIGNS_MIN = 3;
const RELAYED_MIN = 3;

export interface AnswererParts {
  readonly clock: Clock;
  readonly log: FindingLog;
  readonly words: AddressWords;
  readonly watches: AddressWatches;
  readonly tracks: readonly (Track | undefined)[];
  readonly book: AddressBook;
  /** Whether the provider forwards by IP; false without one. */
  readonly isByIp: boolean;
}

export class Answerers {
  private readonly parts: AnswererParts;
  /** Addresses whose holder is suspected; adverts of none need no look then. */
  private suspects = 0;

  constructor(parts: AnswererParts) {
    this.parts = parts;
  }

  /** A packet from the address, of those that the switch looks at. */
  onPacket(watch: AddressWatch, track: Track, seen: Classifier): void {
    const { link } = seen;
    if (!link.hasSource || !track.isVirtual || track.holder === 0) return;
    this.onSign(watch, track, macFromHalves(link.sourceHigh, link.sourceLow), true);
  }

  /** A claim that is no announcement, by another than the holder. */
  onNoted(watch: AddressWatch, track: Track, mac: number): void {
    if (track.isVirtual) this.onSign(watch, track, mac, false);
  }

  /** Whoever announces although its adverts are missing runs, and they do not get through. */
  onAnnouncement(watch: AddressWatch, track: Track, mac: number): void {
    const since = watch.zombieMac === mac ? watch.zombieFrame : watch.suspectFrame;
    const isKnown = watch.unheardMac === mac && watch.unheardFrame >= since;
    const hasResigned = speakerWith(track, mac)?.observer.isMaster === false;
    if (since === 0 || isKnown || hasResigned || !this.isSilent(mac, track)) return;
    watch.unheardFrame = this.parts.clock.frame;
    watch.unheardMac = mac;
  }

  /**
   * A speaker is heard (again). With unicast a master whose only peer is gone cannot send: it was
   * no zombie.
   */
  onAdvert(speaker: Speaker): void {
    if (this.suspects === 0) return;
    for (const id of speaker.router.addresses) {
      const watch = this.parts.watches.of(id);
      if (watch.suspectMac === speaker.mac) this.clear(watch);
    }
  }

  private clear(watch: AddressWatch): void {
    if (watch.suspectSigns > 0) this.suspects--;
    watch.suspectSigns = 0;
  }

  /** Another has taken the address over from a holder that had stopped and went on answering. */
  onChange(watch: AddressWatch, from: number): void {
    if (watch.suspectSigns > 0 && watch.suspectMac === from && watch.zombieSigns === 0) {
      watch.zombieSigns = watch.suspectSigns;
      watch.zombieFrame = watch.suspectFrame;
      watch.zombieLastFrame = watch.suspectLastFrame;
      watch.zombieStamp = watch.suspectStamp;
      watch.zombieMac = from;
    }
    this.clear(watch);
  }

  finish(seesAll: boolean): void {
    if (!seesAll) return;
    this.parts.watches.forEach((watch, id) => {
      const track = this.parts.tracks[id] as Track;
      if (watch.zombieSigns >= SIGNS_MIN) this.zombie(watch, track);
      this.tellOfDirector(watch, track);
    });
  }

  /** Beside a running switch, some times a second: what has become certain. */
  poll(): void {
    if (!this.parts.isByIp) return;
    this.parts.watches.forEach((watch, id) => {
      const track = this.parts.tracks[id];
      if (track !== undefined) this.tellOfDirector(watch, track);
    });
  }

  private tellOfDirector(watch: AddressWatch, track: Track): void {
    if (!this.parts.isByIp || watch.isDirectorTold) return;
    watch.isDirectorTold = true;
    if (watch.strangerSigns >= STRANGER_SIGNS_MIN) this.stranger(watch, track.id);
    else if (track.relayed >= RELAYED_MIN) this.director(track);
    else watch.isDirectorTold = false;
  }

  private onSign(watch: AddressWatch, track: Track, mac: number, isPacket: boolean): void {
    const { clock } = this.parts;
    if (mac === track.holder) {
      if (isPacket && this.isSilent(mac, track)) this.suspect(watch, mac);
      return;
    }
    if (clock.now - watch.heldSince < SECOND) return;
    // What the holder passes on is answered by whoever gets it: LVS in DR mode, no zombie.
    const isPassedOn = isPacket && track.relayed > 0;
    if (mac === watch.former || speakerWith(track, mac) !== null) {
      if (!isPassedOn && this.hasStopped(mac, track)) this.note(watch, mac);
    } else if (isPacket && this.parts.isByIp && this.isStranger(watch, track, mac)) {
      if (watch.strangerSigns++ > 0) return;
      watch.strangerFrame = clock.frame;
      watch.strangerStamp = clock.stamp;
      watch.strangerMac = mac;
    }
  }

  /**
   * Whoever gets what the holder passes on; else a host of the lab (not the switch's own MAC) that
   * is not bound to the address, did not claim it, and cannot be hidden behind a virtual MAC.
   */
  private isStranger(watch: AddressWatch, track: Track, mac: number): boolean {
    if (mac === watch.refusedMac) return false;
    if (track.relayed > 0) return true;
    if (isVirtualMac(watch.refusedMac)) return false;
    const { book, log } = this.parts;
    return log.entries.name(mac) !== null && !book.hasMember(track.id, mac);
  }

  private suspect(watch: AddressWatch, mac: number): void {
    watch.suspectLastFrame = this.parts.clock.frame;
    if (watch.suspectSigns++ > 0) return;
    this.suspects++;
    watch.suspectFrame = this.parts.clock.frame;
    watch.suspectStamp = this.parts.clock.stamp;
    watch.suspectMac = mac;
  }

  private note(watch: AddressWatch, mac: number): void {
    const { frame, stamp } = this.parts.clock;
    watch.zombieLastFrame = frame;
    if (watch.zombieSigns++ > 0) return;
    watch.zombieFrame = frame;
    watch.zombieStamp = stamp;
    watch.zombieMac = mac;
  }

  /** A holder whose adverts ended without a resignation, and who yet sends. */
  private isSilent(mac: number, track: Track): boolean {
    const speaker = speakerWith(track, mac);
    if (speaker === null) return false;
    const { observer } = speaker;
    return this.parts.clock.now - observer.lastAdvert > 2.5 * observer.interval;
  }

  /** Neither an active master (that is a split brain) nor a host without adverts among masters. */
  private hasStopped(mac: number, track: Track): boolean {
    if (track.routers.length === 0) return true;
    const speaker = speakerWith(track, mac);
    if (speaker === null) return false;
    const { observer } = speaker;
    if (observer.lastResignation >= observer.lastAdvert) return true;
    return this.parts.clock.now - observer.lastAdvert > 2.5 * observer.interval;
  }

  private zombie(watch: AddressWatch, track: Track): void {
    this.parts.log.raise({
      code: 'zombie-holder',
      severity: 'error',
      id: track.id,
      frame: watch.zombieFrame,
      stamp: watch.zombieStamp,
      ...zombieWords(watch, track, this.parts.words),
    });
  }

  private stranger(watch: AddressWatch, id: number): void {
    const { log, words } = this.parts;
    log.raise({
      code: 'lvs-dr-unsupported',
      severity: 'error',
      id,
      frame: watch.strangerFrame,
      stamp: watch.strangerStamp,
      message:
        `${words.host(watch.strangerMac)} sends from ${words.ip(id)} and never held it, as real ` +
        'servers of LVS in DR mode do: this cloud forwards by IP, so requests that the director ' +
        'passes on come back to it.',
      advice: 'Use LVS in NAT or FULLNAT mode (`lb_kind NAT`), or a load balancer of the cloud.',
    });
  }

  /** Only the director is in view: requests that it passes on. */
  private director(track: Track): void {
    const { log, words } = this.parts;
    log.raise({
      code: 'lvs-dr-unsupported',
      severity: 'error',
      id: track.id,
      frame: track.relayedFrame,
      stamp: track.relayedStamp,
      message:
        `${words.host(track.holder)} holds ${words.ip(track.id)} and sends requests for it on, ` +
        'as a director of LVS in DR mode does: this cloud forwards by IP, so they come back to it.',
      advice: 'Use LVS in NAT or FULLNAT mode (`lb_kind NAT`), or a load balancer of the cloud.',
    });
  }
}
