/**
 * Several captures as one: each entry says in which file its frame is, and as which, so that it
 * is found there. What each file replayed alone has at that number is the truth.
 */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReplayListener, ReplayResult } from '../../src/analysis/result.ts';
import { LINKTYPE_LINUX_SLL } from '../../src/wire/link-type.ts';
import { Blocks, bytes, pcapHeader, pcapRecord } from '../capture/build.ts';
import { announcement } from '../dataplane/frames.ts';
import {
  A,
  advert,
  B,
  B_IP,
  C,
  type CaptureFile,
  CLIENT,
  EPOCH,
  echo,
  replayMerged,
  VIP,
} from './scene.ts';

/** A frame and its second, null for none. */
type Timed = readonly [second: number | null, view: DataView];

const MACS = [A, B, C] as const;
const CUSTOM_BLOCK = 0x0bad;
const SIMPLE_NAME_RESOLUTION = 4;
const le = new Blocks();

const micros = (second: number): number => Math.round(second * 1e6);
const octetsOf = (view: DataView): number[] => [...new Uint8Array(view.buffer)];

function pcap(name: string, frames: readonly Timed[], linkField = 1): CaptureFile {
  const records = frames.map(([second, view]) => {
    const time = micros(second as number);
    const seconds = EPOCH + Math.floor(time / 1e6);
    return pcapRecord({ seconds, fraction: time % 1e6, data: octetsOf(view) });
  });
  return { name, octets: bytes(pcapHeader({ linkField }), ...records) };
}

/** As `-i any` has it: without the MAC that each frame went to. */
function cooked(name: string, frames: readonly Timed[]): CaptureFile {
  const without = frames.map(([second, view]): Timed => {
    const [source, rest] = [octetsOf(view).slice(6, 12), octetsOf(view).slice(12)];
    return [second, new DataView(Uint8Array.of(0, 0, 0, 1, 0, 6, ...source, 0, 0, ...rest).buffer)];
  });
  return pcap(name, without, LINKTYPE_LINUX_SLL);
}

/** With blocks before and between that are no frames and take no number. */
function pcapng(name: string, frames: readonly Timed[]): CaptureFile {
  const custom = le.block(CUSTOM_BLOCK, le.octets().u32(32_473).u32(7).bytes);
  const blocks = frames.map(([second, view]) => {
    const data = octetsOf(view);
    if (second === null) return le.simple(data);
    return le.packet({ time: BigInt(EPOCH) * 1_000_000n + BigInt(micros(second)), data });
  });
  const others = [custom, le.block(SIMPLE_NAME_RESOLUTION, le.end()), custom];
  const all = blocks.flatMap((block) => [...others, block]);
  return { name, octets: bytes(le.section(), custom, le.interface(), ...all, custom) };
}

/** No two alike, so that none is a copy of another. */
function claimOf(mac: string, serial: number): DataView {
  const frame = new DataView(new ArrayBuffer(60));
  new Uint8Array(frame.buffer).set(octetsOf(announcement(mac, VIP)));
  frame.setUint32(56, serial);
  return frame;
}

/** A crash of A, seen where A is and where B is; both saw B's first claim at one time. */
function crashFrames(): [Timed[], Timed[]] {
  const request = (second: number): Timed => [second, echo(true, { sequence: second })];
  const answer = (second: number): Timed => [
    second + 0.01,
    echo(false, { sequence: second, server: second < 4 ? A : B }),
  ];
  const atA: Timed[] = [[0, claimOf(A, 1)]];
  for (const second of [0.5, 1.5, 2.5]) atA.push([second, advert({ priority: 100 })]);
  atA.splice(2, 0, request(1), answer(1));
  atA.push(request(4), [7, claimOf(B, 2)]);
  const ofB = { source: B, ip: B_IP, priority: 50 };
  const atB: Timed[] = [request(2), [7, claimOf(B, 2)], [7, claimOf(B, 3)]];
  for (const second of [7.1, 8.1, 9.1]) atB.push([second, advert(ofB)]);
  atB.push(request(8), answer(8));
  atB.sort(([one], [other]) => (one as number) - (other as number));
  return [atA, atB];
}

function crash(): [CaptureFile, CaptureFile] {
  const [atA, atB] = crashFrames();
  return [pcapng('at-a.pcapng', atA), pcap('at-b.pcap', atB)];
}

/** Every entry of the document that has a frame. */
function entriesOf(result: ReplayResult) {
  const timelines = result.havips.flatMap(({ timeline }) => timeline);
  const rows = (result.caches ?? []).flatMap(({ entries }) => entries);
  return [...result.claims, ...timelines, ...result.failovers, ...rows, ...result.findings];
}

/** Without what tells of files: the capture's names, and the place of each frame in its own. */
function withoutFiles(result: ReplayResult): unknown {
  const { files, ...capture } = result.capture;
  const isOfFile = (key: string): boolean => key === 'file' || key === 'fileFrame';
  const text = JSON.stringify({ ...result, capture }, (key, value) =>
    isOfFile(key) ? undefined : value,
  );
  return JSON.parse(text);
}

describe('merged captures', () => {
  test('a capture rotated at any frame says the same as the whole one', async () => {
    const octets = readFileSync(new URL('../../pcaps/10-rogue.pcap', import.meta.url));
    const ends = [24];
    const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
    for (let at = 24; at < octets.length; at = ends.at(-1) as number) {
      ends.push(at + 16 + view.getUint32(at + 8, true));
    }
    const whole = await replayMerged([{ name: 'whole.pcap', octets }]);
    expect(whole.capture.frames).toBe(ends.length - 1);
    const header = octets.subarray(0, 24);
    for (let cut = 50; cut < ends.length - 1; cut += 97) {
      const end = ends[cut] as number;
      const first = { name: 'x.pcap0', octets: octets.subarray(0, end) };
      const second = { name: 'x.pcap1', octets: bytes([...header], [...octets.subarray(end)]) };
      const rotated = await replayMerged([first, second]);
      expect(withoutFiles(rotated), `after frame ${cut}`).toEqual(withoutFiles(whole));
    }
  });

  test('of any files: a claim is where its file alone has it', async () => {
    const second = fc.option(fc.integer({ min: 1, max: 30 }), { freq: 9 });
    const file = fc.array(fc.tuple(second, fc.nat(2)), { maxLength: 60 });
    const many = fc.array(file, { minLength: 2, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(many, async (given) => {
        const isTimed = (index: number): boolean => index % 2 === 1;
        const files = given.map((frames, index) => {
          const claims = frames.map(([tenths, mac], i): Timed => {
            const time = tenths ?? (isTimed(index) ? 3 : null);
            const view = claimOf(MACS[mac] as string, index * 1000 + i);
            return [time === null ? null : time / 10, view];
          });
          // The advert makes the address a virtual one, also where a file is replayed alone.
          const timed: Timed[] = [[0, advert({ priority: 100 + index })], ...claims];
          return isTimed(index) ? pcap(`${index}.pcap`, timed) : pcapng(`${index}.pcapng`, timed);
        });
        const together = await replayMerged(files);
        let claims = 0;
        for (const one of files) {
          const alone = await replayMerged([one]);
          claims += alone.claims.length;
          const own = together.claims.filter((claim) => claim.file === one.name);
          const plain = own.map(({ time, fileFrame, mac }) => [fileFrame, time, mac]);
          plain.sort(([a], [b]) => (a as number) - (b as number));
          expect(plain).toEqual(alone.claims.map(({ frame, time, mac }) => [frame, time, mac]));
        }
        expect(together.claims).toHaveLength(claims);
        expect(claims).toBe(given.flat().length);
      }),
      { numRuns: 40 },
    );
  });

  test('each entry with a frame has its place right after it, those without have none', async () => {
    const files = crash();
    const result = await replayMerged(files, { caches: true });
    expect(result.failovers).toMatchObject([
      { cause: 'crash', frame: 9, file: 'at-a.pcapng', fileFrame: 8 },
    ]);
    expect(result.havips[0]?.timeline).toMatchObject([
      { cause: 'initial', frame: 1, file: 'at-a.pcapng', fileFrame: 1 },
      { cause: 'crash', frame: 9, file: 'at-a.pcapng', fileFrame: 8 },
    ]);
    // The copy at B's is frame 10: of two copies the first stands for both.
    expect(result.claims).toMatchObject([
      { frame: 1, file: 'at-a.pcapng', fileFrame: 1 },
      { frame: 9, file: 'at-a.pcapng', fileFrame: 8 },
      { frame: 11, file: 'at-b.pcap', fileFrame: 3 },
    ]);
    expect(result.caches?.[0]?.entries.length).toBeGreaterThan(1);
    const copies = result.findings.find(({ code }) => code === 'capture-duplicates');
    expect(copies?.message).toMatch(/^1 frame is a copy seen in another file or /);
    expect(copies?.advice).not.toContain('-i any');
    for (const entry of entriesOf(result)) {
      const keys = Object.keys(entry);
      const at = keys.indexOf('frame');
      const next = entry.frame === null ? [] : ['file', 'fileFrame'];
      expect(keys.filter((key) => key.startsWith('file'))).toEqual(next);
      expect(keys.slice(at + 1, at + 1 + next.length)).toEqual(next);
    }
  });

  test('a client is one and the same in an Ethernet capture and in a cooked one', async () => {
    const names = ['18e-host-node1.pcap', '18b-any-node2.pcap'];
    const files = names.map((name) => {
      return { name, octets: readFileSync(new URL(`../../pcaps/${name}`, import.meta.url)) };
    });
    const { outages, failovers } = await replayMerged(files);
    expect(outages).toMatchObject([{ cause: 'crash', client: { mac: '52:54:00:d4:12:12' } }]);
    // By the ping log of the client.
    expect(outages[0]?.seconds).toBeCloseTo(3.316, 1);
    expect(failovers.map(({ outageSeconds }) => outageSeconds)).toEqual([outages[0]?.seconds, 0]);
  });

  test.each([
    ['first', cooked, pcap],
    ['last', pcap, cooked],
  ])('its requests may stand in the cooked one %s', async (_, writesA, writesB) => {
    const [atA, atB] = crashFrames();
    const { outages } = await replayMerged([writesA('at-a.pcap', atA), writesB('at-b.pcap', atB)]);
    expect(outages).toMatchObject([
      {
        seconds: 7,
        cause: 'crash',
        client: { mac: CLIENT },
        before: { mac: A },
        after: { mac: B },
      },
    ]);
  });

  test('a listener is told as well, frames outside the limits are counted', async () => {
    const told: (string | undefined)[] = [];
    const ignore = (): void => undefined;
    const hear = ({ file, fileFrame }: { file?: string; fileFrame?: number }): void =>
      void told.push(`${file} ${fileFrame}`);
    const listener: ReplayListener = {
      onClaim: hear,
      onTimeline: ignore,
      onFailover: hear,
      onOutage: ignore,
      onFinding: ignore,
    };
    await replayMerged(crash(), { listener, from: { seconds: 6 } });
    expect(told).toEqual(expect.arrayContaining(['at-a.pcapng 8', 'at-b.pcap 3']));
  });

  test('one capture alone has no such key', async () => {
    for (const file of crash()) {
      const text = JSON.stringify(await replayMerged([file], { caches: true }));
      expect(text).not.toMatch(/"file(Frame)?":/);
    }
  });

  test('the finding of a cut file is about the last frame of that file', async () => {
    const [atA, atB] = crash();
    const cut = { ...atA, octets: atA.octets.subarray(0, -60) };
    const { findings, capture } = await replayMerged([cut, atB]);
    expect(capture.truncated).toBe(true);
    expect(findings.find(({ code }) => code === 'capture-truncated')).toMatchObject({
      ...{ frame: 8, file: 'at-a.pcapng', fileFrame: 7 },
      message: expect.stringMatching(/^at-a\.pcapng ends inside a record/),
    });
  });

  test('each file that is cut or damaged has its own', async () => {
    const [atA, atB] = crash();
    const cut = { ...atA, octets: atA.octets.subarray(0, -60) };
    const damaged = { ...atB, octets: bytes([...atB.octets], new Array(16).fill(0xff)) };
    const { findings } = await replayMerged([cut, damaged]);
    const ends = findings.filter(({ code }) => /^capture-(truncated|damaged)$/.test(code));
    expect(ends).toMatchObject([
      { code: 'capture-truncated', file: 'at-a.pcapng', t: expect.any(Number) },
      { code: 'capture-damaged', file: 'at-b.pcap', t: expect.any(Number) },
    ]);
    expect(ends[1]?.message).toMatch(/^at-b\.pcap is damaged at octet/);
  });
});
