/**
 * Frames that follow their like go where the one before them went. Nobody must notice: the same
 * frames, almost alike, in one breath and each in a breath of its own, reach the same hosts with
 * the same octets, are counted alike, and the same is told, but for packets that ask for nothing.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Exchange, NO_EXCHANGE } from '../../src/analysis/service.ts';
import type { Classifier } from '../../src/dataplane/classifier.ts';
import { RULE_SET_NAMES, ruleSet } from '../../src/havip/rule-sets.ts';
import type { ProviderName } from '../../src/havip/topology.ts';
import { parseIpv4 } from '../../src/wire/ip-address.ts';
import { formatMac } from '../../src/wire/mac.ts';
import { announcement, packet } from '../dataplane/frames.ts';
import { ADDRESSES, CLIENT, NODE1, NODE2, ROGUE, VIP } from '../dataplane/site.ts';
import { type LiveLab, labOf } from '../havip/live-lab.ts';

const NAMES = [CLIENT, NODE1, NODE2, ROGUE] as const;
const UDP = 17;
const TCP = 6;

const IP = 14;

/** Octets of payload, by what makes a frame unlike the one before it. */
const USUAL_SIZE = 26;
const SIZES: Readonly<Record<string, number>> = { longer: 30, padding: 1500 };

/** What makes a frame unlike the one before it, though hardly. */
const EDITS: Readonly<Record<string, (frame: DataView) => void>> = {
  payload: (frame) => frame.setUint8(IP + 40, 7),
  identification: (frame) => frame.setUint16(IP + 4, 99),
  life: (frame) => frame.setUint8(IP + 8, 3),
  padding: (frame) => frame.setUint16(IP + 2, 20 + USUAL_SIZE),
  'no length': (frame) => frame.setUint16(IP + 2, 5),
  options: (frame) => frame.setUint8(IP, 0x46),
  source: (frame) => frame.setUint32(IP + 12, parseIpv4('10.9.9.9')),
  destination: (frame) => frame.setUint32(IP + 16, parseIpv4(addressOf(NODE2))),
  mac: (frame) => frame.setUint8(2, 0x77),
  'mac low': (frame) => frame.setUint8(5, 0x77),
  'own mac': (frame) => frame.setUint8(11, 0x78),
  syn: (frame) => frame.setUint8(IP + 33, 0x02),
  reset: (frame) => frame.setUint8(IP + 33, 0x14),
  protocol: (frame) => frame.setUint8(IP + 9, 1),
  type: (frame) => frame.setUint16(12, 0x88b5),
  service: (frame) => frame.setUint8(IP + 1, 0xb8),
  checksum: (frame) => frame.setUint16(IP + 10, 0),
};

const change = fc.constantFrom(
  ...['none', 'none', 'none', 'claim', 'cut'],
  ...Object.keys(EDITS),
  'longer',
);

const burst = fc.record({
  from: fc.constantFrom(...NAMES),
  to: fc.constantFrom(...NAMES, VIP),
  protocol: fc.constantFrom(UDP, UDP, TCP, TCP, 1, 50, 51, 112),
  frames: fc.array(fc.tuple(change, fc.integer({ min: 1, max: 3 })), {
    minLength: 2,
    maxLength: 14,
  }),
});
type Burst = typeof burst extends fc.Arbitrary<infer T> ? T : never;

const addressOf = (name: string): string => ADDRESSES[name] ?? name;

function frameOf(provider: ProviderName, { from, to, protocol }: Burst, how: string): DataView {
  const { forwarding, gatewayMac } = ruleSet(provider);
  const byMac = to === VIP ? NODE1 : to;
  const destination = forwarding === 'by-ip' ? formatMac(gatewayMac) : byMac;
  if (how === 'claim') return announcement(from, VIP);
  const frame = packet({
    ...{ source: from, destination, from: addressOf(from), to: addressOf(to), protocol },
    payload: SIZES[how] ?? USUAL_SIZE,
  });
  if (protocol === TCP) frame.setUint8(IP + 33, 0x10);
  EDITS[how]?.(frame);
  return how === 'cut' ? new DataView(frame.buffer, 0, 32) : frame;
}

/** A lab whose journal knows only of packets that ask for an answer, or give one. */
function attentive(provider: ProviderName, dryRun: boolean): LiveLab {
  const lab = labOf(provider, {}, { dryRun });
  const { journal } = lab;
  const exchange = new Exchange();
  const note = (id: number, view: DataView, packet: Classifier): void => {
    const kind = exchange.read(view, packet);
    if (kind !== NO_EXCHANGE) journal.lines.push(`exchange ${kind} of ${id}, key ${exchange.key}`);
  };
  journal.onPacketTo = note;
  journal.onPacketFrom = note;
  lab.send(NODE1, announcement(NODE1, VIP));
  return lab;
}

/** All that came out, and all that was counted and told. */
function seen(lab: LiveLab): object {
  const { owner } = lab.live;
  const { framesIn, octetsIn, framesOut, octetsOut, portDrops } = lab.engine;
  return {
    got: NAMES.map((name) =>
      lab.got(name).map((frame) => Buffer.from(frame.buffer).toString('hex')),
    ),
    counted: [framesIn, octetsIn, framesOut, octetsOut, portDrops, owner.drops, owner.passed],
    kinds: [owner.classifier.counts, owner.classifier.faults],
    told: lab.journal.lines,
  };
}

describe.each(RULE_SET_NAMES)('%s', (provider) => {
  test.each([false, true])('one breath or many, dry run: %s', (dryRun) => {
    let delivered = 0;
    fc.assert(
      fc.property(fc.array(burst, { minLength: 1, maxLength: 6 }), (bursts) => {
        const together = attentive(provider, dryRun);
        const apart = attentive(provider, dryRun);
        for (const one of bursts) {
          const port = together.port(one.from);
          for (const [how, times] of one.frames) {
            for (let i = 0; i < times; i++) {
              together.give(port, frameOf(provider, one, how));
              apart.sendAt(port, frameOf(provider, one, how));
            }
          }
          together.engine.breathe(together.now);
          expect(seen(together)).toEqual(seen(apart));
        }
        delivered += together.engine.framesOut.reduce((sum, n) => sum + n);
      }),
      { numRuns: 40, seed: 11 },
    );
    expect(delivered).toBeGreaterThan(100);
  });
});
