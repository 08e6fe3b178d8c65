/**
 * Frames to begin from: the captures of the project, the public collection where it is present,
 * and every class of ARP and neighbor discovery frame among the hosts of the test network.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openCapture, RecordBatch } from '../../src/capture/index.ts';
import { announcement, arp, BROADCAST, neighbor, packet } from '../dataplane/frames.ts';
import {
  ADDRESSES,
  CLIENT,
  NEIGHBOR,
  NODE1,
  NODE2,
  ROGUE,
  STRANGER,
  VIP,
  VIP6,
  VIRTUAL,
} from '../dataplane/site.ts';
import { hasPublicCaptures, oracleRows, PUBLIC_CAPTURES } from '../wire/public-captures.ts';

export interface Sample {
  readonly octets: Uint8Array;
  readonly linkType: number;
}

const PCAPS = join(import.meta.dirname, '..', '..', 'pcaps');
const FRAMES_OF_A_FILE = 60;
const BUILT_WEIGHT = 12;
const OCTETS_MAX = 1600;

export async function corpus(): Promise<Sample[]> {
  // Many times over, so that they are not lost among the captured ones.
  const samples = Array.from({ length: BUILT_WEIGHT }, builtFrames).flat();
  const own = readdirSync(PCAPS).filter((name) => /\.(pcap|pcapng)(\.gz|\.zst)?$/.test(name));
  for (const name of own.sort()) await addFrames(samples, join(PCAPS, name), 400);
  if (hasPublicCaptures) {
    const files = ['arp', 'nd', 'vrrp'].flatMap((name) => [...oracleRows(name).keys()]);
    for (const file of [...new Set(files)].sort()) {
      await addFrames(samples, join(PUBLIC_CAPTURES, file), FRAMES_OF_A_FILE);
    }
  }
  return samples;
}

/** The first `most` frames of a capture; damage ends it like its end does. */
async function addFrames(samples: Sample[], path: string, most: number): Promise<void> {
  const reader = await openCapture(path);
  const batch = new RecordBatch(16);
  let left = most;
  do {
    while (left > 0 && reader.read(batch) > 0) {
      for (let i = 0; i < batch.count && left > 0; i++, left--) {
        const { view } = batch;
        const at = view.byteOffset + batch.at[i]!;
        const length = Math.min(batch.end[i]! - batch.at[i]!, OCTETS_MAX);
        const octets = new Uint8Array(view.buffer, at, length).slice();
        samples.push({ octets, linkType: batch.linkType[i]! });
      }
    }
  } while (left > 0 && (await reader.fill()));
  await reader.close();
}

function builtFrames(): Sample[] {
  const views: DataView[] = [];
  for (const source of [NODE1, NODE2, CLIENT, ROGUE, NEIGHBOR, STRANGER, VIRTUAL]) {
    for (const tags of [[], [10], [20, 10]]) {
      views.push(announcement(source, VIP, tags));
      views.push(arp({ operation: 2, source, spa: VIP, tpa: VIP, tha: BROADCAST, tags }));
      views.push(arp({ operation: 1, source, spa: VIP, tpa: '192.168.0.10', tags }));
      views.push(arp({ operation: 2, source, sha: NODE1, spa: VIP, tpa: VIP, tags }));
      views.push(arp({ operation: 1, source, spa: '0.0.0.0', tpa: VIP, tags }));
      views.push(announcement(source, ADDRESSES[NODE1] as string, tags));
      for (const flags of [0, 0x20, 0xa0]) {
        const base = { source, from: 'fe80::1', target: VIP6, tags, flags };
        views.push(neighbor({ ...base, type: 136, option: source }));
        views.push(neighbor({ ...base, type: 136, option: null }));
      }
      const to = 'ff02::1:ff00:10';
      const asks = { type: 135, source, to, target: '2001:db8::10', tags } as const;
      views.push(neighbor({ ...asks, from: VIP6, option: source }));
      views.push(neighbor({ ...asks, from: '::', option: null }));
      const destination = NODE2;
      views.push(packet({ source, destination, from: '192.168.0.10', to: VIP, tags }));
      views.push(packet({ source, destination, from: VIP, to: '192.168.0.10', tags }));
      views.push(packet({ source, destination, from: '2001:db8::10', to: VIP6, tags }));
    }
  }
  return views.map((view) => ({ octets: new Uint8Array(view.buffer), linkType: 1 }));
}
