/** TAP ports against the kernels of namespaces: what they send arrives whole, what breaks is seen. */
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ALLOWED, TOO_BIG } from '../../src/dataplane/drop-reason.ts';
import { FrameBatch } from '../../src/dataplane/frame-batch.ts';
import { NativeIo } from '../../src/ports/native-io.ts';
import { openPacketDevice } from '../../src/ports/packet-device.ts';
import { closeDevice, openTapDevice, setCarrier } from '../../src/ports/tap-device.ts';
import { LINKTYPE_ETHERNET } from '../../src/wire/link-type.ts';
import { run, whyNoPorts } from './netns.ts';
import { Table } from './table.ts';
import { checksumErrors, eventually, stream } from './traffic.ts';

const NOBODY = 65534;
const reason = whyNoPorts();
const isSkipped = reason !== null && process.env.CI === undefined;
if (isSkipped) console.warn(`skipped: TAP ports (${reason})`);

/** A frame of this length that a host takes no notice of. */
function experimental(length: number): FrameBatch {
  const view = new DataView(new ArrayBuffer(length));
  view.setUint8(0, 2);
  view.setUint8(6, 2);
  view.setUint16(12, 0x88b5);
  return new FrameBatch(1).hold(view, 0, length, LINKTYPE_ETHERNET);
}

describe.skipIf(isSkipped)('TAP ports', () => {
  let table: Table;
  beforeEach(() => {
    table = new Table();
  });
  afterEach(() => table.clear());

  /** Two hosts and a port for each, joined. */
  function pair(there = {}, mtu = 1500) {
    const [a, b] = [table.netns(), table.netns()];
    const near = table.tap(a, ['10.1.0.1/24', 'fd00:1::1/64']);
    const far = table.tap(b, ['10.1.0.2/24', 'fd00:1::2/64'], there, mtu);
    table.carry(near, far);
    table.carry(far, near);
    return { a, b, near, far };
  }

  test('carry pings, TCP in whole pieces, and no bad checksum', { timeout: 60_000 }, async () => {
    const { a, b, near, far } = pair();
    const ping = ['ping', '-c', '3', '-i', '0.05', '-s', '4000', '-W', '2'];
    expect(await table.until(a.start(...ping, '10.1.0.2'))).toContain(' 0% packet loss');
    expect(await table.until(a.start(...ping, 'fd00:1::2'))).toContain(' 0% packet loss');
    await stream(table, a, b, '10.1.0.2');
    await stream(table, b, a, 'fd00:1::1');
    expect(checksumErrors(a, b)).toEqual([0, 0]);
    expect(table.longest).toBeGreaterThan(30_000);
    for (const port of [near, far]) {
      expect([port.lostDown, port.lostRefused, port.badHeaders]).toEqual([0, 0, 0]);
    }
  });

  test('without offload get segments within the MTU', { timeout: 60_000 }, async () => {
    const { a, b, far } = pair({ offload: false });
    b.exec(
      'sh',
      '-c',
      'nft add table netdev t; nft add chain netdev t c "{ type filter hook \
      ingress device eth0 priority 0; }"; nft add rule netdev t c meta length gt 1500 counter',
    );
    await stream(table, a, b, '10.1.0.2');
    await stream(table, a, b, 'fd00:1::2');
    await stream(table, b, a, '10.1.0.1');
    expect(checksumErrors(a, b)).toEqual([0, 0]);
    expect(table.longest).toBeGreaterThan(30_000);
    // GRO comes after the hook: these are the frames as they were written.
    expect(b.exec('nft', 'list', 'ruleset')).toContain('counter packets 0');
    expect([far.lostRefused, far.lostDown]).toEqual([0, 0]);
  });

  test('take no frame above the MTU, tags apart', () => {
    const { b, far } = pair({}, 1400);
    const before = Number(b.exec('cat', '/sys/class/net/eth0/statistics/rx_packets'));
    expect(far.transmit(experimental(1415), 0, 0)).toBe(TOO_BIG);
    expect(far.transmit(experimental(1414), 0, 0)).toBe(ALLOWED);
    expect(far.transmit(experimental(1414), 0, 0x10007)).toBe(ALLOWED);
    far.flush();
    const after = Number(b.exec('cat', '/sys/class/net/eth0/statistics/rx_packets'));
    expect(after - before).toBe(2);
  });

  test('count what is lost while the device is down, and go on', () => {
    const { b, far } = pair();
    b.ip('link', 'set', 'eth0', 'down');
    expect(far.transmit(experimental(60), 0, 0)).toBe(ALLOWED);
    expect(table.io.flush()).toBe(1);
    expect([far.lostDown, far.isGone]).toEqual([1, false]);
    b.ip('link', 'set', 'eth0', 'up');
    far.transmit(experimental(60), 0, 0);
    expect(table.io.flush()).toBe(0);
    expect(far.lostDown).toBe(1);
  });

  test('are gone with their namespace, and are not waited for', async () => {
    const { b, near, far } = pair();
    b.remove();
    await eventually(() => table.step(0) >= 0 && far.isGone);
    while (table.step(0) > 0);
    table.io.wait(50, new Int32Array(1));
    const start = performance.now();
    // The other host may say something of its own, which is lost, too.
    for (let i = 0; i < 4; i++) table.step(50);
    expect(performance.now() - start).toBeGreaterThan(50);
    expect(near.isGone).toBe(false);
    const before = far.lostDown;
    expect(far.transmit(experimental(60), 0, 0)).toBe(ALLOWED);
    expect(table.io.flush()).toBe(1);
    expect(far.lostDown).toBe(before + 1);
  });

  test('that nobody waits for notice it when they are written to', async () => {
    const { b, far } = pair();
    b.remove();
    await eventually(() => {
      far.transmit(experimental(60), 0, 0);
      far.flush();
      return far.isGone;
    });
  });

  test('lose their carrier and find it again', () => {
    const netns = table.netns();
    const { fd, name } = openTapDevice('hvtest%d');
    run('ip', 'link', 'set', name, 'netns', netns.name, 'name', 'eth0');
    netns.ip('link', 'set', 'eth0', 'up');
    const carrier = () => netns.exec('cat', '/sys/class/net/eth0/carrier').trim();
    setCarrier(fd, false);
    expect(carrier()).toBe('0');
    setCarrier(fd, true);
    expect(carrier()).toBe('1');
    closeDevice(fd);
    expect(netns.ip('-o', 'link')).not.toContain('eth0');
    expect(() => setCarrier(fd, true)).toThrow(/TUNSETCARRIER: EBADF, bad file descriptor/);
  });

  test('that are detached give nothing and take nothing', async () => {
    const { a, near, far } = pair();
    table.io.detach(far);
    a.start('ping', '-c', '1', '-W', '1', '10.1.0.2').catch(() => {});
    await eventually(() => {
      table.step(1);
      return far.lostDown > 0;
    });
    expect(far.isGone).toBe(false);
    expect(near.lostDown).toBe(0);
  });

  test('on a persistent device need no root', () => {
    const name = `hvp${process.pid}`;
    const netns = table.netns();
    netns.ip('tuntap', 'add', 'dev', name, 'mode', 'tap', 'user', String(NOBODY));
    const script = `
      const native = require(process.argv[1]);
      const device = native.openTap(process.argv[2], 1, 0);
      let refusal = '';
      try { native.openTap('other0', 1, 0); } catch (error) { refusal = error.message; }
      console.log(JSON.stringify([process.getuid(), device.name, device.hasOffload, refusal]));`;
    const program = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
    const addon = new URL('../../dist/native/havip.node', import.meta.url).pathname;
    // As udev makes it; some machines keep it for root. `ip netns exec` has mounts of its own.
    const open =
      'mount -t tmpfs none /mnt && mknod -m 666 /mnt/tun c 10 200 && ' +
      'mount --bind /mnt/tun /dev/net/tun && exec "$@"';
    const command = [...program, process.execPath, '-e', script, addon, name];
    const text = netns.exec('sh', '-c', open, 'sh', ...command);
    const refusal = 'other0: TUNSETIFF: EPERM, operation not permitted';
    expect(JSON.parse(text)).toEqual([NOBODY, name, true, refusal]);
    expect(netns.ip('-o', 'link')).toContain(name);
  });

  test('errors name the device, the step and the errno', () => {
    const { fd, name } = openTapDevice('hvtest%d');
    expect(name).toMatch(/^hvtest\d+$/);
    const message = `${name}: TUNSETIFF: EBUSY, device or resource busy`;
    const fields = { name: 'NativeError', code: 'EBUSY', errno: 16, device: name, message };
    expect(() => openTapDevice(name)).toThrow(expect.objectContaining(fields));
    closeDevice(fd);
    expect(() => openTapDevice('a'.repeat(16))).toThrow(/: name: ENAMETOOLONG, /);
    expect(() => openPacketDevice('hvnone')).toThrow(/^hvnone: SIOCGIFINDEX: ENODEV, no such/);
    const elsewhere = { netns: '/nowhere' };
    expect(() => openPacketDevice('lo', elsewhere)).toThrow(/^lo: netns: ENOENT, no such file/);
    const nothing = { fd: 0xffff, name: 'nothing', hasOffload: true };
    expect(() => table.io.tapPort(nothing, { name: 'x', mtu: 1500 })).toThrow(/EBADF/);
  });
});

describe.skipIf(isSkipped)('one wait', () => {
  const ready = new Int32Array(4);

  test('ends at its deadline, fractions of a millisecond included', () => {
    const io = new NativeIo();
    const start = performance.now();
    for (let i = 0; i < 20; i++) expect(io.wait(0.4, ready)).toBe(0);
    const spent = performance.now() - start;
    expect(spent).toBeGreaterThan(20 * 0.4);
    io.close();
  });

  test('ends at a signal, which is then spent', () => {
    const io = new NativeIo();
    NativeIo.signal(io.wakeFd);
    NativeIo.signal(io.wakeFd);
    expect(io.wait(-1, ready)).toBe(0);
    const start = performance.now();
    expect(io.wait(30, ready)).toBe(0);
    expect(performance.now() - start).toBeGreaterThan(25);
    io.close();
  });

  test('ends at a signal from another thread', async () => {
    const io = new NativeIo();
    const addon = new URL('../../dist/native/havip.node', import.meta.url).pathname;
    const code = `
      const { workerData, parentPort } = require('node:worker_threads');
      const native = require(workerData.addon);
      parentPort.postMessage('here');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
      native.signal(workerData.fd);`;
    const worker = new Worker(code, { eval: true, workerData: { addon, fd: io.wakeFd } });
    await once(worker, 'message');
    const start = performance.now();
    expect(io.wait(5000, ready)).toBe(0);
    expect(performance.now() - start).toBeLessThan(2000);
    await once(worker, 'exit');
    io.close();
  });

  test('keeps no descriptor once it is closed', () => {
    // A thread that ended may still be closing its own, so there can be fewer, but never more.
    const open = () => readdirSync('/proc/self/fd').length;
    const before = open();
    for (let i = 0; i < 40; i++) new NativeIo().close();
    expect(open()).toBeLessThanOrEqual(before);
  });
});
