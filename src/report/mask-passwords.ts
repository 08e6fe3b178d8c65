/**
 * Takes the plain-text passwords of VRRP version 2 out of a frame: the eight octets of simple
 * authentication (RFC 2338 section 5.3.6.1) become asterisks, in adverts and in adverts that an
 * ICMP error quotes. The checksum over them is changed along (RFC 1624), so that a good one stays
 * good and a bad one bad.
 */
import { CARRIES_VRRP, type Classifier } from '../dataplane/classifier.ts';
import {
  ADVERT_HEADER_LENGTH,
  AUTH_DATA_LENGTH,
  AUTH_SIMPLE,
  authDataAt,
  readAuthType,
} from '../vrrp/advert.ts';
import { foldSum } from '../wire/checksum.ts';
import { isIpv4Cut, PROTOCOL_ICMP, PROTOCOL_VRRP } from '../wire/ipv4.ts';

const ASTERISKS = 0x2a2a;
const ADVERT_CHECKSUM = 6;
const ICMP_CHECKSUM = 2;
const ICMP_QUOTE = 8;
const IPV4_HEADER_MIN = 20;

/** Masks the frame [at, end) of `view` in place; true where it held a password. */
export function maskPasswords(
  view: DataView,
  frame: { at: number; end: number; linkType: number },
  seen: Classifier,
): boolean {
  const carries = seen.classify(view, frame.at, frame.end, frame.linkType);
  if (carries === CARRIES_VRRP) return maskAdvert(view, seen, frame.end);
  if (seen.family !== 4 || seen.protocol !== PROTOCOL_ICMP) return false;
  return maskQuoted(view, seen.upperAt, frame.end);
}

/** What is there of the advert; a capture may have cut it. */
function maskAdvert(view: DataView, seen: Classifier, end: number): boolean {
  const at = seen.upperAt;
  if (end - at < ADVERT_HEADER_LENGTH || readAuthType(view, at) !== AUTH_SIMPLE) return false;
  const { from, to } = passwordOf(view, seen, end);
  const changed = asterisks(view, from, Math.min(to, end));
  adjust(view, at + ADVERT_CHECKSUM, changed);
  return from < end;
}

/**
 * Behind the addresses, and last in the advert. Where that is not the same place, since it has not
 * as many addresses as it says, the password may be in either.
 */
function passwordOf(view: DataView, seen: Classifier, end: number): { from: number; to: number } {
  const { upperAt, upperEnd, packet, family } = seen;
  const told = authDataAt(view, upperAt);
  const isWhole = family === 4 && !isIpv4Cut(view, packet, end);
  if (!isWhole) return { from: told, to: told + AUTH_DATA_LENGTH };
  // A checksum is over pairs of octets.
  const last = upperEnd - AUTH_DATA_LENGTH - ((upperEnd - upperAt) & 1);
  return { from: Math.max(upperAt + ADVERT_HEADER_LENGTH, Math.min(told, last)), to: upperEnd };
}

/** An ICMP error holds the packet that it is about behind eight octets (RFC 792). */
function maskQuoted(view: DataView, icmp: number, end: number): boolean {
  const quoted = icmp + ICMP_QUOTE;
  if (end - quoted < IPV4_HEADER_MIN || view.getUint8(quoted) >>> 4 !== 4) return false;
  if (view.getUint8(quoted + 9) !== PROTOCOL_VRRP) return false;
  const advert = quoted + (view.getUint8(quoted) & 0xf) * 4;
  if (end - advert < ADVERT_HEADER_LENGTH || readAuthType(view, advert) !== AUTH_SIMPLE) {
    return false;
  }
  const data = authDataAt(view, advert);
  const changed = asterisks(view, data, Math.min(data + AUTH_DATA_LENGTH, end));
  const sum = view.getUint16(advert + ADVERT_CHECKSUM);
  adjust(view, advert + ADVERT_CHECKSUM, changed);
  // The quoted checksum is data of the ICMP message as well.
  const sumChange = view.getUint16(advert + ADVERT_CHECKSUM) + (0xffff - sum);
  adjust(view, icmp + ICMP_CHECKSUM, changed + sumChange);
  return data < end;
}

/** Overwrites [at, end); the ones-complement sum of what was added and taken away. */
function asterisks(view: DataView, at: number, end: number): number {
  let change = 0;
  for (let word = at; word + 1 < end; word += 2) {
    change += ASTERISKS + (0xffff - view.getUint16(word));
    view.setUint16(word, ASTERISKS);
  }
  if (end > at && ((end - at) & 1) === 1) {
    change += (ASTERISKS & 0xff00) + (0xffff - (view.getUint8(end - 1) << 8));
    view.setUint8(end - 1, ASTERISKS & 0xff);
  }
  return change;
}

/** RFC 1624 section 3: HC' = ~(~HC + ~m + m'). */
function adjust(view: DataView, at: number, change: number): void {
  view.setUint16(at, 0xffff - foldSum(0xffff - view.getUint16(at) + change));
}
