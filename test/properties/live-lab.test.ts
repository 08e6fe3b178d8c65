/**
 * Any frames from any port in any order, with bindings and ports changed in their midst, on a lab
 * of two VPCs with the same block and a few VLANs: nothing throws, nothing leaves its VPC, nothing
 * leaves its network but routed, and nobody holds a HaVip that is not bound to it.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RULE_SET_NAMES, ruleSet } from '../../src/havip/rule-sets.ts';
import type { ProviderName, Subnet, Topology, VlanPort } from '../../src/havip/topology.ts';
import { formatMac } from '../../src/wire/mac.ts';
import { arp, BROADCAST, neighbor, packet } from '../dataplane/frames.ts';
import { eniOf, havipOf, topologyOf } from '../dataplane/site.ts';
import { LiveLab } from '../havip/live-lab.ts';

const VIP = '10.0.1.88';
const VLANS: (VlanPort | null)[] = [
  null,
  null,
  { access: 10 },
  { trunk: [10, 20], native: null },
  { trunk: [20], native: 10 },
  null,
  null,
  { access: 10 },
];
const SUBNETS = ['a', 'a', 'a', 'a', 'b', 'b', 'w', 'w'];
const MACS = VLANS.map((_, i) => `00:16:3e:00:00:0${i + 1}`);
const IPS = ['10.0.1.11', '10.0.1.12', '10.0.1.13', '10.0.1.14', '10.0.2.11', '10.0.2.12'].concat(
  '10.0.1.11',
  '10.0.1.17',
);
const IPS6 = SUBNETS.map((name, i) => (name === 'b' ? `2001:db8:2::${i}` : `2001:db8:1::${i}`));
const subnets: Subnet[] = [
  subnet('a', 'v', ['10.0.1.0/24', '2001:db8:1::/64'], ['10.0.1.1', '2001:db8:1::1']),
  subnet('b', 'v', ['10.0.2.0/24', '2001:db8:2::/64'], ['10.0.2.1', '2001:db8:2::1']),
  subnet('w', 'w', ['10.0.1.0/24', '2001:db8:1::/64'], ['10.0.1.1', '2001:db8:1::1']),
];

function subnet(name: string, vpc: string, cidrs: string[], gateways: string[]): Subnet {
  return { name, vpc, cidrs, gateways };
}

function topology(provider: ProviderName): Topology {
  const enis = VLANS.map((vlan, i) =>
    eniOf(MACS[i]!, { subnet: SUBNETS[i]!, addresses: [IPS[i]!, IPS6[i]!], vlan }),
  );
  return topologyOf(provider, { subnets, enis, havips: [havipOf(VIP, [MACS[0]!, MACS[2]!])] });
}

const port = fc.nat(MACS.length - 1);
const ip = fc.constantFrom(...IPS, VIP, '10.0.1.1', '10.0.2.1', '10.0.1.99', '9.9.9.9', '0.0.0.0');
const ip6 = fc.constantFrom(...IPS6, '2001:db8:1::1', 'fe80::1', '2001:db8:9::1');
const tags = fc.constantFrom([], [], [10], [20], [0], [30], [10, 20]);
const mac = fc.constantFrom(
  ...MACS,
  BROADCAST,
  'gateway',
  '00:00:5e:00:01:33',
  '01:00:5e:00:00:12',
);
/** Mostly what a host would send itself: from its own addresses, in its own form, by the gateway. */
const own = fc.constantFrom(true, true, true, false);

const act = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('claim' as const), port, ip, own, tags }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('ask' as const), port, ip, to: ip, own, tags, mac }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('packet' as const),
      port,
      ip,
      to: ip,
      own,
      tags,
      mac,
      hops: fc.constantFrom(1, 2, 64),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('six' as const),
      port,
      from: ip6,
      to: ip6,
      own,
      tags,
      mac,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('na' as const), port, to: ip6, own, tags }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('control' as const),
      verb: fc.constantFrom('bind', 'unbind', 'flush', 'add', 'remove', 'cut', 'hold'),
      port,
      on: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('octets' as const),
      port,
      octets: fc.uint8Array({ maxLength: 120 }),
    }),
  },
);
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

class Run {
  readonly lab: LiveLab;
  readonly provider: ProviderName;
  private readonly sent = new Map<number, number>();
  private number = 0;

  constructor(provider: ProviderName) {
    this.provider = provider;
    this.lab = new LiveLab(topology(provider));
  }

  does(step: Act): void {
    this.lab.now += 1e6;
    if (step.kind === 'control') this.control(step);
    else this.sends(step.port, this.frameOf(step), step.kind !== 'na');
    for (let i = 0; i < MACS.length; i++)
      for (const frame of this.lab.gotAt(i)) this.check(i, frame);
    this.checkHolder();
  }

  private frameOf(step: Exclude<Act, { kind: 'control' }>): DataView {
    if (step.kind === 'octets') return new DataView(Uint8Array.from(step.octets).buffer);
    const source = MACS[step.port]!;
    const vlan = VLANS[step.port];
    const isTagged = vlan !== null && vlan !== undefined && 'trunk' in vlan && vlan.native === null;
    const link = { source, tags: step.own ? (isTagged ? [10] : []) : step.tags };
    if (step.kind === 'na') {
      const target = step.own ? IPS6[step.port]! : step.to;
      return neighbor({ ...link, type: 136, flags: 0x20, from: 'fe80::9', target, option: source });
    }
    const six = IPS6[step.port]!;
    const from = step.own ? IPS[step.port]! : step.kind === 'six' ? step.from : step.ip;
    if (step.kind === 'claim') return arp({ ...link, operation: 1, spa: step.ip, tpa: step.ip });
    const gateway = formatMac(ruleSet(this.provider).gatewayMac);
    const destination = step.own || step.mac === 'gateway' ? gateway : step.mac;
    if (step.kind === 'ask') {
      return arp({ ...link, destination, operation: 1, spa: from, tpa: step.to });
    }
    const source6 = step.own ? six : from;
    if (step.kind === 'six') return packet({ ...link, destination, from: source6, to: step.to });
    const frame = packet({ ...link, destination, from, to: step.to });
    frame.setUint8(14 + 4 * link.tags.length + 8, step.hops);
    return frame;
  }

  /** A frame ends with a number of its own, so that it is known again. */
  private sends(from: number, frame: DataView, isNumbered: boolean): void {
    if (isNumbered && frame.byteLength >= 60) {
      frame.setUint32(frame.byteLength - 4, ++this.number);
      this.sent.set(this.number, from);
    }
    this.lab.sendAt(from, frame);
  }

  private control(step: Extract<Act, { kind: 'control' }>): void {
    const { control } = this.lab.live;
    const instance = `i-${MACS[step.port]}`;
    const bound = control.topology.havips.find(({ name }) => name === VIP)?.members ?? [];
    const isBound = bound.some((member) => member.instance === instance);
    // The control plane binds nobody twice.
    if (step.verb === 'bind') {
      if (!isBound) control.bind(VIP, instance);
    } else if (step.verb === 'unbind') control.unbind(VIP, instance);
    else if (step.verb === 'flush') control.flushHolder(instance);
    else if (step.verb === 'add') control.addHavip(havipOf('10.0.1.89', [MACS[0]!]));
    else if (step.verb === 'remove') control.removeHavip('10.0.1.89');
    else if (step.verb === 'cut') this.lab.engine.cut(step.port, step.on && step.port < 2);
    else this.lab.engine.hold(step.port, step.on && step.port < 2);
  }

  /** A frame that a host got: from its own VPC, and its network unless it was routed. */
  private check(to: number, frame: DataView): void {
    const from = this.sent.get(frame.getUint32(frame.byteLength - 4));
    const gateway = ruleSet(this.provider).gatewayMac;
    const source = frame.getUint16(6) * 2 ** 32 + frame.getUint32(8);
    const isTagged = frame.getUint16(12) === 0x8100;
    const mayBeTagged = VLANS[to] !== null && 'trunk' in VLANS[to]!;
    expect(isTagged && !mayBeTagged).toBe(false);
    if (from === undefined || from === to) return;
    expect([to, subnets.find(({ name }) => name === SUBNETS[to])!.vpc]).toEqual([
      to,
      subnets.find(({ name }) => name === SUBNETS[from])!.vpc,
    ]);
    if (source !== gateway) expect(this.shareNetwork(from, to)).toBe(true);
  }

  private shareNetwork(one: number, other: number): boolean {
    const vlans = this.lab.live.vlans;
    return this.lab.live.networks.some((_, n) => vlans.has(one, n) && vlans.has(other, n));
  }

  private checkHolder(): void {
    if (ruleSet(this.provider).membership !== 'bound') return;
    const { owner, control, networks } = this.lab.live;
    const havip = control.topology.havips.find(({ name }) => name === VIP)!;
    const bound = havip.members.map(({ instance }) => instance.slice(2));
    networks.forEach((_, network) => {
      const entry = owner.addresses4.find(network, 0x0a000158);
      const holder = entry < 0 ? 0 : owner.addresses4.mac(entry);
      if (holder !== 0) expect(bound).toContain(formatMac(holder));
    });
  }
}

describe.each(RULE_SET_NAMES)('%s', (provider) => {
  test('any frames in any order', () => {
    const steps = fc.array(act, { minLength: 20, maxLength: 120 });
    let forwarded = 0;
    fc.assert(
      fc.property(steps, (list) => {
        const run = new Run(provider);
        for (const step of list) run.does(step);
        forwarded += run.lab.engine.framesOut.reduce((sum, n) => sum + n);
      }),
      { numRuns: 25, seed: 7 },
    );
    expect(forwarded).toBeGreaterThan(100);
  });
});
