/** `--annotate`: what Wireshark shows of the copy, and that nothing else has changed. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { openCapture, PcapngWriter } from '../../src/capture/index.ts';
import { runCommand } from '../../src/cli/commands.ts';
import { Blocks, bytes, frame } from '../capture/build.ts';
import { drain } from '../capture/drain.ts';
import { MemoryClock, MemoryStreams } from './memory-streams.ts';

const pcaps = fileURLToPath(new URL('../../pcaps/', import.meta.url));
const CRASH = path.join(pcaps, '01-alibaba-unicast-kill.pcap');
const ROGUE = path.join(pcaps, '10-rogue.pcap');
const ROGUE_LAB = path.join(pcaps, '10-rogue.lab.yaml');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'havip-annotate-'));
const hasTshark = spawnSync('tshark', ['--version']).status === 0;

afterAll(() => fs.rmSync(folder, { recursive: true }));

const place = (name: string): string => path.join(folder, name);

async function replayed(...arguments_: string[]) {
  const streams = new MemoryStreams();
  const status = await runCommand(['replay', ...arguments_], streams, new MemoryClock());
  return { status, out: streams.output.text, err: streams.errors.text };
}

function fields(file: string, ...names: string[]): string[][] {
  const each = names.flatMap((name) => ['-e', name]);
  const command = ['-n', '-r', file, '-T', 'fields', ...each];
  const { stdout } = spawnSync('tshark', command, { encoding: 'utf8', maxBuffer: 1 << 26 });
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
}

describe("a rogue's claims", () => {
  test.skipIf(!hasTshark)('are comments on the frames that the document names', async () => {
    const out = place('rogue.pcapng');
    const arguments_ = [ROGUE, '--lab', ROGUE_LAB, '--format', 'json', '--annotate', out];
    const { status, out: text } = await replayed(...arguments_);
    expect(status).toBe(0);
    const { claims } = JSON.parse(text);
    const refused = claims.filter(({ verdict }: { verdict: string }) => verdict === 'refused');
    expect(refused.length).toBe(11);
    const shown = new Map(
      fields(out, 'frame.number', 'frame.comment').map(([frame, comment = '']) => [frame, comment]),
    );
    for (const { frame, reason, mac } of refused) {
      expect(shown.get(String(frame))).toContain(`(${mac})`);
      expect(shown.get(String(frame))).toMatch(new RegExp(`refused claim .*${reason}: `));
    }
    const comments = [...shown.values()].filter((comment) => comment.includes('refused claim'));
    expect(comments.length).toBe(11);
  });

  test('leave every frame, time and length as it was', async () => {
    const out = place('same.pcapng');
    await replayed(ROGUE, '--lab', ROGUE_LAB, '--annotate', out);
    const isAdvert = ({ data }: { data: string }): boolean => data.slice(46, 48) === '70';
    const masked = <R extends { data: string }>(records: R[]): R[] =>
      records.map((record) =>
        isAdvert(record)
          ? { ...record, data: `${record.data.slice(0, 80)} and a password` }
          : record,
      );
    const original = masked(await drain(await openCapture(ROGUE), 64));
    expect(masked(await drain(await openCapture(out), 64))).toEqual(original);
    const reader = await openCapture(out);
    await drain(reader, 64);
    expect(reader.interfaces[0]).toMatchObject({
      linkType: 1,
      snapLength: 262_144,
      timeResolution: 6,
    });
  });
});

test.skipIf(!hasTshark)('a password is masked and its checksum still good', async () => {
  const out = place('crash.pcapng');
  await replayed(CRASH, '--annotate', out);
  const adverts = (file: string) =>
    fields(file, 'frame.number', 'vrrp.auth_string', 'vrrp.checksum.status').filter(
      ([, password]) => password !== '' && password !== undefined,
    );
  const original = adverts(CRASH);
  expect(original.length).toBe(15);
  expect(original[0]?.[1]).not.toBe('********');
  expect(adverts(out)).toEqual(original.map(([frame, , good]) => [frame, '********', good]));
  expect(fs.readFileSync(out).includes(original[0]?.[1] as string)).toBe(false);
});

test('interfaces, nanoseconds and comments that were there are kept', async () => {
  const from = place('from.pcapng');
  const parts: Uint8Array[] = [];
  const writer = new PcapngWriter((octets) => void parts.push(octets), { comments: ['lab 7'] });
  const names = ['eth0', 'eth1'];
  const ids = names.map((name) => writer.addInterface({ linkType: 1, name, comments: [name] }));
  const octets = new Uint8Array(60).fill(0x22);
  ids.forEach((id, i) => {
    const comments = [`first of ${names[i]}`, 'second'];
    writer.writePacket(id, { seconds: 5, nanoseconds: i + 1, octets, comments });
  });
  writer.writeStatistics(0, 3);
  await writer.flush();
  fs.writeFileSync(from, Buffer.concat(parts));
  const out = place('kept.pcapng');
  expect((await replayed(from, '--annotate', out)).status).toBe(0);
  const reader = await openCapture(out, { comments: true });
  const records = await drain(reader, 1);
  expect(records.map(({ nanoseconds }) => nanoseconds)).toEqual([1, 2]);
  expect(reader.interfaces.map(({ name }) => name)).toEqual(names);
  const texts = reader.comments.map(({ text }) => text);
  for (const text of ['lab 7', 'eth0', 'eth1', 'first of eth0', 'first of eth1', 'second']) {
    expect(texts).toContain(text);
  }
  expect(reader.counts.dropped).toBe(3);
});

describe('a capture by hand', () => {
  const le = new Blocks();
  const comment = (words: string) => le.option(1, new TextEncoder().encode(words));

  async function copyOf(name: string, ...blocks: number[][]) {
    fs.writeFileSync(place(`from-${name}`), bytes(...blocks));
    const { status, err } = await replayed(place(`from-${name}`), '--annotate', place(name));
    expect(status).toBe(0);
    const reader = await openCapture(place(name), { comments: true });
    const records = await drain(reader, 64);
    return { reader, records, err, texts: reader.comments.map(({ text }) => text) };
  }

  test('keeps every comment and flag: many on one packet, and of a late section', async () => {
    const many = Array.from({ length: 1500 }, (_, i) => comment(`k${i}`)).flat();
    const flags = le.option(2, [0x82, 0, 0, 0]);
    const { reader, texts } = await copyOf(
      'comments.pcapng',
      le.section({ options: comment('first section') }),
      le.interface(),
      le.packet({ options: [...flags, ...many], data: frame(64) }),
      ...new Array(1500).fill(le.packet({ data: frame(1000) })),
      le.section({ options: comment('late section') }),
      le.interface({ options: comment('late interface') }),
      le.packet({ options: comment('after') }),
    );
    expect(texts.filter((text) => /^k\d+$/.test(text))).toHaveLength(1500);
    for (const text of ['first section', 'late section', 'late interface', 'after']) {
      expect(texts).toContain(text);
    }
    expect([...reader.takePacketFlags()]).toEqual([[1, 0x02]]);
  });

  test('of several says how many comments of all of them are too many', async () => {
    const files = ['one', 'two'].map((name, more) => {
      const options = new Array(1001 + more).fill(comment('x')).flat();
      const section = le.section({ options });
      fs.writeFileSync(place(name), bytes(section, le.interface(), le.packet()));
      return place(name);
    });
    const { status, err } = await replayed(...files, '--annotate', place('too-many.pcapng'));
    expect(status).toBe(0);
    expect(err).toContain('3 comments of the original are too many to be kept');
  });

  test.each([
    ['units of a second, 2^64 of them', le.option(9, [0]), (1n << 64n) - 1n],
    ['2^63 of 2^0 seconds', le.option(9, [0x80]), 1n << 63n],
    ['the least offset', le.option(14, [0, 0, 0, 0, 0, 0, 0, 0x80]), 5n],
    ['the largest offset', le.option(14, [255, 255, 255, 255, 255, 255, 255, 0x7f]), 5n],
  ])('keeps frames whose time no copy can hold, and says so: %s', async (name, options, time) => {
    const { records, err } = await copyOf(
      `${name.replaceAll(/\W/g, '')}.pcapng`,
      le.section(),
      le.interface({ options }),
      le.packet({ time }),
      le.packet({ time }),
    );
    expect(records).toHaveLength(2);
    expect(err).toContain('2 frames of times that it cannot hold are in it without one');
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });
});

test('a crash shows its last advert, the outage and the takeover', async () => {
  const out = place('story.pcapng');
  const { out: text } = await replayed(CRASH, '--format', 'json', '--annotate', out);
  const [failover] = JSON.parse(text).failovers;
  const reader = await openCapture(out, { comments: true });
  await drain(reader, 64);
  const said = (frame: number) =>
    reader.comments.filter(({ record }) => record === frame).map((comment) => comment.text);
  const { lastAdvertFrame, lastServiceFrame, firstServiceFrame } = failover.evidence;
  expect(said(lastAdvertFrame).join()).toContain('last advert of');
  expect(said(lastServiceFrame).join()).toContain('outage of 3.874 s');
  expect(said(firstServiceFrame).join()).toContain('ends with this answer');
  expect(said(failover.frame).join()).toMatch(/takeover of 192\.168\.0\.88 .* caused by a crash/);
});

test('of merged captures the copy has each comment on the frame that its file has', async () => {
  const files = ['09b-split-trunk', '09b-split-trunk-sw2'].map((name) =>
    path.join(pcaps, `${name}.pcap.gz`),
  );
  const out = place('merged.pcapng');
  const { out: text } = await replayed(...files, '--format', 'json', '--annotate', out);
  const { failovers, findings } = JSON.parse(text);
  const reader = await openCapture(out, { comments: true });
  const copied = await drain(reader, 64);
  const original = new Map<string, string[]>();
  for (const file of files) {
    const records = await drain(await openCapture(file), 64);
    original.set(
      file,
      records.map(({ data, seconds, nanoseconds }) => `${seconds}.${nanoseconds} ${data}`),
    );
  }
  const said = (frame: number) =>
    reader.comments.filter(({ record }) => record === frame).map((comment) => comment.text);
  expect(new Set(failovers.map(({ file }: { file: string }) => file))).toEqual(new Set(files));
  for (const { frame, file, fileFrame } of failovers) {
    const { data, seconds, nanoseconds } = copied[frame - 1] as (typeof copied)[number];
    expect(`${seconds}.${nanoseconds} ${data}`).toBe(original.get(file)?.[fileFrame - 1]);
    expect(said(frame).join()).toContain('takeover of 192.168.20.100');
  }
  const placed = findings.filter(({ frame }: { frame: number | null }) => frame !== null);
  expect(placed).not.toEqual([]);
  for (const { frame, code } of placed) expect(said(frame).join()).toContain(code);
});

test('nobody may read the copy who may not read each capture', async () => {
  const [open, group, own] = [0o644, 0o640, 0o400].map((mode) => {
    const file = place(`${mode.toString(8)}.pcap`);
    fs.copyFileSync(CRASH, file);
    fs.chmodSync(file, mode);
    return file;
  }) as [string, string, string];
  const out = place('rights.pcapng');
  for (const [captures, mode] of [
    [[open], 0o644],
    [[open, group], 0o640],
    [[group, own], 0o600],
  ] as const) {
    await replayed(...captures, '--annotate', out);
    expect(fs.statSync(out).mode & 0o777).toBe(mode & ~process.umask());
  }
});

describe('what cannot be', () => {
  test.each([
    ['the capture itself', CRASH, /which is read; name another file/],
    ['a directory', folder, /is a directory; name a file in it/],
    ['a place that is not there', place('no/where.pcapng'), /no such folder; make it/],
  ])('%s', async (_, out, message) => {
    const { status, err } = await replayed(CRASH, '--annotate', out);
    expect([status, err.trimEnd().split('\n').length]).toEqual([2, 1]);
    expect(err).toMatch(message);
  });

  test('standard input, which cannot be read twice', async () => {
    const { status, err } = await replayed('-', '--annotate', place('x.pcapng'));
    expect(status).toBe(2);
    expect(err).toMatch(/--annotate reads the capture twice.*save it first: tcpdump -w FILE/);
  });

  test('the lab file, and what --html writes', async () => {
    const lab = place('lab.yaml');
    fs.writeFileSync(lab, 'provider: classic\n');
    const read = await replayed(CRASH, '--lab', lab, '--annotate', lab);
    expect(read.err).toContain('which is read');
    expect(fs.readFileSync(lab, 'utf8')).toBe('provider: classic\n');
    const out = place('both');
    const both = await replayed(CRASH, '--html', out, '--annotate', out);
    expect([both.status, fs.existsSync(out)]).toEqual([2, false]);
  });

  test('leaves nothing behind', () => {
    const left = fs.readdirSync(folder).filter((name) => name.endsWith('.tmp'));
    expect(left).toEqual([]);
  });
});

test('a pipe is refused before it is read, since it can be read once', async () => {
  const pipe = place('pipe.pcap');
  spawnSync('mkfifo', [pipe]);
  const { status, err } = await replayed(pipe, '--annotate', place('piped.pcapng'));
  expect([status, err]).toEqual([2, expect.stringContaining(`which ${pipe} cannot be: it is no`)]);
  expect(fs.existsSync(place('piped.pcapng'))).toBe(false);
}, 10_000);
