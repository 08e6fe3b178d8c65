/** The turns of the engine's thread on a port that always has something: a flood, or a fast host. */
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PolicerRate } from '../../src/dataplane/arp-policer.ts';
import { ALLOWED, RATE_LIMITED } from '../../src/dataplane/drop-reason.ts';
import { RecordRing } from '../../src/dataplane/record-ring.ts';
import { EngineLoad } from '../../src/lab/engine/engine-load.ts';
import { EngineLoop } from '../../src/lab/engine/engine-loop.ts';
import {
  type EngineRequest,
  RECORD_FRAME,
  RECORD_PORT_GONE,
} from '../../src/lab/engine/engine-requests.ts';
import {
  BAD_HEADERS,
  IS_GONE,
  LOST_BIG,
  LOST_DOWN,
  LOST_FULL,
  LOST_REFUSED,
} from '../../src/ports/native-binding.ts';
import { NativeIo } from '../../src/ports/native-io.ts';
import { ScriptedDevices } from '../../src/ports/scripted-devices.ts';
import { announcement } from '../dataplane/frames.ts';
import { eniOf, havipOf, NODE1, topologyOf, VIP } from '../dataplane/site.ts';

const { port1: lab, port2: inbox } = new MessageChannel();
const frame = announcement(NODE1, VIP);
const octets = new Uint8Array(frame.buffer, frame.byteOffset, frame.byteLength);

/** Devices of which a test may say that they are gone, or silent. */
class BusyDevices extends ScriptedDevices {
  counters: Float64Array = new Float64Array();
  isSilent = false;
  /** Milliseconds that the last wait was for. */
  patience = Number.NaN;

  override ioOpen(
    arena: Uint8Array,
    received: Int32Array,
    queue: Int32Array,
    ready: Int32Array,
    counters = this.counters,
  ): number {
    this.counters = counters;
    return super.ioOpen(arena, received, queue, ready);
  }

  override ioWait(_handle?: number, milliseconds = Number.NaN): number {
    this.patience = milliseconds;
    return this.isSilent ? 0 : super.ioWait();
  }
}

let devices: BusyDevices;
let loop: EngineLoop;
let events: RecordRing;

beforeEach(() => start(null));

function start(arpRate: PolicerRate | null, load: EngineLoad | null = null, step = 1): void {
  devices = new BusyDevices([{ port: 0, frame: octets, header: null }]);
  const enis = [eniOf(NODE1, { attach: { netns: 'a' } })];
  const topology = topologyOf('alibaba', { enis, havips: [havipOf(VIP, [NODE1])] });
  events = new RecordRing(RecordRing.memory(1 << 16));
  const device = {
    kind: 'tap',
    fd: -1,
    hasOffload: true,
    mtu: 1500,
    name: 'tap0',
    eni: 0,
  } as const;
  const plain = { changes: [], capture: null, busyPoll: false, base: 0, dryRun: false, arpRate };
  const settings = { ...plain, topology, devices: [device], events: events.shared };
  let now = 0;
  const clock = () => (now += step);
  loop = new EngineLoop(settings, new NativeIo(devices), inbox, clock, load);
}

afterEach(() => {
  while (receiveMessageOnPort(lab) !== undefined);
});

/** As the lab does it: the message first, then the word that there is one. */
function ask(request: EngineRequest): void {
  lab.postMessage({ id: 1, request });
  Atomics.add(new Int32Array(loop.asked), 0, 1);
}

const answer = (): unknown => receiveMessageOnPort(lab)?.message;

describe('a port that never rests', () => {
  test('starves no command, and gets its turn before each', () => {
    loop.turn();
    ask({ command: 'statistics', isBrief: true });
    expect(loop.turn()).toBe(true);
    expect(answer()).toMatchObject({ id: 1, reply: { statistics: { ports: [{ in: 2 }] } } });
    for (let turn = 0; turn < 100; turn++) loop.turn();
    expect(answer()).toBeUndefined();
    ask({ command: 'stop' });
    expect(loop.turn()).toBe(false);
    expect(answer()).toEqual({ id: 1, reply: { done: true } });
  });

  test('is told of what its device did not take', () => {
    const lost = [LOST_FULL, LOST_DOWN, LOST_REFUSED, BAD_HEADERS, LOST_BIG];
    for (const [i, counter] of lost.entries()) devices.counters[counter] = 10 ** i;
    ask({ command: 'statistics', isBrief: true });
    loop.turn();
    const drops = { 'queue-full': 1, 'port-down': 10, malformed: 1100, 'too-big': 10_000 };
    expect(answer()).toMatchObject({ reply: { statistics: { drops } } });
  });

  test('claims no more often than its rate allows', () => {
    start({ rate: 3, burst: 3 });
    for (let turn = 0; turn < 10; turn++) loop.turn();
    ask({ command: 'statistics', isBrief: true });
    loop.turn();
    expect(answer()).toMatchObject({ reply: { statistics: { drops: { 'rate-limited': 8 } } } });
    const refused: number[] = [];
    while (events.next()) if (events.kind === RECORD_FRAME) refused.push(events.b);
    expect(refused).toEqual([...Array(3).fill(ALLOWED), ...Array(8).fill(RATE_LIMITED)]);
  });

  test('hides none that is gone for longer than until the next command', () => {
    loop.turn();
    devices.counters[IS_GONE] = 1;
    ask({ command: 'statistics', isBrief: true });
    loop.turn();
    const told: number[] = [];
    while (events.next()) told.push(events.kind);
    expect(told.at(-1)).toBe(RECORD_PORT_GONE);
  });
});

describe('a load', () => {
  const MICROSECOND = 1e3;
  const MILLISECOND = 1e6;

  test('that is heavy makes the waits short, so that its end is seen soon', () => {
    const changes: boolean[] = [];
    const turns = (count: number) => {
      for (let turn = 0; turn < count; turn++) loop.turn();
    };
    // The thread has a processor for as long as the port gives something.
    let used = 0;
    const processorTime = () => (used += devices.isSilent ? 0 : 100 * MILLISECOND);
    const load = new EngineLoad(processorTime, (isHeavy) => changes.push(isHeavy));
    start(null, load, 10 * MICROSECOND);
    turns(25_000);
    expect(changes).toEqual([true]);
    devices.isSilent = true;
    turns(2000);
    expect(devices.patience).toBe(EngineLoad.patience);
    turns(30_000);
    expect(changes).toEqual([true, false]);
    expect(devices.patience).toBeGreaterThan(EngineLoad.patience);
  });
});
