/**
 * IP addresses: IPv4 as an unsigned 32-bit number, IPv6 as four unsigned 32-bit words, most
 * significant first. Text is strict on the way in and canonical on the way out.
 */

const DIGIT_ZERO = 48;
/** The code of a dot, counted from that of the digit 0. */
const DOT = -2;
const GROUP = /^[0-9a-fA-F]{1,4}$/;

/** The four words of an IPv6 address. */
export type Ipv6Words = readonly [number, number, number, number];

/** Word 0 to 3 of the IPv6 address at `at`. */
export function readIpv6Word(view: DataView, at: number, word: number): number {
  return view.getUint32(at + word * 4);
}

export function readIpv6Words(view: DataView, at: number): Ipv6Words {
  return [
    view.getUint32(at),
    view.getUint32(at + 4),
    view.getUint32(at + 8),
    view.getUint32(at + 12),
  ];
}

export function writeIpv6Words(view: DataView, at: number, words: Ipv6Words): void {
  view.setUint32(at, words[0]);
  view.setUint32(at + 4, words[1]);
  view.setUint32(at + 8, words[2]);
  view.setUint32(at + 12, words[3]);
}

/** 224.0.0.0/4: RFC 5771. */
export function isMulticastIpv4(address: number): boolean {
  return address >>> 28 === 0xe;
}

/** 127.0.0.0/8. */
export function isLoopbackIpv4(address: number): boolean {
  return address >>> 24 === 127;
}

/** ff00::/8, told by the first word. */
export function isMulticastIpv6(word0: number): boolean {
  return word0 >>> 24 === 0xff;
}

export function isUnspecifiedIpv6(view: DataView, at: number): boolean {
  return (
    view.getUint32(at) === 0 &&
    view.getUint32(at + 4) === 0 &&
    view.getUint32(at + 8) === 0 &&
    view.getUint32(at + 12) === 0
  );
}

/** A solicited-node group, ff02::1:ff00:0/104: RFC 4291 section 2.7.1. */
export function isSolicitedNodeIpv6(view: DataView, at: number): boolean {
  return (
    view.getUint32(at) === 0xff020000 &&
    view.getUint32(at + 4) === 0 &&
    view.getUint32(at + 8) === 1 &&
    view.getUint8(at + 12) === 0xff
  );
}

/** Dotted decimal. */
export function formatIpv4(address: number): string {
  return (
    (address >>> 24) +
    '.' +
    ((address >>> 16) & 255) +
    '.' +
    ((address >>> 8) & 255) +
    '.' +
    (address & 255)
  );
}

/** Four decimal octets without leading zeros or spaces; NaN for any other text. */
export function parseIpv4(text: string): number {
  let address = 0;
  let octet = -1;
  let dots = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - DIGIT_ZERO;
    if (digit === DOT) {
      if (octet < 0 || ++dots > 3) return Number.NaN;
      address = address * 256 + octet;
      octet = -1;
    } else {
      if (digit < 0 || digit > 9 || octet === 0) return Number.NaN;
      octet = octet < 0 ? digit : octet * 10 + digit;
      if (octet > 255) return Number.NaN;
    }
  }
  return dots === 3 && octet >= 0 ? address * 256 + octet : Number.NaN;
}

/**
 * RFC 5952: lower case, no leading zeros, the first longest run of two or more zero groups as
 * `::`, and dotted decimal for an IPv4-mapped address (section 5).
 */
export function formatIpv6(word0: number, word1: number, word2: number, word3: number): string {
  if (word0 === 0 && word1 === 0 && word2 === 0xffff) return '::ffff:' + formatIpv4(word3);
  const groups: number[] = [];
  for (const word of [word0, word1, word2, word3]) groups.push(word >>> 16, word & 0xffff);
  let runStart = -1;
  let runLength = 1;
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length++;
    if (length > runLength) {
      runStart = start;
      runLength = length;
    }
  }
  const text = (part: number[]) => part.map((group) => group.toString(16)).join(':');
  if (runStart < 0) return text(groups);
  return text(groups.slice(0, runStart)) + '::' + text(groups.slice(runStart + runLength));
}

/** The IPv6 address at `at` as text. */
export function formatIpv6At(view: DataView, at: number): string {
  return formatIpv6(...readIpv6Words(view, at));
}

/** Any form of RFC 4291 section 2.2, without zone or prefix; null for any other text. */
export function parseIpv6(text: string): Ipv6Words | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const head = parseGroups(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1] ?? '', true) : [];
  if (head === null || tail === null) return null;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  const groups = [...head, ...new Array<number>(missing).fill(0), ...tail];
  const word = (at: number) => (((groups[at] ?? 0) << 16) | (groups[at + 1] ?? 0)) >>> 0;
  return [word(0), word(2), word(4), word(6)];
}

/** The 16-bit groups of one side of `::`; the last may be dotted decimal where allowed. */
function parseGroups(text: string, mayEndDotted: boolean): number[] | null {
  if (text === '') return [];
  const parts = text.split(':');
  const groups: number[] = [];
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] ?? '';
    if (GROUP.test(part)) {
      groups.push(Number.parseInt(part, 16));
      continue;
    }
    const dotted = mayEndDotted && i === parts.length - 1 ? parseIpv4(part) : Number.NaN;
    if (Number.isNaN(dotted)) return null;
    groups.push(dotted >>> 16, dotted & 0xffff);
  }
  return groups;
}
