/**
 * The short way of a batch finds what looking at each frame finds: the same counts, stations,
 * claims and frame marks, for every kind of packet that touches a followed address or does not.
 */
import { describe, expect, test } from 'vitest';
import { Analysis } from '../../src/analysis/analysis.ts';
import {
  A,
  A_IP,
  advert,
  B,
  B_IP,
  CLIENT,
  CLIENT_IP,
  echo,
  reply,
  VIP,
} from '../analysis/scene.ts';
import { announcement, BROADCAST, neighbor, packet } from './frames.ts';

const LINKTYPE = 1;

/** Frames between each other's octets, as in a file; `fill` is what lies between them. */
function batchOf(frames: readonly DataView[], fill = 0xa5) {
  const gap = 16;
  const length = frames.reduce((sum, view) => sum + view.byteLength + gap, gap);
  const octets = new Uint8Array(length).fill(fill);
  const at = new Uint32Array(frames.length);
  const end = new Uint32Array(frames.length);
  let next = gap;
  frames.forEach((view, i) => {
    octets.set(new Uint8Array(view.buffer), next);
    at[i] = next;
    end[i] = next + view.byteLength;
    next = (end[i] as number) + gap;
  });
  return { view: new DataView(octets.buffer), at, end, count: frames.length };
}

function replayed(frames: readonly DataView[], isShort: boolean): Analysis {
  const analysis = new Analysis(null, 0, true);
  const batch = batchOf(frames);
  const { owner, clock } = analysis;
  owner.setNow(0);
  for (let i = 0; i < batch.count; i++) {
    const at = batch.at[i] as number;
    const end = batch.end[i] as number;
    clock.frame = i + 1;
    clock.now = i * 1e6;
    if (!isShort || !owner.shortWay.passes(batch.view, at, end, i + 1)) {
      analysis.onFrame(batch.view, at, end, LINKTYPE);
    } else owner.classifier.passPlainIpv4(1);
  }
  owner.flushCensus();
  return analysis;
}

function found({ owner, logs }: Analysis) {
  const { stations, book } = owner;
  const seen: string[] = [];
  stations.forEach((entry) => {
    seen.push(`${stations.network(entry)} ${stations.mac(entry)} ${stations.frames(entry)}`);
  });
  const ids = Array.from({ length: book.size }, (_, i) => i + 1);
  return {
    counts: [...owner.classifier.counts],
    drops: [...owner.drops],
    stations: seen.sort(),
    claims: [...logs.claims.kept()].map((one) =>
      [0, 2, 3, 5, 6].map((i) => logs.claims.get(one, i)),
    ),
    marks: ids.map((id) => [book.marks.last[id], book.marks.first[id]]),
  };
}

const toVip = { source: CLIENT, destination: A, from: CLIENT_IP, to: VIP };
const fromVip = { source: A, destination: CLIENT, from: VIP, to: CLIENT_IP };
const passing = { source: CLIENT, destination: B, from: CLIENT_IP, to: B_IP };
/** A followed address that changed hands: its first packet from B is awaited. */
const before = [advert({ priority: 100 }), announcement(A, VIP), announcement(B, VIP)];

/** The first word after the header becomes an option word. */
function withOptions(view: DataView): DataView {
  view.setUint8(14, 0x46);
  return view;
}

function fragment(view: DataView, offset: number): DataView {
  view.setUint16(20, offset);
  return view;
}

function cut(view: DataView, length: number): DataView {
  return new DataView(view.buffer.slice(0, length));
}

const kinds: [string, DataView[]][] = [];
for (const [name, protocol] of [
  ['UDP', 17],
  ['TCP', 6],
  ['ICMP', 1],
  ['GRE', 47],
] as const) {
  kinds.push(
    [`${name} from the address`, [packet({ ...fromVip, protocol })]],
    [`${name} from the address, by the new holder`, [packet({ ...fromVip, source: B, protocol })]],
    [`${name} to the address`, [packet({ ...toVip, protocol })]],
    [`${name} between others`, [packet({ ...passing, protocol })]],
    [`${name}, tagged`, [packet({ ...fromVip, tags: [10], protocol })]],
    [`${name} with options`, [withOptions(packet({ ...fromVip, protocol }))]],
    [`${name}, first fragment`, [fragment(packet({ ...fromVip, protocol }), 0x2000)]],
    [`${name}, later fragment`, [fragment(packet({ ...fromVip, protocol }), 0x00b9)]],
  );
}
kinds.push(
  ['echo', [echo(true, { sequence: 1 }), echo(false, { sequence: 1, server: B })]],
  ['an advert', [advert({ priority: 90, source: B, ip: B_IP })]],
  ['ARP', [announcement(A, VIP), reply(A, A_IP)]],
  ['IPv6', [packet({ source: A, from: '2001:db8::1', to: '2001:db8::2' })]],
  ['ND', [neighbor({ source: A, type: 136, from: 'fe80::1', target: 'fe80::1', option: A })]],
  ['a group source', [packet({ ...fromVip, source: '01:00:5e:00:00:01' })]],
  ['no source', [packet({ ...fromVip, source: '00:00:00:00:00:00' })]],
  ['a reserved destination', [packet({ ...fromVip, destination: '01:80:c2:00:00:0e' })]],
  ['broadcast', [packet({ ...fromVip, destination: BROADCAST })]],
  ['runts', [0, 1, 13, 14, 20, 33, 34, 35].map((length) => cut(packet(fromVip), length))],
);

describe('the short way is the long way', () => {
  test.each(kinds)('%s', (_, views) => {
    const around = [packet(passing), ...views, packet(passing), ...views];
    const frames = [...before, ...around];
    expect(found(replayed(frames, true))).toEqual(found(replayed(frames, false)));
  });

  test('all in one batch', () => {
    const frames = [...before, ...kinds.flatMap(([, views]) => views)];
    expect(found(replayed(frames, true))).toEqual(found(replayed(frames, false)));
  });

  test('the marks are the last packet, and the first of the awaited MAC', () => {
    const stray = packet(fromVip);
    const served = packet({ ...fromVip, source: B });
    const analysis = replayed([...before, stray, served, packet(passing), served, stray], true);
    expect(found(analysis).marks[0]).toEqual([8, 5]);
  });
});
