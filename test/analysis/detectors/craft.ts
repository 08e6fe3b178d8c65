/**
 * Adverts as a sender would write them, with everything that can be wrong with one: version,
 * lists, intervals, passwords, checksums, TTLs, virtual MACs. Two nodes, A and B, of the scene.
 */
import type { Finding, ReplayResult } from '../../../src/analysis/result.ts';
import { emitAdvert } from '../../../src/vrrp/advert.ts';
import { CHECKSUM_PLAIN, writeAdvertChecksum } from '../../../src/vrrp/checksum.ts';
import { parseIpv4 } from '../../../src/wire/ip-address.ts';
import { announcement, packet } from '../../dataplane/frames.ts';
import { A, A_IP, B, B_IP, Scene, VIP } from '../scene.ts';

export interface Craft {
  version?: 2 | 3;
  vrid?: number;
  priority?: number;
  /** Version 2: seconds; version 3: centiseconds. */
  interval?: number;
  addresses?: string[];
  source?: string;
  ip?: string;
  to?: string;
  ttl?: number;
  password?: string;
  convention?: number;
  isCorrupt?: boolean;
  tags?: number[];
}

export const NODE_A: Craft = { source: A, ip: A_IP, priority: 150 };
export const NODE_B: Craft = { source: B, ip: B_IP, priority: 100 };

export function craft(fields: Craft): DataView {
  const { version = 2, vrid = 51, priority = 100, interval = version === 2 ? 1 : 100 } = fields;
  const { addresses = [VIP], source = A, ip = A_IP, to = '224.0.0.18', ttl = 255 } = fields;
  const { tags = [] } = fields;
  const payload = 8 + 4 * addresses.length + (version === 2 ? 8 : 0);
  const destination = to === '224.0.0.18' ? '01:00:5e:00:00:12' : source === A ? B : A;
  const view = packet({ source, destination, from: ip, to, payload, protocol: 112, tags });
  const ipAt = 14 + 4 * tags.length;
  view.setUint8(ipAt + 8, ttl);
  const auth = fields.password === undefined ? {} : password(fields.password);
  emitAdvert(view, ipAt + 20, {
    version,
    family: 4,
    vrid,
    priority,
    interval,
    addresses: addresses.map((address) => parseIpv4(address)),
    ...auth,
  });
  const convention = fields.convention ?? CHECKSUM_PLAIN;
  writeAdvertChecksum(view, ipAt, ipAt + 20, { family: 4, convention });
  if (fields.isCorrupt === true) view.setUint16(ipAt + 26, view.getUint16(ipAt + 26) ^ 0x1111);
  return view;
}

function password(text: string): { authType: number; authData: Uint8Array } {
  return { authType: 1, authData: new TextEncoder().encode(text) };
}

/** Several hosts at once: what each does may be told in turn, and comes in order of time. */
export class Concert {
  private readonly events: { second: number; view: DataView }[] = [];

  at(second: number, view: DataView): number {
    return this.events.push({ second, view });
  }

  announce(second: number, mac: string, ip: string): number {
    return this.at(second, announcement(mac, ip));
  }

  scene(): Scene {
    const scene = new Scene();
    const inOrder = this.events.toSorted((a, b) => a.second - b.second);
    for (const { second, view } of inOrder) scene.at(second, view);
    return scene;
  }
}

/** A node that sends from `from` until `to`, each interval, and announces at its first advert. */
export function master(
  scene: Pick<Scene, 'at' | 'announce'>,
  from: number,
  to: number,
  fields: Craft,
  step = 1,
): number {
  const first = scene.at(from, craft(fields));
  for (const ip of fields.addresses ?? [VIP]) scene.announce(from, fields.source ?? A, ip);
  for (let second = from + step; second <= to; second += step) scene.at(second, craft(fields));
  return first;
}

const OF_ROUTERS =
  /^(split-brain|silent-master|claim-missing|interval-zero|advert-gap|vrid-|heartbeat-|vrrp-|vmac-)/;

/** The findings about virtual routers, in the order of the document. */
export function routerFindings({ findings }: ReplayResult): Finding[] {
  return findings.filter(({ code }) => OF_ROUTERS.test(code));
}

export function codesOf(result: ReplayResult): string[] {
  return routerFindings(result).map(({ code }) => code);
}

/** An advert a second, and no announcement. */
export function heard(scene: Pick<Scene, 'at'>, from: number, to: number, fields: Craft): void {
  for (let second = from; second <= to; second++) scene.at(second, craft(fields));
}

export function found(result: ReplayResult, code: string): Finding[] {
  return result.findings.filter((finding) => finding.code === code);
}
