/**
 * What a drafted lab consists of: subnets, hosts' interfaces with their addresses, a client for
 * each subnet, and HaVips. Every choice is made here, deterministically, and noted where the user
 * may want another.
 */
import type { RuleSet } from '../../havip/rule-set.ts';
import { formatMac, parseMac } from '../../wire/mac.ts';
import { DraftHavips, type PlannedHavip } from './havips.ts';
import type { DraftAddress, HostDraft } from './lab-draft.ts';
import { DraftNotes, noteBlock, noteHosts, noteReserved } from './notes.ts';
import { AddressPool } from './pool.ts';
import { DEVICE_DEFAULT, draftPorts } from './ports.ts';
import { containsAddress, type DraftPort, type DraftSubnet, draftSubnets } from './subnets.ts';

export interface PlannedAddress {
  text: string;
  /** Where it was taken from; null: chosen. */
  where: string | null;
}

export interface PlannedEni {
  device: string;
  where: string | null;
  subnet: string;
  addresses: PlannedAddress[];
  mac: string;
}

export interface PlannedSubnet {
  name: string;
  blocks: { cidr: string; from: DraftAddress | null }[];
  /** In place of the provider's gateways, where a host has one of these. */
  gateways: string[] | null;
}

export interface PlannedInstance {
  name: string;
  /** Null: the client. */
  host: HostDraft | null;
  enis: PlannedEni[];
  run: string[];
}

/** Lines of `run` of a client: more pings are typed by hand. */
const PINGS_MAX = 4;
/**
 * What hosts of these clouds have, or, for a plain LAN, locally administered; the fourth octet
 * keeps them apart from our gateways'.
 */
const MAC_PREFIX: Record<RuleSet['name'], string> = {
  alibaba: '00:16:3e',
  'alibaba-2021': '00:16:3e',
  tencent: '52:54:00',
  huawei: 'fa:16:3e',
  ucloud: '52:54:00',
  classic: '02:00:00',
};

export class DraftPlan {
  readonly notes = new DraftNotes();
  readonly subnets: PlannedSubnet[] = [];
  readonly instances: PlannedInstance[] = [];
  readonly havips: PlannedHavip[] = [];
  readonly #rules: RuleSet;
  readonly #names: Set<string>;
  readonly #havips: DraftHavips;
  #macs = 0;

  constructor(hosts: readonly HostDraft[], rules: RuleSet) {
    this.#rules = rules;
    this.#havips = new DraftHavips(this.notes);
    this.#names = new Set(hosts.map(({ name }) => name));
    for (const host of hosts)
      this.instances.push({ name: host.name, host, enis: [], run: host.run });
    const ports = hosts.flatMap((host) => draftPorts(host, this.notes));
    for (const subnet of draftSubnets(ports)) this.#plan(subnet);
    noteHosts(this.notes, hosts, ports, rules);
  }

  #plan(draft: DraftSubnet): void {
    const name = `subnet-${this.subnets.length + 1}`;
    const { ports, blocks } = draft;
    if (blocks.length === 0) {
      for (const { where, host, device } of ports) {
        const remedy = 'write the ENI yourself if the lab needs it';
        this.notes.add(where ?? host.file, `${device} has no address and is left out`, remedy);
      }
      return;
    }
    const pool = new AddressPool(this.#rules);
    const named = ports.flatMap(({ own, peers, virtual }) => [...own, ...peers, ...virtual]);
    for (const { address } of named) pool.take(address.text);
    const gateways = blocks.map(({ cidr }) => pool.gatewayInstead(cidr));
    const isMoved = gateways.some((gateway) => gateway !== null);
    const all = blocks.map(({ cidr }, i) => gateways[i] ?? this.#rules.gatewayDefault(cidr));
    this.subnets.push({ name, blocks, gateways: isMoved ? all : null });
    for (const block of blocks) noteBlock(this.notes, block, named);
    noteReserved(this.notes, draft, this.#rules);
    for (const port of ports) this.#planEni(port, name, draft, pool);
    const own = this.instances.flatMap(({ enis }) => enis.flatMap((eni) => eni.addresses));
    this.havips.push(...this.#havips.plan(draft, name, new Set(own.map(({ text }) => text))));
    this.#planClient(draft, name, pool);
  }

  #planEni(port: DraftPort, subnet: string, draft: DraftSubnet, pool: AddressPool): void {
    const { host, device, where } = port;
    const own = new Map<string, PlannedAddress>();
    for (const { address, where: at } of port.own) {
      if (!own.has(address.text) && containsAddress(draft, address.text)) {
        own.set(address.text, { text: address.text, where: at });
      }
    }
    for (const { cidr, family } of draft.blocks) {
      const isThere = [...own.keys()].some((text) => text.includes(':') === (family === 6));
      const isWanted = port.virtual.some(({ address }) => address.family === family);
      if (isThere || (!isWanted && own.size > 0)) continue;
      const peer = this.#leftPeer(port, draft, family);
      const text = peer?.address.text ?? pool.choose(cidr);
      if (text === null) continue;
      own.set(text, { text, where: peer?.where ?? null });
      if (peer !== null) continue;
      const remedy = 'write the address that the host has, or keep the one chosen';
      this.notes.add(
        where ?? host.file,
        `no file says the address of ${host.name} on ${device}`,
        `${text} is taken; ${remedy}`,
      );
    }
    const eni = { device, where, subnet, addresses: [...own.values()], mac: this.#nextMac() };
    this.instances.find(({ name }) => name === host.name)?.enis.push(eni);
  }

  /** The one address that others name as a peer and nobody has: that of the one who says none. */
  #leftPeer(port: DraftPort, { ports }: DraftSubnet, family: number): DraftAddress | null {
    const owned = new Set(ports.flatMap(({ own }) => own).map(({ address }) => address.text));
    const silent = ports.filter(({ own }) => own.every(({ address }) => address.family !== family));
    const left = new Map<string, DraftAddress>();
    for (const peer of ports.filter((other) => other !== port).flatMap(({ peers }) => peers)) {
      const isLeft = peer.address.family === family && !owned.has(peer.address.text);
      if (isLeft) left.set(peer.address.text, peer);
    }
    const [only] = left.values();
    return left.size === 1 && silent.length === 1 ? (only ?? null) : null;
  }

  #planClient(draft: DraftSubnet, subnet: string, pool: AddressPool): void {
    const targets = this.havips.filter((havip) => havip.subnet === subnet);
    const families = draft.blocks.filter(({ family }) =>
      targets.some(({ address }) => address.includes(':') === (family === 6)),
    );
    const addresses = families.flatMap(({ cidr }) => {
      const text = pool.choose(cidr);
      return text === null ? [] : [{ text, where: null }];
    });
    if (addresses.length === 0) return;
    const name = this.#freeName('client');
    const mac = this.#nextMac();
    const enis = [{ device: DEVICE_DEFAULT, where: null, subnet, addresses, mac }];
    const run = targets.slice(0, PINGS_MAX).map(({ address }) => `ping -D -O -i 0.2 ${address}`);
    this.instances.push({ name, host: null, enis, run });
  }

  #freeName(stem: string): string {
    for (let number = 1; ; number++) {
      const name = number === 1 ? stem : `${stem}-${number}`;
      if (this.#names.has(name)) continue;
      this.#names.add(name);
      return name;
    }
  }

  #nextMac(): string {
    const base = parseMac(`${MAC_PREFIX[this.#rules.name]}:00:01:00`);
    return formatMac(base + ++this.#macs);
  }
}
