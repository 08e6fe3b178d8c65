// havip lint as a user types it: the clouds' own configurations, the caret, JSON and SARIF, exit
// statuses, and the page that explains the rules.
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCommand } from '../../src/cli/commands.ts';
import { ruleSections } from '../../src/cli/lint.ts';
import { RULES } from '../../src/lint/rules.ts';
import { clean, LAB } from '../lint/cases.ts';
import { MemoryClock, MemoryStreams } from './memory-streams.ts';

const FIXTURES = path.join(import.meta.dirname, '../lint/fixtures');
let folder = '';

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(tmpdir(), `havip-lint-${process.pid}-`));
});

afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

function put(name: string, text: string): void {
  fs.writeFileSync(path.join(folder, name), text);
}

/** `@name` is a file of the folder, `%name` one of the fixtures. */
async function lint(line: string, prepare: (streams: MemoryStreams) => void = () => {}) {
  const streams = new MemoryStreams();
  prepare(streams);
  const words = line.split(' ').map((word) => {
    return word.replace(/^@/, `${folder}/`).replace(/^%/, `${FIXTURES}/`);
  });
  const status = await runCommand(['lint', ...words], streams, new MemoryClock());
  const said = (text: string) => text.replaceAll(`${folder}/`, '@').replaceAll(`${FIXTURES}/`, '%');
  return { status, out: said(streams.output.text), err: said(streams.errors.text) };
}

interface Document {
  counts: { errors: number };
  findings: {
    rule: string;
    severity: string;
    line: number;
    text: string;
    instead: Instead | null;
  }[];
  outages: {
    failing: string;
    successor: string;
    crashDetectionSeconds: number;
    shutdownSeconds: number;
  }[];
}

interface Instead {
  kind: string;
  lines: string[];
}

async function json(line: string): Promise<Document> {
  return JSON.parse((await lint(`${line} --format json`)).out) as Document;
}

function errors({ findings }: Document) {
  return findings
    .filter(({ severity }) => severity === 'error')
    .map(({ rule, line, text, instead }) => ({ rule, line, text, write: instead?.lines ?? [] }));
}

describe("the manuals' configurations as they stand", () => {
  test("Alibaba's primary says MASTER and nopreempt", async () => {
    const result = await json('%alibaba/node1.conf %alibaba/node2.conf --provider alibaba');
    expect(errors(result)).toEqual([
      {
        rule: 'nopreempt-cleared',
        line: 22,
        text: 'state MASTER      #设置ECS实例为主实例',
        write: ['state BACKUP      #设置ECS实例为主实例'],
      },
    ]);
  });

  test("UCloud's too", async () => {
    const result = await json('%ucloud/node1.conf %ucloud/node2.conf --provider ucloud');
    expect(errors(result)).toEqual([
      expect.objectContaining({
        rule: 'nopreempt-cleared',
        write: ['    state BACKUP # 设置状态均为“主“，备节点为 BACKUP'],
      }),
    ]);
  });

  test("Tencent's has no error once its surplus brace is gone", async () => {
    const result = await json('%tencent/node1.conf %tencent/node2.conf --provider tencent');
    expect(errors(result)).toEqual([]);
  });

  test("Tencent's as printed: the one brace, and nothing that follows from it", async () => {
    const files = '%tencent-as-printed/node1.conf %tencent-as-printed/node2.conf';
    const brace = { rule: 'surplus-brace', line: 28, text: '}', write: [] };
    expect(errors(await json(`${files} --provider tencent`))).toEqual([brace, brace]);
    const { status, out } = await lint(`${files} --provider tencent`);
    expect(status).toBe(1);
    expect(out).toMatch(
      /node1\.conf:28:1:\s+error:\s+this\s+}\s+ends\s+vrrp_instance VI_1 too early/,
    );
  });

  test('the outage of each failing node: what the captures 01, 02a and 02b measured', async () => {
    const { outages } = await json('%alibaba/node1.conf %alibaba/node2.conf');
    // 3 s and (256 - 10) / 256 s, 3 s and (256 - 100) / 256 s.
    expect(outages).toEqual([
      expect.objectContaining({
        ...{ failing: 'node1', successor: 'node2' },
        ...{ crashDetectionSeconds: 3.960938, shutdownSeconds: 0.960938 },
      }),
      expect.objectContaining({
        ...{ failing: 'node2', successor: 'node1' },
        ...{ crashDetectionSeconds: 3.609375, shutdownSeconds: 0.609375 },
      }),
    ]);
  });

  test('the password is in no report', async () => {
    for (const format of ['text', 'json', 'sarif']) {
      const files = '%ucloud/node1.conf %ucloud/node2.conf';
      const { out } = await lint(`${files} --provider alibaba --format ${format}`);
      expect(out).not.toContain('bless');
    }
    put('a.conf', clean(1).replace('auth_pass 1111', 'auth_pass quitesecret'));
    for (const format of ['text', 'json', 'sarif']) {
      const { out } = await lint(`@a.conf --format ${format}`);
      expect(out).toContain('auth-too-long');
      expect(out).not.toContain('quitesec');
    }
  });
});

describe('text', () => {
  beforeEach(() => {
    put('ecs-1.conf', clean(1).replace('state BACKUP', 'state\tMASTER'));
    put('ecs-2.conf', clean(2));
  });

  test('shows the line, a caret below the word, and the line to write', async () => {
    const { out } = await lint('@ecs-1.conf @ecs-2.conf');
    const lines = out.split('\n');
    const at = lines.findIndex((line) => line.includes('MASTER') && line.includes('|'));
    expect(lines[at]).toBe(' 5 |     state    MASTER');
    expect(lines[at + 1]).toBe('   |              ^^^^^^');
    expect(out).toContain('write instead of line 5:\n         state    BACKUP');
    expect(out).toMatch(/^1 error, 0 warnings, 0 remarks in 2 configurations$/m);
    expect(out).not.toContain('\x1b');
  });

  test('an outage that mistakes make untrue says which', async () => {
    put('ecs-2.conf', clean(2).replace('virtual_router_id 51', 'virtual_router_id 52'));
    const { out } = await lint('@ecs-1.conf @ecs-2.conf');
    expect(out).toContain('    does not hold until these are mended: vrid-differs\n');
  });

  test('without script security: what keepalived would do, not who may write', async () => {
    const script = 'advert_int 1\n    notify /usr/bin/killall\n';
    put('ecs-1.conf', clean(1).replace('advert_int 1\n', script));
    const { out } = await lint('@ecs-1.conf');
    expect(out.replace(/\s+/g, ' ')).toContain(
      'without enable_script_security keepalived would run scripts as root even where others ' +
        'than root may write to them [script-security-off]',
    );
  });

  describe('of several instances', () => {
    const instance = (i: number, ...lines: string[]) =>
      [
        `vrrp_instance VI_${i} {\n  interface eth0\n  virtual_router_id 5${i}`,
        `  priority 100\n  virtual_ipaddress {\n    192.168.0.8${i}\n  }`,
        ...[...lines, '}\n'],
      ].join('\n');
    const three = [1, 2, 3].map((i) => instance(i, '  state MASTER', '  nopreempt')).join('');

    test('says what is alike once, with the further lines, and errors each', async () => {
      put('a.conf', three);
      const { out } = await lint('@a.conf');
      const heads = out.replace(/\n +/g, ' ').match(/^@a\.conf.*\]/gm);
      expect(heads?.map((line) => line.replace(/^(.*?:\d+):.*(\[.*)$/, '$1 $2'))).toEqual([
        ...[8, 18, 28].map((line) => `@a.conf:${line} [nopreempt-cleared]`),
        ...['@a.conf:1 [garp-refresh-off]', '@a.conf:1 [garp-delay-long]'],
        '@a.conf:6 [prefix-missing]',
      ]);
      expect(out).toContain('   and 2 more: lines 16, 26\n');
      expect(out).toMatch(/^3 errors, 6 warnings, 3 remarks in 1 configuration$/m);
      expect((await json('@a.conf')).findings.length).toBe(12);
    });

    test('names the line of global_defs that mends them all, which does', async () => {
      put('a.conf', three);
      const { out } = await lint('@a.conf');
      const lines = [...out.matchAll(/once for all 3, in global_defs:\n +(.*)\n/g)];
      const globals = lines.map(([, line = '']) => line);
      expect(globals).toEqual(['vrrp_garp_master_refresh 5', 'vrrp_garp_master_delay 1']);
      put('b.conf', `global_defs {\n${globals.join('\n')}\n}\n${three}`);
      expect((await json('@b.conf')).findings.map(({ rule }) => rule)).not.toContainEqual(
        expect.stringMatching(/^garp-/),
      );
    });

    test('names none where one of them says otherwise', async () => {
      put('a.conf', three + instance(4, '  garp_master_refresh 0', '  garp_master_delay 1'));
      const { out } = await lint('@a.conf');
      expect(out).not.toContain('for all 4');
      expect(out).toContain('vrrp_garp_master_delay 1');
      expect(out).not.toContain('vrrp_garp_master_refresh');
    });
  });

  test('has colours on a terminal, unless NO_COLOR or --no-color say no', async () => {
    const terminal = (streams: MemoryStreams) => {
      streams.output.isTerminal = true;
    };
    expect((await lint('@ecs-1.conf', terminal)).out).toContain('\x1b[1;31merror:');
    const refused = await lint('@ecs-1.conf', (streams) => {
      terminal(streams);
      streams.environment = { ...streams.environment, NO_COLOR: '1' };
    });
    expect(refused.out).not.toContain('\x1b');
    expect((await lint('@ecs-1.conf --no-color', terminal)).out).not.toContain('\x1b');
  });

  test('control characters of the file do not reach the terminal', async () => {
    put('evil.conf', `\x1b]0;owned\x07 1\n${clean(1)}`);
    const { out } = await lint('@evil.conf');
    expect(['\x1b', '\x07'].filter((sign) => out.includes(sign))).toEqual([]);
  });
});

describe('statuses', () => {
  beforeEach(() => {
    put('ecs-1.conf', clean(1));
    put('ecs-2.conf', clean(2));
    put('warned.conf', clean(1).replace('garp_master_refresh 5', 'garp_master_refresh 0'));
    put('lab.yaml', LAB);
  });

  test.each([
    ['@ecs-1.conf @ecs-2.conf --lab @lab.yaml', 0],
    ['@warned.conf', 0],
    ['@warned.conf --warnings-as-errors', 1],
    ['@ecs-1.conf --warnings-as-errors', 0],
    ['%alibaba/node1.conf', 1],
    ['@missing.conf', 2],
    ['@ecs-1.conf @ecs-1.conf', 2],
    ['--provider alibaba', 2],
    ['@ecs-1.conf --provider alibba', 2],
    ['@ecs-1.conf --format xml', 2],
    ['@ecs-1.conf --lab @missing.yaml', 2],
    ['@ecs-1.conf --keepalived-version new', 2],
    ['@ecs-1.conf --root @ecs-1.conf', 2],
    ['--explain no-such-rule', 2],
  ])('%s: %d', async (line, expected) => {
    const { status, err } = await lint(line);
    expect(status).toBe(expected);
    expect(err.split('\n').length).toBe(expected === 2 ? 2 : 1);
  });

  test('a directory in place of a file', async () => {
    const { status, err } = await lint('@.');
    expect(status).toBe(2);
    expect(err).toMatch(/ is a directory; name the keepalived\.conf in it$/m);
  });

  test('--provider goes before that of the lab', async () => {
    put('vmac.conf', clean(1).replace('advert_int 1\n', 'advert_int 1\n    use_vmac\n'));
    const rule = (out: string) => out.includes('vmac-not-member');
    expect(rule((await lint('@vmac.conf --lab @lab.yaml')).out)).toBe(true);
    expect(rule((await lint('@vmac.conf --lab @lab.yaml --provider classic')).out)).toBe(false);
  });
});

test('scripts of the machine, or of a folder that stands for /', async () => {
  fs.mkdirSync(path.join(folder, 'opt'), { mode: 0o755 });
  put('opt/notify.sh', '#!/bin/sh\n');
  put('a.conf', clean(1).replace('advert_int 1\n', 'advert_int 1\n    notify /opt/notify.sh\n'));
  const rules = async (line: string) => (await json(line)).findings.map(({ rule }) => rule);
  fs.chmodSync(path.join(folder, 'opt/notify.sh'), 0o644);
  expect(await rules(`@a.conf --root @.`)).toContain('script-not-executable');
  fs.chmodSync(path.join(folder, 'opt/notify.sh'), 0o757);
  expect(await rules(`@a.conf --root @.`)).toContain('script-writable');
  fs.chmodSync(path.join(folder, 'opt/notify.sh'), 0o755);
  expect(await rules(`@a.conf --root @.`)).not.toContain('script-writable');
  fs.rmSync(path.join(folder, 'opt/notify.sh'));
  expect(await rules(`@a.conf --root @.`)).toContain('script-missing');
});

test('a file with conditional lines is one host for each id', async () => {
  const both = clean(1)
    .replace('priority 100', '@node1 priority 100\n    @node2 priority 90')
    .replace(/unicast_src_ip .*/, '@node1 unicast_src_ip 10.0.0.1\n@node2 unicast_src_ip 10.0.0.2')
    .replace('        192.168.0.210', '@node1 10.0.0.2\n@node2 10.0.0.1');
  put('keepalived.conf', both);
  const { outages, findings } = await json('@keepalived.conf');
  expect(outages.map(({ failing }) => failing)).toEqual(['node1', 'node2']);
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
});

test('a file with ids for more hosts than can share a virtual router is not read for each', async () => {
  put('keepalived.conf', Array.from({ length: 300 }, (_, i) => `@n${i} x\n`).join(''));
  const { status, err } = await lint('@keepalived.conf');
  expect(status).toBe(2);
  expect(err).toContain('@keepalived.conf: its lines begin with 300 different @ids');
});

describe('docs/lint.md', () => {
  const document = fs.readFileSync(new URL('../../docs/lint.md', import.meta.url), 'utf8');
  const sections = ruleSections(document);

  test('has a section for each rule and for nothing else, in their order', () => {
    expect([...sections.keys()]).toEqual(RULES.map(({ id }) => id));
  });

  test.each(RULES)('$id: with its severity, its source, and what it means', ({
    id,
    severity,
    source,
  }) => {
    const text = (sections.get(id) ?? []).join(' ').replace(/\s+/g, ' ');
    expect(text.toLowerCase().startsWith(`${severity}. `)).toBe(true);
    expect(text).toContain(`Source: ${source}.`);
    expect(text.length).toBeGreaterThan(120);
  });

  test('--explain prints a section; --explain all every rule', async () => {
    const { status, out } = await lint('--explain nopreempt-cleared');
    expect(status).toBe(0);
    expect(out).toMatch(/state BACKUP\s+nopreempt/);
    const all = await lint('--explain all');
    for (const { id } of RULES) expect(all.out).toContain(id);
  });
});
