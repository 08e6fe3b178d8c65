/**
 * The names of all findings. What each means stands in docs/findings.md and nowhere else;
 * a test holds the two together.
 */
export const FINDING_CODES: readonly string[] = [
  'split-brain',
  'stale-cache',
  'announcement-missing',
  'announcement-ineffective',
  'claim-refused',
  'claim-missing',
  'silent-master',
  'zombie-holder',
  'vrrp-multicast',
  'vrrp-virtual-mac',
  'vmac-drawn-back',
  'vrrp-auth-mismatch',
  'vrrp-bad-checksum',
  'vrrp-checksum-convention',
  'vrrp-bad-ttl',
  'vrrp-address-list-mismatch',
  'vrrp-interval-mismatch',
  'interval-zero',
  'advert-gap',
  'vrid-collision',
  'heartbeat-from-havip',
  'address-conflict',
  'spoofed-sender',
  'lvs-dr-unsupported',
  'flapping',
  'slow-takeover',
  'slow-recovery',
  'garp-storm',
  'quota-exceeded',
  'reserved-address',
  'capture-truncated',
  'capture-damaged',
  'capture-dropped',
  'capture-duplicates',
  'capture-partial-view',
  'no-ethernet',
  'time-backwards',
];

/** Those that a replay of this version looks for. */
export const FINDING_CODES_SOUGHT: readonly string[] = [
  'claim-refused',
  ...FINDING_CODES.slice(FINDING_CODES.indexOf('capture-truncated')),
];
