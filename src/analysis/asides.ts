/**
 * What text, page and comments tell beside the JSON document, whose keys the contract names: the
 * optional parts of its entries that a report alone reads.
 */
import type { FrameOrigin, Moment, Party } from './result.ts';

/** A host that adverts were sent to answered that no process there receives VRRP. */
export interface AbsenceSummary {
  ip: string;
  mac: string | null;
  name: string | null;
  /** Adverts so answered, all in a row. */
  answers: number;
  first: Moment;
  last: Moment;
}

/** A speaker's adverts, by the first and the last of them. */
export interface AdvertsOf extends Party, Partial<FrameOrigin> {
  frame: number;
  lastFrame: number;
}

/** The capture holds not one frame for so long; `t` is where that begins, null without times. */
export interface BlindStretch {
  t: number | null;
  seconds: number;
}

/** The advert by which a master fell to the priority of its successor or below. */
export interface PriorityLowering extends Partial<FrameOrigin> {
  from: number;
  to: number;
  frame: number;
  /** The successor came later than a backup that waits for nothing but silence. */
  isDelayed: boolean;
}

/** The claim behind an outage without a failover. */
export interface OutageClaim extends Partial<FrameOrigin> {
  mac: string;
  name: string | null;
  frame: number;
}

/** Of the frames at the beginning of the capture, those inside VXLAN. */
export interface WrappedFrames {
  frames: number;
  of: number;
  /** Octets in front of each. */
  outer: number;
}

/** What is known of a capture beside its summary. */
export interface CaptureAsides {
  /** There are frames, and none between `--from` and `--to`. */
  isOutside?: boolean;
  /** Octets of each frame that the capture kept at most, where all agree. */
  snapLength?: number;
  /** Most frames are inside VXLAN, which is not opened. */
  wrapped?: WrappedFrames;
}

/** Of an outage's requests: how many were seen on a second interface, as answered ones are. */
export interface PassedOn {
  seen: number;
  of: number;
}

/**
 * A client's requests up to the first answer that it was seen to get: an outage of at least so
 * long, since an outage of the document has an answer before it.
 */
export interface VainBeginning {
  ip: string;
  vlan: number | null;
  /** IP of the client. */
  client: string;
  seconds: number;
  unanswered: number;
  /** Its first request, and the first answer. */
  from: Moment;
  until: Moment;
}

/** An address that is not known to be virtual, and two hosts that claimed it. */
export interface ContestedAddress {
  ip: string;
  vlan: number | null;
  macs: string[];
}

/** A host asked by ARP, again and again, who has an address, and nobody answered. */
export interface VainQuestion {
  ip: string;
  vlan: number | null;
  /** IP of the one who asked. */
  asker: string;
  asks: number;
  isToTheEnd: boolean;
  /** The virtual router whose adverts list no address: it may be that one; else null. */
  vrid: number | null;
}

/** Connections to a service that accepts others, answered by resets, all in a row. */
export interface RefusedConnections {
  ip: string;
  vlan: number | null;
  port: number;
  count: number;
  from: Moment;
  until: Moment;
}

/** What clients asked, and who answered, beside the lists of the document: only what there is. */
export interface AskedAsides {
  /** The longest of each address. */
  beginnings?: VainBeginning[];
  questions?: VainQuestion[];
  contested?: ContestedAddress[];
  refusedConnections?: RefusedConnections[];
}
