/** What a lab leaves on the machine, so that `havip down` finds it after a crash at any instant. */
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LabError } from '../../src/lab/lab-error.ts';
import {
  isRunning,
  knownLabs,
  type LabRecord,
  processStart,
  readLabRecord,
  removeLabRecord,
  writeLabRecord,
} from '../../src/lab/lab-record.ts';

let root = '';
const children: ChildProcess[] = [];

beforeEach(() => {
  root = fs.mkdtempSync(path.join(tmpdir(), `havip-record-${process.pid}-`));
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  fs.rmSync(root, { recursive: true, force: true });
});

const RECORD: LabRecord = {
  lab: 'web',
  file: '/labs/web/lab.yaml',
  control: '/run/havip/web/control',
  pid: 4711,
  started: '815',
  namespaces: ['ecs-1', 'ecs-2'],
  processes: [{ pid: 4712, started: '816' }],
};

describe('a record', () => {
  test('is read as it was written last, until it is removed', () => {
    expect([knownLabs(path.join(root, 'none')), readLabRecord('web', root)]).toEqual([[], null]);
    writeLabRecord(RECORD, root);
    writeLabRecord({ ...RECORD, namespaces: ['ecs-1'] }, root);
    expect(readLabRecord('web', root)).toEqual({ ...RECORD, namespaces: ['ecs-1'] });
    expect(fs.readdirSync(path.join(root, 'web'))).toEqual(['lab.json']);
    removeLabRecord('web', root);
    expect([fs.readdirSync(root), readLabRecord('web', root)]).toEqual([[], null]);
    removeLabRecord('web', root);
  });

  test('a crash while it is written leaves the one before', () => {
    writeLabRecord(RECORD, root);
    fs.writeFileSync(path.join(root, 'web', 'lab.json.new'), '{"lab": "we');
    expect(readLabRecord('web', root)).toEqual(RECORD);
    writeLabRecord({ ...RECORD, pid: 1 }, root);
    expect(readLabRecord('web', root)?.pid).toBe(1);
  });

  test('labs are listed by name; what is no lab is not', () => {
    for (const lab of ['web', 'db', 'api']) writeLabRecord({ ...RECORD, lab }, root);
    fs.mkdirSync(path.join(root, 'empty'));
    fs.writeFileSync(path.join(root, 'file'), '');
    expect(knownLabs(root)).toEqual(['api', 'db', 'web']);
  });

  test('one that cannot be read is an error that names it', () => {
    fs.mkdirSync(path.join(root, 'web'));
    fs.writeFileSync(path.join(root, 'web', 'lab.json'), '{');
    expect(() => readLabRecord('web', root)).toThrow(/web\/lab\.json: .*; remove it and what it/);
    expect(() => readLabRecord('web', root)).toThrow(expect.objectContaining({ name: 'LabError' }));
  });
});

test('without rights it says that a lab needs root', () => {
  fs.chmodSync(root, 0o555);
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    expect(() => writeLabRecord(RECORD, root)).toThrow(
      /EACCES.*\/web.*; a lab needs root: sudo havip up LAB/,
    );
    expect(() => writeLabRecord(RECORD, root)).toThrow(LabError);
  } finally {
    if (isRoot) process.seteuid?.(0);
    fs.chmodSync(root, 0o755);
  }
});

describe('whether a process runs', () => {
  /** Field 22 by awk, for names without blanks. */
  const startByAwk = (pid: number): string => {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.split(' ')[21] as string;
  };

  function started(...words: [string, ...string[]]): number {
    const [file, ...args] = words;
    const child = spawn(file, args, { stdio: 'ignore' });
    children.push(child);
    return child.pid as number;
  }

  test('it does, until it ends; another with its number is another', async () => {
    const pid = started('sleep', '60');
    await expect.poll(() => processStart(pid)).toBe(startByAwk(pid));
    const process_ = { pid, started: startByAwk(pid) };
    expect(isRunning(process_)).toBe(true);
    expect(isRunning({ ...process_, started: '1' })).toBe(false);
    children.at(-1)?.kill('SIGKILL');
    await expect.poll(() => isRunning(process_)).toBe(false);
    await expect.poll(() => processStart(pid)).toBeNull();
  });

  test('a stopped one runs, a zombie does not', async () => {
    const pid = started('sleep', '60');
    process.kill(pid, 'SIGSTOP');
    const start = processStart(pid);
    expect(start).not.toBeNull();
    // It ends when its parent is a sleep already, which never waits for it.
    const shell = spawn('sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 60'], { stdio: 'pipe' });
    children.push(shell);
    const zombie = await new Promise<number>((resolve) =>
      shell.stdout.once('data', (text) => resolve(Number(text))),
    );
    await expect
      .poll(() => fs.readFileSync(`/proc/${zombie}/stat`, 'utf8'), { timeout: 10_000 })
      .toMatch(/\) Z /);
    expect(processStart(zombie)).toBeNull();
  });

  test('a name with blanks and parentheses does not shift the fields', async () => {
    const program = path.join(root, 'a) Z (b');
    fs.copyFileSync('/bin/sleep', program);
    fs.chmodSync(program, 0o755);
    const pid = started(program, '60');
    await expect.poll(() => fs.readFileSync(`/proc/${pid}/comm`, 'utf8')).toBe('a) Z (b\n');
    expect(processStart(pid)).toMatch(/^\d+$/);
    expect(isRunning({ pid, started: processStart(pid) as string })).toBe(true);
  });
});
