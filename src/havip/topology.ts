/**
 * The control plane's picture of a network: provider, subnets, ENIs, HaVips. Plain data with
 * addresses as text; `compile.ts` turns it into the flat tables that the dataplane reads. A lab
 * file becomes a Topology, and so does `--havip IP=MAC,MAC`.
 */
export type ProviderName = 'alibaba' | 'alibaba-2021' | 'tencent' | 'huawei' | 'ucloud' | 'classic';

export interface Subnet {
  name: string;
  vpc: string;
  /** CIDR blocks, IPv4 and IPv6. */
  cidrs: string[];
  /** Gateway addresses; the provider's default where the file names none. */
  gateways: string[];
}

export type VlanPort = { access: number } | { trunk: number[]; native: number | null };

export type Attachment = { netns: string } | { tap: string } | { interface: string };

export interface Eni {
  instance: string;
  name: string;
  /** Name of a subnet. */
  subnet: string;
  addresses: string[];
  /** 48-bit MAC address, or null where the lab lets the switch choose one. */
  mac: number | null;
  mtu: number;
  vlan: VlanPort | null;
  sourceDestCheck: boolean;
  attach: Attachment | null;
}

export interface Havip {
  name: string;
  /** Name of a subnet; null for `--havip`, which knows only an address. */
  subnet: string | null;
  /** Null where it is to be allocated (live only). */
  address: string | null;
  /** Who is bound: an instance (all its ENIs in the subnet) or one ENI of it. */
  members: { instance: string; eni: string | null }[];
  /** MACs bound directly (`--havip IP=MAC`). */
  memberMacs: number[];
  /** Tencent only: restrict claims to the associated ENIs. */
  checkAssociate: boolean;
}

export interface Topology {
  name: string;
  /** Null for `--havip` without `--provider`: only the named addresses are guarded. */
  provider: ProviderName | null;
  subnets: Subnet[];
  enis: Eni[];
  havips: Havip[];
  /** `run` command lines, by instance. */
  run: Record<string, string[]>;
  quotas: Record<string, number>;
}
