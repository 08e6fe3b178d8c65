/** `--html FILE`: what is written where, and what never is. Needs the bundle that a build makes. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../../src/cli/commands.ts';
import { isPageBuilt } from '../report/html/pages.ts';
import { MemoryClock, MemoryStreams } from './memory-streams.ts';

const CRASH = path.resolve(import.meta.dirname, '../../pcaps/01-alibaba-unicast-kill.pcap');

async function run(...arguments_: string[]) {
  const streams = new MemoryStreams();
  const status = await runCommand(['replay', ...arguments_], streams, new MemoryClock());
  return { status, out: streams.output.text, err: streams.errors.lines };
}

describe.skipIf(!isPageBuilt)('--html', () => {
  let folder = '';
  const file = (name: string) => path.join(folder, name);

  beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'havip-html-'));
    fs.copyFileSync(CRASH, file('a.pcap'));
  });

  afterAll(() => fs.rmSync(folder, { recursive: true }));

  test('the page stands beside the normal report, which is the same as without it', async () => {
    const plain = await run(file('a.pcap'), '--format', 'json');
    const both = await run(file('a.pcap'), '--format', 'json', '--html', file('a.html'));
    expect(both).toEqual(plain);
    expect(both.status).toBe(0);
    expect(fs.readFileSync(file('a.html'), 'utf8')).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
  });

  test('it takes the place of an older page and leaves nothing else behind', async () => {
    fs.writeFileSync(file('old.html'), 'old');
    const before = fs.readdirSync(folder);
    await run(file('a.pcap'), '--html', file('old.html'));
    expect(fs.readFileSync(file('old.html'), 'utf8')).toContain('<!doctype html>');
    expect(fs.readdirSync(folder)).toEqual(before);
  });

  test('a condition that holds still writes it', async () => {
    const { status } = await run(file('a.pcap'), '--max-outage', '1s', '--html', file('c.html'));
    expect([status, fs.existsSync(file('c.html'))]).toEqual([1, true]);
  });

  test('a capture is never overwritten, by whatever name it goes', async () => {
    const octets = fs.readFileSync(file('a.pcap'));
    fs.symlinkSync(file('a.pcap'), file('symbolic'));
    fs.linkSync(file('a.pcap'), file('hard'));
    for (const name of ['a.pcap', 'symbolic', 'hard', './a.pcap']) {
      const { status, out, err } = await run(file('a.pcap'), '--html', file(name));
      expect([status, out, err.length]).toEqual([2, '', 1]);
      expect(err[0]).toContain('which is read');
      expect(fs.readFileSync(file('a.pcap')).equals(octets)).toBe(true);
    }
  });

  test.each([
    ['no/such/folder/a.html', 'no such folder'],
    ['.', 'is a directory'],
    ['/dev/null', 'no ordinary file'],
  ])('%s is refused in one line before anything is printed', async (name, what) => {
    const { status, out, err } = await run(file('a.pcap'), '--html', path.resolve(folder, name));
    expect([status, out, err.length]).toEqual([2, '', 1]);
    expect(err[0]).toContain(what);
  });

  test('a link stays, and so does what it leads to', async () => {
    fs.writeFileSync(file('target.html'), 'older');
    fs.symlinkSync('target.html', file('link.html'));
    const { status, out, err } = await run(file('a.pcap'), '--html', file('link.html'));
    expect([status, out, err.length]).toEqual([2, '', 1]);
    expect(err[0]).toMatch(/link\.html is a symbolic link; name the file that it leads to, or/);
    expect(fs.readlinkSync(file('link.html'))).toBe('target.html');
    expect(fs.readFileSync(file('target.html'), 'utf8')).toBe('older');
    // Where it leads to nothing, what is written would still take the place of the link.
    fs.rmSync(file('target.html'));
    expect((await run(file('a.pcap'), '--html', file('link.html'))).status).toBe(2);
  });

  test('where it cannot be written one line says so, after the report', async () => {
    const before = fs.readdirSync(folder);
    const { status, out, err } = await run(file('a.pcap'), '--html', file('x'.repeat(300)));
    expect([status, err.length]).toEqual([2, 1]);
    expect(err[0]).toMatch(/cannot be written: ENAMETOOLONG/);
    expect(out).toContain('1 failover');
    expect(fs.readdirSync(folder)).toEqual(before);
  });

  test('standard output is for the report', async () => {
    const { status, err } = await run(file('a.pcap'), '--html', '-');
    expect([status, err.length]).toEqual([2, 1]);
  });
});
