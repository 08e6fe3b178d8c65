/** Files, pipes and what goes wrong in opening them. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { MemorySource } from '../../src/capture/byte-source.ts';
import { type CaptureReader, openCapture, RecordBatch } from '../../src/capture/index.ts';
import { readCapture } from '../../src/capture/reader.ts';
import { bytes, frame, pcapHeader, pcapRecord } from './build.ts';
import { drain, readAll } from './drain.ts';

const folder = mkdtempSync(join(tmpdir(), 'capture-'));
afterAll(() => rmSync(folder, { recursive: true }));
const input = bytes(
  pcapHeader(),
  ...Array.from({ length: 3000 }, (_, i) =>
    pcapRecord({ seconds: i, data: frame(60 + (i % 100), i) }),
  ),
);

function file(name: string, content: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Opened for reading and writing, so that opening waits for no reader. */
function pipe(name: string) {
  const path = join(folder, name);
  spawnSync('mkfifo', [path]);
  return { path, writer: createWriteStream(path, { flags: 'r+' }) };
}

async function refusal(path: string): Promise<string> {
  return openCapture(path).then(
    () => 'opened',
    (error: Error) => `${error.name}: ${error.message}`,
  );
}

describe('files', () => {
  test('a file gives what its octets give, whatever the chunk', async () => {
    const path = file('a.pcap', input);
    const expected = (await readAll(input)).records;
    for (const chunkBytes of [undefined, 1000, 77_777]) {
      const reader = await openCapture(path, { chunkBytes });
      expect(reader.name).toBe(path);
      expect(reader.size).toBe(input.length);
      expect(await drain(reader, 64)).toEqual(expected);
      expect(reader.bytesRead).toBe(input.length);
    }
  });

  test('one line names the file, what is wrong and how to mend it', async () => {
    const missing = join(folder, 'missing.pcap');
    expect(await refusal(missing)).toBe(`CaptureError: ${missing}: no such file; check the path`);
    expect(await refusal(folder)).toContain('is a directory');
    expect(await refusal(file('empty.pcap', bytes()))).toContain('empty file');
    const below = await refusal(join(file('b.pcap', input), 'below'));
    expect(below).toMatch(/ENOTDIR.*; check the path$/);
  });

  test.each([
    ['of three octets', [0xd4, 0xc3, 0xb2], /only 3 octets, no capture; copy it again, or/],
    ['cut in its header', input.subarray(0, 10), /cut: 10 of 24 octets; copy it again, or/],
    ['of another version', [...input.subarray(0, 4), ...Array(20).fill(1)], /readable .*; copy it/],
    ['of a cut section', [0x0a, 0x0d, 0x0d, 0x0a, 28], /section header cut; copy it again, or/],
    [
      'of gzip that is cut',
      gzipSync(input).subarray(0, 8),
      /its end is missing; copy it again, or/,
    ],
    [
      'of gzip that is none',
      [0x1f, 0x8b, 7, 7, 7, 7, 7, 7, 7, 7],
      /damaged: .*; copy it again, or/,
    ],
  ])('a file %s says so, too', async (_, octets, message) => {
    expect(await refusal(file('refused.pcap', Uint8Array.from(octets)))).toMatch(message);
  });

  test('calling fill before everything is read loses nothing', async () => {
    const reader = await openCapture(file('c.pcap', input), { chunkBytes: 5000 });
    const batch = new RecordBatch(3);
    let count = 0;
    do count += reader.read(batch);
    while ((await reader.fill()) || batch.count > 0);
    await reader.close();
    expect(count).toBe(3000);
  });

  test('after close there is nothing to read, and closing twice is lawful', async () => {
    const reader = await openCapture(file('d.pcap', input));
    await reader.close();
    await reader.close();
    expect(reader.read(new RecordBatch())).toBe(0);
    expect(await reader.fill()).toBe(false);
  });

  test('a read error after records is damage, not a throw', async () => {
    const source = new MemorySource(input.subarray(0, 24 + 76 * 2));
    const failing = {
      size: null,
      consumed: 0,
      close: () => source.close(),
      async read(into: Uint8Array, at: number, length: number) {
        const count = await source.read(into, at, length);
        if (count === 0) throw new Error('EIO: i/o error,\nread');
        return count;
      },
    };
    const reader = await readCapture(failing, 'disk', {});
    expect((await drain(reader)).length).toBeGreaterThan(0);
    expect(reader.damaged?.reason).toBe('EIO: i/o error, read');
    expect(reader.truncated).toBe(false);
  });
});

/** Reads what is there, then waits until there are `total` records. */
async function follow(reader: CaptureReader, total: number, batch: RecordBatch): Promise<number> {
  let count = reader.read(batch);
  while (count < total) {
    if (!(await reader.fill())) break;
    for (let n = reader.read(batch); n > 0; n = reader.read(batch)) count += n;
  }
  return count;
}

describe('pipes', () => {
  test('records are delivered as they arrive, however they are cut', async () => {
    const { path, writer } = pipe('live');
    const write = (octets: Uint8Array) =>
      new Promise<void>((resolve) => writer.write(octets, () => resolve()));
    const one = Uint8Array.from(pcapRecord());
    await write(bytes(pcapHeader(), one.subarray(0, 10)));
    const reader = await openCapture(path);
    expect(reader.size).toBeNull();
    const batch = new RecordBatch();
    expect(reader.read(batch)).toBe(0);
    await write(one.subarray(10, 40));
    await write(one.subarray(40));
    expect(await follow(reader, 1, batch)).toBe(1);
    await write(bytes(one, one, one.subarray(0, 3)));
    expect(await follow(reader, 2, batch)).toBe(2);
    // A read that waits for octets must not keep `close` from ending.
    const waiting = reader.fill();
    await reader.close();
    expect(await waiting).toBe(false);
    await new Promise((resolve) => writer.end(resolve));
  });

  test('standard input, to its end', async () => {
    const child = reading();
    child.stdin!.write(input.subarray(0, 70_001));
    setTimeout(() => child.stdin!.end(input.subarray(70_001)), 50);
    expect(await said(child)).toBe('standard input null 3000 null\n');
  });

  test('waiting for standard input does not keep the process from exiting', async () => {
    const child = reading('setTimeout(() => process.exit(0), 50);');
    child.stdin!.write(input.subarray(0, 100));
    expect(await said(child)).toBe('');
    child.stdin!.destroy();
  });
});

const project = fileURLToPath(new URL('../../', import.meta.url));
let compiled = '';

/** The sources as JavaScript in a folder of their own, made once. */
function compile(): string {
  if (compiled !== '') return compiled;
  const tsconfig = {
    extends: join(project, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      rootDir: join(project, 'src'),
      outDir: join(folder, 'dist'),
      typeRoots: [join(project, 'node_modules/@types')],
    },
    files: [join(project, 'src/capture/index.ts')],
    include: [],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'));
  const compiler = join(project, 'node_modules/typescript/bin/tsc');
  const run = spawnSync(process.execPath, [compiler, '-p', folder], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stdout);
  compiled = join(folder, 'dist/capture/index.js');
  return compiled;
}

/** A process of its own that reads standard input to its end and says what it found. */
function reading(before = ''): ChildProcess {
  const program = `${before}
    const { openCapture, RecordBatch } = await import(${JSON.stringify(compile())});
    const reader = await openCapture('-');
    const batch = new RecordBatch();
    let count = 0;
    do for (let n = reader.read(batch); n > 0; n = reader.read(batch)) count += n;
    while (await reader.fill());
    await reader.close();
    console.log(reader.name, reader.size, count, reader.damaged);`;
  return spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

function said(child: ChildProcess): Promise<string> {
  let text = '';
  child.stdout!.on('data', (piece) => {
    text += piece;
  });
  return new Promise((resolve) => child.on('close', () => resolve(text)));
}
