/**
 * A small network and a switch on it, as the tests of the dataplane need them: who is who, in
 * words, and what the switch said, in words.
 */
import type { Claim } from '../../src/arp/claim.ts';
import { FORM_NAMES } from '../../src/arp/claim.ts';
import type { Site } from '../../src/dataplane/address-plan.ts';
import type { ArpPolicer } from '../../src/dataplane/arp-policer.ts';
import type { Classifier } from '../../src/dataplane/classifier.ts';
import { DROP_REASON_NAMES } from '../../src/dataplane/drop-reason.ts';
import { Forwarding } from '../../src/dataplane/forwarding.ts';
import type { SwitchObserver } from '../../src/dataplane/observer.ts';
import { Switch } from '../../src/dataplane/switch.ts';
import * as verdict from '../../src/dataplane/verdict.ts';
import { compile } from '../../src/havip/compile.ts';
import { ruleSet } from '../../src/havip/rule-sets.ts';
import type { Eni, Havip, ProviderName, Topology } from '../../src/havip/topology.ts';
import { formatIpv4, formatIpv6, parseIpv4 } from '../../src/wire/ip-address.ts';
import { formatMac, parseMac } from '../../src/wire/mac.ts';
import { words } from './frames.ts';

export const NODE1 = '00:16:3e:00:00:01';
export const NODE2 = '00:16:3e:00:00:02';
export const CLIENT = '00:16:3e:00:00:0a';
/** An ENI of the same subnet that is bound to nothing. */
export const ROGUE = '00:16:3e:00:00:66';
/** An ENI of another subnet. */
export const NEIGHBOR = '00:16:3e:00:01:01';
/** In no lab file. */
export const STRANGER = '02:00:00:00:99:99';
export const VIRTUAL = '00:00:5e:00:01:33';

export const VIP = '192.168.0.88';
export const VIP6 = '2001:db8::88';
export const GATEWAY = '192.168.0.254';
export const ADDRESSES: Readonly<Record<string, string>> = {
  [NODE1]: '192.168.0.11',
  [NODE2]: '192.168.0.12',
  [CLIENT]: '192.168.0.10',
  [ROGUE]: '192.168.0.66',
  [NEIGHBOR]: '192.168.1.1',
};
export const ADDRESSES6: Readonly<Record<string, string>> = {
  [NODE1]: '2001:db8::11',
  [NODE2]: '2001:db8::12',
  [CLIENT]: '2001:db8::10',
  [ROGUE]: '2001:db8::66',
};
export const PORTS: readonly string[] = [NODE1, NODE2, CLIENT, ROGUE, NEIGHBOR];

export function eniOf(mac: string, more: Partial<Eni> = {}): Eni {
  const addresses = [ADDRESSES[mac], ADDRESSES6[mac]].filter((text) => text !== undefined);
  return {
    instance: `i-${mac}`,
    name: 'eth0',
    subnet: mac === NEIGHBOR ? 'b' : 'a',
    addresses,
    mac: parseMac(mac),
    mtu: 1500,
    vlan: null,
    sourceDestCheck: true,
    attach: null,
    ...more,
  };
}

export function havipOf(address: string, macs: readonly string[], more = {}): Havip {
  return {
    name: address,
    subnet: 'a',
    address,
    members: macs.map((mac) => ({ instance: `i-${mac}`, eni: null })),
    memberMacs: [],
    checkAssociate: false,
    ...more,
  };
}

/** Two members, a client, a rogue; a neighbour in another subnet. */
export function topologyOf(provider: ProviderName | null, more: Partial<Topology> = {}): Topology {
  return {
    name: 'lab',
    provider,
    subnets: [
      { name: 'a', vpc: 'v', cidrs: ['192.168.0.0/24', '2001:db8::/64'], gateways: [GATEWAY] },
      { name: 'b', vpc: 'v', cidrs: ['192.168.1.0/24'], gateways: ['192.168.1.254'] },
    ],
    enis: PORTS.map((mac) => eniOf(mac)),
    havips: [havipOf(VIP, [NODE1, NODE2]), havipOf(VIP6, [NODE1, NODE2])],
    run: {},
    quotas: {},
    ...more,
  };
}

/** What the switch told its observer, as lines: claims, adverts, spoofed packets, packets. */
export class Journal implements SwitchObserver {
  lines: string[] = [];

  onClaim(claim: Claim, _id: number, outcome: number, why: number): void {
    const { word0, word1, word2, word3 } = claim;
    const ip =
      claim.family === 4 ? formatIpv4(claim.address) : formatIpv6(word0, word1, word2, word3);
    const mac = formatMac(claim.macHigh * 2 ** 32 + claim.macLow);
    const reason = why === 0 ? '' : ` ${DROP_REASON_NAMES[why]}`;
    const what = `${verdict.CLAIM_VERDICT_NAMES[outcome]}${reason}`;
    this.lines.push(`${what}: ${ip} is ${mac} by ${FORM_NAMES[claim.form]}`);
  }

  onAdvert(): void {
    this.lines.push('advert');
  }

  onPacketTo(id: number, _view: DataView, _seen: Classifier): void {
    this.lines.push(`packet to ${id}`);
  }

  onPacketFrom(id: number, _view: DataView, _seen: Classifier): void {
    this.lines.push(`packet from ${id}`);
  }

  onSpoofed(): void {
    this.lines.push('spoofed');
  }
}

/** A switch with its journal; `send` gives the verdict in words. */
export class Bench {
  readonly journal = new Journal();
  readonly owner: Switch;
  readonly site: Site | null;
  now = 0;

  constructor(site: Site | null, forwarding: Forwarding | null, policer: ArpPolicer | null = null) {
    this.site = site;
    const plan = site === null ? null : site.plan;
    this.owner = new Switch({ observer: this.journal, plan, forwarding, policer });
  }

  /** The verdict on a frame, as "forward 2", "drop not-member", "flood"... */
  send(frame: DataView, port = 0, linkType = 1): string {
    const { owner } = this;
    owner.setNow(this.now);
    const way = owner.ingress(frame, 0, frame.byteLength, linkType, port);
    const kind = KINDS[verdict.verdictKind(way)] as string;
    if (kind === 'forward') return `forward ${verdict.verdictDetail(way)}`;
    if (kind === 'drop') return `drop ${DROP_REASON_NAMES[verdict.verdictDetail(way)]}`;
    return kind;
  }

  /** What the journal got from this frame: the verdict on its claim, or 'nothing'. */
  claim(frame: DataView, port = 0): string {
    const before = this.journal.lines.length;
    this.send(frame, port);
    const line = this.journal.lines.slice(before).find((text) => text.includes(' is '));
    return line === undefined ? 'nothing' : (line.split(':')[0] as string);
  }

  /** Stations that the switch has learned. */
  stations(): number {
    this.owner.flushCensus();
    return this.owner.stations.size;
  }

  /** The MAC that holds the address, as text; null where nobody does. */
  holder(ip: string, network = 0): string | null {
    const table = ip.includes(':') ? this.owner.addresses6 : this.owner.addresses4;
    const entry = this.entry(ip, network);
    const mac = entry < 0 ? 0 : table.mac(entry);
    return mac === 0 ? null : formatMac(mac);
  }

  /** The port that the address is behind, or -1. */
  port(ip: string, network = 0): number {
    const table = ip.includes(':') ? this.owner.addresses6 : this.owner.addresses4;
    const entry = this.entry(ip, network);
    return entry < 0 ? -1 : table.port(entry);
  }

  /** How often a reason stopped a frame. */
  dropped(reason: string): number {
    return this.owner.drops[DROP_REASON_NAMES.indexOf(reason)] as number;
  }

  private entry(ip: string, network: number): number {
    return ip.includes(':')
      ? this.owner.addresses6.find(network, ...words(ip))
      : this.owner.addresses4.find(network, parseIpv4(ip));
  }
}

const KINDS = ['forward', 'flood', 'drop', 'respond', 'deliver', 'observe'];

/** A switch that watches, as in a replay. */
export function watching(provider: ProviderName | null, more: Partial<Topology> = {}): Bench {
  return new Bench(compile(topologyOf(provider, more)), null);
}

/**
 * A switch with ports: `PORTS[i]` is attached to port i, the addresses of the lab are known, and
 * the HaVips and gateways have entries without a holder, as a control plane would see to.
 */
export function live(
  provider: ProviderName,
  more: Partial<Topology> = {},
  policer: ArpPolicer | null = null,
): Bench {
  const topology = topologyOf(provider, more);
  const site = compile(topology);
  const rules = ruleSet(provider);
  const mtu = PORTS.map(() => 1500);
  const forwards = {
    byIp: rules.forwarding === 'by-ip',
    carriesMulticast: rules.carriesMulticast,
  };
  attach(site, topology);
  const bench = new Bench(site, new Forwarding(forwards, mtu), policer);
  introduce(bench.owner, topology);
  return bench;
}

/** Tells the plan which port each ENI is behind, in the order of the topology. */
export function attach(site: Site, topology: Topology): void {
  const enis = site.plan.enis as unknown as { attach(eni: number, port: number): void };
  topology.enis.forEach((_, index) => {
    enis.attach(index, index);
  });
}

export function introduce(owner: Switch, topology: Topology): void {
  const gateways = topology.subnets.flatMap((subnet) => subnet.gateways);
  const havips = topology.havips.map((havip) => havip.address).filter((ip) => ip !== null);
  for (const ip of [...gateways, ...havips]) follow(owner, ip);
  topology.enis.forEach((eni, port) => {
    for (const ip of eni.addresses) {
      follow(owner, ip);
      const table = ip.includes(':') ? owner.addresses6 : owner.addresses4;
      const entry = ip.includes(':')
        ? owner.addresses6.find(0, ...words(ip))
        : owner.addresses4.find(0, parseIpv4(ip));
      const mac = eni.mac as number;
      table.repoint(entry, Math.floor(mac / 2 ** 32), mac >>> 0, port, 0);
    }
  });
}

function follow(owner: Switch, ip: string): void {
  if (ip.includes(':')) owner.follow(0, 6, ...words(ip));
  else owner.follow(0, 4, 0, 0, 0, parseIpv4(ip));
}
