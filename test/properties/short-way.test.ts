/**
 * The switch passes plain packets the short way when it only watches, and announcements a way of
 * their own. Whoever listens must not notice: the same mutated frames, the short ways and the long
 * way, give the same events and tables.
 */
import { expect, test } from 'vitest';
import type { Claim } from '../../src/arp/claim.ts';
import { AddressBook } from '../../src/dataplane/address-book.ts';
import type { AddressPlan } from '../../src/dataplane/address-plan.ts';
import { ArpPolicer } from '../../src/dataplane/arp-policer.ts';
import type { Classifier } from '../../src/dataplane/classifier.ts';
import type { SwitchObserver } from '../../src/dataplane/observer.ts';
import { SourceGuard } from '../../src/dataplane/source-guard.ts';
import { Switch } from '../../src/dataplane/switch.ts';
import { corpus } from './corpus.ts';
import { FRAME_MAX, Mutator } from './mutator.ts';
import { Xorshift } from './xorshift.ts';

const FRAMES = 50_000;

/** A plan that allows everything and judges sources, which forbids the short way. */
function openPlan(): AddressPlan {
  const book = new AddressBook();
  const id = book.add(0, 4, 0, 0, 0, 0);
  const enis = { find: () => -1, subnet: () => 0, port: () => -1, isChecked: () => false };
  const rules = { enforces: false, uncheckedMayClaim: true };
  const sourceGuard = new SourceGuard();
  return { rules, enis, book, sourceGuard, proxyMac: 0, policyOf: () => id, havips: [] };
}

/** Ids differ by the one record that the plan has beforehand; hence addresses are noted, not ids. */
class Notes implements SwitchObserver {
  lines: string[] = [];
  owner: Switch | null = null;

  onClaim(claim: Claim, id: number, outcome: number): void {
    const { link, ...fields } = claim;
    const { sourceHigh, sourceLow, destinationHigh, destinationLow } = link;
    const macs = [sourceHigh, sourceLow, destinationHigh, destinationLow].join(' ');
    this.lines.push(`${outcome}: ${JSON.stringify(fields)} ${macs} ${this.ip(id)}`);
  }

  onAdvert(_: DataView, seen: Classifier): void {
    this.lines.push(
      `advert ${seen.upperAt} ${seen.upperEnd} ${seen.network} ${seen.link.sourceLow}`,
    );
  }

  onPacketTo(id: number, _: DataView, seen: Classifier): void {
    this.lines.push(`to ${this.ip(id)} ${this.packet(seen)}`);
  }

  onPacketFrom(id: number, _: DataView, seen: Classifier): void {
    this.lines.push(`from ${this.ip(id)} ${this.packet(seen)}`);
  }

  onSpoofed(): void {
    this.lines.push('spoofed');
  }

  private packet(seen: Classifier): string {
    const { carries, family, network, protocol, packet, upperAt, upperEnd, frameEnd, link } = seen;
    const macs = `${link.sourceHigh} ${link.sourceLow} ${link.destinationHigh} ${link.destinationLow}`;
    return `${carries} ${family} ${network} ${protocol} ${packet} ${upperAt} ${upperEnd} ${frameEnd} ${macs}`;
  }

  private ip(id: number): string {
    const { book } = this.owner as Switch;
    return [0, 1, 2, 3].map((i) => book.word(id, i)).join('.');
  }
}

/** One that polices has no way of its own for announcements; this one lets all of them pass. */
function generous(): ArpPolicer {
  return new ArpPolicer({ rate: 1e9, burst: 1e9 }, 1);
}

function switchOf(
  plan: AddressPlan | null,
  policer: ArpPolicer | null,
): { owner: Switch; notes: Notes } {
  const notes = new Notes();
  const owner = new Switch({ observer: notes, plan, forwarding: null, policer });
  notes.owner = owner;
  return { owner, notes };
}

function stationsOf(owner: Switch): string[] {
  owner.flushCensus();
  const { stations } = owner;
  const lines: string[] = [];
  stations.forEach((entry) => {
    lines.push(`${stations.network(entry)} ${stations.mac(entry)} ${stations.frames(entry)}`);
  });
  return lines.sort();
}

test(`${FRAMES} mutated frames are the same both ways`, { timeout: 60_000 }, async () => {
  const short = switchOf(null, null);
  const long = switchOf(openPlan(), generous());
  const arena = new Uint8Array(FRAME_MAX);
  const view = new DataView(arena.buffer);
  const mutator = new Mutator(await corpus(), new Xorshift(77));
  let events = 0;
  for (let frame = 0; frame < FRAMES; frame++) {
    const end = mutator.mutate(arena, 0);
    for (const { owner } of [short, long]) owner.ingress(view, 0, end, mutator.linkType, 0);
    const expected = long.notes.lines.join('\n');
    if (short.notes.lines.join('\n') !== expected) {
      const octets = Buffer.from(arena.subarray(0, end)).toString('hex');
      expect(short.notes.lines, `frame ${frame}: ${octets}`).toEqual(long.notes.lines);
    }
    events += short.notes.lines.length;
    short.notes.lines = [];
    long.notes.lines = [];
  }
  expect(events).toBeGreaterThan(FRAMES / 10);
  expect([...short.owner.classifier.counts]).toEqual([...long.owner.classifier.counts]);
  expect([...short.owner.drops]).toEqual([...long.owner.drops]);
  expect(stationsOf(short.owner)).toEqual(stationsOf(long.owner));
});
