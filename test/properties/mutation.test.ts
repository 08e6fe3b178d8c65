/**
 * Mutated frames through the whole analysis: nothing throws, no unbound host becomes a holder, and
 * nothing depends on the octets beside a frame, which belong to others. HAVIP_MUTATIONS is the
 * number of frames; HAVIP_SEED begins elsewhere. A failure names the seed of its round: with
 * HAVIP_SEED set to it, the first round is the one that failed.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { Analysis } from '../../src/analysis/analysis.ts';
import type { Site } from '../../src/dataplane/address-plan.ts';
import { CARRIES_FAULT, Classifier } from '../../src/dataplane/classifier.ts';
import type { IpTable4, IpTable6 } from '../../src/fdb/ip-table.ts';
import { compile } from '../../src/havip/compile.ts';
import { RULE_SET_NAMES } from '../../src/havip/rule-sets.ts';
import { formatMac, parseMac } from '../../src/wire/mac.ts';
import { words } from '../dataplane/frames.ts';
import { havipOf, NODE1, NODE2, topologyOf, VIP, VIP6 } from '../dataplane/site.ts';
import { corpus, type Sample } from './corpus.ts';
import { FRAME_MAX, Mutator } from './mutator.ts';
import { Xorshift } from './xorshift.ts';

const MUTATIONS = Number(process.env.HAVIP_MUTATIONS ?? 200_000);
const SEED = Number(process.env.HAVIP_SEED ?? 1);
/** Frames between two checks of everything; the analysis then begins anew. */
const ROUND = 50_000;
const MARGIN = 256;
const ARENA = MARGIN + FRAME_MAX + MARGIN;

/** An arena whose octets outside of the frame are poison, and the analyses that look into it. */
class Subject {
  readonly arena = new Uint8Array(ARENA);
  readonly view = new DataView(this.arena.buffer);
  readonly analyses: Analysis[];
  /** Reads every frame the long way. */
  readonly reader = new Classifier();
  private readonly poison: Uint8Array;
  private end = ARENA;

  constructor(sites: readonly (Site | null)[], poison: Uint8Array) {
    this.analyses = sites.map((site, i) => new Analysis(site, i === 0 ? 100 : 0, i === 1));
    this.poison = poison;
    this.arena.set(poison);
  }

  /** Takes the frame [MARGIN, end) of another arena. */
  copy(from: Uint8Array, end: number): void {
    this.arena.set(from.subarray(MARGIN, end), MARGIN);
    this.restore(end);
  }

  /** Makes poison of what a longer frame left behind. */
  restore(end: number): void {
    if (end < this.end) this.arena.set(this.poison.subarray(end, this.end), end);
    this.end = end;
  }

  feed(end: number, linkType: number, frame: number, now: number): void {
    this.reader.classify(this.view, MARGIN, end, linkType);
    for (const analysis of this.analyses) {
      const { clock } = analysis;
      clock.frame = frame;
      clock.isTimed = !Number.isNaN(now);
      if (clock.isTimed) clock.now = now;
      analysis.owner.setNow(clock.now);
      analysis.onFrame(this.view, MARGIN, end, linkType);
    }
  }
}

/** Everything that an analysis knows, flat and comparable. */
function stateOf({ owner, refusedFrames, logs, routers }: Analysis): unknown {
  owner.flushCensus();
  const { classifier, drops, stations, addresses4, addresses6, book } = owner;
  const stationList: number[][] = [];
  stations.forEach((entry) => {
    stationList.push([stations.network(entry), stations.mac(entry), stations.frames(entry)]);
  });
  return {
    counts: [...classifier.counts],
    faults: [...classifier.faults],
    drops: [...drops],
    refused: [...refusedFrames],
    stations: sorted(stationList),
    addresses4: holdersOf(addresses4, (entry) => [addresses4.address(entry)]),
    addresses6: holdersOf(addresses6, (entry) => wordsOf(addresses6, entry)),
    known: book.size,
    logs: [logs.claims, logs.timeline, logs.failovers, logs.outages].map((log) => log.count),
    speakers: routers.speakers.map(({ words: ip, mac, lastFrame }) => [...ip, mac, lastFrame]),
  };
}

function wordsOf(table: IpTable6, entry: number): number[] {
  return [0, 1, 2, 3].map((i) => table.addressWord(entry, i));
}

function holdersOf(table: IpTable4 | IpTable6, key: (entry: number) => number[]): number[][] {
  const list: number[][] = [];
  table.forEach((entry) => {
    list.push([table.network(entry), ...key(entry), table.mac(entry), table.tag(entry)]);
  });
  return sorted(list);
}

/** A look-up may move entries of a growing table, so their order means nothing. */
function sorted(list: number[][]): number[][] {
  return list.sort((a, b) => {
    const differing = a.findIndex((value, i) => value !== b[i]);
    return differing < 0 ? 0 : (a[differing] as number) - (b[differing] as number);
  });
}

function siteOf(round: number): Site {
  const provider = RULE_SET_NAMES[round % RULE_SET_NAMES.length] as (typeof RULE_SET_NAMES)[number];
  const checkAssociate = true;
  const havips = [VIP, VIP6].map((ip) => havipOf(ip, [NODE1, NODE2], { checkAssociate }));
  return compile(topologyOf(provider, { havips }));
}

/** Who may hold the HaVips where the rules guard them. */
const [w0, w1, w2, w3] = words(VIP6);
const MEMBERS = [0, parseMac(NODE1), parseMac(NODE2)];

function unboundHolder({ owner }: Analysis): string | null {
  const { addresses4, addresses6 } = owner;
  for (const network of [0, 10, 20, 4096]) {
    const four = addresses4.find(network, 0xc0a80058);
    const six = addresses6.find(network, w0, w1, w2, w3);
    if (four >= 0 && !MEMBERS.includes(addresses4.mac(four)))
      return formatMac(addresses4.mac(four));
    if (six >= 0 && !MEMBERS.includes(addresses6.mac(six))) return formatMac(addresses6.mac(six));
  }
  return null;
}

function hex(arena: Uint8Array, end: number): string {
  return Buffer.from(arena.subarray(MARGIN, end)).toString('hex');
}

/** One round of frames; throws with the seed and the frame where something is wrong. */
class Round {
  private readonly seed: number;
  private readonly random: Xorshift;
  private readonly mutator: Mutator;
  private readonly subjects: readonly [Subject, Subject];
  private readonly isGuarded: boolean;
  private now = 0;

  constructor(samples: readonly Sample[], seed: number) {
    this.seed = seed;
    this.random = new Xorshift(seed);
    this.mutator = new Mutator(samples, this.random);
    const poisonous = new Xorshift(seed ^ 0x5bd1e995);
    const noise = Uint8Array.from({ length: ARENA }, () => poisonous.next());
    const ones = new Uint8Array(ARENA).fill(seed % 2 === 0 ? 0xff : 0x00);
    // A plan belongs to one switch, which adds to its book: each analysis has its own.
    this.subjects = [
      new Subject([siteOf(seed), null], noise),
      new Subject([siteOf(seed), null], ones),
    ];
    this.isGuarded = siteOf(seed).plan.rules.enforces;
  }

  run(frames: number): void {
    const [first, second] = this.subjects;
    for (let frame = 1; frame <= frames; frame++) {
      const end = this.mutator.mutate(first.arena, MARGIN);
      first.restore(end);
      second.copy(first.arena, end);
      this.now += this.random.below(20_000_000) - 1_000;
      const now = this.random.below(1000) === 0 ? Number.NaN : this.now;
      const { linkType } = this.mutator;
      try {
        first.feed(end, linkType, frame, now);
        second.feed(end, linkType, frame, now);
      } catch (error) {
        throw new Error(this.where(frame, end, String(error)), { cause: error });
      }
      const unbound = this.isGuarded ? unboundHolder(first.analyses[0] as Analysis) : null;
      if (unbound !== null) throw new Error(this.where(frame, end, `${unbound} holds a HaVip`));
      this.compare(frame, end);
    }
    for (const analysis of [...first.analyses, ...second.analyses]) analysis.finish();
    for (const i of first.analyses.keys()) {
      const states = [first, second].map((subject) => stateOf(subject.analyses[i] as Analysis));
      const counted = (first.analyses[i] as Analysis).owner.classifier;
      expect(counted.counts, `seed ${this.seed}`).toEqual(first.reader.counts);
      expect(counted.faults, `seed ${this.seed}`).toEqual(first.reader.faults);
      expect(states[1], `seed ${this.seed}: tables depend on octets outside`).toEqual(states[0]);
    }
  }

  /** What was read of one frame, in both arenas. */
  private compare(frame: number, end: number): void {
    const [{ reader: a, analyses }, { reader: b }] = this.subjects;
    const isSame =
      a.carries === b.carries &&
      a.fault === b.fault &&
      a.family === b.family &&
      a.network === b.network &&
      a.protocol === b.protocol &&
      a.upperAt === b.upperAt &&
      a.upperEnd === b.upperEnd;
    if (!isSame) throw new Error(this.where(frame, end, 'read differently by its surroundings'));
    const isRead = a.family !== 0 && a.carries !== CARRIES_FAULT;
    const isWithin = !isRead || (a.upperAt <= end && a.upperEnd <= end);
    if (!isWithin) throw new Error(this.where(frame, end, 'the upper layer ends outside'));
    for (const [i, { owner }] of analyses.entries()) {
      const other = (this.subjects[1].analyses[i] as Analysis).owner;
      if (owner.book.size !== other.book.size) {
        throw new Error(this.where(frame, end, 'claims an address of its surroundings'));
      }
      const { carries } = owner.classifier;
      const what = `carries ${carries} on the short way, ${a.carries} on the long one`;
      if (carries !== a.carries) throw new Error(this.where(frame, end, what));
    }
  }

  private where(frame: number, end: number, what: string): string {
    const octets = hex(this.subjects[0].arena, end);
    const { linkType } = this.mutator;
    return `seed ${this.seed}, frame ${frame}, link type ${linkType}: ${what}\n${octets}`;
  }
}

describe(`${MUTATIONS} mutated frames from seed ${SEED}`, () => {
  let samples: Sample[] = [];

  beforeAll(async () => {
    samples = await corpus();
  });

  const timeout = 30_000 + MUTATIONS / 5;
  test('throw nothing, bind nobody, are read alone', { timeout }, async () => {
    let left = MUTATIONS;
    for (let seed = SEED; left > 0; seed++, left -= ROUND) {
      new Round(samples, seed).run(Math.min(ROUND, left));
      // The test runner wants to hear from its worker now and then.
      await new Promise((resolve) => setImmediate(resolve));
    }
  });

  test('reach the guards: some are refused, some move a HaVip, most are whole', () => {
    expect(samples.length).toBeGreaterThan(100);
    const analysis = new Analysis(siteOf(0), 100, false);
    const arena = new Uint8Array(FRAME_MAX);
    const mutator = new Mutator(samples, new Xorshift(SEED));
    for (let frame = 1; frame <= 20_000; frame++) {
      const end = mutator.mutate(arena, 0);
      analysis.onFrame(new DataView(arena.buffer), 0, end, mutator.linkType);
    }
    const { drops } = analysis.owner;
    const total = drops.reduce((sum, count) => sum + count, 0);
    expect(drops.slice(1, 7).filter((count) => count > 0).length).toBeGreaterThan(4);
    expect(total).toBeLessThan(15_000);
    expect(analysis.logs.claims.count).toBeGreaterThan(100);
  });
});
