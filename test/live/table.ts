/**
 * Live ports on a table: devices in namespaces of their own, and a loop that carries frames from
 * port to port until some work is done. It runs in the thread of the test, between its events.
 */
import { FrameBatch } from '../../src/dataplane/frame-batch.ts';
import { type Port, TAG_KEEP } from '../../src/dataplane/port.ts';
import { NativeIo } from '../../src/ports/native-io.ts';
import type { NativePort } from '../../src/ports/native-port.ts';
import { openPacketDevice, type PacketOptions } from '../../src/ports/packet-device.ts';
import { closeDevice, openTapDevice, type TapOptions } from '../../src/ports/tap-device.ts';
import { Netns, run } from './netns.ts';

/** What becomes of a frame: where it goes, and its tag. */
export interface Way {
  readonly to: Port;
  readonly tag?: number;
}

const ROUNDS = 64;

export class Table {
  readonly io = new NativeIo();
  readonly batch = new FrameBatch();
  /** Frames carried, and the longest of them. */
  frames = 0;
  longest = 0;
  private readonly namespaces: Netns[] = [];
  private readonly descriptors: number[] = [];
  private readonly ready = new Int32Array(64);
  private readonly ways = new Map<number, Way>();

  netns(label = ''): Netns {
    const made = new Netns(label);
    this.namespaces.push(made);
    return made;
  }

  /** A TAP device `eth0` with these addresses in a namespace, and the port that is its other end. */
  tap(
    netns: Netns,
    addresses: readonly string[],
    options: TapOptions = {},
    mtu = 1500,
  ): NativePort {
    const device = openTapDevice('hvtest%d', options);
    this.descriptors.push(device.fd);
    run('ip', 'link', 'set', device.name, 'netns', netns.name, 'name', 'eth0');
    netns.address('eth0', ...addresses);
    return this.io.tapPort(device, { name: netns.name, mtu });
  }

  packet(netns: Netns, name: string, options: PacketOptions = {}): NativePort {
    const device = openPacketDevice(name, { netns: netns.path, ...options });
    this.descriptors.push(device.fd);
    return this.io.packetPort(device, { name, mtu: device.mtu });
  }

  carry(from: NativePort, to: Port, tag = TAG_KEEP): void {
    this.ways.set(from.index, { to, tag });
  }

  /** Carries frames until the work is done; then gives its result. */
  async until<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const end = () => {
      isDone = true;
    };
    work.then(end, end);
    while (!isDone) {
      for (let round = 0; round < ROUNDS && this.step(1) > 0; round++);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return work;
  }

  /** One wait, and a burst from each port that has one. */
  step(milliseconds: number): number {
    const count = this.io.wait(milliseconds, this.ready);
    for (let i = 0; i < count; i++) this.burst(this.ready[i]!);
    return count;
  }

  /** Closes and removes all there is. */
  clear(): void {
    this.io.close();
    for (const fd of this.descriptors) closeDevice(fd);
    for (const netns of this.namespaces) netns.remove();
  }

  private burst(index: number): void {
    const { batch, ways, io } = this;
    const received = io.ports[index]!.receive(batch);
    const way = ways.get(index);
    for (let i = 0; i < received; i++) {
      this.frames++;
      this.longest = Math.max(this.longest, batch.end[i]! - batch.at[i]!);
      way?.to.transmit(batch, i, way.tag ?? TAG_KEEP);
    }
    io.flush();
  }
}
