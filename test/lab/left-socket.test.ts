/** The control socket of a lab that crashed, which `havip down` finds named in the lab's record. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { removeLeftSocket } from '../../src/lab/left-socket.ts';

let folder = '';
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(tmpdir(), `havip-socket-${process.pid}-`));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

test('is removed where nobody listens any more', async () => {
  const place = path.join(folder, 'left');
  const crash = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 9))`;
  spawnSync(process.execPath, ['-e', crash, place]);
  expect(fs.lstatSync(place).isSocket()).toBe(true);
  expect(await removeLeftSocket(place)).toBe(true);
  expect(fs.existsSync(place)).toBe(false);
  expect(await removeLeftSocket(place)).toBe(false);
});

test('stays where somebody answers, and so does what is no socket', async () => {
  const place = path.join(folder, 'taken');
  const server = net.createServer((socket) => socket.end()).listen(place);
  await new Promise((resolve) => server.once('listening', resolve));
  expect(await removeLeftSocket(place)).toBe(false);
  expect(fs.existsSync(place)).toBe(true);
  await new Promise((resolve) => server.close(resolve));
  const file = path.join(folder, 'file');
  fs.writeFileSync(file, '');
  fs.symlinkSync(file, path.join(folder, 'link'));
  expect(await removeLeftSocket(file)).toBe(false);
  expect(await removeLeftSocket(path.join(folder, 'link'))).toBe(false);
  expect(fs.existsSync(file)).toBe(true);
});
