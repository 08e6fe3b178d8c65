/**
 * A capture as a story: frames at seconds, written as a pcap of nanoseconds and replayed. Frames
 * stand in the file in the order in which they were told, whatever their times.
 */
import type { Lanes } from '../../src/analysis/lanes.ts';
import { Replay } from '../../src/analysis/replay.ts';
import type { ReplayResult } from '../../src/analysis/result.ts';
import type { TimePoint } from '../../src/analysis/time-base.ts';
import { mergeCaptures, openCaptureBytes } from '../../src/capture/index.ts';
import type { Site } from '../../src/dataplane/address-plan.ts';
import { emitAdvert } from '../../src/vrrp/advert.ts';
import { CHECKSUM_PLAIN, writeAdvertChecksum } from '../../src/vrrp/checksum.ts';
import { parseIpv4 } from '../../src/wire/ip-address.ts';
import { bytes, pcapHeader, pcapRecord } from '../capture/build.ts';
import { announcement, arp, packet } from '../dataplane/frames.ts';

export const A = '00:16:3e:00:00:01';
export const B = '00:16:3e:00:00:02';
export const C = '00:16:3e:00:00:03';
export const CLIENT = '00:16:3e:00:00:0a';
export const CLIENT2 = '00:16:3e:00:00:0b';
export const VMAC = '00:00:5e:00:01:33';
export const VIP = '192.168.0.88';
export const A_IP = '192.168.0.11';
export const B_IP = '192.168.0.12';
export const CLIENT_IP = '192.168.0.10';
export const CLIENT2_IP = '192.168.0.9';
/** Seconds since 1970 of a scene's second 0: 2023-11-14T22:13:20Z. */
export const EPOCH = 1_700_000_000;
const NANOSECOND_MAGIC = 0xa1b23c4d;

export interface SceneOptions {
  site?: Site | null;
  allClaims?: boolean;
  limit?: number;
  from?: TimePoint | null;
  to?: TimePoint | null;
  linkField?: number;
  caches?: boolean;
}

export interface AdvertText {
  priority: number;
  source?: string;
  ip?: string;
  to?: string;
  toMac?: string;
}

export function advert(fields: AdvertText): DataView {
  const { priority, source = A, ip = A_IP, to = '224.0.0.18' } = fields;
  const destination = fields.toMac ?? '01:00:5e:00:00:12';
  const view = packet({ source, destination, from: ip, to, payload: 20, protocol: 112 });
  view.setUint8(14 + 8, 255);
  emitAdvert(view, 34, {
    version: 2,
    family: 4,
    vrid: 51,
    priority,
    interval: 1,
    addresses: [parseIpv4(VIP)],
  });
  writeAdvertChecksum(view, 14, 34, { family: 4, convention: CHECKSUM_PLAIN });
  return view;
}

export interface Exchanged {
  sequence: number;
  client?: string;
  clientIp?: string;
  server?: string;
  vip?: string;
}

/** ICMP echo, `sequence` and identifier 7; the IPv6 form where the addresses are. */
export function echo(isRequest: boolean, about: Exchanged): DataView {
  const { sequence, client = CLIENT, clientIp = CLIENT_IP, server = A, vip = VIP } = about;
  const isIpv6 = vip.includes(':');
  const view = packet({
    source: isRequest ? client : server,
    destination: isRequest ? server : client,
    from: isRequest ? clientIp : vip,
    to: isRequest ? vip : clientIp,
    protocol: isIpv6 ? 58 : 1,
  });
  const at = isIpv6 ? 54 : 34;
  view.setUint8(at, isIpv6 ? (isRequest ? 128 : 129) : isRequest ? 8 : 0);
  view.setUint16(at + 4, 7);
  view.setUint16(at + 6, sequence);
  return view;
}

export const SYN = 0x02;
export const SYN_ACK = 0x12;
export const RST_ACK = 0x14;

export interface Segment {
  flags: number;
  port?: number;
  clientPort?: number;
  sequence: number;
  /** MACs of the client and of whoever has the address. */
  client?: string;
  server?: string;
}

/** A segment of the handshake: `sequence` is that of the SYN, in the answer as well. */
export function tcp(segment: Segment): DataView {
  const { flags, port = 443, clientPort = 50_000, sequence } = segment;
  const { client = CLIENT, server = A } = segment;
  const isRequest = flags === SYN;
  const view = packet({
    source: isRequest ? client : server,
    destination: isRequest ? server : client,
    from: isRequest ? CLIENT_IP : VIP,
    to: isRequest ? VIP : CLIENT_IP,
    protocol: 6,
  });
  view.setUint16(34, isRequest ? clientPort : port);
  view.setUint16(36, isRequest ? port : clientPort);
  if (isRequest) view.setUint32(38, sequence);
  else view.setUint32(42, sequence + 1);
  view.setUint8(46, 0x50);
  view.setUint8(47, flags);
  return view;
}

export function reply(source: string, spa: string): DataView {
  return arp({ operation: 2, source, spa, destination: CLIENT, tha: CLIENT, tpa: CLIENT_IP });
}

export class Scene {
  private readonly records: number[][] = [];

  get frames(): number {
    return this.records.length;
  }

  /** A frame at this second; returns the number that the replay gives it. */
  at(second: number, view: DataView, wire = view.byteLength): number {
    const nanoseconds = Math.round(second * 1e9);
    const whole = Math.floor(nanoseconds / 1e9);
    const data = [...new Uint8Array(view.buffer)];
    const fraction = nanoseconds - whole * 1e9;
    this.records.push(pcapRecord({ seconds: EPOCH + whole, fraction, data, wire }));
    return this.records.length;
  }

  announce(second: number, mac: string, ip = VIP): number {
    return this.at(second, announcement(mac, ip));
  }

  /** An echo request and, `delay` seconds later, its answer. */
  ping(second: number, about: Exchanged, delay = 0.001): number {
    this.at(second, echo(true, about));
    return this.at(second + delay, echo(false, about));
  }

  adverts(from: number, to: number, fields: AdvertText): void {
    for (let second = from; second <= to; second++) this.at(second, advert(fields));
  }

  async replay(options: SceneOptions = {}): Promise<ReplayResult> {
    const replay = this.made(options, false);
    await this.run(replay, options.linkField);
    return replay.result();
  }

  async replayWithLanes(
    options: SceneOptions = {},
  ): Promise<{ result: ReplayResult; lanes: Lanes }> {
    const replay = this.made(options, true);
    await this.run(replay, options.linkField);
    return { result: replay.result(), lanes: replay.lanes?.document() as Lanes };
  }

  /** The capture as a file. */
  octets(linkField = 1): Uint8Array {
    return bytes(pcapHeader({ magic: NANOSECOND_MAGIC, linkField }), ...this.records);
  }

  /** The whole scene through a replay of the caller's. */
  async run(replay: Replay, linkField = 1): Promise<void> {
    const capture = await openCaptureBytes(this.octets(linkField));
    await replay.run(capture);
    await capture.close();
  }

  private made(options: SceneOptions, lanes: boolean): Replay {
    const { site = null, allClaims = false, limit = 0, from = null, to = null } = options;
    const { caches = false } = options;
    const all = { site, allClaims, caches, limit, from, to, listener: null, lanes };
    return new Replay(all, ['x.pcap']);
  }
}

export interface CaptureFile {
  readonly name: string;
  readonly octets: Uint8Array;
}

type ReplayOptions = ConstructorParameters<typeof Replay>[0];

/** Several captures as one. */
export async function replayMerged(
  files: readonly CaptureFile[],
  about: Partial<ReplayOptions> = {},
): Promise<ReplayResult> {
  const readers = files.map(({ name, octets }) => openCaptureBytes(octets, {}, name));
  const capture = mergeCaptures(await Promise.all(readers));
  const options = { site: null, allClaims: true, limit: 0, from: null, to: null, listener: null };
  const names = files.map(({ name }) => name);
  const replay = new Replay({ ...options, ...about }, names);
  await replay.run(capture);
  await capture.close();
  return replay.result();
}

/** A is master and announces at second 0. */
export function held(): Scene {
  const scene = new Scene();
  scene.at(0, advert({ priority: 100 }));
  scene.announce(0, A);
  return scene;
}
