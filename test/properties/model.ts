/**
 * The rules of claims once more, as plainly as they can be said: a Map from address to holder and
 * one sentence of the rules a line. Written from the rules' text and not from the switch, with
 * nothing of it imported; where the two differ, one of them is wrong.
 */
export type Provider = 'alibaba' | 'alibaba-2021' | 'tencent' | 'huawei' | 'ucloud' | 'classic';

export type Form =
  | 'gratuitous-request'
  | 'gratuitous-reply'
  | 'arp-request'
  | 'arp-reply'
  | 'unsolicited-na'
  | 'solicited-na'
  | 'neighbor-solicitation';

/** A frame that asserts an address, in words. */
export interface Assertion {
  form: Form;
  /** The O flag of an advertisement. */
  override: boolean;
  network: string;
  ip: string;
  mac: string;
  ethernetSource: string;
  port: number;
}

export interface ModelHost {
  subnet: string;
  addresses: readonly string[];
  port: number;
  isChecked: boolean;
}

export interface ModelNetwork {
  provider: Provider;
  /** Null where no ports are known, as in a replay. */
  hasPorts: boolean;
  hosts: ReadonlyMap<string, ModelHost>;
  /** Address of a HaVip → the MACs bound to it. All of them are in subnet "a". */
  havips: ReadonlyMap<string, readonly string[]>;
  /** Whether `checkAssociate` is set. */
  checkAssociate: boolean;
  /** The subnet that an address belongs to by its CIDR; null outside of all. */
  subnetOf(ip: string): string | null;
  /** The networks that the subnets cover; null for all. */
  networks: readonly string[] | null;
}

export class Model {
  /** "network address" → the MAC that holds it. */
  readonly holders = new Map<string, string>();
  private readonly site: ModelNetwork;

  constructor(site: ModelNetwork) {
    this.site = site;
  }

  /** What the switch is to say of a frame; "nothing" where it is no frame of a host. */
  judge(claim: Assertion): string {
    if (this.site.hasPorts && isGroup(claim.ethernetSource)) return 'nothing';
    // What stops a frame live before the claim is read counts only where the claim is in order.
    const reason = this.refusal(claim) ?? (this.site.hasPorts ? this.stop(claim) : null);
    if (reason !== null) return `refused ${reason}`;
    // A bridge drops a frame from a group (Linux br_input.c does), so nobody hears what it claims.
    if (isGroup(claim.ethernetSource)) return 'nothing';
    const key = `${claim.network} ${claim.ip}`;
    const holder = this.holders.get(key);
    if (holder === claim.mac) return 'confirmed';
    if (holder !== undefined && !isAnnouncement(claim)) return 'noted';
    this.holders.set(key, claim.mac);
    return 'moved';
  }

  /** Whether this MAC may hold the address, whoever says so. */
  mayHold(ip: string, network: string, mac: string): boolean {
    const claim = { form: 'gratuitous-request', override: false } as const;
    const port = this.site.hosts.get(mac)?.port ?? -1;
    return this.refusal({ ...claim, network, ip, mac, ethernetSource: mac, port }) === null;
  }

  /** Live, why the Ethernet or IP source may not be used at this port. */
  private stop({ ethernetSource, form, ip, port }: Assertion): string | null {
    if (this.site.provider === 'classic') return null;
    const host = this.site.hosts.get(ethernetSource);
    if (host === undefined || host.port !== port) return 'source-mac';
    // A solicitation has the asserted address as its IP source; the others are not IP, or from
    // a link-local address.
    if (form !== 'neighbor-solicitation' || !host.isChecked) return null;
    const isOwn = host.addresses.includes(ip) || this.isMember(ip, ethernetSource);
    return isOwn ? null : 'source-ip';
  }

  /** The first reason that matches. */
  private refusal({ network, ip, mac, ethernetSource, port }: Assertion): string | null {
    const { provider, hosts, havips, hasPorts, networks } = this.site;
    if (provider === 'classic') return null;
    const subnet = this.site.subnetOf(ip);
    const host = hosts.get(mac);
    if (subnet === null) return 'wrong-subnet';
    if (networks !== null && !networks.includes(network)) return 'wrong-subnet';
    if (host !== undefined && host.subnet !== subnet) return 'wrong-subnet';
    const isMember = this.isMember(ip, mac);
    if (mac.startsWith('00:00:5e:00:01:') && !isMember) return 'virtual-mac';
    if (mac !== ethernetSource) return 'sender-mac-mismatch';
    if (hasPorts && host?.port !== port) return 'wrong-port';
    if (havips.has(ip)) return isMember ? null : 'not-member';
    if (host?.addresses.includes(ip)) return null;
    if (provider === 'huawei' && host !== undefined && !host.isChecked) return null;
    const isAssigned = [...hosts.values()].some(({ addresses }) => addresses.includes(ip));
    // A host that no lab file names may have an address that none names.
    return !isAssigned && host === undefined ? null : 'ordinary-address';
  }

  private isMember(ip: string, mac: string): boolean {
    const bound = this.site.havips.get(ip);
    if (bound === undefined) return false;
    const isOpen = this.site.provider === 'tencent' && !this.site.checkAssociate;
    return bound.includes(mac) || (isOpen && this.site.hosts.get(mac)?.subnet === 'a');
  }
}

function isGroup(mac: string): boolean {
  return Number.parseInt(mac.slice(0, 2), 16) % 2 === 1;
}

function isAnnouncement({ form, override }: Assertion): boolean {
  if (form === 'gratuitous-request' || form === 'gratuitous-reply') return true;
  return form === 'unsolicited-na' && override;
}
