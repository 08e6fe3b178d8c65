/**
 * The counters of what frames carry, by EtherType after tags. arp + ipv4 + ipv6 + other is the
 * number of frames, damaged ones included; the rest are subsets, and vlanTagged is orthogonal.
 * The order is that of the replay result's `counts`.
 */
export const COUNT_ARP = 0;
export const COUNT_GRATUITOUS_REQUEST = 1;
export const COUNT_GRATUITOUS_REPLY = 2;
export const COUNT_ARP_PROBE = 3;
export const COUNT_NEIGHBOR_SOLICITATION = 4;
export const COUNT_NEIGHBOR_ADVERTISEMENT = 5;
export const COUNT_UNSOLICITED_NA = 6;
export const COUNT_VRRP = 7;
export const COUNT_CARP = 8;
export const COUNT_IPV4 = 9;
export const COUNT_IPV6 = 10;
export const COUNT_VLAN = 11;
export const COUNT_OTHER = 12;

export const FRAME_COUNT_NAMES = [
  'arp',
  'gratuitousArpRequest',
  'gratuitousArpReply',
  'arpProbe',
  'neighborSolicitation',
  'neighborAdvertisement',
  'unsolicitedNeighborAdvertisement',
  'vrrp',
  'carp',
  'ipv4',
  'ipv6',
  'vlanTagged',
  'other',
] as const;
