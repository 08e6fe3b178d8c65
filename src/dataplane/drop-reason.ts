/**
 * Why a frame stops: one small integer a reason, one name, one counter. The switch returns the
 * integer and counts it in the same place, so nothing is dropped uncounted. The first eight are
 * the refusals of the claim guard in the order in which the guard tests them (design, section 3).
 */
export const ALLOWED = 0;
export const WRONG_SUBNET = 1;
export const VIRTUAL_MAC = 2;
export const SENDER_MAC_MISMATCH = 3;
export const WRONG_PORT = 4;
export const NOT_MEMBER = 5;
export const ORDINARY_ADDRESS = 6;
export const RATE_LIMITED = 7;
export const MALFORMED = 8;
export const RESERVED_ADDRESS = 9;
export const INVALID_SOURCE = 10;
export const SOURCE_MAC = 11;
export const SOURCE_IP = 12;
export const NOT_CARRIED = 13;
export const UNKNOWN_ADDRESS = 14;
export const NO_HOLDER = 15;
export const HAIRPIN = 16;
export const TOO_BIG = 17;
export const NOT_DELIVERED = 18;
export const TABLE_FULL = 19;
export const QUEUE_FULL = 20;
/** The port is cut: nothing goes in or out. */
export const PORT_CUT = 21;
/** The port is held: its host is paused and takes nothing. */
export const PORT_HELD = 22;
/** The port's device is down. */
export const PORT_DOWN = 23;
/** Nothing is attached to the port any more. */
export const PORT_GONE = 24;
/** The frame's tag, or its lack of one, is not for this port. */
export const VLAN = 25;
/** To a subnet that its VPC does not have. */
export const NO_ROUTE = 26;
export const TTL_EXCEEDED = 27;

export const DROP_REASON_NAMES: readonly string[] = [
  'allowed',
  'wrong-subnet',
  'virtual-mac',
  'sender-mac-mismatch',
  'wrong-port',
  'not-member',
  'ordinary-address',
  'rate-limited',
  'malformed',
  'reserved-address',
  'invalid-source',
  'source-mac',
  'source-ip',
  'not-carried',
  'unknown-address',
  'no-holder',
  'hairpin',
  'too-big',
  'not-delivered',
  'table-full',
  'queue-full',
  'port-cut',
  'port-held',
  'port-down',
  'port-gone',
  'vlan',
  'no-route',
  'ttl-exceeded',
];
