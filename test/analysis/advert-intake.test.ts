/** What is known of a virtual router by its adverts: of cut ones, and where speakers differ. */
import { describe, expect, test } from 'vitest';
import type { VirtualRouterSummary } from '../../src/analysis/result.ts';
import { emitAdvert } from '../../src/vrrp/advert.ts';
import { CHECKSUM_PSEUDO_HEADER, writeAdvertChecksum } from '../../src/vrrp/checksum.ts';
import { type Ipv6Words, parseIpv6 } from '../../src/wire/ip-address.ts';
import { packet } from '../dataplane/frames.ts';
import { Concert, type Craft, craft, NODE_A, NODE_B } from './detectors/craft.ts';
import { A, B, VIP } from './scene.ts';

/** Ethernet, IPv4, and the eight octets of an advert before its addresses. */
const HEADERS = 14 + 20 + 8;

function cut(fields: Craft, length: number): DataView {
  return new DataView(craft(fields).buffer.slice(0, length));
}

/** A version 3 advert over IPv6, whose addresses are 16 octets each. */
function advert6(ip: string, addresses: string[]): DataView {
  const payload = 8 + 16 * addresses.length;
  const view = packet({ source: A, from: ip, to: 'ff02::12', payload, protocol: 112 });
  emitAdvert(view, 54, {
    version: 3,
    family: 6,
    vrid: 51,
    priority: 100,
    interval: 100,
    addresses: addresses.map((address) => parseIpv6(address) as Ipv6Words),
  });
  view.setUint8(14 + 7, 255);
  writeAdvertChecksum(view, 14, 54, { family: 6, convention: CHECKSUM_PSEUDO_HEADER });
  return view;
}

async function routersOf(concert: Concert): Promise<VirtualRouterSummary[]> {
  return (await concert.scene().replay()).virtualRouters;
}

describe('adverts that the snapshot length cut', () => {
  const seen = async (fields: Craft, length: number) => {
    const concert = new Concert();
    for (let i = 0; i < 3; i++) concert.at(i, cut({ ...NODE_A, ...fields }, length));
    return await routersOf(concert);
  };

  // Behind its one address an advert of version 3 is whole.
  test.each<[string, Craft, number, string]>([
    ['version 2', { password: 'secret' }, HEADERS, 'simple'],
    ['version 2 behind its address', { password: 'secret' }, HEADERS + 4, 'simple'],
    ['version 2 without password', {}, HEADERS, 'none'],
    ['version 2 without password behind its address', {}, HEADERS + 4, 'none'],
    ['version 3', { version: 3 }, HEADERS, 'none'],
  ])('of %s: no checksum was judged, the kind of authentication is in view', async (...given) => {
    const [, fields, length, authType] = given;
    expect(await seen(fields, length)).toMatchObject([
      { checksum: null, authType, speakers: [{ priority: 150, faults: {} }] },
    ]);
  });

  test('say nothing against those that are whole', async () => {
    const concert = new Concert();
    concert.at(0, craft(NODE_A));
    concert.at(1, cut(NODE_A, HEADERS));
    expect(await routersOf(concert)).toMatchObject([{ checksum: 'plain', authType: 'none' }]);
  });
});

test('a checksum that was judged and is right under no convention is bad', async () => {
  const concert = new Concert();
  concert.at(0, craft({ ...NODE_A, isCorrupt: true }));
  expect(await routersOf(concert)).toMatchObject([{ checksum: 'bad' }]);
});

test('what a damaged advert lists is believed only of a router that has no whole one', async () => {
  const concert = new Concert();
  concert.at(0, craft(NODE_A));
  concert.at(0.5, craft({ ...NODE_B, addresses: ['192.168.0.89'], isCorrupt: true }));
  concert.at(1, craft(NODE_A));
  const { havips, virtualRouters, findings } = await concert.scene().replay();
  expect(havips.map(({ ip }) => ip)).toEqual([VIP]);
  expect(virtualRouters).toMatchObject([
    { addresses: [VIP], speakers: [{ faults: {} }, { adverts: 1, faults: { checksum: 1 } }] },
  ]);
  expect(findings.map(({ code }) => code)).toContain('vrrp-bad-checksum');
  const alone = new Concert();
  alone.at(0, craft({ ...NODE_A, isCorrupt: true }));
  expect(await routersOf(alone)).toMatchObject([{ addresses: [VIP] }]);
});

describe('the MAC of a speaker', () => {
  const C = '00:16:3e:00:00:0c';
  const macOf = async (concert: Concert) => (await routersOf(concert))[0]?.speakers[0]?.mac;

  test('is no other for one advert that somebody sends in its name', async () => {
    const concert = new Concert();
    for (let i = 0; i < 5; i++) concert.at(i, craft(NODE_A));
    concert.at(4.5, craft({ ...NODE_A, source: C, priority: 0 }));
    concert.at(5.2, craft(NODE_B));
    concert.announce(5.2, B, VIP);
    concert.announce(0, A, VIP);
    const { failovers, virtualRouters } = await concert.scene().replay();
    expect(failovers).toMatchObject([{ from: { mac: A }, to: { mac: B }, cause: 'shutdown' }]);
    expect(failovers[0]?.detectionSeconds).toBeCloseTo(0.7);
    expect(virtualRouters[0]?.speakers[0]?.mac).toBe(A);
  });

  test('is another once it goes on from there, or begins anew there', async () => {
    const other = new Concert();
    for (let i = 0; i < 5; i++) other.at(i, craft(i < 3 ? NODE_A : { ...NODE_A, source: C }));
    expect(await macOf(other)).toBe(C);
    const anew = new Concert();
    anew.at(0, craft(NODE_A));
    anew.at(60, craft({ ...NODE_A, source: C }));
    expect(await macOf(anew)).toBe(C);
  });
});

describe('faults', () => {
  /** A sends five adverts from 0 s on, and B five from 0.5 s on: the faults of each. */
  const both = async (a: Craft, b: Craft, later = 0) => {
    const concert = new Concert();
    for (let i = 0; i < 5; i++) {
      concert.at(i, craft({ ...NODE_A, ...a }));
      concert.at(i + 0.5 + later, craft({ ...NODE_B, ...b }));
    }
    const speakers = (await routersOf(concert)).flatMap((router) => router.speakers);
    return speakers.map(({ faults }) => faults);
  };
  const TWO = ['192.168.0.88', '192.168.0.89'];

  test('none for a list in another order', async () => {
    expect(await both({ addresses: TWO }, { addresses: TWO.toReversed() })).toEqual([{}, {}]);
  });

  test('none for an IPv6 list in another order, one for each advert of another list', async () => {
    const list = ['fe80::1', '2001:db8::88', '2001:db8::89'];
    const faults = async (other: string[]) => {
      const concert = new Concert();
      for (let i = 0; i < 3; i++) {
        concert.at(i, advert6('fe80::a', list));
        concert.at(i + 0.5, advert6('fe80::b', other));
      }
      return (await routersOf(concert))[0]?.speakers.map((speaker) => speaker.faults);
    };
    expect(await faults(['fe80::1', '2001:db8::89', '2001:db8::88'])).toEqual([{}, {}]);
    const different = await faults(['fe80::1', '2001:db8::88', '2001:db8::8a']);
    expect(different).toEqual([{ 'address-list': 2 }, { 'address-list': 3 }]);
  });

  test.each([
    [
      'two addresses of the same sum',
      ['192.168.0.88', '192.168.0.91'],
      ['192.168.0.89', '192.168.0.90'],
    ],
    ['one address that is missing', TWO, TWO.slice(1)],
  ])('each advert of another list: %s', async (_, a, b) => {
    const expected = [{ 'address-list': 4 }, { 'address-list': 5 }];
    expect(await both({ addresses: a }, { addresses: b })).toEqual(expected);
  });

  test('each advert whose interval is not that of the other', async () => {
    expect(await both({}, { interval: 2 })).toEqual([{ interval: 4 }, { interval: 5 }]);
    expect(await both({}, { interval: 0 })).toEqual([{ interval: 4 }, { interval: 5 }]);
    expect(await both({ interval: 0 }, { interval: 0 })).toEqual([{}, {}]);
  });

  test.each<[string, Craft, Craft]>([
    ['interval', {}, { interval: 2 }],
    ['password', { password: 'before' }, { password: 'after' }],
    ['list', { addresses: TWO }, { addresses: TWO.slice(1) }],
  ])('of another %s none where the other was silent for ten intervals', async (_, a, b) => {
    // It may be configured anew.
    expect(await both(a, b, 14)).toEqual([{}, {}]);
    expect(await both(a, b, 13)).not.toEqual([{}, {}]);
  });

  test('none where a speaker alone changes its interval', async () => {
    const concert = new Concert();
    for (let i = 0; i < 5; i++) concert.at(i, craft({ ...NODE_A, interval: 1 + (i % 2) }));
    expect((await routersOf(concert))[0]?.speakers[0]?.faults).toEqual({});
  });

  test('each advert that is sent while another version is spoken', async () => {
    expect(await both({}, { version: 3 })).toEqual([{ version: 4 }, { version: 5 }]);
    expect(await both({}, { version: 3 }, 20)).toEqual([{}, {}]);
  });
});
