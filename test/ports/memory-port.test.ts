/** The cable in memory, whole and bad. */
import { describe, expect, test } from 'vitest';
import { TOO_BIG } from '../../src/dataplane/drop-reason.ts';
import { FrameBatch } from '../../src/dataplane/frame-batch.ts';
import { pushedTag, TAG_KEEP } from '../../src/dataplane/port.ts';
import { FaultPort } from '../../src/ports/fault-port.ts';
import { memoryPortPair } from '../../src/ports/memory-port.ts';
import { numbered, portContract, receiveAll, send } from './port.contract.ts';

const SLOTS = 16;

portContract('memory port', SLOTS, () => {
  const [port, peer] = memoryPortPair(['a', 'b'], { slots: SLOTS });
  return { port, peer };
});

portContract('fault port without faults', SLOTS, () => {
  const [port, peer] = memoryPortPair(['a', 'b'], { slots: SLOTS });
  return { port: new FaultPort(port, {}, 1), peer: new FaultPort(peer, {}, 2) };
});

test('a memory port has its name and takes no frame longer than its slots', () => {
  const [port, peer] = memoryPortPair(['a', 'b'], { maximumFrame: 100 });
  expect([port.name, peer.name, port.maximumFrame]).toEqual(['a', 'b', 100]);
  const long = new FrameBatch(1).hold(numbered(101, 1), 0, 101, 1);
  expect(port.transmit(long, 0, TAG_KEEP)).toBe(TOO_BIG);
  expect(receiveAll(peer)).toEqual([]);
});

describe('fault port', () => {
  /** The first octets of what arrives of 200 frames. */
  function through(rates: object, seed: number): { port: FaultPort; seen: number[] } {
    const [near, far] = memoryPortPair(['near', 'far'], { slots: 512 });
    const port = new FaultPort(near, rates, seed);
    for (let i = 0; i < 200; i++) expect(send(port, numbered(60, i))).toBe(true);
    port.release();
    return { port, seen: receiveAll(far).map(([, first]) => first) };
  }

  const order = Array.from({ length: 200 }, (_, i) => i);

  test('loses as many as it says, about as many as asked', () => {
    const { port, seen } = through({ loss: 0.25 }, 7);
    expect(seen.length).toBe(200 - port.lost);
    expect(port.lost).toBeGreaterThan(25);
    expect(port.lost).toBeLessThan(80);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  test('doubles', () => {
    const { port, seen } = through({ duplication: 0.1 }, 7);
    expect(seen.length).toBe(200 + port.duplicated);
    expect(port.duplicated).toBeGreaterThan(5);
    expect([...new Set(seen)]).toEqual(order);
  });

  test('lets frames be overtaken by the next one and loses none', () => {
    const { port, seen } = through({ reordering: 0.1 }, 7);
    expect(port.reordered).toBeGreaterThan(5);
    expect([...seen].sort((a, b) => a - b)).toEqual(order);
    expect(seen).not.toEqual(order);
    expect(seen.every((number, i) => Math.abs(number - i) <= 1)).toBe(true);
  });

  test('does the same by the same seed, another thing by another', () => {
    const rates = { loss: 0.1, duplication: 0.1, reordering: 0.1 };
    expect(through(rates, 3).seen).toEqual(through(rates, 3).seen);
    expect(through(rates, 3).seen).not.toEqual(through(rates, 4).seen);
    expect(() => through(rates, 0)).toThrow(RangeError);
  });

  test('keeps every frame as long as it says, in order, and sends what is due when polled', () => {
    const [near, far] = memoryPortPair(['near', 'far'], { slots: 16 });
    const port = new FaultPort(near, { delay: 20 }, 1);
    port.now = 5e6;
    send(port, numbered(60, 1), pushedTag(7));
    port.now = 7e6;
    send(port, numbered(61, 2));
    expect(receiveAll(far)).toEqual([]);
    expect(port.poll(24_999_999)).toBe(25e6);
    expect(receiveAll(far)).toEqual([]);
    expect(port.poll(25e6)).toBe(27e6);
    expect(receiveAll(far)).toEqual([[64, 1, 1]]);
    expect(port.poll(30e6)).toBe(Number.POSITIVE_INFINITY);
    expect(receiveAll(far)).toEqual([[61, 2, 2]]);
  });

  test('counts as lost what its queue had no room for after holding it back', () => {
    const [near] = memoryPortPair(['near', 'far'], { slots: 1 });
    const port = new FaultPort(near, { reordering: 1 }, 1);
    send(port, numbered(60, 1));
    expect(send(port, numbered(60, 2))).toBe(true);
    expect([port.name, port.lost]).toEqual(['near', 1]);
  });
});
