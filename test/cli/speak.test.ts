/** `havip speak` before it opens anything: what it understands, and one line for what it does not. */
import { describe, expect, test } from 'vitest';
import { runCommand } from '../../src/cli/commands.ts';
import { readSpeakRequest } from '../../src/cli/speak-spec.ts';
import { parseIpv4, parseIpv6 } from '../../src/wire/ip-address.ts';
import { MemoryClock, MemoryStreams } from './memory-streams.ts';

async function run(line: string) {
  const streams = new MemoryStreams();
  const status = await runCommand(line.split(' '), streams, new MemoryClock());
  return { status, out: streams.output.text, err: streams.errors.text };
}

const request = (line: string) => readSpeakRequest(line.split(' '));

describe('what is asked', () => {
  test('the least: version 2, priority 100, a second, and announcements as keepalived', () => {
    expect(request('--interface eth0 --vrid 51 --vip 10.0.0.88/24')).toMatchObject({
      ...{ interfaceName: 'eth0', vrid: 51, family: 4, version: 2, priority: 100, interval: 1e9 },
      addresses: [{ address: parseIpv4('10.0.0.88'), prefixLength: 24 }],
      ...{ peers: [], source: null, preempt: true, preemptDelay: 0, password: null },
      announcements: { repeat: 5, delay: 5e9, refresh: 0, refreshRepeat: 1 },
    });
  });

  test('IPv6 is version 3, fractions of a second, several addresses and peers', () => {
    const line =
      '--interface eth0 --vrid 6 --vip fe80::88 --vip fd00::88/64 --vip-excluded 10.0.0.1 ' +
      '--interval .25 --unicast-peer fd00::2 --unicast-peer fd00::3 --unicast-src fd00::1 ' +
      '--nopreempt --preempt-delay 500ms --garp-delay 0 --garp-refresh 1m';
    expect(request(line)).toMatchObject({
      ...{ family: 6, version: 3, interval: 25e7, preempt: false, preemptDelay: 5e8 },
      addresses: [{ prefixLength: 128 }, { address: parseIpv6('fd00::88'), prefixLength: 64 }],
      excluded: [{ address: parseIpv4('10.0.0.1'), prefixLength: 32 }],
      peers: [parseIpv6('fd00::2'), parseIpv6('fd00::3')],
      announcements: { delay: 0, refresh: 60e9 },
    });
  });
});

const LEAST = '--interface eth0 --vrid 51 --vip 10.0.0.88';

describe('what cannot be obeyed: one line, status 2', () => {
  test.each([
    ['--vrid 51 --vip 10.0.0.88', /--interface is missing; .*--interface eth0/],
    ['--interface eth0 --vip 10.0.0.88', /--vrid is missing; .*--vrid 51/],
    ['--interface eth0 --vrid 51', /--vip is missing; .*--vip 192/],
    ['--interface eth0 --vrid 0 --vip 10.0.0.88', /--vrid: "0" is no number; .*1 to 255/],
    [`${LEAST} --priority 256`, /--priority: "256".*1 to 255/],
    [`${LEAST} --interval 0.5`, /whole seconds.*--version 3/],
    [`${LEAST} --version 3 --interval 41`, /0\.01 to 40\.95/],
    [`${LEAST} --version 3 --auth-pass x`, /version 3 has no password/],
    [`${LEAST} --auth-pass secretsecret`, /longer than 8 octets/],
    [`${LEAST} --vip fd00::1`, /one family only; .*--vip-excluded/],
    [`${LEAST} --vip 10.0.0.88/24`, /given twice/],
    [`${LEAST} --unicast-peer 224.0.0.18`, /a group's address/],
    [`${LEAST} --unicast-peer fd00::1`, /another family/],
    [`${LEAST} --unicast-src 10.0.0.88`, /is a virtual address; .*heartbeats/],
    [`${LEAST} --unicast-src 10.0.0.1 --unicast-peer 10.0.0.1`, /one of the peers/],
    ['--interface eth0 --vrid 5 --vip fd00::1 --version 2', /version 2 has no IPv6/],
    ['--interface eth0 --vrid 5 --vip 10.0.0.88/33', /"33" is no number; .*1 to 32/],
    [`${LEAST} eth1`, /"eth1" belongs to no option/],
    [`${LEAST} --prioritty 1`, /unknown option "--prioritty"; did you mean --priority\?/],
  ])('%s', async (line, message) => {
    const { status, out, err } = await run(`speak ${line}`);
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(message);
    expect(err).toMatch(/^havip speak: [^\n]+\n$/);
    expect(err).not.toContain('secretsecret');
  });
});

test.each(['speak', 'watch'])('havip %s --help shows an example', async (name) => {
  const { status, out } = await run(`${name} --help`);
  expect(status).toBe(0);
  expect(out).toContain(`havip ${name} --interface `);
  expect((await run('help')).out).toContain(name);
});
