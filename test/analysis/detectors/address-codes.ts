/** The findings that the detectors of addresses make. */
export const ADDRESS_CODES: readonly string[] = [
  'stale-cache',
  'announcement-missing',
  'announcement-ineffective',
  'zombie-holder',
  'address-conflict',
  'spoofed-sender',
  'lvs-dr-unsupported',
  'flapping',
  'slow-takeover',
  'slow-recovery',
  'garp-storm',
  'quota-exceeded',
  'reserved-address',
];
