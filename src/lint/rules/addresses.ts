/** Whether the addresses that move are HaVips, of this subnet, and bound to these hosts. */
import {
  type Address,
  type Cidr,
  cidrContains,
  parseAddress,
  parseCidr,
} from '../../havip/cidr.ts';
import { membershipOf } from '../../havip/rule-set.ts';
import type { Havip } from '../../havip/topology.ts';
import { type Cluster, instancesOf } from '../cluster.ts';
import type { Remark, Report, Rule } from '../finding.ts';
import { replaceWord } from '../fixes.ts';
import type { VirtualAddress } from '../keepalived-conf.ts';
import type { Running } from '../running.ts';

interface Case {
  one: Running;
  virtual: VirtualAddress;
  address: Address;
  /** Where it would be: `dev`, or the interface of the instance. */
  device: string | null;
}

/** RFC 4291 section 2.5.6: an IPv6 instance announces one beside its addresses. */
const LINK_LOCAL = parseCidr('fe80::/10');

function casesOf(cluster: Cluster): Case[] {
  return instancesOf(cluster).flatMap((one) =>
    one.addresses.flatMap((virtual) => {
      const address = parseAddress(virtual.address);
      if (address === null || LINK_LOCAL === null || cidrContains(LINK_LOCAL, address)) return [];
      return [{ one, virtual, address, device: virtual.device?.value ?? one.device }];
    }),
  );
}

function remark({ one, virtual }: Case, message: string, write: string[]): Remark {
  return { host: one.host, place: virtual.place, message, fix: { edits: [], write } };
}

/** A rule about one address at a time; the judge gives what is wrong, or null. */
function ofAddress(
  rule: Omit<Rule, 'check'>,
  judge: (cluster: Cluster, what: Case) => Remark | null,
): Rule {
  const check = (cluster: Cluster, report: Report) => {
    for (const what of casesOf(cluster)) {
      const found = judge(cluster, what);
      if (found !== null) report(found);
    }
  };
  return { ...rule, check };
}

const notHavip = ofAddress(
  {
    id: 'address-not-havip',
    severity: 'error',
    title: 'an address that is no HaVip',
    source: 'manuals of Tencent (T2) and Alibaba (A2): an ordinary address does not move',
  },
  (cluster, what) => {
    const { topology, rules } = cluster;
    if (topology === null || rules === null || rules.membership === 'anyone') return null;
    if (havipOf(cluster, what) !== null || hostOf(cluster, what) !== null) return null;
    const { text } = what.address;
    const message = `${text} is no HaVip of the lab: ${rules.name} refuses whoever announces it`;
    const subnet = what.one.lab?.subnet(what.device)?.name ?? null;
    const ours = topology.havips.filter((havip) => havip.subnet === subnet);
    const known = ours.flatMap(({ address }) => address ?? []);
    return remark(what, message, [known[0] ?? '<a HaVip of this subnet>']);
  },
);

function havipOf({ topology }: Cluster, { address }: Case): Havip | null {
  return topology?.havips.find((havip) => havip.address === address.text) ?? null;
}

const ofHost = ofAddress(
  {
    id: 'address-of-host',
    severity: 'error',
    title: "a host's own address as the one that moves",
    source: "manuals of Tencent (T2) and Alibaba (A5): a HaVip is nobody's own address",
  },
  (cluster, what) => {
    const owner = hostOf(cluster, what);
    if (owner === null) return null;
    const message = `${what.address.text} is the own address of ${owner}, which cannot move`;
    return remark(what, message, ['<an address that no host has>']);
  },
);

function hostOf(cluster: Cluster, { address }: Case): string | null {
  const eni = cluster.topology?.enis.find(({ addresses }) =>
    addresses.some((text) => parseAddress(text)?.text === address.text),
  );
  if (eni !== undefined) return eni.instance;
  const sender = instancesOf(cluster).find(({ config }) =>
    config.unicastPeers.some((peer) => peer.address.text === address.text),
  );
  // Who sends from it has said the wrong source, which is another rule's to say.
  return sender === undefined ? null : `the peer that ${sender.host} names`;
}

const notBound = ofAddress(
  {
    id: 'address-not-bound',
    severity: 'error',
    title: 'a HaVip that is bound to others',
    source: 'manuals (A8, H2, U3): who is bound may announce it; finding claim-refused',
  },
  (cluster, what) => {
    const { rules } = cluster;
    const havip = havipOf(cluster, what);
    const { lab } = what.one;
    if (havip === null || lab === null || rules === null) return null;
    if (membershipOf(rules, havip) !== 'bound' || lab.isBound(havip, what.device)) return null;
    const bound = havip.members.map(({ instance, eni }) =>
      eni === null ? instance : `${instance}/${eni}`,
    );
    const list = bound.length === 0 ? 'nobody' : bound.join(', ');
    const message =
      `the HaVip ${what.address.text} is bound to ${list}: what ${lab.instance} claims ` +
      'is refused';
    const write = [`in the lab file: bind: [${[...bound, lab.instance].join(', ')}]`];
    return remark(what, message, write);
  },
);

const outsideSubnet = ofAddress(
  {
    id: 'address-outside-subnet',
    severity: 'error',
    title: 'an address outside of the subnet',
    source: 'manuals (T3, U2, A5): a HaVip belongs to its subnet',
  },
  (_cluster, what) => {
    const blocks = blocksOf(what);
    if (blocks.length === 0 || blocks.some((block) => cidrContains(block, what.address)))
      return null;
    const list = blocks.map(({ text }) => text).join(', ');
    const message =
      `${what.address.text} lies outside of ${list}, the subnet of ` +
      `${what.device ?? 'the host'}`;
    return remark(what, message, [`<an address of ${list}>`]);
  },
);

function blocksOf({ one, device, address }: Case): Cidr[] {
  return one.lab?.blocks(device, address.family) ?? [];
}

const reserved = ofAddress(
  {
    id: 'address-reserved',
    severity: 'error',
    title: 'an address that the cloud keeps for itself',
    source: 'docs/providers.md, reserved addresses; finding reserved-address',
  },
  (cluster, what) => {
    const { rules } = cluster;
    if (rules === null) return null;
    const kept = blocksOf(what).flatMap(({ text }) => rules.reservedAddresses(text));
    const gateways = what.one.lab?.subnet(what.device)?.gateways ?? [];
    if (![...kept, ...gateways].includes(what.address.text)) return null;
    const message = `${what.address.text} is reserved in this subnet by ${rules.name}`;
    return remark(what, message, ['<an address that is not reserved>']);
  },
);

const ipv6 = ofAddress(
  {
    id: 'address-ipv6',
    severity: 'error',
    title: 'an IPv6 address where the cloud has no IPv6 HaVip',
    source: "docs/providers.md; UCloud's manual (U2): external ones only",
  },
  ({ rules }, what) => {
    if (rules === null || what.address.family === 4) return null;
    const { text } = what.address;
    if (rules.ipv6Havip === 'no') {
      const message = `${text}: ${rules.name} has no IPv6 HaVip, so every claim is refused`;
      return remark(what, message, ['<an IPv4 HaVip>']);
    }
    if (rules.ipv6Havip !== 'external') return null;
    const message = `${text}: ${rules.name} has IPv6 on external HaVips only`;
    return { ...remark(what, message, []), fix: null, severity: 'warning' };
  },
);

const WHOLE = { 4: 32, 6: 128 } as const;

const prefixMissing = ofAddress(
  {
    id: 'prefix-missing',
    severity: 'info',
    title: 'an address without a prefix length',
    source: 'keepalived.conf(5), virtual_ipaddress; tried: 2.2.7 takes /32 and /128',
  },
  (cluster, what) => {
    if (what.virtual.prefix !== null || what.virtual.word.includes('/')) return null;
    const whole = WHOLE[what.address.family];
    const message =
      `no prefix length: keepalived takes /${whole}, which is right as long as the ` +
      'interface keeps its own address';
    return { ...remark(what, message, []), fix: prefixFix(cluster, what, whole) };
  },
);

const prefixWrong = ofAddress(
  {
    id: 'prefix-wrong',
    severity: 'warning',
    title: "a prefix length that is not the subnet's",
    source: 'ours: the kernel makes a route of the prefix, ip-address(8)',
  },
  (cluster, what) => {
    const { virtual, address } = what;
    const prefix = virtual.prefix?.value ?? null;
    if (prefix === null || prefix === WHOLE[address.family]) return null;
    const right = rightPrefix(what, prefix);
    if (right === null) return null;
    const message = `${address.text}/${prefix}: ${right.why}`;
    return { ...remark(what, message, []), fix: prefixFix(cluster, what, right.prefix) };
  },
);

/** The prefix that it should have, and why; null where it is right, as far as can be told. */
function rightPrefix(what: Case, prefix: number): { prefix: number; why: string } | null {
  const { one, address, device } = what;
  const near = blocksOf(what).find((block) => cidrContains(block, address));
  if (near !== undefined && near.prefix !== prefix) {
    const wide = 'other subnets for its own and asks for them by ARP in vain';
    const narrow = 'part of its own subnet for another and sends it to the gateway';
    const effect = prefix < near.prefix ? wide : narrow;
    const why = `the subnet is /${near.prefix}, so the holder takes ${effect}`;
    return { prefix: near.prefix, why };
  }
  // Of another interface than the one that speaks nothing is known.
  if (near !== undefined || one.source === null || device !== one.device) return null;
  const own = parseAddress(one.source);
  const block = parseCidr(`${address.text}/${prefix}`);
  if (own === null || block === null || own.family !== address.family) return null;
  if (cidrContains(block, own)) return null;
  const why =
    `${own.text}, from which ${one.host} sends, lies outside, so the holder takes a network ` +
    'for its own in which it has no address';
  return { prefix: WHOLE[address.family], why };
}

function prefixFix({ source }: Cluster, { virtual }: Case, prefix: number) {
  const written = virtual.prefix === null ? virtual.word : virtual.word.replace(/\/.*$/, '');
  const word = { text: virtual.word, isQuoted: false, place: virtual.place };
  return replaceWord(source, word, `${written}/${prefix}`);
}

export const ADDRESS_RULES: readonly Rule[] = [
  notHavip,
  ofHost,
  notBound,
  outsideSubnet,
  reserved,
  ipv6,
  prefixMissing,
  prefixWrong,
];
