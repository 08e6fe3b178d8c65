/** What every port promises, whatever is behind it. One suite, run for each implementation. */
import { describe, expect, test } from 'vitest';
import { ALLOWED, QUEUE_FULL } from '../../src/dataplane/drop-reason.ts';
import { FrameBatch } from '../../src/dataplane/frame-batch.ts';
import { type Port, pushedTag, TAG_KEEP, TAG_POP } from '../../src/dataplane/port.ts';

/** A port, and the other end of its cable. */
export interface Cable {
  readonly port: Port;
  readonly peer: Port;
  /** The longest frame without a tag, where that is not `maximumFrame`. */
  readonly longestUntagged?: number;
}

/** Frames to be sent where no room is known: few enough for any device. */
const SOME = 100;

/** A frame that nobody mistakes for another: its number, all over it. */
export function numbered(length: number, number: number): DataView {
  return new DataView(new Uint8Array(length).fill(number).buffer);
}

/** Sends a frame from the middle of a larger buffer. */
export function send(port: Port, frame: DataView, tag = TAG_KEEP): boolean {
  const arena = new Uint8Array(frame.byteLength + 20).fill(0xa5);
  arena.set(new Uint8Array(frame.buffer), 7);
  const batch = new FrameBatch(1).hold(new DataView(arena.buffer), 7, 7 + frame.byteLength, 1);
  const isTaken = port.transmit(batch, 0, tag) === ALLOWED;
  port.flush();
  // The octets are the caller's again.
  arena.fill(0x5a);
  return isTaken;
}

/** All that waits, as [length, first octet, last octet]. */
export function receiveAll(port: Port, capacity = 64): [number, number, number][] {
  const batch = new FrameBatch(capacity);
  const frames: [number, number, number][] = [];
  while (port.receive(batch) > 0) {
    for (let i = 0; i < batch.count; i++) {
      const at = batch.at[i]!;
      const end = batch.end[i]!;
      frames.push([end - at, batch.view.getUint8(at), batch.view.getUint8(end - 1)]);
    }
  }
  return frames;
}

/**
 * `room` is how many frames fit into the direction from `port` to `peer`; null where nobody is told
 * that there is none left, as a device of the kernel loses instead of refusing.
 */
export function portContract(name: string, room: number | null, make: () => Cable): void {
  describe(name, () => {
    test('has nothing to give at first', () => {
      expect(receiveAll(make().port)).toEqual([]);
    });

    test('gives frames in the order in which they were sent, octet for octet', () => {
      const { port, peer } = make();
      for (const [length, number] of [
        [60, 1],
        [1514, 2],
        [14, 3],
      ] as const) {
        expect(send(peer, numbered(length, number))).toBe(true);
      }
      expect(receiveAll(port)).toEqual([
        [60, 1, 1],
        [1514, 2, 2],
        [14, 3, 3],
      ]);
      expect(receiveAll(port)).toEqual([]);
      expect(receiveAll(peer)).toEqual([]);
    });

    test('fills a batch and no more', () => {
      const { port, peer } = make();
      for (let i = 0; i < 7; i++) send(peer, numbered(60, i));
      const batch = new FrameBatch(5);
      expect([port.receive(batch), batch.count]).toEqual([5, 5]);
      expect([port.receive(batch), batch.count]).toEqual([2, 2]);
      expect([port.receive(batch), batch.count]).toEqual([0, 0]);
    });

    test('says which frames are Ethernet, and how long they were', () => {
      const { port, peer } = make();
      send(peer, numbered(77, 1));
      const batch = new FrameBatch();
      port.receive(batch);
      expect([batch.linkType[0], batch.wireLength[0]]).toEqual([1, 77]);
    });

    test('takes its longest frame, whole', () => {
      const { port, peer, longestUntagged } = make();
      const length = longestUntagged ?? peer.maximumFrame;
      expect(send(peer, numbered(length, 9))).toBe(true);
      expect(receiveAll(port)).toEqual([[length, 9, 9]]);
    });

    test('pushes a tag behind the addresses, and pops it again', () => {
      const { port, peer } = make();
      const plain = new DataView(new ArrayBuffer(60));
      for (let i = 0; i < 60; i++) plain.setUint8(i, i);
      expect(send(peer, plain, pushedTag(0x2064))).toBe(true);
      const batch = new FrameBatch();
      expect(port.receive(batch)).toBe(1);
      const at = batch.at[0]!;
      expect(batch.end[0]! - at).toBe(64);
      expect(batch.view.getUint32(at + 12)).toBe(0x81002064);
      expect([batch.view.getUint8(at + 11), batch.view.getUint8(at + 16)]).toEqual([11, 12]);
      expect(port.transmit(batch, 0, TAG_POP)).toBe(ALLOWED);
      port.flush();
      expect(peer.receive(batch)).toBe(1);
      const octets = new Uint8Array(batch.view.buffer, batch.at[0], batch.end[0]! - batch.at[0]!);
      expect([...octets]).toEqual([...new Uint8Array(plain.buffer)]);
    });

    if (room !== null) {
      test('refuses what does not fit, keeps what it took, and goes on', () => {
        const { port, peer } = make();
        for (let i = 0; i < room; i++) expect(send(port, numbered(60, i % 250))).toBe(true);
        const more = new FrameBatch(1).hold(numbered(60, 255), 0, 60, 1);
        expect(port.transmit(more, 0, TAG_KEEP)).toBe(QUEUE_FULL);
        expect(receiveAll(peer, 3).map(([, first]) => first)).toEqual(
          Array.from({ length: room }, (_, i) => i % 250),
        );
        expect(send(port, numbered(60, 255))).toBe(true);
        expect(receiveAll(peer)).toEqual([[60, 255, 255]]);
      });
    }

    test('leaves a batch alone until the next one is asked for', () => {
      const { port, peer } = make();
      const batch = new FrameBatch(2);
      send(peer, numbered(60, 1));
      send(peer, numbered(60, 2));
      port.receive(batch);
      for (let i = 0; i < (room ?? SOME); i++) send(peer, numbered(60, 3));
      const firsts = [0, 1].map((i) => batch.view.getUint8(batch.at[i]!));
      expect(firsts).toEqual([1, 2]);
    });
  });
}
