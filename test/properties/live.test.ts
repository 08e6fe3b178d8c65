/**
 * Mutated frames into the ports of a live switch, under each rule set: nothing throws, every frame
 * that is dropped is counted under its reason, no host holds a HaVip that is not bound to it, and
 * no frame is sent to the port it came from.
 */
import { describe, expect, test } from 'vitest';
import { DROP_REASON_NAMES } from '../../src/dataplane/drop-reason.ts';
import { RULE_SET_NAMES } from '../../src/havip/rule-sets.ts';
import { live, NODE1, NODE2, PORTS, ROGUE, VIP, VIP6 } from '../dataplane/site.ts';
import { corpus, type Sample } from './corpus.ts';
import { FRAME_MAX, Mutator } from './mutator.ts';
import { Xorshift } from './xorshift.ts';

const FRAMES = 20_000;
const samples: Sample[] = await corpus();

describe.each(RULE_SET_NAMES)('%s', (provider) => {
  test(`${FRAMES} mutated frames`, () => {
    const bench = live(provider);
    const random = new Xorshift(RULE_SET_NAMES.indexOf(provider) + 1);
    const mutator = new Mutator(samples, random);
    const arena = new Uint8Array(FRAME_MAX);
    const said = new Map<string, number>();
    for (let frame = 0; frame < FRAMES; frame++) {
      const end = mutator.mutate(arena, 0);
      // Mostly from the port where its source is at home, or the source guard would end it all.
      const source = Buffer.from(arena.subarray(6, 12))
        .toString('hex')
        .replace(/..(?!$)/g, '$&:');
      const home = PORTS.indexOf(source);
      const port = home >= 0 && random.below(8) > 0 ? home : random.below(PORTS.length);
      bench.now += 1e6;
      const verdict = bench.send(new DataView(arena.buffer.slice(0, end)), port);
      expect(verdict).not.toBe(`forward ${port}`);
      said.set(verdict, (said.get(verdict) ?? 0) + 1);
    }
    const dropped = DROP_REASON_NAMES.map((name) => said.get(`drop ${name}`) ?? 0);
    expect([...bench.owner.drops]).toEqual(dropped);
    expect(said.get('observe')).toBeUndefined();
    expect(said.size).toBeGreaterThan(5);
    if (provider === 'classic') return;
    const bound = provider === 'tencent' ? [NODE1, NODE2, ROGUE, PORTS[2]] : [NODE1, NODE2];
    for (const ip of [VIP, VIP6]) {
      for (const network of [0, 10, 20])
        expect([null, ...bound]).toContain(bench.holder(ip, network));
    }
    expect(bench.holder(VIP)).not.toBeNull();
  });
});
