import { type BucketRate, TokenBuckets } from './token-buckets.ts';

/**
 * How many claims by ARP and ND a second each port may send. Off by default (`--arp-rate`). Cisco's
 * dynamic ARP inspection allows an untrusted port 15 packets a second with a burst of one second.
 */
export type PolicerRate = BucketRate;

export const DYNAMIC_ARP_INSPECTION: PolicerRate = { rate: 15, burst: 15 };

export class ArpPolicer extends TokenBuckets {}
