/**
 * The commands of a live lab as a user mistypes them: one line on standard error that says what,
 * where and how to mend it, and status 2. None of these reaches a lab.
 */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { runCommand } from '../../src/cli/commands.ts';
import { hostLine } from '../../src/cli/host-lines.ts';
import { UsageError } from '../../src/cli/usage-error.ts';
import { fillDiskOf } from '../lab/full-disk.ts';
import { MemoryClock, MemoryOutput, MemoryStreams } from './memory-streams.ts';

let folder = '';

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(tmpdir(), `havip-lab-${process.pid}-`));
});

afterEach(() => {
  vi.restoreAllMocks();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** `@` is the folder of the test. */
async function run(line: string) {
  const streams = new MemoryStreams();
  const words = line.split(' ').map((word) => word.replace('@', `${folder}/`));
  const status = await runCommand(words, streams, new MemoryClock());
  const said = streams.errors.text.replaceAll(`${folder}/`, '@');
  return { status, out: streams.output.text, err: said };
}

/** No lab of this name can run: it is this process's. */
const NOBODY = `nobody-${process.pid}`;
const CONTROLS = ['bind', 'unbind', 'kill', 'start', 'pause', 'resume', 'cut', 'heal', 'fault'];

describe('help', () => {
  test.each([
    'up',
    'down',
    'status',
    ...CONTROLS,
  ])('havip %s --help has an example', async (name) => {
    const { status, out, err } = await run(`${name} --help`);
    expect([status, err]).toEqual([0, '']);
    expect(out).toContain(`Usage: havip ${name}`);
    expect(out.split('\nExamples:\n')[1]).toContain('  havip ');
    expect(out).toContain('-h, --help');
    for (const text of out.split('\nExamples')[0]?.split('\n') ?? []) {
      expect(text.length, text).toBeLessThanOrEqual(80);
    }
    expect(await run(`help ${name}`)).toEqual({ status, out, err });
  });
});

describe('mistakes of the command line', () => {
  test.each([
    ['up', 'havip up: up takes one lab file; havip up examples/alibaba/lab.yaml'],
    ['up a b', 'havip up: up takes one lab file; havip up examples/alibaba/lab.yaml'],
    ['up --dry-run lab.yaml', /unknown option "--dry-run"; .*havip up --help lists them/],
    ['up lab.yaml --capture', 'havip up: --capture needs a value; write --capture DIR'],
    ['up lab.yaml --json=1', 'havip up: --json takes no value; leave out "1"'],
    ['up @none.yaml', 'havip up: @none.yaml: no such file; name a lab file'],
    ['up @', /havip up: @: EISDIR.*; name a lab file/],
    ['down now', /havip down: down takes no operand; use --lab NAME/],
    ['down --force', /havip down: unknown option "--force"; /],
    ['status web', 'havip status: status takes no operand; use --lab NAME'],
    ['status --jsno', /unknown option "--jsno"; did you mean --json\?/],
    ['bind web', 'havip bind: bind takes HAVIP HOST[/ENI]; such as havip bind web ecs-3'],
    ['unbind', 'havip unbind: unbind takes HAVIP HOST[/ENI]; such as havip unbind web ecs-1'],
    ['kill', 'havip kill: kill takes HOST; such as havip kill ecs-1'],
    ['kill a b', 'havip kill: kill takes HOST; such as havip kill ecs-1'],
    ['kill a --lab', 'havip kill: --lab needs a value; write --lab NAME'],
    ['start a --lab x --lab y', 'havip start: --lab is given twice; give it once'],
    ['pause a --carrier', /havip pause: unknown option "--carrier"; /],
    ['resume', 'havip resume: resume takes HOST; such as havip resume ecs-1'],
    ['cut', 'havip cut: cut takes HOST[/ENI]; such as havip cut ecs-1'],
    ['heal', 'havip heal: heal takes HOST[/ENI]; such as havip heal ecs-1'],
    ['fault', /havip fault: fault takes HOST\[\/ENI\]; such as havip fault ecs-2 --loss 10%/],
  ])('havip %s', async (line, message) => {
    // Should one of these be obeyed after all, it is to reach no lab of somebody else.
    const isBound = line.startsWith('up') || line.includes('--lab');
    const { status, out, err } = await run(isBound ? line : `${line} --lab ${NOBODY}`);
    expect([status, out]).toEqual([2, '']);
    expect(err.trimEnd()).toMatch(message);
    if (typeof message === 'string') expect(err).toBe(`${message}\n`);
    expect(err.trim().split('\n')).toHaveLength(1);
  });

  test.each([
    ['--loss 11', /--loss 11 is no share; write one such as 0\.1 or 10%/],
    ['--loss 101%', /--loss 101% is no share; /],
    ['--loss -0.1', /--loss -0\.1 is no share; /],
    ['--duplicate many', /--duplicate many is no share; /],
    ['--reorder 0x1', /--reorder 0x1 is no share; /],
    ['--delay 20', /--delay: "20" is no duration; write a number with its unit, such as 3s/],
    ['--seed x', /--seed: "x" is no /],
    ['--seed 0', /--seed 0 is no seed; write a number from 1 to 4294967295/],
    ['--seed 4294967296', /--seed 4294967296 is no seed; /],
  ])('havip fault ecs-2 %s', async (options, message) => {
    const { status, out, err } = await run(`fault ecs-2 --lab ${NOBODY} ${options}`);
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(message);
    expect(err.trim().split('\n')).toHaveLength(1);
  });
});

describe('no such lab', () => {
  test.each([
    'status',
    'down',
    'bind web ecs-1',
    'kill ecs-1',
    'fault ecs-1 --loss 10% --duplicate 0.5 --reorder 1 --delay 20ms --seed 4294967295',
  ])('havip %s --lab NAME', async (line) => {
    const { status, out, err } = await run(`${line} --lab ${NOBODY}`);
    const [name] = line.split(' ');
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(new RegExp(`^havip ${name}: lab ${NOBODY} does not run; .+\n$`));
  });

  test.each(['../up', '.', ''])('a name that leads elsewhere is none: %j', async (name) => {
    const { status, err } = await run(`down --lab=${name}`);
    expect(status).toBe(2);
    expect(err).toMatch(/is no name of a lab; |--lab needs a value; /);
  });
});

describe('havip up of a lab file that cannot run', () => {
  const put = (text: string): void => fs.writeFileSync(path.join(folder, 'lab.yaml'), text);
  const HEAD = 'provider: alibaba\nsubnets: { a: { cidr: 10.0.0.0/24 } }\n';

  test('names file, line and field', async () => {
    put(`${HEAD}instances:\n  e: { enis: { eth0: { subnet: b, ip: 10.0.0.1 } } }\n`);
    const { status, out, err } = await run('up @lab.yaml');
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(/^havip up: @lab\.yaml:4: instances\.e\.enis\.eth0\.subnet: .+; .+\n$/);
  });

  test.each(['0', '1.5', '-1', 'x', '99999999'])('takes no --arp-rate=%s', async (rate) => {
    const { status, out, err } = await run(`up @lab.yaml --arp-rate=${rate}`);
    expect([status, out]).toEqual([2, '']);
    expect(err).toBe(
      `havip up: --arp-rate: "${rate}" is no rate; write frames a second, such as 15\n`,
    );
  });

  test.each(['--arp-rate @lab.yaml', '@lab.yaml --arp-rate 40'])('takes %s', async (words) => {
    put(`${HEAD}instances:\n  e: { enis: { eth0: { subnet: a, ip: 10.0.0.1 } } }\n`);
    expect((await run(`up ${words}`)).err).toMatch(/^havip up: no ENI has attach; /);
  });

  test('says that nothing is attached', async () => {
    put(`${HEAD}instances:\n  e: { enis: { eth0: { subnet: a, ip: 10.0.0.1 } } }\n`);
    const { status, err } = await run('up @lab.yaml');
    expect([status, err]).toEqual([
      2,
      'havip up: no ENI has attach; write attach: { netns: NAME } for each live host\n',
    ]);
  });

  test('refuses what the provider would refuse', async () => {
    const eni = 'attach: { netns: none }, subnet: a';
    put(
      `${HEAD}instances:\n  e: { enis: { eth0: { ${eni}, ip: 10.0.0.1 } } }\n` +
        'quotas: { havips-per-vpc: 1 }\n' +
        'havips:\n  x: { subnet: a, ip: 10.0.0.8 }\n  y: { subnet: a, ip: 10.0.0.9 }\n',
    );
    const { status, err } = await run('up @lab.yaml');
    expect(status).toBe(2);
    expect(err).toMatch(/^havip up: .+; .+\n$/);
  });

  test('refuses a `run` line that needs a shell', async () => {
    put(
      `${HEAD}instances:\n  e:\n    run: "a | b"\n` +
        '    enis: { eth0: { subnet: a, ip: 10.0.0.1, attach: { netns: none } } }\n',
    );
    const { status, err } = await run('up @lab.yaml');
    expect(status).toBe(2);
    expect(err).toMatch(/run: a \| b: "\|" needs a shell, and none is used; quote it, or write sh/);
  });

  test('a folder for logs that is a file is named', async () => {
    put(HEAD);
    const { status, err } = await run('up @lab.yaml --logs @lab.yaml');
    expect(status).toBe(2);
    expect(err).toMatch(/^havip up: --logs @lab\.yaml: EEXIST.*; name a folder\n$/);
  });
});

describe("what a lab's hosts print", () => {
  const look = { width: 80, color: false, unicode: true };
  let warnings: string[] = [];
  const warn = (line: string): void => void warnings.push(line);
  beforeEach(() => {
    warnings = [];
  });

  test('is prefixed with the host and cannot steer the terminal', () => {
    const output = new MemoryOutput();
    const lines = hostLine(null, output, look, warn);
    lines.write('ecs-1', 'Entering MASTER STATE');
    lines.write('ecs-2', 'a\x1b[2Jb');
    lines.end();
    expect(output.text).toBe('ecs-1 | Entering MASTER STATE\necs-2 | a?[2Jb\n');
    hostLine(null, output, { ...look, color: true }, warn).write('ecs-1', 'x');
    expect(output.lines.at(-1)).toBe('\x1b[2mecs-1 | x\x1b[0m');
  });

  test('goes to a file for each host, behind what is there', () => {
    const output = new MemoryOutput();
    const logs = path.join(folder, 'a', 'logs');
    for (const text of ['one', 'two']) {
      const lines = hostLine(logs, output, look, warn);
      lines.write('ecs-1', text);
      lines.write('ecs-2', `\x1b ${text}`);
      lines.end();
    }
    expect(output.text).toBe('');
    expect(fs.readFileSync(path.join(logs, 'ecs-1.log'), 'utf8')).toBe('one\ntwo\n');
    expect(fs.readFileSync(path.join(logs, 'ecs-2.log'), 'utf8')).toBe('\x1b one\n\x1b two\n');
  });

  test('is lost to a file that takes no more, which is told once, and to no other', () => {
    const logs = path.join(folder, 'logs');
    fs.mkdirSync(path.join(logs, 'ecs-3.log'), { recursive: true });
    fillDiskOf(path.join(logs, 'ecs-1.log'));
    fs.symlinkSync(path.join(folder, 'elsewhere'), path.join(logs, 'ecs-4.log'));
    const lines = hostLine(logs, new MemoryOutput(), look, warn);
    for (const text of ['one', 'two']) {
      for (const host of ['ecs-1', 'ecs-2', 'ecs-3', 'ecs-4']) lines.write(host, text);
    }
    lines.end();
    expect(fs.readFileSync(path.join(logs, 'ecs-2.log'), 'utf8')).toBe('one\ntwo\n');
    expect(warnings).toEqual([
      expect.stringMatching(/ecs-1\.log: ENOSPC: .*; nothing more is written to it$/),
      expect.stringMatching(/ecs-3\.log: EISDIR: .*; nothing more is written to it$/),
      expect.stringMatching(
        /ecs-4\.log is a symbolic link, .*: remove it; nothing more is written/,
      ),
    ]);
    expect(fs.existsSync(path.join(folder, 'elsewhere'))).toBe(false);
  });

  test('a folder that cannot be made is an error of the command line', () => {
    const file = path.join(folder, 'file');
    fs.writeFileSync(file, '');
    expect(() => hostLine(path.join(file, 'x'), new MemoryOutput(), look, warn)).toThrow(
      UsageError,
    );
  });
});
