import type { Claim } from '../arp/claim.ts';
import * as policy from '../dataplane/address-book.ts';
import { AddressBook } from '../dataplane/address-book.ts';
import type { AddressPlan, ConfiguredHavip, Site } from '../dataplane/address-plan.ts';
import { SourceGuard } from '../dataplane/source-guard.ts';
import { formatIpv4, formatIpv6, parseIpv4, parseIpv6 } from '../wire/ip-address.ts';
import { CompiledEnis } from './compiled-enis.ts';
import { quotaBreaches } from './quotas.ts';
import { membershipOf, type RuleSet } from './rule-set.ts';
import { ruleSet } from './rule-sets.ts';
import type { Eni, Havip, Subnet, Topology } from './topology.ts';

/**
 * From a topology to the flat tables that the dataplane reads. It runs once, before the first
 * frame; the dataplane never sees a name, a CIDR text or an option.
 */
type Words = readonly [number, number, number, number];

interface Block {
  family: 4 | 6;
  words: Words;
  prefix: number;
}

/** By codes of findings; an IPv6 HaVip where none is offered exceeds a quota of none. */
function breachesOf(topology: Topology): Site['breaches'] {
  return quotaBreaches(topology).map((breach) => ({
    ...breach,
    code: breach.code === 'ipv6-not-offered' ? 'quota-exceeded' : breach.code,
  }));
}

/** A subnet with the networks (VLANs) it covers; an empty set covers every network. */
interface CompiledSubnet {
  subnet: Subnet;
  blocks: Block[];
  networks: Set<number>;
  /** An ENI of it names no VLAN: untagged frames are the subnet's, too. */
  hasUntagged: boolean;
  /** Address text → id of the record with its policy. */
  addresses: Map<string, number>;
  unassigned: number;
}

export function compile(topology: Topology): Site {
  return new Compiler(topology).site();
}

class Compiler {
  private readonly topology: Topology;
  private readonly rules: RuleSet | null;
  private readonly book = new AddressBook();
  private readonly enis: CompiledEnis;
  private readonly subnets: CompiledSubnet[] = [];
  private readonly bare = new Map<string, number>();
  private readonly havips: ConfiguredHavip[] = [];
  private readonly sourceGuard = new SourceGuard();
  private readonly open: number;
  private readonly outside: number;

  constructor(topology: Topology) {
    this.topology = topology;
    this.rules = topology.provider === null ? null : ruleSet(topology.provider);
    this.open = this.record(policy.POLICY_OPEN, [], 0);
    this.outside = this.record(policy.POLICY_OUTSIDE, [], 0);
    this.enis = new CompiledEnis(topology, this.book);
    for (const subnet of topology.subnets) this.addSubnet(subnet);
    topology.enis.forEach((eni, index) => {
      this.addEni(eni, index);
    });
    for (const havip of topology.havips) this.addHavip(havip);
  }

  site(): Site {
    const { topology } = this;
    const names = new Map<number, string>();
    const addresses = new Map<number, readonly string[]>();
    for (const eni of topology.enis) {
      if (eni.mac === null) continue;
      names.set(eni.mac, eni.instance);
      addresses.set(eni.mac, eni.addresses);
    }
    return {
      plan: this.plan(),
      havips: this.havips,
      gatewayMac: this.rules === null ? 0 : this.rules.gatewayMac,
      provider: topology.provider,
      carriesMulticast: this.rules === null || this.rules.carriesMulticast,
      isByIp: this.rules?.forwarding === 'by-ip',
      breaches: breachesOf(topology),
      nameOf: (mac) => names.get(mac) ?? null,
      subnetName: (index) => this.subnets[index - 1]?.subnet.name ?? null,
      addressesOf: (mac) => addresses.get(mac) ?? [],
    };
  }

  private plan(): AddressPlan {
    const learns = this.rules !== null && this.rules.membership === 'anyone';
    return {
      rules: {
        enforces: !learns,
        uncheckedMayClaim: this.rules?.ordinary === 'refuse-unless-unchecked',
      },
      enis: this.enis,
      book: this.book,
      sourceGuard: learns || this.topology.enis.length === 0 ? null : this.sourceGuard,
      policyOf: (claim) => this.policyOf(claim),
    };
  }

  private policyOf(claim: Claim): number {
    const words: Words =
      claim.family === 4
        ? [0, 0, 0, claim.address]
        : [claim.word0, claim.word1, claim.word2, claim.word3];
    const text = textOf(claim.family, words);
    const bare = this.bare.get(text);
    if (bare !== undefined) return bare;
    for (const subnet of this.subnets) {
      if (!covers(subnet, claim.network)) continue;
      const known = subnet.addresses.get(text);
      if (known !== undefined) return known;
    }
    if (this.subnets.length === 0 || isLinkLocal(claim.family, words)) return this.open;
    for (const subnet of this.subnets) {
      if (covers(subnet, claim.network) && isInside(subnet, claim.family, words)) {
        return subnet.unassigned;
      }
    }
    return this.outside;
  }

  private addSubnet(subnet: Subnet): void {
    const index = this.subnets.length + 1;
    const compiled: CompiledSubnet = {
      subnet,
      blocks: subnet.cidrs.map(blockOf),
      networks: new Set(),
      hasUntagged: false,
      addresses: new Map(),
      unassigned: this.record(policy.POLICY_UNASSIGNED, [], index),
    };
    this.subnets.push(compiled);
    for (const gateway of subnet.gateways) {
      const macs = this.rules === null ? [] : [this.rules.gatewayMac];
      const id = this.record(policy.POLICY_GATEWAY, macs, index);
      compiled.addresses.set(canonical(gateway), id);
    }
  }

  private addEni(eni: Eni, index: number): void {
    const subnet = this.subnetIndex(eni.subnet);
    const compiled = this.subnets[subnet - 1];
    if (compiled === undefined) return;
    for (const network of networksOf(eni)) compiled.networks.add(network);
    if (eni.vlan === null) compiled.hasUntagged = true;
    const macs = eni.mac === null ? [] : [eni.mac];
    for (const address of eni.addresses) {
      const id = this.record(policy.POLICY_ORDINARY, macs, subnet);
      compiled.addresses.set(canonical(address), id);
      this.allowSource(index, address);
    }
  }

  private addHavip(havip: Havip): void {
    if (havip.address === null) return;
    const subnet = havip.subnet === null ? 0 : this.subnetIndex(havip.subnet);
    const bound = this.boundEnis(havip);
    const macs = [...havip.memberMacs];
    for (const { eni } of bound) if (eni.mac !== null) macs.push(eni.mac);
    const membership = this.rules === null ? 'bound' : membershipOf(this.rules, havip);
    const kind = membership === 'subnet' ? policy.POLICY_SUBNET : policy.POLICY_HAVIP;
    const id = this.record(kind, macs, subnet);
    const text = canonical(havip.address);
    const compiled = this.subnets[subnet - 1];
    if (compiled === undefined) this.bare.set(text, id);
    else compiled.addresses.set(text, id);
    this.havips.push({ ip: text, subnet: havip.subnet, members: macs });
    for (const { index } of membership === 'subnet' ? this.enisIn(havip.subnet) : bound) {
      this.allowSource(index, havip.address);
    }
  }

  private boundEnis(havip: Havip): { eni: Eni; index: number }[] {
    return this.enisIn(havip.subnet).filter(({ eni }) =>
      havip.members.some(
        (member) =>
          member.instance === eni.instance && (member.eni === null || member.eni === eni.name),
      ),
    );
  }

  private enisIn(subnet: string | null): { eni: Eni; index: number }[] {
    return this.topology.enis
      .map((eni, index) => ({ eni, index }))
      .filter(({ eni }) => eni.subnet === subnet);
  }

  private subnetIndex(name: string): number {
    return this.topology.subnets.findIndex((subnet) => subnet.name === name) + 1;
  }

  private record(kind: number, macs: readonly number[], subnet: number): number {
    const id = this.book.add(0, 0, 0, 0, 0, 0);
    this.book.setPolicy(id, kind, macs, subnet);
    return id;
  }

  private allowSource(eni: number, address: string): void {
    const { family, words } = parse(address);
    if (family === 4) this.sourceGuard.allow4(eni, words[3]);
    else this.sourceGuard.allow6(eni, words[0], words[1], words[2], words[3]);
  }
}

function networksOf(eni: Eni): number[] {
  if (eni.vlan === null) return [];
  if ('access' in eni.vlan) return [eni.vlan.access];
  const { trunk, native } = eni.vlan;
  // Frames of the native VLAN are untagged on this trunk and may be tagged elsewhere.
  return native === null ? trunk : [...trunk, native, 0];
}

function covers(subnet: CompiledSubnet, network: number): boolean {
  if (subnet.networks.size === 0 || subnet.networks.has(network)) return true;
  return network === 0 && subnet.hasUntagged;
}

function isInside(subnet: CompiledSubnet, family: 4 | 6, words: Words): boolean {
  return subnet.blocks.some((block) => block.family === family && contains(block, words));
}

function contains(block: Block, words: Words): boolean {
  let left = block.family === 4 ? block.prefix + 96 : block.prefix;
  for (let i = 0; i < 4 && left > 0; i++, left -= 32) {
    const mask = left >= 32 ? 0xffffffff : (0xffffffff << (32 - left)) >>> 0;
    if (((words[i] as number) & mask) !== ((block.words[i] as number) & mask)) return false;
  }
  return true;
}

function isLinkLocal(family: 4 | 6, words: Words): boolean {
  return family === 4 ? words[3] >>> 16 === 0xa9fe : words[0] >>> 22 === 0x3fa;
}

function blockOf(cidr: string): Block {
  const [address, prefix] = cidr.split('/');
  return { ...parse(address as string), prefix: Number(prefix) };
}

function parse(text: string): { family: 4 | 6; words: Words } {
  const ipv4 = parseIpv4(text);
  if (!Number.isNaN(ipv4)) return { family: 4, words: [0, 0, 0, ipv4] };
  const ipv6 = parseIpv6(text);
  if (ipv6 === null) throw new RangeError(`${text} is no IP address`);
  return { family: 6, words: ipv6 };
}

function textOf(family: 4 | 6, words: Words): string {
  return family === 4 ? formatIpv4(words[3]) : formatIpv6(...words);
}

function canonical(text: string): string {
  const { family, words } = parse(text);
  return textOf(family, words);
}
