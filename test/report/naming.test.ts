/** How a host is called that has no name: by which of its addresses. */
import { expect, test } from 'vitest';
import type { SpeakerSummary } from '../../src/analysis/result.ts';
import { Naming } from '../../src/report/naming.ts';
import { crashResult, NODE2 } from './fixture.ts';

const LINK_LOCAL = 'fe80::216:3eff:feb2:d2';

function speaker(ip: string): SpeakerSummary {
  const span = { priority: 10, adverts: 8, firstFrame: 703, lastFrame: 1320 };
  return { ip, mac: NODE2, ...span, faults: {} };
}

/** Of a pair that speaks VRRP over IPv6, too; either virtual router may be seen first. */
function dualStack(isIpv6First: boolean): Naming {
  const result = crashResult();
  const [ipv4] = result.virtualRouters;
  if (ipv4 === undefined) throw new Error('the fixture has a virtual router');
  const ipv6 = { ...ipv4, family: 6 as const, version: 3, addresses: ['2001:db8::88'] };
  const routers = [ipv4, { ...ipv6, speakers: [speaker(LINK_LOCAL)] }];
  result.virtualRouters = isIpv6First ? routers.reverse() : routers;
  return new Naming(result);
}

test.each([
  [false],
  [true],
])('a host that speaks over both families is one name (IPv6 first: %s)', (isIpv6First) => {
  const naming = dualStack(isIpv6First);
  const who = { mac: NODE2, name: null };
  expect(naming.short({ ...who, speaker: LINK_LOCAL })).toBe('192.168.0.210');
  expect(naming.short({ ...who, speaker: '192.168.0.210' })).toBe('192.168.0.210');
  expect(naming.short(who)).toBe('192.168.0.210');
});

test('a host of which nothing else is known goes by its link-local address', () => {
  const result = crashResult();
  result.hosts = [];
  result.virtualRouters = result.virtualRouters.map((router) => ({
    ...router,
    speakers: [speaker(LINK_LOCAL)],
  }));
  expect(new Naming(result).short({ mac: NODE2, name: null })).toBe(LINK_LOCAL);
});
