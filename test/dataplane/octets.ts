/**
 * A second reading of frames, for tests: checksums by the plainest computation of RFC 1071 and the
 * fields by their offsets in the RFCs, with nothing of the code under test.
 */
export function octets(view: DataView, at = 0, end = view.byteLength): number[] {
  return [...new Uint8Array(view.buffer, view.byteOffset + at, end - at)];
}

/** The Internet checksum of these octets: 0 where they hold their own. */
export function checksum(data: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < data.length; i += 2) {
    sum += data[i]! * 256 + (data[i + 1] ?? 0);
    if (sum > 0xffff) sum -= 0xffff;
  }
  return 0xffff - sum;
}

export function hex(data: readonly number[]): string {
  return data.map((octet) => octet.toString(16).padStart(2, '0')).join('');
}

export function macAt(view: DataView, at: number): string {
  return octets(view, at, at + 6)
    .map((octet) => octet.toString(16).padStart(2, '0'))
    .join(':');
}

export function ipv4At(view: DataView, at: number): string {
  return octets(view, at, at + 4).join('.');
}

export interface ReadPacket {
  destination: string;
  source: string;
  /** TCIs of the tags. */
  tags: number[];
  /** Octets of the IP packet by its own length. */
  packet: number[];
  /** Time to live or hop limit. */
  hops: number;
  from: string;
  to: string;
  protocol: number;
  payload: number[];
  /** Whether every checksum that the frame holds is right (IP header, ICMP, ICMPv6). */
  isSound: boolean;
}

/** Reads an Ethernet frame of IPv4 without options or IPv6 without extensions. */
export function readPacket(view: DataView): ReadPacket {
  const tags: number[] = [];
  let at = 12;
  for (; view.getUint16(at) === 0x8100; at += 4) tags.push(view.getUint16(at + 2));
  const link = { destination: macAt(view, 0), source: macAt(view, 6), tags };
  const start = at + 2;
  return view.getUint16(at) === 0x0800
    ? { ...link, ...readIpv4(view, start) }
    : { ...link, ...readIpv6(view, start) };
}

type IpFields = Omit<ReadPacket, 'destination' | 'source' | 'tags'>;

function readIpv4(view: DataView, at: number): IpFields {
  const packet = octets(view, at, at + view.getUint16(at + 2));
  const payload = packet.slice(20);
  const protocol = packet[9]!;
  const isSound =
    checksum(packet.slice(0, 20)) === 0 && (protocol !== 1 || checksum(payload) === 0);
  const from = ipv4At(view, at + 12);
  const to = ipv4At(view, at + 16);
  return { packet, hops: packet[8]!, from, to, protocol, payload, isSound };
}

function readIpv6(view: DataView, at: number): IpFields {
  const length = view.getUint16(at + 4);
  const packet = octets(view, at, at + 40 + length);
  const payload = packet.slice(40);
  const protocol = packet[6]!;
  const pseudo = [...packet.slice(8, 40), 0, 0, length >> 8, length & 255, 0, 0, 0, protocol];
  const isSound = protocol !== 58 || checksum([...pseudo, ...payload]) === 0;
  const text = (from: number): string => {
    const groups = packet.slice(from, from + 16);
    return hex(groups).replace(/.{4}(?!$)/g, '$&:');
  };
  const hops = packet[7]!;
  return { packet, hops, from: text(8), to: text(24), protocol, payload, isSound };
}
