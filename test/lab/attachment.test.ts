/**
 * What configures a host's device: the commands of `ip`, in their order, by a program of that name
 * that writes down its arguments and the lines that it is given. That the kernel does what they ask for is in test/live.
 */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Eni, Topology } from '../../src/havip/topology.ts';
import { attachEni, attachError, configureEni } from '../../src/lab/attachment.ts';
import { parseLab, placedError } from '../../src/lab/file/lab-file.ts';
import { LabError } from '../../src/lab/lab-error.ts';
import { runProgram } from '../../src/lab/program.ts';

let folder = '';
const { PATH } = process.env;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(tmpdir(), `havip-ip-${process.pid}-`));
  const script = `case "$*" in '-n ns -batch -') sed 's/^/-n ns /';; *) echo "$*";; esac`;
  program('ip', `(${script}) >> '${folder}/log'`);
  process.env.PATH = `${folder}:${PATH}`;
});

afterEach(() => {
  process.env.PATH = PATH;
  fs.rmSync(folder, { recursive: true, force: true });
});

function program(name: string, script: string): void {
  fs.writeFileSync(path.join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

async function commands(topology: Topology, index: number): Promise<string[]> {
  await configureEni(topology, index);
  const log = path.join(folder, 'log');
  return fs.existsSync(log) ? fs.readFileSync(log, 'utf8').trimEnd().split('\n') : [];
}

const LAB = `
provider: ucloud
subnets:
  a: { cidr: [192.168.0.0/20, 2001:db8:a::/64], gateway: [192.168.0.1, 2001:db8:a::1] }
  b: { cidr: 10.0.0.0/24, gateway: [] }
instances:
  host:
    enis:
      eth0: { subnet: a, ip: [192.168.3.7, 2001:db8:a::7], mac: "00:16:3e:00:00:01", mtu: 9000, attach: { netns: ns } }
      eth1: { subnet: a, ip: [192.168.3.8], mac: "00:16:3e:00:00:02", attach: { netns: ns } }
      eth2: { subnet: b, ip: [10.0.0.9], mac: "00:16:3e:00:00:03", attach: { netns: ns } }
  raw: { enis: { eth0: { subnet: a, ip: 192.168.3.9, mac: "00:16:3e:00:00:04", attach: { tap: tap0 } } } }
  paper: { enis: { eth0: { subnet: a, ip: 192.168.3.10, mac: "00:16:3e:00:00:05" } } }
`;

describe('a port that cannot be attached', () => {
  const [eni] = parseLab(LAB, 'lab.yaml').enis.slice(3) as [Eni];
  const said = (attach: Eni['attach'], error: Error): string =>
    (placedError(attachError({ ...eni, attach }, error), LAB, 'lab.yaml') as Error).message;

  test('names an interface that is not there, and its field', () => {
    const error = Object.assign(new Error('SIOCGIFINDEX: no such device'), { code: 'ENODEV' });
    expect(said({ interface: 'none' }, error)).toBe(
      'lab.yaml:12: instances.raw.enis.eth0.attach.interface: there is no interface none; ' +
        'name one that `ip link` shows, or attach: { netns: NAME } to have one made',
    );
  });

  test('names a namespace that has such an interface, and its field', async () => {
    program('ip', `echo 'RTNETLINK answers: File exists' >&2; exit 2`);
    const moved = ['link', 'set', 'dev', 'hv0', 'netns', 'web', 'name', 'eth0'];
    const error = await runProgram('ip', moved).catch((thrown: Error) => thrown);
    expect(said({ netns: 'web' }, error as Error)).toBe(
      'lab.yaml:12: instances.raw.enis.eth0.attach.netns: the namespace web has an interface ' +
        'eth0 already; name another namespace, or rename the ENI',
    );
  });

  test.each([
    ['EINVAL', 'eth0 is there already, and is no TAP device', 'name another, or attach: { inter'],
    ['EBUSY', 'the TAP device eth0 has another program behind it', 'end that program, or name an'],
  ])('names a TAP device that cannot be had (%s), and its field', (code, what, mend) => {
    const error = Object.assign(new Error(`eth0: TUNSETIFF: ${code}`), { code });
    const place = 'lab.yaml:12: instances.raw.enis.eth0.attach.tap: ';
    expect(said({ tap: 'eth0' }, error)).toContain(`${place}${what}; ${mend}`);
  });

  test('is told of in its own words where no field is to blame', () => {
    expect(said({ tap: 'tap0' }, new LabError('no rights', 'be root'))).toBe('no rights; be root');
  });
});

describe('a device in a namespace', () => {
  const topology = parseLab(LAB, 'lab.yaml');

  test('gets MAC, MTU, addresses with the length of their block, and a default route', async () => {
    expect(await commands(topology, 0)).toEqual([
      '-n ns link set dev eth0 down',
      '-n ns addr flush dev eth0',
      '-n ns link set dev eth0 address 00:16:3e:00:00:01 mtu 9000',
      'netns exec ns sysctl -qw net/ipv6/conf/eth0/accept_ra=0',
      '-n ns link set dev eth0 up',
      '-n ns addr add 192.168.3.7/20 dev eth0',
      '-n ns addr add 2001:db8:a::7/64 dev eth0 nodad',
      '-n ns route replace default via 192.168.0.1 dev eth0',
      '-n ns route replace default via 2001:db8:a::1 dev eth0',
    ]);
  });

  test('a second one of the instance is no way out, nor one without a gateway', async () => {
    expect((await commands(topology, 1)).filter((line) => line.includes('route'))).toEqual([]);
    expect((await commands(topology, 2)).filter((line) => line.includes('route'))).toEqual([]);
  });

  test('another kind of device is left as it is', async () => {
    expect(await commands(topology, 3)).toEqual([]);
    expect(await commands(topology, 4)).toEqual([]);
  });

  test('an ENI without attach is an error of the lab file', async () => {
    await expect(attachEni(topology, 4)).rejects.toThrow(
      'paper/eth0: no attach; write attach: { netns: NAME }',
    );
  });

  test('where `ip` fails, its own words are in the error', async () => {
    const words = 'RTNETLINK answers: Operation not permitted';
    program('ip', `printf '%s\\n' '${words}' 'Command failed -:2' >&2; exit 1`);
    const failed = configureEni(topology, 0);
    await expect(failed).rejects.toThrow(
      'ip -n ns addr flush dev eth0: RTNETLINK answers: Operation not permitted; havip doctor',
    );
    await expect(failed).rejects.toBeInstanceOf(LabError);
  });

  test('where `ip` ends without a word, the error says how', async () => {
    program('ip', 'exit 3');
    await expect(configureEni(topology, 0)).rejects.toThrow('ip -n ns: ended with 3; havip doctor');
  });

  test('an address in none of the blocks is one of its own', async () => {
    const eni = { ...(topology.enis[1] as Eni), addresses: ['172.16.0.1', '2001:db8:b::1'] };
    const lines = await commands({ ...topology, enis: [eni] }, 0);
    expect(lines.filter((line) => line.includes('addr add'))).toEqual([
      '-n ns addr add 172.16.0.1/32 dev eth1',
      '-n ns addr add 2001:db8:b::1/128 dev eth1 nodad',
    ]);
  });
});

describe('a program of the system', () => {
  test('gives what it printed', async () => {
    program('say', 'printf "%s|" "$@"');
    expect(await runProgram('say', ['a b', '$HOME', '; rm'])).toBe('a b|$HOME|; rm|');
  });

  test('that is not there is named, with who knows more', async () => {
    await expect(runProgram('havip-no-such', [])).rejects.toThrow(
      'havip-no-such: no such program; havip doctor says what a lab needs',
    );
  });

  test('that fails without a word is told by its status', async () => {
    program('mute', 'exit 3');
    await expect(runProgram('mute', ['x'])).rejects.toThrow(/mute x: .*Command failed/);
  });
});
