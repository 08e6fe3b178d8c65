/** One view out of two interfaces: each frame once, in order of time. */
import { expect, test } from 'vitest';
import { Interleaver } from '../../src/analysis/interleaver.ts';
import { LINKTYPE_LINUX_SLL2, LINKTYPE_RAW } from '../../src/wire/link-type.ts';
import { announcement, arp, packet } from '../dataplane/frames.ts';
import { A, A_IP, B_IP, VIP } from './scene.ts';

const frame = announcement(A, VIP);
const other = packet({ source: A, from: A_IP, to: B_IP });

class Merge {
  readonly interleaver = new Interleaver();
  readonly taken: number[] = [];
  private number = 0;

  /** A frame of this interface at this second, after others' octets in a larger buffer. */
  push(interfaceId: number, second: number, view = frame, { file = 0, linkType = 1 } = {}): void {
    const octets = new Uint8Array(view.byteLength + 8).fill(0xa5);
    octets.set(new Uint8Array(view.buffer), 4);
    const about = { now: second * 1e9, isTimed: true, frame: ++this.number, linkType };
    const end = octets.length - 4;
    const facts = { ...about, isCut: false, file, interfaceId };
    this.interleaver.push(new DataView(octets.buffer), 4, end, facts);
    this.drain(false);
  }

  drain(isFinal: boolean): number[] {
    const { interleaver } = this;
    for (let next = interleaver.take(isFinal); next !== null; next = interleaver.take(isFinal)) {
      if (!next.isDuplicate) this.taken.push(next.frame);
    }
    return this.taken;
  }
}

test('a frame seen on two interfaces is one, and the earliest copy stands', () => {
  const merge = new Merge();
  merge.push(0, 1.002);
  merge.push(1, 1.001);
  expect(merge.drain(true)).toEqual([2]);
  expect(merge.interleaver.duplicates).toBe(1);
});

test('a frame whose addresses a switch has rewritten on its way is a copy', () => {
  const merge = new Merge();
  const claim = { operation: 1, sha: A, spa: VIP, tpa: VIP };
  merge.push(0, 1, arp({ ...claim, source: A }));
  merge.push(1, 1.000000001, arp({ ...claim, source: 'ee:ff:ff:ff:ff:ff' }));
  expect(merge.drain(true)).toEqual([1]);
});

test('equal frames of one interface are never duplicates', () => {
  const merge = new Merge();
  for (let i = 0; i < 5; i++) merge.push(0, 1 + i / 1000);
  expect(merge.drain(true)).toEqual([1, 2, 3, 4, 5]);
});

test('the n-th copy on each interface is one frame', () => {
  const merge = new Merge();
  merge.push(0, 1);
  merge.push(0, 1.1);
  merge.push(1, 1.2);
  merge.push(1, 1.3);
  merge.push(1, 1.4);
  expect(merge.drain(true)).toEqual([1, 2, 5]);
  expect(merge.interleaver.duplicates).toBe(2);
});

test('frames go on in order of time within a second, and wait no longer', () => {
  const merge = new Merge();
  merge.push(0, 1.5);
  merge.push(1, 1.2, other);
  expect(merge.taken).toEqual([]);
  merge.push(0, 2.3);
  expect(merge.taken).toEqual([2]);
  expect(merge.drain(true)).toEqual([2, 1, 3]);
});

test('after a clock has stepped back, a claim made again later is no copy', () => {
  const merge = new Merge();
  merge.push(0, 3600, other);
  merge.push(0, 3603, other);
  merge.push(0, 1);
  merge.push(0, 51, other);
  merge.push(1, 101);
  expect(merge.drain(true)).toEqual([1, 3, 4, 5, 2]);
  expect(merge.interleaver.duplicates).toBe(0);
});

test('what was seen a minute ago on another interface is no copy, with silence between', () => {
  const merge = new Merge();
  merge.push(0, 1);
  merge.push(1, 61);
  expect(merge.drain(true)).toEqual([1, 2]);
});

test('a file has no copies of what was seen before it begins, and copies of all since', () => {
  const merge = new Merge();
  merge.push(0, 1);
  merge.push(0, 1.4);
  merge.push(0, 1.5, other, { file: 1 });
  merge.push(0, 1.6, frame, { file: 1 });
  merge.push(0, 1.7, frame);
  merge.push(0, 1.8, frame);
  merge.push(0, 1.9, frame, { file: 1 });
  expect(merge.drain(true)).toEqual([1, 2, 3, 4, 6]);
  expect(merge.interleaver.duplicates).toBe(2);
});

/** As `tcpdump -i any` writes it, of the interface with this index. */
function cooked(index: number): DataView {
  const view = new DataView(new ArrayBuffer(20 + 28));
  view.setUint16(0, 0x0806);
  view.setUint32(4, index);
  return view;
}

test.each([0, 40, 5000])('interfaces of file %i are told apart by their indexes', (file) => {
  const of = { file, linkType: LINKTYPE_LINUX_SLL2 };
  for (let index = 1; index < 20; index++) {
    const merge = new Merge();
    merge.push(0, 1, cooked(index), of);
    merge.push(0, 1.1, cooked(index + 1), of);
    merge.push(0, 1.2, cooked(index), of);
    merge.drain(true);
    expect([index, merge.taken]).toEqual([index, [1, 3]]);
  }
});

test('an interface is not that of a cooked capture whose index is its number', () => {
  const merge = new Merge();
  merge.push(5, 1, new DataView(new ArrayBuffer(28)), { linkType: LINKTYPE_RAW });
  merge.push(0, 1.1, cooked(5), { linkType: LINKTYPE_LINUX_SLL2 });
  expect(merge.drain(true)).toEqual([1]);
});

test('copies beyond what is kept are forgotten, also when the time stands still', () => {
  const merge = new Merge();
  merge.push(0, 1);
  merge.push(1, 1);
  merge.push(0, 1, other);
  for (let i = 0; i < 1200; i++) {
    const large = new DataView(new ArrayBuffer(65_536));
    large.setUint32(14, i);
    merge.push(0, 1, large);
  }
  merge.push(1, 1, other);
  merge.drain(true);
  expect(merge.interleaver.duplicates).toBe(1);
});
