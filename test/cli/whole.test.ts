/** The replay command over the real layers below: a capture of a real failover, judged. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../../src/cli/commands.ts';
import { Scene } from '../analysis/scene.ts';
import { MemoryClock, MemoryStreams } from './memory-streams.ts';

const CRASH = fileURLToPath(new URL('../../pcaps/01-alibaba-unicast-kill.pcap', import.meta.url));

/** Who was there when the capture was made; `bound` are the hosts bound to the HaVip. */
function labFile(bound: string): string {
  return `provider: alibaba
subnets:
  vsw-1: { cidr: 192.168.0.0/24 }
instances:
  node1: { enis: { eth0: { subnet: vsw-1, ip: 192.168.0.209, mac: "00:16:3e:a1:00:d1" } } }
  node2: { enis: { eth0: { subnet: vsw-1, ip: 192.168.0.210, mac: "00:16:3e:b2:00:d2" } } }
  client: { enis: { eth0: { subnet: vsw-1, ip: 192.168.0.50, mac: "00:16:3e:d4:00:32" } } }
havips:
  web: { subnet: vsw-1, ip: 192.168.0.88, bind: [${bound}] }
`;
}

async function run(...arguments_: string[]) {
  const streams = new MemoryStreams();
  const status = await runCommand(['replay', CRASH, ...arguments_], streams, new MemoryClock());
  return { status, out: streams.output.text, err: streams.errors.text };
}

describe('a crash failover', () => {
  let folder = '';
  const lab = (name: string) => path.join(folder, name);

  beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'havip-whole-'));
    fs.writeFileSync(lab('both.yaml'), labFile('node1, node2'));
    fs.writeFileSync(lab('one.yaml'), labFile('node1'));
    fs.writeFileSync(lab('bad.yaml'), 'provider: alibabba\n');
  });

  afterAll(() => fs.rmSync(folder, { recursive: true }));

  test('names come from the lab file, and nothing is refused to those who are bound', async () => {
    const { status, out } = await run('--lab', lab('both.yaml'), '--fail-on', 'claim-refused');
    expect(status).toBe(0);
    expect(out).toMatch(
      /^1 failover of 192\.168\.0\.88, outage 3\.874 s, caused by a crash of node1/,
    );
    expect(out).toContain('No claim was refused (1 address guarded)');
  });

  test('a host that is not bound is refused, and the finding sets the status', async () => {
    const { status, out } = await run('--lab', lab('one.yaml'), '--fail-on', 'claim-refused');
    expect(status).toBe(1);
    expect(out).toMatch(/by node2 \(00:16:3e:b2:00:d2\): the sender is not\s+bound/);
  });

  test.each([
    ['network interfaces without a MAC are', /, mac: "[^"]*"/g, '192.168.0.88'],
    ['and a HaVip without an address is', /, mac: "[^"]*"|, ip: 192.168.0.88/g, '192.168.0.1'],
  ])('%s what a lab makes of them', async (_, left, address) => {
    const scene = new Scene();
    scene.announce(0, '02:68:76:00:00:01', address);
    scene.announce(5, '02:68:76:00:00:02', address);
    const capture = lab('chosen.pcap');
    fs.writeFileSync(capture, scene.octets());
    fs.writeFileSync(lab('bare.yaml'), labFile('node1, node2').replaceAll(left, ''));
    const streams = new MemoryStreams();
    const arguments_ = ['replay', capture, '--lab', lab('bare.yaml')];
    await runCommand(arguments_, streams, new MemoryClock());
    expect(streams.output.text).toMatch(/^1 failover [\s\S]*At the end node2 /);
    expect(streams.output.text).toContain('No claim was refused');
    expect(streams.errors.text).toBe('');
  });

  test('without a MAC they are nobody in a capture of another network, which is said', async () => {
    fs.writeFileSync(lab('bare.yaml'), labFile('node1').replaceAll(/, mac: "[^"]*"/g, ''));
    const { out, err } = await run('--lab', lab('bare.yaml'));
    expect(out).toMatch(/claims would be refused/);
    expect(err).toMatch(/^havip replay: warning: instances\.node1\.enis\.eth0 and 2 more of the /);
    // A refusal of a host that is known has nothing to do with those that are not.
    const spare = '  spare: { enis: { eth0: { subnet: vsw-1, ip: 192.168.0.60 } } }\nhavips:';
    fs.writeFileSync(lab('spare.yaml'), labFile('node1').replace('havips:', spare));
    const other = await run('--lab', lab('spare.yaml'));
    expect(other.out).toMatch(/claims? would be refused/);
    expect(other.err).toBe('');
  });

  test('--provider overrides that of the lab file', async () => {
    const { out } = await run(
      '--lab',
      lab('one.yaml'),
      '--provider',
      'classic',
      '--format',
      'json',
    );
    expect(JSON.parse(out).claims.filter(isRefused)).toHaveLength(0);
  });

  test('--havip that the lab file has already is refused', async () => {
    const havip = '192.168.0.88=00:16:3e:a1:00:d1';
    const { status, err } = await run('--lab', lab('one.yaml'), '--havip', havip);
    expect(status).toBe(2);
    expect(err).toMatch(/^havip replay: --havip 192\.168\.0\.88 is a HaVip of .* already; bind/);
  });

  test('an error in the lab file names file and line, on one line', async () => {
    const { status, err } = await run('--lab', lab('bad.yaml'));
    expect(status).toBe(2);
    expect(err).toMatch(/^havip replay: [^\n]*bad\.yaml:1: [^\n]+\n$/);
  });

  test('a folder is no lab file', async () => {
    const { status, err } = await run('--lab', folder);
    expect(status).toBe(2);
    expect(err).toMatch(/EISDIR.*check the path of the lab file/);
  });

  test('two copies of one capture are merged', async () => {
    const { out } = await run(CRASH, '--format', 'json');
    expect(JSON.parse(out).capture).toMatchObject({ frames: 2 * 1327, files: [CRASH, CRASH] });
  });
});

function isRefused(claim: { verdict: string }): boolean {
  return claim.verdict === 'refused';
}
