// havip doctor as a user sees it: a line for each check, a status, and JSON for programs.
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCommand } from '../../src/cli/commands.ts';
import { doctor } from '../../src/cli/doctor.ts';
import { thisMachine } from '../../src/cli/this-machine.ts';
import { FakeMachine } from '../lab/fake-machine.ts';
import { MemoryClock, MemoryStreams } from './memory-streams.ts';

async function run(
  arguments_: string[],
  machine = new FakeMachine(),
  streams = new MemoryStreams(),
) {
  const status = await doctor(arguments_, streams, new MemoryClock(), () =>
    Promise.resolve(machine),
  );
  return { status, lines: streams.output.lines, out: streams.output.text };
}

function broken(): FakeMachine {
  const machine = new FakeMachine();
  delete machine.files['/dev/net/tun'];
  delete machine.programs.keepalived;
  return machine;
}

describe('the text', () => {
  test('of a good machine', async () => {
    const { status, lines } = await run([]);
    expect(status).toBe(0);
    expect(lines.at(-1)).toBe('A lab can run here.');
    expect(lines.slice(0, -1).every((line) => line.startsWith('ok       '))).toBe(true);
  });

  test('of one where no lab can run', async () => {
    const { status, lines } = await run([], broken());
    expect(status).toBe(1);
    expect(lines).toContain(
      'problem  tun: no /dev/net/tun; modprobe tun; in a container start it with --device /dev/net/tun',
    );
    expect(lines.some((line) => line.startsWith('note     keepalived: not installed; '))).toBe(
      true,
    );
    expect(lines.at(-1)).toBe('No lab can run here yet: one problem.');
  });

  test('has colours on a terminal only', async () => {
    expect((await run([], broken())).out).not.toContain('\x1b');
    const terminal = () => {
      const streams = new MemoryStreams();
      streams.output.isTerminal = true;
      return streams;
    };
    expect((await run([], broken(), terminal())).out).toContain('\x1b[1;31mproblem\x1b[0m  tun');
    expect((await run(['--no-color'], broken(), terminal())).out).not.toContain('\x1b');
    const quiet = terminal();
    quiet.environment.NO_COLOR = '1';
    expect((await run([], broken(), quiet)).out).not.toContain('\x1b');
  });
});

test('JSON holds the same', async () => {
  const { status, out } = await run(['--json'], broken());
  const document = JSON.parse(out) as { ok: boolean; checks: { name: string; state: string }[] };
  expect([status, document.ok]).toEqual([1, false]);
  expect(document.checks.filter(({ state }) => state === 'problem')).toEqual([
    {
      name: 'tun',
      state: 'problem',
      what: 'no /dev/net/tun',
      mend: 'modprobe tun; in a container start it with --device /dev/net/tun',
    },
  ]);
});

test('--lab looks at what the lab runs, from the folder of its file', async () => {
  const folder = fs.mkdtempSync(path.join(tmpdir(), `havip-doctor-${process.pid}-`));
  try {
    const file = path.join(folder, 'lab.yaml');
    fs.writeFileSync(
      file,
      'provider: classic\nsubnets: { s: { cidr: 10.0.0.0/24 } }\ninstances:\n' +
        '  a: { enis: { eth0: { subnet: s, ip: 10.0.0.1 } }, run: "keepalived -n -f a.conf" }\n',
    );
    const missing = await run(['--lab', file]);
    expect(missing.status).toBe(1);
    expect(missing.out).toContain('problem  lab: the lab runs keepalived with a.conf, which');
    const machine = new FakeMachine();
    machine.files[path.join(folder, 'a.conf')] = '';
    expect((await run(['--lab', file], machine)).status).toBe(0);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
});

test.each([
  [['doctor', 'lab.yaml'], /doctor takes no lab\.yaml; write --lab lab\.yaml/],
  [['doctor', '--lab', 'gone.yaml'], /gone\.yaml: no such file/],
  [['doctor', '--jsn'], /unknown option "--jsn"; did you mean --json\?/],
])('havip %j: one line, status 2', async (words, message) => {
  const streams = new MemoryStreams();
  expect(await runCommand(words, streams, new MemoryClock())).toBe(2);
  expect(streams.errors.lines).toHaveLength(1);
  expect(streams.errors.text).toMatch(message);
});

test('--help shows an example', async () => {
  const streams = new MemoryStreams();
  expect(await runCommand(['doctor', '--help'], streams, new MemoryClock())).toBe(0);
  expect(streams.output.text).toContain('havip doctor --lab lab.yaml');
});

test('this machine answers what it is asked', () => {
  const machine = thisMachine();
  expect(machine.nodeVersion).toBe(process.versions.node);
  expect(machine.read('/proc/self/status')).toContain('CapEff');
  expect(machine.read('/proc/none')).toBeNull();
  expect(machine.list('/proc/none')).toEqual([]);
  expect(machine.openError('/proc/none')).toBe('ENOENT');
  expect(machine.run('no-such-program-at-all')).toBeNull();
  expect(machine.run(process.execPath, '--version')).toEqual({
    status: 0,
    output: `${process.version}\n`,
  });
  expect([machine.hasProgram('sh'), machine.hasProgram('no-such-program')]).toEqual([true, false]);
  expect([machine.canLoad('node:fs'), machine.canLoad('no-such-module')]).toEqual([true, false]);
  expect(machine.nativePath).toMatch(/dist\/native\/havip\.node$/);
});
