/**
 * `--capture`: what passed each port as one pcapng a port, read back by our reader and by tshark
 * and capinfos where they are installed.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openCapture, RecordBatch } from '../../src/capture/index.ts';
import { RecordRing } from '../../src/dataplane/record-ring.ts';
import { FrameCapture } from '../../src/lab/engine/frame-capture.ts';
import { PortCaptures } from '../../src/lab/port-captures.ts';
import { announcement, arp, packet } from '../dataplane/frames.ts';
import { ADDRESSES, CLIENT, NODE1, PORTS, ROGUE, topologyOf, VIP } from '../dataplane/site.ts';
import { fillDiskOf } from './full-disk.ts';
import { BASE, MemoryLab } from './memory-lab.ts';

let folder = '';
const hasTshark = spawnSync('tshark', ['--version']).status === 0;
const hasCapinfos = spawnSync('capinfos', ['--version']).status === 0;
const names = PORTS.map((mac) => `i-${mac}/eth0`);
const fileOf = (mac: string): string => path.join(folder, `i-${mac}-eth0.pcapng`);

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(tmpdir(), `havip-capture-${process.pid}-`));
  warnings = [];
});

afterEach(() => {
  vi.restoreAllMocks();
  fs.rmSync(folder, { recursive: true, force: true });
});

let warnings: string[] = [];
const warn = (line: string): void => void warnings.push(line);

async function recorded(
  provider: 'alibaba' | 'huawei' = 'alibaba',
  lost: number[] = [],
  more: (lab: MemoryLab) => void = () => {},
) {
  const captures = new PortCaptures(folder, names, BASE, warn);
  const { ring, lost: memory } = captures.shared;
  new Int32Array(memory).set(lost);
  const capture = new FrameCapture(new RecordRing(ring), new Int32Array(memory));
  const lab = new MemoryLab(topologyOf(provider), { capture });
  captures.run();
  lab.at(1.000000001, NODE1, announcement(NODE1, VIP));
  lab.at(2, ROGUE, announcement(ROGUE, VIP));
  const from = ADDRESSES[CLIENT] as string;
  lab.at(3.25, CLIENT, packet({ source: CLIENT, destination: NODE1, from, to: VIP }));
  lab.at(4, CLIENT, arp({ operation: 1, source: CLIENT, spa: from, tpa: VIP }));
  more(lab);
  capture.wake();
  await captures.end();
  return lab;
}

/** "SECONDS.NANOSECONDS DESTINATION SOURCE" of each record, and the comments. */
async function read(file: string) {
  const capture = await openCapture(file, { comments: true });
  const batch = new RecordBatch();
  const records: string[] = [];
  const mac = (view: DataView, at: number): string =>
    Array.from({ length: 6 }, (_, i) =>
      view
        .getUint8(at + i)
        .toString(16)
        .padStart(2, '0'),
    ).join(':');
  for (let hasMore = true; hasMore; hasMore = await capture.fill()) {
    while (capture.read(batch) > 0) {
      for (let i = 0; i < batch.count; i++) {
        const at = batch.at[i] as number;
        const seconds = (batch.seconds[i] as number) - BASE;
        const fraction = String(batch.nanoseconds[i]).padStart(9, '0');
        records.push(`${seconds}.${fraction} ${mac(batch.view, at)} ${mac(batch.view, at + 6)}`);
      }
    }
  }
  await capture.close();
  const comments = capture.comments.map(({ text }) => text);
  return { records, comments, dropped: capture.counts.dropped, damaged: capture.damaged };
}

const BROADCAST = 'ff:ff:ff:ff:ff:ff';
const GATEWAY_MAC = 'ee:ff:ff:ff:ff:ff';

describe('a capture of each port', () => {
  // What leaves is a nanosecond later than it came in, so that it stands behind it.
  test('has what came in and what left, as it was on that port', async () => {
    await recorded();
    expect(fs.readdirSync(folder)).toHaveLength(PORTS.length);
    expect((await read(fileOf(CLIENT))).records).toEqual([
      `3.250000000 ${NODE1} ${CLIENT}`,
      `4.000000000 ${BROADCAST} ${CLIENT}`,
      `4.000000001 ${CLIENT} ${GATEWAY_MAC}`,
    ]);
    // By IP both MACs are rewritten on the way.
    expect((await read(fileOf(NODE1))).records).toEqual([
      `1.000000001 ${BROADCAST} ${NODE1}`,
      `3.250000001 ${NODE1} ${GATEWAY_MAC}`,
    ]);
  });

  test('never goes back in time, though the engine took two frames at once', async () => {
    const from = ADDRESSES[CLIENT] as string;
    const request = packet({ source: CLIENT, destination: NODE1, from, to: VIP });
    await recorded('alibaba', [], (lab) => lab.at(4, CLIENT, request));
    const seen = async (mac: string): Promise<string[]> =>
      (await read(fileOf(mac))).records.slice(1).map((text) => text.split(' ')[0] as string);
    expect(await seen(CLIENT)).toEqual(['4.000000000', '4.000000001', '4.000000001']);
    expect((await seen(NODE1)).at(-1)).toBe('4.000000002');
  });

  test('an accepted announcement leaves by MAC and not by IP', async () => {
    await recorded('huawei');
    expect((await read(fileOf(CLIENT))).records[0]).toBe(`1.000000002 ${BROADCAST} ${NODE1}`);
  });

  test('a refused frame has its reason as a comment, and others have none', async () => {
    await recorded();
    expect(await read(fileOf(ROGUE))).toMatchObject({
      records: [`2.000000000 ${BROADCAST} ${ROGUE}`],
      comments: ['dropped: not-member'],
    });
    expect((await read(fileOf(CLIENT))).comments).toEqual([]);
  });

  test('what was lost is in the statistics of its interface', async () => {
    const lost = PORTS.map((mac) => (mac === NODE1 ? 7 : 0));
    await recorded('alibaba', lost);
    expect(await read(fileOf(NODE1))).toMatchObject({ dropped: 7, damaged: null });
    expect((await read(fileOf(CLIENT))).dropped).toBe(0);
  });

  test.skipIf(!hasTshark)('tshark reads the same, with direction and comment', async () => {
    await recorded();
    const fields = ['frame.time_epoch', 'frame.packet_flags_direction', 'frame.comment', 'eth.src'];
    const show = (file: string): string[][] =>
      execFileSync(
        'tshark',
        ['-r', file, '-T', 'fields', ...fields.flatMap((field) => ['-e', field])],
        { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
      )
        .trimEnd()
        .split('\n')
        .map((line) => line.split('\t'));
    const IN = '0x00000001';
    const OUT = '0x00000002';
    expect(show(fileOf(ROGUE))).toEqual([
      [`${BASE + 2}.000000000`, IN, 'dropped: not-member', ROGUE],
    ]);
    expect(show(fileOf(NODE1))).toEqual([
      // By IP an announcement reaches the switch and nobody else.
      [`${BASE + 1}.000000001`, IN, 'dropped: not-delivered', NODE1],
      [`${BASE + 3}.250000001`, OUT, '', GATEWAY_MAC],
    ]);
  });

  test.skipIf(!hasCapinfos)('capinfos names the port and finds its statistics', async () => {
    await recorded('alibaba', [7]);
    const text = execFileSync('capinfos', [fileOf(NODE1)], { encoding: 'utf8' });
    expect(text).toMatch(/File type: +Wireshark\/\.\.\. - pcapng/);
    expect(text).toContain(`Name = i-${NODE1}/eth0`);
    expect(text).toMatch(/Number of stat entries = 1/);
    expect(text).toMatch(/Number of packets: +2\n/);
  });
});

test('a moment next to a whole second does not fall back by one', async () => {
  const captures = new PortCaptures(folder, ['a/b'], BASE, warn);
  const ring = new RecordRing(captures.shared.ring);
  for (const time of [1_999_999_999.4, 1_999_999_999.9]) {
    const at = ring.begin(4, time, 10 + 60);
    ring.octets.fill(0, at, at + 70);
    ring.mark(at, 0, 1, 0);
    ring.commit();
  }
  await captures.end();
  const { records } = await read(path.join(folder, 'a-b.pcapng'));
  expect(records.map((text) => text.split(' ')[0])).toEqual(['1.999999999', '2.000000000']);
});

test('ports whose names meet in one file name have two files', async () => {
  await new PortCaptures(folder, ['a/b-c', 'a-b/c', 'x/y'], BASE, warn).end();
  expect(fs.readdirSync(folder).sort()).toEqual(['a-b-c.2.pcapng', 'a-b-c.pcapng', 'x-y.pcapng']);
});

test('a full disk is told once, ends that file and no other, and nothing else', async () => {
  fillDiskOf(fileOf(CLIENT));
  await recorded();
  expect(warnings).toEqual([
    `${fileOf(CLIENT)}: ENOSPC: no space left on device, write; nothing more is written to it`,
  ]);
  expect((await read(fileOf(NODE1))).records).toHaveLength(2);
});

test('a full disk is told at once, and not again at the end', async () => {
  fillDiskOf(path.join(folder, 'a-b.pcapng'));
  const captures = new PortCaptures(folder, ['a/b'], BASE, warn);
  captures.run();
  await expect.poll(() => warnings).toHaveLength(1);
  await captures.end();
  expect(warnings).toHaveLength(1);
});

test('a fault is told once, and nothing is captured after it', async () => {
  const captures = new PortCaptures(folder, ['a/b'], BASE, warn);
  const ring = new RecordRing(captures.shared.ring);
  const put = (time: number): void => {
    const at = ring.begin(4, time, 10 + 60);
    ring.mark(at, 0, 0, 0);
    ring.commit();
  };
  captures.run();
  put(Number.POSITIVE_INFINITY);
  await expect.poll(() => warnings).toHaveLength(1);
  for (const time of [1e9, Number.POSITIVE_INFINITY]) put(time);
  await captures.end();
  expect(warnings).toEqual([expect.stringMatching(/^--capture: .*; nothing more is captured; /)]);
  expect((await read(path.join(folder, 'a-b.pcapng'))).records).toEqual([]);
});

test("the files are the user's alone, since passwords of adverts stand in them", async () => {
  await recorded();
  expect(fs.statSync(fileOf(NODE1)).mode & 0o777).toBe(0o600);
});

test('nor may others read them by what an older one left them', async () => {
  fs.writeFileSync(fileOf(NODE1), 'older', { mode: 0o644 });
  const reader = fs.openSync(fileOf(NODE1), 'r');
  await recorded();
  expect(fs.statSync(fileOf(NODE1)).mode & 0o777).toBe(0o600);
  expect(fs.readFileSync(reader, 'utf8')).toBe('older');
  fs.closeSync(reader);
});

test('a link that stands in the folder is not followed', () => {
  const elsewhere = path.join(folder, 'elsewhere');
  fs.writeFileSync(elsewhere, 'kept');
  for (const target of [elsewhere, path.join(folder, 'new')]) {
    fs.rmSync(path.join(folder, 'a-b.pcapng'), { force: true });
    fs.symlinkSync(target, path.join(folder, 'a-b.pcapng'));
    expect(() => new PortCaptures(folder, ['a/b'], BASE, warn)).toThrow(
      /^--capture .*a-b\.pcapng is a symbolic link, which is not followed: remove it; name a folder/,
    );
  }
  expect(fs.readFileSync(elsewhere, 'utf8')).toBe('kept');
  expect(fs.existsSync(path.join(folder, 'new'))).toBe(false);
});

test('a folder that cannot be written is named', () => {
  const file = path.join(folder, 'file');
  fs.writeFileSync(file, '');
  expect(() => new PortCaptures(path.join(file, 'x'), ['a/b'], BASE, warn)).toThrow(
    /--capture .*file\/x: ENOTDIR.*; name a folder that can be written/,
  );
});

test('a ring that is full loses frames, counts them by port and goes on', () => {
  const ring = new RecordRing(RecordRing.memory(1024));
  const lost = new Int32Array(PORTS.length);
  const lab = new MemoryLab(topologyOf('alibaba'), { capture: new FrameCapture(ring, lost) });
  for (let i = 0; i < 30; i++) lab.at(1, ROGUE, announcement(ROGUE, VIP));
  let kept = 0;
  while (ring.next()) kept++;
  expect(lost[lab.port(ROGUE)]).toBe(30 - kept);
  expect(kept).toBeGreaterThan(3);
  lab.at(2, NODE1, announcement(NODE1, VIP));
  expect([ring.next(), ring.a, lost[lab.port(NODE1)]]).toEqual([true, lab.port(NODE1), 0]);
});
