import type { Claim } from '../arp/claim.ts';
import * as policy from '../dataplane/address-book.ts';
import { AddressBook } from '../dataplane/address-book.ts';
import type { AddressPlan, ConfiguredHavip, Site } from '../dataplane/address-plan.ts';
import type { AddressWords, RoutedSubnet } from '../dataplane/router.ts';
import {
  canonicalAddress,
  formatWords,
  isLinkLocal,
  parseBlock,
  parseWords,
} from './address-words.ts';
import { CompiledEnis } from './compiled-enis.ts';
import { type CompiledSubnet, covers, isInside, networksOf } from './compiled-subnet.ts';
import type { LiveNetworks } from './live-networks.ts';
import { quotaBreaches } from './quotas.ts';
import { membershipOf, type RuleSet } from './rule-set.ts';
import { ruleSet } from './rule-sets.ts';
import { SiteNames } from './site-names.ts';
import { SourceRights } from './source-rights.ts';
import type { Eni, Havip, Subnet, Topology } from './topology.ts';

/**
 * From a topology to the flat tables that the dataplane reads. It runs once, before the first
 * frame; the dataplane never sees a name, a CIDR text or an option. Live, the control plane changes
 * HaVips afterwards, one by one.
 */
export function compile(topology: Topology): Site {
  return new CompiledTopology(topology, null).site();
}

export class CompiledTopology {
  readonly book = new AddressBook();
  readonly enis: CompiledEnis;
  private readonly rights: SourceRights;
  private readonly topology: Topology;
  private readonly rules: RuleSet | null;
  private readonly live: LiveNetworks | null;
  private readonly subnets: CompiledSubnet[] = [];
  private readonly bare = new Map<string, number>();
  private readonly bySubnet = new Map<string | null, { eni: Eni; index: number }[]>();
  private readonly havips: ConfiguredHavip[] = [];
  private readonly open: number;
  private readonly outside: number;

  /** `live` numbers the networks; null where they are the VIDs of a capture. */
  constructor(topology: Topology, live: LiveNetworks | null) {
    this.topology = topology;
    this.live = live;
    this.rules = topology.provider === null ? null : ruleSet(topology.provider);
    this.open = this.record(policy.POLICY_OPEN, [], 0);
    this.outside = this.record(policy.POLICY_OUTSIDE, [], 0);
    this.enis = new CompiledEnis(topology, this.book);
    this.rights = new SourceRights(topology.enis);
    for (const subnet of topology.subnets) this.addSubnet(subnet);
    topology.enis.forEach((eni, index) => {
      this.addEni(eni, index);
    });
    for (const havip of topology.havips) {
      const members = this.setHavip(havip);
      if (havip.address === null) continue;
      const ip = canonicalAddress(havip.address);
      this.havips.push({ ip, subnet: havip.subnet, members });
    }
  }

  site(): Site {
    const { topology } = this;
    const names = new SiteNames(topology.enis);
    let breaches: Site['breaches'] | null = null;
    return {
      plan: this.plan(),
      havips: this.havips,
      gatewayMac: this.rules === null ? 0 : this.rules.gatewayMac,
      provider: topology.provider,
      carriesMulticast: this.rules === null || this.rules.carriesMulticast,
      isByIp: this.rules?.forwarding === 'by-ip',
      // Few ask, and it takes a while where there are many HaVips.
      get breaches() {
        breaches ??= breachesOf(topology);
        return breaches;
      },
      nameOf: (mac) => names.nameOf(mac),
      nameAt: (ip) => names.nameAt(ip),
      subnetName: (index) => this.subnets[index - 1]?.subnet.name ?? null,
      addressesOf: (mac) => names.addressesOf(mac),
    };
  }

  private plan(): AddressPlan {
    const learns = this.rules !== null && this.rules.membership === 'anyone';
    const { havips } = this;
    return {
      get havips() {
        return havips.map(({ ip }) => parseWords(ip));
      },
      rules: {
        enforces: !learns,
        uncheckedMayClaim: this.rules?.ordinary === 'refuse-unless-unchecked',
      },
      enis: this.enis,
      book: this.book,
      proxyMac: this.rules?.forwarding === 'by-ip' ? this.rules.gatewayMac : 0,
      sourceGuard: learns || this.topology.enis.length === 0 ? null : this.rights.guard,
      policyOf: (claim) => this.policyOf(claim),
    };
  }

  /** The subnets as the router sees them; VPCs are numbered as they first appear. */
  routedSubnets(): RoutedSubnet[] {
    const vpcs = [...new Set(this.topology.subnets.map((subnet) => subnet.vpc))];
    return this.subnets.map(({ subnet, blocks, networks }) => ({
      vpc: vpcs.indexOf(subnet.vpc),
      networks: [...networks],
      blocks,
      gateways: subnet.gateways
        .filter((gateway) => !this.isEniAddress(subnet.name, gateway))
        .map(parseWords),
    }));
  }

  /**
   * Says who may claim a HaVip and use it as a source, anew where it is known already; returns the
   * MACs that are bound. A HaVip without address is left alone.
   */
  setHavip(havip: Havip): number[] {
    if (havip.address === null) return [];
    const subnet = havip.subnet === null ? 0 : this.subnetIndex(havip.subnet);
    const bound = this.boundEnis(havip);
    const macs = [...havip.memberMacs];
    for (const { eni } of bound) if (eni.mac !== null) macs.push(eni.mac);
    const membership = this.rules === null ? 'bound' : membershipOf(this.rules, havip);
    const kind = membership === 'subnet' ? policy.POLICY_SUBNET : policy.POLICY_HAVIP;
    const text = canonicalAddress(havip.address);
    const addresses = this.subnets[subnet - 1]?.addresses ?? this.bare;
    const known = addresses.get(text);
    if (known === undefined) addresses.set(text, this.record(kind, macs, subnet));
    else this.book.setPolicy(known, kind, macs, subnet);
    const all = this.enisIn(havip.subnet).map(({ index }) => index);
    // A new one was nobody's source yet.
    if (known !== undefined) this.rights.forbid(all, havip.address);
    const users = membership === 'subnet' ? all : bound.map(({ index }) => index);
    this.rights.allow(users, havip.address);
    return macs;
  }

  /** Forgets a HaVip: its address is nobody's again. */
  dropHavip(havip: Havip): void {
    if (havip.address === null || havip.subnet === null) return;
    const addresses = this.subnets[this.subnetIndex(havip.subnet) - 1]?.addresses;
    const text = canonicalAddress(havip.address);
    const id = addresses?.get(text);
    if (addresses === undefined || id === undefined) return;
    addresses.delete(text);
    this.book.release(id);
    const all = this.enisIn(havip.subnet).map(({ index }) => index);
    this.rights.forbid(all, havip.address);
  }

  /** Forgets an ENI: its MAC and addresses are nobody's. */
  dropEni(index: number): void {
    const eni = this.topology.enis[index];
    if (eni === undefined || this.enis.isGone(index)) return;
    const addresses = this.subnets[this.subnetIndex(eni.subnet) - 1]?.addresses;
    this.enis.drop(index);
    for (const address of eni.addresses) {
      const text = canonicalAddress(address);
      this.rights.forbid([index], address, true);
      const id = addresses?.get(text);
      // At the start of a lab a HaVip may have the address already.
      if (id === undefined || this.book.policy(id) !== policy.POLICY_ORDINARY) continue;
      this.book.release(id);
      addresses?.delete(text);
    }
  }

  /** An ENI that was dropped is there again. */
  restoreEni(index: number): void {
    this.enis.restore(index);
    this.addEni(this.topology.enis[index] as Eni, index);
  }

  /** Id of the record with the policy of an address in a subnet; 0 where it has none. */
  recordOf(subnet: string, address: string): number {
    const compiled = this.subnets[this.subnetIndex(subnet) - 1];
    return compiled?.addresses.get(canonicalAddress(address)) ?? 0;
  }

  /** Whether an address lies in a subnet. */
  contains(subnet: string, address: string): boolean {
    const { family, words } = parseWords(address);
    const compiled = this.subnets[this.subnetIndex(subnet) - 1];
    return compiled !== undefined && isInside(compiled, family, words);
  }

  /** Index + 1 of a subnet; 0 where there is none of this name. */
  subnetIndex(name: string): number {
    return this.topology.subnets.findIndex((subnet) => subnet.name === name) + 1;
  }

  private policyOf(claim: Claim): number {
    const words: AddressWords =
      claim.family === 4
        ? [0, 0, 0, claim.address]
        : [claim.word0, claim.word1, claim.word2, claim.word3];
    const text = formatWords(claim.family, words);
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
      blocks: subnet.cidrs.map(parseBlock),
      networks: new Set(this.live?.ofSubnet(subnet.name)),
      hasUntagged: false,
      addresses: new Map(),
      unassigned: this.record(policy.POLICY_UNASSIGNED, [], index),
    };
    this.subnets.push(compiled);
    for (const gateway of subnet.gateways) {
      const macs = this.rules === null ? [] : [this.rules.gatewayMac];
      const id = this.record(policy.POLICY_GATEWAY, macs, index);
      compiled.addresses.set(canonicalAddress(gateway), id);
    }
  }

  private addEni(eni: Eni, index: number): void {
    const subnet = this.subnetIndex(eni.subnet);
    const compiled = this.subnets[subnet - 1];
    if (compiled === undefined) return;
    if (this.live === null) {
      for (const network of networksOf(eni)) compiled.networks.add(network);
      if (eni.vlan === null) compiled.hasUntagged = true;
    }
    const macs = eni.mac === null ? [] : [eni.mac];
    for (const address of eni.addresses) {
      const id = this.record(policy.POLICY_ORDINARY, macs, subnet);
      compiled.addresses.set(canonicalAddress(address), id);
      this.rights.allow([index], address);
    }
  }

  private boundEnis(havip: Havip): { eni: Eni; index: number }[] {
    return this.enisIn(havip.subnet).filter(({ eni, index }) =>
      havip.members.some((member) => this.enis.isOf(index, eni, member)),
    );
  }

  private enisIn(subnet: string | null): { eni: Eni; index: number }[] {
    let enis = this.bySubnet.get(subnet);
    if (enis === undefined) {
      enis = this.topology.enis
        .map((eni, index) => ({ eni, index }))
        .filter(({ eni }) => eni.subnet === subnet);
      this.bySubnet.set(subnet, enis);
    }
    return enis.filter(({ index }) => !this.enis.isGone(index));
  }

  private record(kind: number, macs: readonly number[], subnet: number): number {
    const id = this.book.add(0, 0, 0, 0, 0, 0);
    this.book.setPolicy(id, kind, macs, subnet);
    return id;
  }

  private isEniAddress(subnet: string, address: string): boolean {
    return this.book.policy(this.recordOf(subnet, address)) === policy.POLICY_ORDINARY;
  }
}

/** By codes of findings; an IPv6 HaVip where none is offered exceeds a quota of none. */
function breachesOf(topology: Topology): Site['breaches'] {
  return quotaBreaches(topology).map((breach) => ({
    ...breach,
    code: breach.code === 'ipv6-not-offered' ? 'quota-exceeded' : breach.code,
  }));
}
