import {
  HEARD_BY_ALL,
  HEARD_BY_GROUP,
  HEARD_BY_ONE,
  KIND_FOREIGN_OVERRIDE,
  KIND_FOREIGN_REPLY,
  KIND_NO_ADDRESS,
  KIND_OVERRIDE,
  KIND_REPLY,
  meaningless,
  PROFILE_FREEBSD,
  PROFILE_GVISOR,
  PROFILE_LINUX,
  PROFILE_LINUX_ARP_ACCEPT,
  PROFILE_NAMES,
  PROFILE_NO_GARP,
  PROFILE_SMOLTCP,
  type Profile,
  shapeHeardBy,
  shapeKind,
} from '../arp/receiver-profiles.ts';
import { formatIpv4 } from '../wire/ip-address.ts';
import { formatMac } from '../wire/mac.ts';
import {
  ALONE_IPV4,
  ALONE_MAC,
  type FirstClaim,
  firstParts,
  MOMENT,
  RECEPTION,
} from './receivers.ts';
import type { RecordLog } from './record-log.ts';
import type { ReceiverEntry } from './result.ts';
import type { TimeBase } from './time-base.ts';

/** What the result says of each receiver profile, and why, from a failover's record. */
interface Failover {
  family: number;
  frame: number;
  t: number | null;
}

/** A moment at which some profiles followed. */
interface Moment {
  profiles: number;
  frame: number;
  t: number | null;
  shape: number;
  /** `ALONE_*`; 0 where all hosts of a profile followed. */
  alone: number;
  host: number;
}

/** What is said where all depends on the first claim alone, by that claim and the family. */
const SAID = new Map<number, ReceiverEntry[]>();
const FAMILY_UNIT = 2 ** 32;

export function receiversOf(
  log: RecordLog,
  sequence: number,
  times: TimeBase,
  failover: Failover,
): ReceiverEntry[] {
  if (!log.isKept(sequence)) return [];
  const packed = log.get(sequence, RECEPTION.FIRST);
  const first = firstParts(packed);
  const count = log.get(sequence, RECEPTION.COUNT);
  const { frame, t, family } = failover;
  if (count > 0 || first.alone !== 0) {
    const alone = log.get(sequence, RECEPTION.ALONE);
    const host = log.get(sequence, RECEPTION.HOST);
    const lone = { profiles: first.alone, frame, t, shape: first.shape, alone, host };
    return entriesOf(first, [lone, ...momentsOf(log, sequence, times)], failover);
  }
  // Thousands of failovers are alike but for frame and time.
  const key = packed + family * FAMILY_UNIT;
  const said = SAID.get(key) ?? entriesOf(first, [], failover);
  SAID.set(key, said);
  return said.map(({ profile, acceptedFrame, why }) =>
    acceptedFrame === null
      ? { profile, acceptedFrame, t: null, why }
      : { profile, acceptedFrame: frame, t, why },
  );
}

/** `moments` are those besides the one at which the first claim was followed. */
function entriesOf(first: FirstClaim, moments: Moment[], failover: Failover): ReceiverEntry[] {
  const { frame, t, family } = failover;
  const without = meaningless(family === 4 ? 4 : 6);
  return PROFILE_NAMES.map((name, profile) => {
    const bit = 1 << profile;
    if ((without & bit) !== 0) {
      return never(name, 'RFC 826 is about IPv4: it knows no advertisements');
    }
    if (first.isSame) {
      const why = 'the MAC stays the same: nothing to learn';
      return { profile: name, acceptedFrame: frame, t, why };
    }
    if ((first.profiles & bit) !== 0) {
      return { profile: name, acceptedFrame: frame, t, why: believes(profile, first.shape) };
    }
    const not = whyNot(profile, first.shape);
    const mine = moments.filter(({ profiles }) => (profiles & bit) !== 0);
    const later = mine.find(({ alone }) => alone === 0);
    if (later !== undefined) {
      const why = `${not}; then ${believes(profile, later.shape)}`;
      return { profile: name, acceptedFrame: later.frame, t: later.t, why };
    }
    const lone = mine[0];
    return never(name, lone === undefined ? not : `${not}; ${aloneText(lone)}`);
  });
}

function never(profile: string, why: string): ReceiverEntry {
  return { profile, acceptedFrame: null, t: null, why };
}

/** Those after the first claim. */
function momentsOf(log: RecordLog, sequence: number, times: TimeBase): Moment[] {
  const count = log.get(sequence, RECEPTION.COUNT);
  return Array.from({ length: count }, (_, index) => {
    const at = RECEPTION.MOMENTS + index * MOMENT.WIDTH;
    const field = (offset: number): number => log.get(sequence, at + offset);
    return {
      profiles: field(MOMENT.PROFILES),
      frame: field(MOMENT.FRAME),
      t: times.sinceFirst(field(MOMENT.STAMP)),
      shape: field(MOMENT.SHAPE),
      alone: field(MOMENT.ALONE),
      host: field(MOMENT.HOST),
    };
  });
}

/** Why a claim of this shape moved the profile's entry. */
function believes(profile: Profile, shape: number): string {
  const kind = shapeKind(shape);
  if (kind >= KIND_OVERRIDE) return 'an advertisement with the override flag replaces the MAC';
  const isLinux = profile === PROFILE_LINUX || profile === PROFILE_LINUX_ARP_ACCEPT;
  const isGratuitous = kind <= KIND_REPLY;
  if (isLinux && isGratuitous) {
    const also = profile === PROFILE_LINUX ? '' : ', and makes an entry where there is none';
    return `a gratuitous ARP replaces the MAC at once${also}`;
  }
  if (isLinux || profile === PROFILE_NO_GARP) {
    return 'other ARP replaces the MAC of an entry that did not change for 1 s';
  }
  const logs = profile === PROFILE_FREEBSD ? ', and logs the move' : '';
  return `any ARP replaces the MAC of a known sender${logs}`;
}

/** Why the first claim was not believed. */
function whyNot(profile: Profile, shape: number): string {
  const kind = shapeKind(shape);
  const isIpv6 = kind >= KIND_OVERRIDE;
  const always = isIpv6 ? neverIpv6(profile, kind) : neverIpv4(profile);
  if (always !== null) return always;
  const heardBy = shapeHeardBy(shape);
  if (heardBy === HEARD_BY_ONE) return 'the announcement went to one host alone';
  if (heardBy === HEARD_BY_GROUP) return 'announced to a group that hosts do not listen to';
  if (kind === KIND_FOREIGN_REPLY && heardBy === HEARD_BY_ALL) {
    return (
      'a reply whose target MAC is not its sender is no gratuitous ARP: ' +
      'ignored, as the entry changed within 1 s before'
    );
  }
  return 'the announcement did not reach it';
}

function neverIpv4(profile: Profile): string | null {
  switch (profile) {
    case PROFILE_GVISOR:
      return 'reads only requests for its own address, and no reply overrides its entry';
    case PROFILE_SMOLTCP:
      return 'reads only ARP for its own address; its entry ends 60 s after it was learned';
    case PROFILE_NO_GARP:
      return 'drops gratuitous ARP';
    default:
      return null;
  }
}

function neverIpv6(profile: Profile, kind: number): string | null {
  if (kind === KIND_NO_ADDRESS) return 'no target link-layer address: the old MAC stays';
  if (profile === PROFILE_NO_GARP) return 'drops unsolicited advertisements';
  if (profile === PROFILE_SMOLTCP && kind === KIND_FOREIGN_OVERRIDE) {
    return 'notes the MAC for the sender of the packet, which is another address';
  }
  return null;
}

/** Where one host heard or was asked, it alone follows. */
function aloneText({ alone, host, frame }: Moment): string {
  if (alone === ALONE_MAC) return `${formatMac(host)} alone follows, told by frame ${frame}`;
  if (alone === ALONE_IPV4) return `${formatIpv4(host)} alone follows, asked by frame ${frame}`;
  return `the host asked by frame ${frame} alone follows`;
}
