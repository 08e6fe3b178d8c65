/**
 * What a cloud's control plane asks beside its numbers: how long texts may be, what keeps a HaVip
 * from being deleted, how ids look. Data; each value with where it stands, `ours` where no page of
 * the vendor says and we had to choose.
 */
import type { ProviderName } from './topology.ts';

/** Lengths in characters, not octets. */
export interface TextRule {
  least: number;
  most: number;
  /** True where it may not begin with `http://` or `https://`. */
  barsUrls: boolean;
}

/** What stops the deletion of a HaVip: somebody holds it, members, an EIP, a route to it. */
export type DeletionStop = 'holder' | 'members' | 'eip' | 'route';

export interface IdPrefixes {
  havip: string;
  eip: string;
  route: string;
}

export interface AccountRules {
  name: TextRule;
  description: TextRule;
  tagsMax: number;
  /** Asked in this order; what is not among them goes with the HaVip. */
  deletionStops: readonly DeletionStop[];
  /** True where taking a binding back spares the present holder unless it is forced. */
  sparesHolder: boolean;
  /** How ids of what is created begin; null where they are UUIDs. */
  ids: IdPrefixes | null;
  /** Whether an ENI's source/destination check can be switched. */
  switchesSourceCheck: boolean;
}

/** Ours: what fits a column of OpenStack's ports. */
const FREE_TEXT: TextRule = { least: 0, most: 255, barsUrls: false };
/** CreateHaVip of Alibaba and, ours, of everybody else. */
const TAGS_MAX = 20;

const alibaba: AccountRules = {
  name: { least: 1, most: 128, barsUrls: true }, // CreateHaVip, today's page
  description: { least: 1, most: 255, barsUrls: false }, // CreateHaVip, today's page
  tagsMax: TAGS_MAX,
  deletionStops: ['members', 'eip', 'route'], // DeleteHaVip: "Available", no EIP, no route; A6
  sparesHolder: true, // UnassociateHaVip, Force
  ids: { havip: 'havip-', eip: 'eip-', route: 'rte-' },
  switchesSourceCheck: false, // ours: its announcements are refused all the same (A2)
};

const ucloud: AccountRules = {
  name: { least: 1, most: 255, barsUrls: false }, // U2: required; its length is ours
  description: FREE_TEXT,
  tagsMax: TAGS_MAX,
  deletionStops: [], // U4: bound VMs are unbound; EIP and routes go with it, ours
  sparesHolder: false,
  ids: { havip: 'vip-', eip: 'eip-', route: 'route-' },
  switchesSourceCheck: false,
};

export const ACCOUNT_RULES: Readonly<Record<ProviderName, AccountRules>> = {
  alibaba,
  // CreateHaVip, the page of the manual's time.
  'alibaba-2021': { ...alibaba, description: { least: 2, most: 256, barsUrls: false } },
  tencent: {
    name: { least: 1, most: 60, barsUrls: false }, // CreateHaVip: required, 60 at most
    description: FREE_TEXT,
    tagsMax: TAGS_MAX,
    // DeleteHaVip: unbound by the HA software first, no EIP; a route is ours.
    deletionStops: ['holder', 'eip', 'route'],
    sparesHolder: false,
    ids: { havip: 'havip-', eip: 'eip-', route: 'rti-' },
    switchesSourceCheck: false,
  },
  huawei: {
    name: FREE_TEXT,
    description: FREE_TEXT,
    tagsMax: TAGS_MAX,
    // The console refuses a VIP with an instance or an EIP; the API's page of refusals names
    // neither. Ours: the API lets members go with the port, and keeps a VIP with EIP or route.
    deletionStops: ['eip', 'route'],
    sparesHolder: false,
    ids: null,
    switchesSourceCheck: true, // H5
  },
  ucloud,
  classic: {
    ...ucloud,
    name: FREE_TEXT,
    switchesSourceCheck: true, // nobody checks there anyway
  },
};
