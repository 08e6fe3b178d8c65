import type { SpeakerObserver } from '../vrrp/observer.ts';

/**
 * What is known of one virtual router and of its speakers. A router is (network, VRID, version,
 * family); a speaker of it is known by its IP source. What receivers would object to is counted
 * per speaker as a fault.
 */
export const ADVERT_FAULTS = [
  'checksum',
  'ttl',
  'auth',
  'version',
  'length',
  'interval',
  'address-list',
] as const;
export const FAULT_CHECKSUM = 0;
export const FAULT_TTL = 1;
export const FAULT_AUTH = 2;
export const FAULT_VERSION = 3;
export const FAULT_LENGTH = 4;
export const FAULT_INTERVAL = 5;
export const FAULT_ADDRESS_LIST = 6;

/** Who was silent for longer may have been configured anew since: nothing is compared with it. */
const LATELY_INTERVALS = 10;

/** Peers remembered of a router. */
export const PEERS_MAX = 64;

export interface Speaker {
  readonly index: number;
  readonly router: Router;
  readonly words: readonly [number, number, number, number];
  /** 48-bit MAC its adverts come from, 0 where the link has none; and its low word, signed. */
  mac: number;
  macLow: number;
  /** The one that the last of them came from. */
  lastMac: number;
  readonly observer: SpeakerObserver;
  adverts: number;
  readonly firstFrame: number;
  lastFrame: number;
  readonly faults: number[];
  /** Digest of its address list and of its authentication data. */
  addressDigest: number;
  authDigest: number;
  /** Ids of the addresses that its adverts list now. */
  readonly addresses: number[];
}

export interface Router {
  readonly index: number;
  readonly network: number;
  readonly vrid: number;
  readonly version: 2 | 3;
  readonly family: 4 | 6;
  /** The router of the other version on the same network and VRID; null where none spoke. */
  sibling: Router | null;
  /** Ids of the addresses that its adverts list. */
  readonly addresses: number[];
  readonly speakers: Speaker[];
  lastSpeaker: Speaker | null;
  /** The speaker of the advert before the last. */
  previousSpeaker: Speaker | null;
  /** Whose run last went on while no other's did. */
  master: Speaker | null;
  unicast: boolean;
  multicast: boolean;
  /** Whom unicast adverts are sent to: one entry an address, with the MAC, 0 where unknown. */
  readonly peers: Peer[];
  /** Stretches in which hosts that adverts were sent to had no VRRP, the oldest first. */
  absences: Absence[];
  authType: number;
  /** Bit set of the checksum conventions seen. */
  conventions: number;
  interval: number;
}

export interface Peer {
  readonly words: readonly [number, number, number, number];
  readonly mac: number;
}

/** A host answers that it has no VRRP, once or more in a row. */
export interface Absence {
  readonly words: readonly [number, number, number, number];
  /** 48-bit MAC of the first answer, 0 where the link has none. */
  readonly mac: number;
  answers: number;
  readonly firstStamp: number;
  readonly firstFrame: number;
  lastNow: number;
  lastStamp: number;
  lastFrame: number;
}

export function countFault(speaker: Speaker, index: number): void {
  speaker.faults[index] = (speaker.faults[index] as number) + 1;
}

export function wasHeardLately({ observer }: Speaker, now: number): boolean {
  return now - observer.lastAdvert <= LATELY_INTERVALS * observer.interval;
}
