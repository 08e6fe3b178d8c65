/** Hosts that answer adverts with "protocol unreachable": what counts as such, and for how long. */
import { expect, test } from 'vitest';
import type { AbsenceSummary } from '../../src/analysis/asides.ts';
import type { ReplayResult } from '../../src/analysis/result.ts';
import { textReport } from '../../src/report/text.ts';
import { packet } from '../dataplane/frames.ts';
import { A, A_IP, advert, B, B_IP, CLIENT, Scene } from './scene.ts';

const MASTER = { priority: 100, to: B_IP, toMac: B };
const DATAGRAM = packet({ source: A, from: A_IP, to: B_IP, payload: 8 });
const LOOK = { width: 200, color: false, unicode: true };
const ETHERNET = 14;
const HEADER = 20;

interface Refusal {
  type?: number;
  code?: number;
  /** What the answer quotes. */
  quoted?: DataView;
  from?: string;
  source?: string;
  to?: string;
  /** Octets of the quoted packet's payload. */
  payload?: number;
}

/** RFC 792: the header and the first eight octets of the packet that was refused, or more. */
function refusal(about: Refusal = {}): DataView {
  const { type = 3, code = 2, quoted = advert(MASTER), payload = 8 } = about;
  const { from = B_IP, source = B, to = A_IP } = about;
  const quote = new Uint8Array(quoted.buffer, ETHERNET, HEADER + payload);
  const head = { source, destination: A, from, to, protocol: 1 };
  const view = packet({ ...head, payload: 8 + quote.length });
  view.setUint8(ETHERNET + HEADER, type);
  view.setUint8(ETHERNET + HEADER + 1, code);
  new Uint8Array(view.buffer).set(quote, ETHERNET + HEADER + 8);
  return view;
}

/** The master's advert with other octets from here on. */
function changed(at: number, ...octets: number[]): DataView {
  const view = advert(MASTER);
  new Uint8Array(view.buffer).set(octets, at);
  return view;
}

function absencesOf({ virtualRouters }: ReplayResult): AbsenceSummary[] {
  return virtualRouters.flatMap(({ absences = [] }) => absences);
}

/** A master's adverts, each followed by this. */
async function answered(seconds: readonly number[], about: Refusal = {}): Promise<ReplayResult> {
  const scene = new Scene();
  for (const second of seconds) {
    scene.at(second, advert(MASTER));
    scene.at(second + 0.0001, refusal(about));
  }
  return scene.replay();
}

test('a host that answers each advert has no VRRP, from the first answer to the last', async () => {
  const [absence, ...others] = absencesOf(await answered([0, 1, 2]));
  expect(absence).toMatchObject({ ip: B_IP, mac: B, name: null, answers: 3 });
  expect(absence).toMatchObject({ first: { t: 0.0001, frame: 2 }, last: { t: 2.0001, frame: 6 } });
  expect(others).toEqual([]);
});

test('says nothing where there is none', async () => {
  const scene = new Scene();
  scene.adverts(0, 2, MASTER);
  const [router] = (await scene.replay()).virtualRouters;
  expect(router).not.toHaveProperty('absences');
});

test.each<[string, Refusal]>([
  ['another code: the host is unreachable', { code: 1 }],
  ['another type', { type: 11 }],
  ['that quotes another protocol', { quoted: DATAGRAM }],
  ['that quotes an advert to somebody else', { quoted: advert({ ...MASTER, to: '10.9.9.9' }) }],
  ['that quotes an advert to the group', { quoted: advert({ priority: 100 }) }],
  ['of somebody in between', { from: '192.168.0.1', source: CLIENT }],
  ['to somebody else than the quoted packet came from', { to: '192.168.0.77' }],
  ['that comes from another MAC than the advert went to', { source: CLIENT }],
  ['too short to say which router', { payload: 1 }],
  ['that quotes a fragment which is not the first', { quoted: changed(20, 0, 5) }],
  ['that quotes no version that there is', { quoted: changed(34, 0x41, 50) }],
])('no answer %s', async (_, about) => {
  expect(absencesOf(await answered([0, 1, 2], about))).toEqual([]);
});

test('ICMP of the other IP version says nothing', async () => {
  const scene = new Scene();
  scene.at(0, advert(MASTER));
  const quote = new Uint8Array(advert(MASTER).buffer, ETHERNET, HEADER + 8);
  // Where an IPv4 header has its source, this IPv6 header has the address of B.
  const from = 'fe80:0:c0a8:c::';
  const view = packet({ source: B, from, to: 'fe80::1', protocol: 1, payload: 8 + quote.length });
  view.setUint16(ETHERNET + 40, 0x0302);
  new Uint8Array(view.buffer).set(quote, ETHERNET + 40 + 8);
  scene.at(0.1, view);
  expect(absencesOf(await scene.replay())).toEqual([]);
});

test('of a virtual router that never spoke is none', async () => {
  const scene = new Scene();
  scene.at(0, refusal());
  expect(absencesOf(await scene.replay())).toEqual([]);
});

test('ends where the host speaks itself', async () => {
  const scene = new Scene();
  const both: [number, DataView][] = [
    [0, advert(MASTER)],
    [0.1, refusal()],
    [0.5, advert({ priority: 90, source: B, ip: B_IP, to: A_IP, toMac: A })],
    [1, advert(MASTER)],
    [3.05, refusal()],
  ];
  for (const [second, view] of both) scene.at(second, view);
  expect(absencesOf(await scene.replay())).toMatchObject([
    { answers: 1, first: { frame: 2 } },
    { answers: 1, first: { frame: 5 } },
  ]);
});

const BACK = { priority: 90, source: B, ip: B_IP, to: A_IP, toMac: A };

test('a firewall that answers so (REJECT) is no absence: the host goes on speaking', async () => {
  const scene = new Scene();
  for (let second = 0; second <= 8; second++) {
    scene.at(second, advert(MASTER));
    scene.at(second + 0.001, refusal());
    if (second > 3) scene.at(second + 0.5, advert(BACK));
  }
  const result = await scene.replay();
  expect(absencesOf(result)).toEqual([]);
  expect(textReport(result, LOOK)).not.toContain('protocol unreachable');
});

test('a host whose process ends in the middle of a split brain is absent soon after', async () => {
  const scene = new Scene();
  for (let second = 0; second <= 12; second++) {
    scene.at(second, advert(MASTER));
    if (second < 5) scene.at(second + 0.5, advert(BACK));
    else scene.at(second + 0.001, refusal());
  }
  expect(absencesOf(await scene.replay())).toMatchObject([{ first: { t: 7.001 }, answers: 6 }]);
});

/** Kernels answer once a second, whatever the virtual router. */
test('answers that come in turns for many virtual routers are one absence of each', async () => {
  const scene = new Scene();
  const routers = [51, 52, 53, 54, 55].map((vrid) => changed(ETHERNET + HEADER + 1, vrid));
  for (let second = 0; second < 20; second++) {
    for (const view of routers) scene.at(second, view);
    scene.at(second + 0.001, refusal({ quoted: routers[second % 5] as DataView }));
  }
  const all = absencesOf(await scene.replay());
  expect(all.map(({ answers }) => answers)).toEqual([4, 4, 4, 4, 4]);
});

test('who spoke since for another virtual router has VRRP at the end', async () => {
  const scene = new Scene();
  scene.at(0, advert(MASTER));
  scene.at(0.001, refusal());
  const other = advert(BACK);
  other.setUint8(ETHERNET + HEADER + 1, 77);
  scene.at(1, other);
  expect(textReport(await scene.replay(), LOOK)).not.toContain('No VRRP runs on');
});

test('ends where adverts are taken without a word for longer than kernels pause', async () => {
  const scene = new Scene();
  for (let second = 0; second <= 10; second++) {
    scene.at(second, advert(MASTER));
    if (second < 2 || second > 8) scene.at(second + 0.1, refusal());
  }
  expect(absencesOf(await scene.replay())).toMatchObject([{ answers: 2 }, { answers: 2 }]);
});

test('an answer now and then is one absence: kernels answer seldom', async () => {
  const scene = new Scene();
  for (let second = 0; second <= 6; second++) {
    scene.at(second, advert(MASTER));
    if (second % 3 === 0) scene.at(second, refusal());
  }
  expect(absencesOf(await scene.replay())).toMatchObject([{ answers: 3 }]);
});

test('a router remembers 64 at most', async () => {
  const scene = new Scene();
  for (let host = 1; host <= 100; host++) {
    const to = `192.168.1.${host}`;
    const quoted = advert({ ...MASTER, to });
    scene.at(host / 100, quoted);
    scene.at(host / 100, refusal({ quoted, from: to }));
  }
  const result = await scene.replay();
  expect(absencesOf(result)).toHaveLength(64);
  // The published document has no place for them.
  const text = textReport(result, LOOK);
  expect(text).toContain('… 44 more\n');
  expect(text).not.toContain('44 more (--format json has them)');
});

/** RFC 4443 section 3.4: parameter problem, unrecognized next header. */
test('for IPv6 it is an unrecognized next header', async () => {
  const from = 'fe80::1';
  const to = 'fe80::2';
  const scene = new Scene();
  const sent = packet({ source: A, destination: B, from, to, protocol: 112, payload: 24 });
  const at = ETHERNET + 40;
  // Version 3, type 1; VRID 9, priority 100, one address, every second (RFC 9568 section 5.2).
  for (const [i, octet] of [0x31, 9, 100, 1, 0, 100].entries()) sent.setUint8(at + i, octet);
  scene.at(0, sent);
  for (const [second, code] of [[1, 1] as const, [2, 0] as const]) {
    const head = { source: B, destination: A, from: to, to: from, protocol: 58 };
    const view = packet({ ...head, payload: 8 + 40 + 24 });
    view.setUint8(at, 4);
    view.setUint8(at + 1, code);
    new Uint8Array(view.buffer).set(new Uint8Array(sent.buffer, ETHERNET), at + 8);
    scene.at(second, view);
  }
  expect(absencesOf(await scene.replay())).toMatchObject([{ ip: to, mac: B, answers: 1 }]);
});

test('verdict, cause and evidence say that keepalived alone has ended', async () => {
  const scene = new Scene();
  scene.announce(0, A);
  scene.adverts(0, 3, MASTER);
  const backup = { priority: 90, source: B, ip: B_IP, to: A_IP, toMac: A };
  const quoted = advert(backup);
  for (let second = 7; second < 12; second++) {
    scene.at(second, quoted);
    scene.at(second, refusal({ quoted, from: A_IP, source: A, to: B_IP }));
    if (second === 7) scene.announce(7.001, B);
  }
  const lines = textReport(await scene.replay(), LOOK).split('\n');
  expect(lines[0]).toContain(`caused by a crash of keepalived on ${A_IP}`);
  const end = `No VRRP runs on ${A_IP} at the end: adverts are answered "protocol unreachable".`;
  expect(lines).toContain(end);
  const evidence = `no VRRP on ${A_IP}: its host answered 5 adverts with "protocol unreachable"`;
  expect(lines.filter((line) => line.includes(evidence))).toHaveLength(2);
});

test('a machine that says so only when it is up again had crashed as a whole', async () => {
  const scene = new Scene();
  scene.announce(0, A);
  scene.adverts(0, 3, MASTER);
  const quoted = advert(BACK);
  scene.announce(7, B);
  for (let second = 7; second < 40; second++) {
    scene.at(second, quoted);
    if (second >= 30) scene.at(second, refusal({ quoted, from: A_IP, source: A, to: B_IP }));
  }
  const text = textReport(await scene.replay(), LOOK);
  expect(text).toContain(`caused by a crash of ${A_IP}`);
  expect(text.match(/its host answered 10 adverts/g)).toHaveLength(1);
  expect(text).toContain(`No VRRP runs on ${A_IP} at the end`);
});

test('an absence long before the end is none at the end, wherever the report begins', async () => {
  const scene = new Scene();
  scene.adverts(0, 10, MASTER);
  scene.at(10.001, refusal());
  scene.adverts(11, 20, MASTER);
  const text = textReport(await scene.replay({ from: { seconds: 9 } }), LOOK);
  expect(text).toContain('its host answered an advert');
  expect(text).not.toContain('No VRRP runs on');
});

test.each(['from', 'to'] as const)('a capture without frames in the span: %s', async (side) => {
  const scene = new Scene();
  scene.adverts(5, 9, MASTER);
  const span =
    side === 'from' ? { from: { seconds: 100 } } : { to: { time: '2000-01-01T00:00:00Z' } };
  const text = textReport(await scene.replay(span), LOOK);
  expect(text).toMatch(/^No frame of the capture lies between --from and --to\.\n/);
});
