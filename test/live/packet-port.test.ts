/**
 * Packet ports on veth interfaces. Two of them, joined by a cable of the kernel's, are a trunk
 * between two hosts: what leaves with a tag comes back with it, however the kernel keeps it.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ALLOWED, TOO_BIG } from '../../src/dataplane/drop-reason.ts';
import { FrameBatch } from '../../src/dataplane/frame-batch.ts';
import { pushedTag, TAG_POP } from '../../src/dataplane/port.ts';
import { LINKTYPE_ETHERNET } from '../../src/wire/link-type.ts';
import { numbered, receiveAll } from '../ports/port.contract.ts';
import { type Netns, whyNoPorts } from './netns.ts';
import { PatientPort } from './patient-port.ts';
import { Table } from './table.ts';
import { checksumErrors, eventually, stream } from './traffic.ts';

const reason = whyNoPorts();
const isSkipped = reason !== null && process.env.CI === undefined;
if (isSkipped) console.warn(`skipped: packet ports (${reason})`);

function cable(netns: Netns, ...names: [string, string]): void {
  netns.ip('link', 'add', names[0], 'type', 'veth', 'peer', 'name', names[1]);
  for (const name of names) {
    netns.exec('sh', '-c', `echo 1 > /proc/sys/net/ipv6/conf/${name}/disable_ipv6`);
    netns.ip('link', 'set', name, 'up');
  }
}

describe.skipIf(isSkipped)('packet ports', () => {
  let table: Table;
  beforeEach(() => {
    table = new Table();
  });
  afterEach(() => table.clear());

  /** A cable in a namespace of its own, and the ports at its ends. */
  function trunk(options: { offload?: boolean } = {}, mtu = '1500') {
    const netns = table.netns();
    cable(netns, 'left', 'right');
    for (const name of ['left', 'right']) netns.ip('link', 'set', name, 'mtu', mtu);
    const left = table.packet(netns, 'left', options);
    return { netns, left, right: table.packet(netns, 'right', options) };
  }

  /** host - TAP - push - left - veth - right - pop - TAP - host, and back. */
  function tagged(options: { offload?: boolean }) {
    const [a, b] = [table.netns(), table.netns()];
    const near = table.tap(a, ['10.1.0.1/24', 'fd00:1::1/64']);
    const far = table.tap(b, ['10.1.0.2/24', 'fd00:1::2/64']);
    const { left, right } = trunk(options);
    table.carry(near, left, pushedTag(0x2007));
    table.carry(right, far, TAG_POP);
    table.carry(far, right, pushedTag(0x2007));
    table.carry(left, near, TAG_POP);
    return { a, b, ports: [near, far, left, right] };
  }

  for (const [how, options] of [
    ['in whole pieces', {}],
    ['in segments, where the socket has no offload', { offload: false }],
  ] as const) {
    test(`carry tagged TCP ${how}`, { timeout: 60_000 }, async () => {
      const { a, b, ports } = tagged(options);
      const ping = ['ping', '-c', '3', '-i', '0.05', '-s', '3000', '-W', '2'];
      expect(await table.until(a.start(...ping, '10.1.0.2'))).toContain(' 0% packet loss');
      await stream(table, a, b, '10.1.0.2');
      await stream(table, b, a, 'fd00:1::1');
      expect(checksumErrors(a, b)).toEqual([0, 0]);
      expect(table.longest).toBeGreaterThan(30_000);
      for (const port of ports) {
        expect([port.lostDown, port.lostRefused, port.badHeaders]).toEqual([0, 0, 0]);
      }
    });
  }

  test('complete what the stack beside them left open', async () => {
    const netns = table.netns();
    const host = table.netns();
    netns.ip('link', 'add', 'left', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', host.name);
    netns.ip('link', 'set', 'left', 'up');
    host.address('eth0', '10.1.0.1/24');
    const far = table.netns();
    const port = table.packet(netns, 'left', { offload: false });
    const tap = table.tap(far, ['10.1.0.2/24'], { offload: false });
    table.carry(port, tap);
    table.carry(tap, port);
    // Shorter than the MTU: without offload nobody could say where to cut.
    host.exec('ethtool', '-K', 'eth0', 'tso', 'off', 'gso', 'off');
    await stream(table, host, far, '10.1.0.2');
    expect(checksumErrors(host, far)).toEqual([0, 0]);
    expect(port.badHeaders).toBe(0);
  });

  test('give back the tags that the kernel set aside, type and all', () => {
    const { left, right } = trunk();
    const frame = numbered(64, 9);
    for (const [type, tci] of [
      [0x8100, 0x6005],
      [0x88a8, 0x0fff],
      [0x0800, 0],
    ] as const) {
      frame.setUint8(0, 2);
      frame.setUint16(12, type);
      frame.setUint16(14, tci);
      left.transmit(new FrameBatch(1).hold(frame, 0, 64, LINKTYPE_ETHERNET), 0, 0);
      left.flush();
      const batch = new FrameBatch();
      expect(new PatientPort(right).receive(batch)).toBe(1);
      const [at, end] = [batch.at[0]!, batch.end[0]!];
      expect([end - at, batch.wireLength[0], batch.offload[0]]).toEqual([64, 64, -1]);
      const octets = new Uint8Array(batch.view.buffer, at, 64);
      expect([...octets]).toEqual([...new Uint8Array(frame.buffer)]);
    }
  });

  test('hear what others send, not what left by themselves, and by EtherType if asked', () => {
    const { netns, left, right } = trunk();
    const arp = table.packet(netns, 'right', { protocol: 0x0806 });
    const own = table.packet(netns, 'right', { promiscuous: false });
    for (const [type, number] of [
      [0x0806, 7],
      [0x88b5, 8],
    ] as const) {
      const frame = numbered(60, number);
      frame.setUint8(0, 2);
      frame.setUint16(12, type);
      left.transmit(new FrameBatch(1).hold(frame, 0, 60, LINKTYPE_ETHERNET), 0, 0);
    }
    left.flush();
    const seen = (port: typeof left) => receiveAll(new PatientPort(port)).map(([, , last]) => last);
    expect(seen(right)).toEqual([7, 8]);
    expect(seen(arp)).toEqual([7]);
    // One member makes the whole interface promiscuous; the kernel marks what is for others.
    expect(seen(own)).toEqual([7, 8]);
    expect(seen(left)).toEqual([]);
  });

  test('know the MTU of the interface and send nothing longer', () => {
    const { left, right } = trunk({}, '1400');
    expect([left.mtu, left.hasOffload]).toEqual([1400, true]);
    const send = (length: number, tag = 0) => {
      const frame = new FrameBatch(1).hold(numbered(length, 2), 0, length, LINKTYPE_ETHERNET);
      return left.transmit(frame, 0, tag);
    };
    expect([send(1415), send(1414), send(1414, pushedTag(9))]).toEqual([TOO_BIG, ALLOWED, ALLOWED]);
    expect(table.io.flush()).toBe(0);
    expect(receiveAll(new PatientPort(right)).map(([length]) => length)).toEqual([1414, 1418]);
  });

  test('lose frames while the interface is down and come back with it', () => {
    const { netns, left, right } = trunk();
    const frame = new FrameBatch(1).hold(numbered(60, 2), 0, 60, LINKTYPE_ETHERNET);
    netns.ip('link', 'set', 'left', 'down');
    const ready = new Int32Array(4);
    table.io.wait(0, ready);
    const end = performance.now() + 40;
    let waits = 0;
    // A signal may end one early; a socket that is ready for ever would end thousands.
    for (; performance.now() < end; waits++) table.io.wait(40, ready);
    expect(waits).toBeLessThan(10);
    left.transmit(frame, 0, 0);
    expect(table.io.flush()).toBe(1);
    expect([left.lostDown, left.isGone, right.isGone]).toEqual([1, false, false]);
    netns.ip('link', 'set', 'left', 'up');
    left.transmit(frame, 0, 0);
    expect(table.io.flush()).toBe(0);
    expect(receiveAll(new PatientPort(right))).toEqual([[60, 2, 2]]);
    right.transmit(frame, 0, 0);
    right.flush();
    expect(receiveAll(new PatientPort(left))).toEqual([[60, 2, 2]]);
  });

  test('are gone with their interface', async () => {
    const { netns, left } = trunk();
    netns.ip('link', 'del', 'left');
    const frame = new FrameBatch(1).hold(numbered(60, 2), 0, 60, LINKTYPE_ETHERNET);
    await eventually(() => {
      left.transmit(frame, 0, 0);
      left.flush();
      table.step(0);
      return left.isGone;
    });
    expect(left.lostDown).toBeGreaterThan(0);
    const start = performance.now();
    for (let i = 0; i < 4; i++) table.step(20);
    expect(performance.now() - start).toBeGreaterThan(35);
  });
});
