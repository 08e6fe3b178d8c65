/** A capture that a traffic mirror has wrapped in VXLAN: the report says how to unwrap it. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { openCapture, PcapWriter, RecordBatch } from '../../src/capture/index.ts';
import { runCommand } from '../../src/cli/commands.ts';
import { packet } from '../dataplane/frames.ts';
import { MemoryClock, MemoryStreams } from './memory-streams.ts';

const CRASH = fileURLToPath(new URL('../../pcaps/01-alibaba-unicast-kill.pcap', import.meta.url));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'havip-wrapped-'));
const hasTools = ['tshark', 'editcap'].every((tool) => spawnSync(tool, ['-v']).status === 0);
const OUTER = { source: '02:00:00:00:00:01', destination: '02:00:00:00:00:02' };
const OVER_IPV4 = { from: '10.9.0.1', to: '10.9.0.2' };
const OVER_IPV6 = { from: '2001:db8::1', to: '2001:db8::2' };
const UDP = 8;
const VXLAN = 8;

afterAll(() => fs.rmSync(folder, { recursive: true }));

interface Wrapping {
  over?: { from: string; to: string };
  vlan?: number;
  port?: number;
  flags?: number;
  /** Every so many of the frames are wrapped. */
  each?: number;
}

function wrap(frame: Uint8Array, { over = OVER_IPV4, vlan, ...more }: Wrapping): Uint8Array {
  const { port = 4789, flags = 0x08 } = more;
  const tags = vlan === undefined ? {} : { tags: [vlan] };
  const view = packet({ ...OUTER, ...over, ...tags, payload: UDP + VXLAN + frame.length });
  const inner = view.byteLength - frame.length;
  view.setUint16(inner - UDP - VXLAN, 49152);
  view.setUint16(inner - UDP - VXLAN + 2, port);
  view.setUint16(inner - UDP - VXLAN + 4, UDP + VXLAN + frame.length);
  view.setUint8(inner - VXLAN, flags);
  const octets = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  octets.set(frame, inner);
  return octets;
}

/** The capture of a crash as a mirror would send it. */
async function mirrored(name: string, wrapping: Wrapping): Promise<string> {
  const file = path.join(folder, name);
  const pieces: Uint8Array[] = [];
  const writer = new PcapWriter((octets) => void pieces.push(octets.slice()), {
    linkType: 1,
    nanoseconds: true,
  });
  const capture = await openCapture(CRASH);
  const batch = new RecordBatch();
  let number = 0;
  do {
    while (capture.read(batch) > 0) {
      for (let i = 0; i < batch.count; i++) {
        const { view, at, end, seconds, nanoseconds } = batch;
        const frame = new Uint8Array(view.buffer, view.byteOffset + at[i]!, end[i]! - at[i]!);
        const isWrapped = number++ % (wrapping.each ?? 1) === 0;
        // What is not wrapped is the mirror's own: it is about no HaVip.
        const octets = isWrapped ? wrap(frame, wrapping) : wrap(frame, { ...wrapping, port: 53 });
        writer.writeRecord({ seconds: seconds[i]!, nanoseconds: nanoseconds[i]!, octets });
      }
    }
  } while (await capture.fill());
  await capture.close();
  await writer.flush();
  fs.writeFileSync(file, Buffer.concat(pieces));
  return file;
}

async function report(file: string): Promise<string> {
  const streams = new MemoryStreams();
  expect(await runCommand(['replay', file], streams, new MemoryClock())).toBe(0);
  return streams.output.text.replace(/\s+/g, ' ');
}

const ADVICE = /Unwrap the capture first: (tshark -r CAPTURE .* inner\.pcapng)/;

describe('frames inside VXLAN', () => {
  test.skipIf(!hasTools)('are unwrapped by the command that the report gives', async () => {
    const file = await mirrored('mirror.pcap', {});
    const wrapped = await report(file);
    expect(wrapped).toMatch(/^No HaVip in this capture: /);
    expect(wrapped).toContain(
      'The first 256 frames are inside VXLAN, as traffic mirrors send them',
    );
    const command = ADVICE.exec(wrapped)?.[1]?.replace('CAPTURE', 'mirror.pcap') ?? 'false';
    const { status } = spawnSync('sh', ['-c', command], { cwd: folder });
    expect(status).toBe(0);
    const inner = await report(path.join(folder, 'inner.pcapng'));
    expect(inner).toMatch(/^1 failover of 192\.168\.0\.88, outage 3\.874 s, caused by a crash/);
    expect(inner).not.toContain('VXLAN');
  });

  test.each([
    ['IPv4', {}, 50],
    ['a VLAN', { vlan: 7 }, 54],
    ['IPv6', { over: OVER_IPV6 }, 70],
  ])('over %s: the octets around them are counted', async (name, wrapping, octets) => {
    const text = await report(await mirrored(`${name}.pcap`, wrapping));
    expect(text).toContain(`editcap -C ${octets} - inner.pcapng`);
  });

  test('are told of where they are half of what comes first, and not below', async () => {
    const half = await report(await mirrored('half.pcap', { each: 2 }));
    expect(half).toContain('Of the first 256 frames 128 are inside VXLAN');
    expect(await report(await mirrored('third.pcap', { each: 3 }))).not.toContain('VXLAN');
  });

  test.each([
    ['another port', { port: 4790 }],
    ['no network identifier', { flags: 0 }],
  ])('are none with %s', async (name, wrapping) => {
    expect(await report(await mirrored(`${name}.pcap`, wrapping))).not.toContain('VXLAN');
  });

  test('say nothing of a capture that has a HaVip', async () => {
    expect(await report(CRASH)).not.toContain('VXLAN');
  });
});
