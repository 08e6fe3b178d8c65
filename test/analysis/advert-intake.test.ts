/** What is known of a virtual router by its adverts: of cut ones, and where speakers differ. */
import { describe, expect, test } from 'vitest';
import type { VirtualRouterSummary } from '../../src/analysis/result.ts';
import { Concert, type Craft, craft, NODE_A } from './detectors/craft.ts';

/** Ethernet, IPv4, and the eight octets of an advert before its addresses. */
const HEADERS = 14 + 20 + 8;

function cut(fields: Craft, length: number): DataView {
  return new DataView(craft(fields).buffer.slice(0, length));
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

  test.each<[string, Craft, string]>([
    ['version 2', { password: 'secret' }, 'simple'],
    ['version 2 without password', {}, 'none'],
    ['version 3', { version: 3 }, 'none'],
  ])('of %s: no checksum was judged, the kind of authentication is in view', async (_, of, type) => {
    for (const length of [HEADERS, HEADERS + 4]) {
      if (of.version === 3 && length > HEADERS) continue;
      expect(await seen(of, length)).toMatchObject([
        { checksum: null, authType: type, speakers: [{ priority: 150, faults: {} }] },
      ]);
    }
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
