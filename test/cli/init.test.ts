// havip init as a user types it, in a folder of its own: what it writes, what it says, what it
// refuses. The lab that it writes is read by the reader of lab files.
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCommand } from '../../src/cli/commands.ts';
import { includedFiles } from '../../src/cli/conf-files.ts';
import { parseLab } from '../../src/lab/file/lab-file.ts';
import { MemoryClock, MemoryStreams } from './memory-streams.ts';

const FIXTURES = path.join(import.meta.dirname, '../lint/fixtures');
let folder = '';

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(tmpdir(), `havip-init-${process.pid}-`));
});

afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

/** Runs `havip init` with each word that names a file of the folder made a path. */
async function init(...words: string[]) {
  const streams = new MemoryStreams();
  const arguments_ = ['init', ...words.map((word) => word.replace('@', `${folder}/`))];
  const status = await runCommand(arguments_, streams, new MemoryClock());
  const said = (text: string) => text.replaceAll(`${folder}/`, '@');
  return { status, out: streams.output.text, err: said(streams.errors.text) };
}

function put(name: string, text: string): void {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}

function copy(fixture: string, name: string): void {
  put(name, fs.readFileSync(path.join(FIXTURES, fixture), 'utf8'));
}

function written(name = 'lab.yaml') {
  const file = path.join(folder, name);
  return parseLab(fs.readFileSync(file, 'utf8'), file);
}

const CONF = (priority: number, own: number, peer: number) => `vrrp_instance VI_1 {
  interface ens5
  virtual_router_id 7
  priority ${priority}
  unicast_src_ip 10.0.0.${own}
  unicast_peer { 10.0.0.${peer} }
  authentication {
    auth_type PASS
    auth_pass s3cret
  }
  virtual_ipaddress { 10.0.0.88/24 }
}
`;

describe('from the files of two hosts', () => {
  beforeEach(() => {
    put('node1/keepalived.conf', CONF(100, 1, 2));
    put('node2/keepalived.conf', CONF(90, 2, 1));
  });

  test('writes a lab beside which both can run', async () => {
    const files = ['@node1/keepalived.conf', '@node2/keepalived.conf'];
    const { status, out, err } = await init(
      ...files,
      '--provider',
      'huawei',
      '--output',
      '@lab.yaml',
    );
    expect([status, out, err]).toEqual([
      0,
      '',
      'havip init: note: @node1/keepalived.conf:5: 10.0.0.1 is reserved by huawei in this subnet; choose another address, or write a wider block\nhavip init: wrote @lab.yaml\n',
    ]);
    const lab = written();
    expect(lab.enis.map(({ instance, name }) => `${instance}/${name}`)).toEqual([
      'node1/ens5',
      'node2/ens5',
      'client/eth0',
    ]);
    expect(lab.run.node2).toEqual(['keepalived -n -l -D -f node2/keepalived.conf']);
  });

  test('shows it with --output -, and nothing secret', async () => {
    const files = ['@node1/keepalived.conf', '@node2/keepalived.conf'];
    const { status, out, err } = await init(...files, '--provider', 'classic', '--output', '-');
    expect(status).toBe(0);
    expect(parseLab(out, 'lab.yaml').havips[0]?.address).toBe('10.0.0.88');
    expect(out + err).not.toContain('s3cret');
    expect(fs.existsSync(path.join(folder, 'lab.yaml'))).toBe(false);
  });

  test('never overwrites without --force', async () => {
    put('lab.yaml', 'mine');
    const words = ['@node1/keepalived.conf', '--provider', 'classic', '--output', '@lab.yaml'];
    const { status, err } = await init(...words);
    expect([status, err]).toEqual([
      2,
      'havip init: @lab.yaml is there already; add --force, or --output with another name\n',
    ]);
    expect(fs.readFileSync(path.join(folder, 'lab.yaml'), 'utf8')).toBe('mine');
    expect((await init(...words, '--force')).status).toBe(0);
    expect(written().provider).toBe('classic');
  });
});

test.each([
  ['alibaba', 'alibaba', /node1\.conf:13:20: vrrp_garp_interval "0"/],
  ['tencent', 'tencent', /node1\.conf:8: script, notify|check_haproxy\.sh/],
  [
    'ucloud',
    'ucloud',
    /notify runs "\/etc\/keepalived\/notify_action\.sh"; have it on this machine/,
  ],
  ['ipv6', 'classic', /fe80::88 is link-local/],
  ['multicast', 'huawei', /no file says the address of node1 on eth0/],
  ['use-vmac', 'classic', /wrote/],
  ['v3-subsecond', 'classic', /wrote/],
  ['active-active', 'huawei', /reserved by huawei/],
])('the sample of %s under %s', async (fixture, provider, said) => {
  copy(`${fixture}/node1.conf`, 'node1.conf');
  copy(`${fixture}/node2.conf`, 'node2.conf');
  const words = ['--provider', provider, '--output', '@lab.yaml'];
  const { status, err } = await init('@node1.conf', '@node2.conf', ...words);
  expect(status).toBe(0);
  expect(err).toMatch(said);
  expect(err.split('\n').every((line) => line === '' || line.startsWith('havip init: '))).toBe(
    true,
  );
  const { havips, run } = written();
  for (const { members } of havips) {
    expect(members.map(({ instance }) => instance)).toEqual(['node1', 'node2']);
  }
  expect(Object.keys(run)).toEqual(['node1', 'node2', 'client']);
});

describe('the name of a host', () => {
  test.each([
    ['ecs-1.conf', 'ecs-1'],
    ['web/keepalived.conf', 'web'],
    ['a b.conf', 'a-b'],
    ['keepalived/keepalived.conf', 'lb-7'],
  ])('of %s is %s', async (file, name) => {
    put(file, `global_defs { router_id lb-7 }\n${CONF(100, 11, 12)}`);
    await init(`@${file}`, '--provider', 'classic', '--output', '@lab.yaml');
    expect(written().enis[0]?.instance).toBe(name);
  });

  test('is that of each id where one file serves several hosts', async () => {
    put(
      'all.conf',
      CONF(100, 1, 2)
        .replace('  unicast_src', '  @^b unicast_src')
        .replace('}\n  auth', '}\n  @b unicast_src_ip 10.0.0.12\n  auth'),
    );
    await init('@all.conf', '--provider', 'classic', '--output', '@lab.yaml');
    const { enis, run } = written();
    expect(enis[0]).toMatchObject({ instance: 'b', addresses: ['10.0.0.12'] });
    expect(run.b).toEqual(['keepalived -n -l -D -i b -f all.conf']);
  });
});

test('includes are read, and what they lack is said with its place', async () => {
  put('a.conf', 'include conf.d/*.conf\ninclude gone.conf\n');
  put('conf.d/1.conf', CONF(100, 11, 12).replace('priority', 'prioritty'));
  put('conf.d/.hidden.conf', 'bogus\n');
  const { status, err } = await init('@a.conf', '--provider', 'classic', '--output', '@lab.yaml');
  expect(status).toBe(0);
  expect(err).toContain('@a.conf:2:9: there is no file "gone.conf" to include');
  expect(err).toMatch(/@conf\.d\/1\.conf:4:3: .*"prioritty".*did you mean priority\?/);
  expect(err).not.toContain('bogus');
});

test.each([
  'symlinkSync',
  'linkSync',
] as const)('no file is overwritten that is read: %s', async (link) => {
  copy('alibaba/node1.conf', 'a.conf');
  const file = path.join(folder, 'a.conf');
  const text = fs.readFileSync(file, 'utf8');
  fs[link](file, path.join(folder, 'lab.yaml'));
  const words = ['@a.conf', '--provider', 'alibaba', '--output', '@lab.yaml', '--force'];
  const { status, err } = await init(...words);
  expect([status, fs.readFileSync(file, 'utf8')]).toEqual([2, text]);
  expect(err).toContain('--output @lab.yaml is one of the files to read; name another');
});

describe('include patterns', () => {
  test.each([
    ['conf.d/*.conf', ['conf.d/a.conf', 'conf.d/b.conf']],
    ['conf.d/[!a].conf', ['conf.d/b.conf']],
    ['{conf.d,other}/?.conf', ['conf.d/a.conf', 'conf.d/b.conf', 'other/c.conf']],
    ['*/a.conf', ['conf.d/a.conf']],
    ['conf.d', []],
    ['[', []],
    ['none/*', []],
  ])('%s', (pattern, expected) => {
    for (const name of ['conf.d/a.conf', 'conf.d/b.conf', 'conf.d/.c.conf', 'other/c.conf']) {
      put(name, name);
    }
    const found = includedFiles(pattern, path.join(folder, 'main.conf'));
    expect(found.map(({ file }) => path.relative(folder, file))).toEqual(expected);
    expect(found.map(({ text }) => text)).toEqual(expected);
  });
});

describe('mistakes end in one line and status 2', () => {
  test.each([
    [['--provider', 'alibaba'], /no keepalived\.conf is named/],
    [['@a.conf'], /--provider is missing; write one of alibaba, /],
    [['@a.conf', '--provider', 'alibab'], /unknown provider "alibab"; did you mean alibaba\?/],
    [['@a.conf', '@a.conf', '--provider', 'classic'], /is named twice/],
    [['@a.conf', '@./a.conf', '--provider', 'classic'], /is named twice/],
    [['@gone.conf', '--provider', 'classic', '--output', '-'], /@gone\.conf: no such file/],
    [['@empty.conf', '--provider', 'classic', '--output', '-'], /no vrrp_instance in @empty\.conf/],
    [['@nul.conf', '--provider', 'classic', '--output', '-'], /holds NUL bytes/],
    [
      ['@a.conf', '--provider', 'classic', '--output', '@a.conf', '--force'],
      /one of the files to read/,
    ],
    [['@a.conf', '--provider', 'classic', '--output', '@no/lab.yaml'], /cannot write/],
    [['@a.conf', '--provider', 'classic', '--what'], /unknown option "--what"/],
  ])('%j', async (words, message) => {
    put('a.conf', CONF(100, 11, 12));
    put('empty.conf', '! nothing\nglobal_defs {\n}\n');
    put('nul.conf', 'a\0b');
    const { status, out, err } = await init(...words);
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(message);
    expect(err.trim().split('\n')).toHaveLength(1);
  });
});

test('--help shows an example', async () => {
  const { status, out } = await init('--help');
  expect(status).toBe(0);
  expect(out).toContain('havip init ecs-1.conf ecs-2.conf --provider alibaba');
  expect(out).toContain('--output');
});
