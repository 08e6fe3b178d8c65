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

/** What makes a frame unlike the one before it, though hardly. */
const change = fc.constantFrom(
  ...(['none', 'none', 'none', 'payload', 'identification', 'length', 'life', 'long'] as const),
  ...([
    'total',
    'options',
    'source',
    'destination',
    'mac',
    'mac low',
    'own mac',
    'syn',
    'reset',
  ] as const),
  ...(['protocol', 'type', 'service', 'cut', 'claim', 'checksum'] as const),
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

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

function frameOf(provider: ProviderName, { from, to, protocol }: Burst, how: Change): DataView {
  const { forwarding, gatewayMac } = ruleSet(provider);
  const byMac = to === VIP ? NODE1 : to;
  const destination = forwarding === 'by-ip' ? formatMac(gatewayMac) : byMac;
  if (how === 'claim') return announcement(from, VIP);
  const frame = packet({
    ...{ source: from, destination, from: addressOf(from), to: addressOf(to), protocol },
    payload: how === 'length' ? 30 : how === 'long' ? 1500 : 26,
  });
  const ip = 14;
  if (protocol === TCP) frame.setUint8(ip + 33, 0x10);
  switch (how) {
    case 'payload':
      frame.setUint8(ip + 40, 7);
      break;
    case 'identification':
      frame.setUint16(ip + 4, 99);
      break;
    case 'life':
      frame.setUint8(ip + 8, 3);
      break;
    case 'long':
      frame.setUint16(ip + 2, 46);
      break;
    case 'total':
      frame.setUint16(ip + 2, 5);
      break;
    case 'options':
      frame.setUint8(ip, 0x46);
      break;
    case 'source':
      frame.setUint32(ip + 12, parseIpv4('10.9.9.9'));
      break;
    case 'destination':
      frame.setUint32(ip + 16, parseIpv4(addressOf(NODE2)));
      break;
    case 'mac':
      frame.setUint8(2, 0x77);
      break;
    case 'mac low':
      frame.setUint8(5, 0x77);
      break;
    case 'own mac':
      frame.setUint8(11, 0x78);
      break;
    case 'syn':
      frame.setUint8(ip + 33, 0x02);
      break;
    case 'reset':
      frame.setUint8(ip + 33, 0x14);
      break;
    case 'protocol':
      frame.setUint8(ip + 9, 1);
      break;
    case 'type':
      frame.setUint16(12, 0x88b5);
      break;
    case 'service':
      frame.setUint8(ip + 1, 0xb8);
      break;
    case 'checksum':
      frame.setUint16(ip + 10, 0);
      break;
    case 'cut':
      return new DataView(frame.buffer, 0, 32);
    default:
  }
  return frame;
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
