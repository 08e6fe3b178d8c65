/** Addresses of HaVips: whether one that is given may be had, and which is the first free one. */
import { formatIpv4 } from '../../wire/ip-address.ts';
import { type Address, type Cidr, cidrContains, parseAddress, parseCidr } from '../cidr.ts';
import type { RuleSet } from '../rule-set.ts';
import { type Fault, refuse } from './decision.ts';
import type { Inventory } from './inventory.ts';
import type { Subnet } from './resources.ts';

/** Addresses of one block that are looked at: more than HaVips and ENIs ever fill. */
const PLACES_MAX = 1 << 17;

/** What does not change while the subnet does not. */
interface Pool {
  readonly rules: RuleSet;
  readonly blocks: readonly Cidr[];
  /** Canonical text of what the cloud keeps for itself, and of the gateways. */
  readonly reserved: ReadonlySet<string>;
  readonly gateways: ReadonlySet<string>;
}

const pools = new WeakMap<Subnet, Pool>();

/** Why a HaVip may not have an address that was asked for, or null. */
export function faultOfAddress(
  inventory: Inventory,
  rules: RuleSet,
  subnet: Subnet,
  text: string,
): Fault {
  const address = parseAddress(text);
  if (address === null) {
    return refuse('address-malformed', `${text} is no IP address; write one, as 192.168.0.88`);
  }
  if (address.family === 6 && rules.ipv6Havip === 'no') {
    const why = `${rules.name} offers no IPv6 HaVip; take an IPv4 address instead of ${text}`;
    return refuse('ipv6-not-offered', why);
  }
  const { blocks, reserved, gateways } = poolOf(rules, subnet);
  if (!blocks.some((block) => cidrContains(block, address))) {
    const where = subnet.cidrs.join(', ');
    return refuse(
      'address-outside',
      `${text} is outside subnet ${subnet.id}; take one of ${where}`,
    );
  }
  if (reserved.has(address.text)) {
    const all = [...reserved].join(', ');
    const why = `${rules.name} keeps ${text} for itself; take another one, not of ${all}`;
    return refuse('address-reserved', why);
  }
  if (!gateways.has(address.text) && !isTaken(inventory, subnet, address)) return null;
  return refuse('address-in-use', `${text} is in use in subnet ${subnet.id}; take another one`);
}

/** The first IPv4 address of the subnet that is nobody's; null where there is none. */
export function firstFree(inventory: Inventory, rules: RuleSet, subnet: Subnet): string | null {
  const { blocks, reserved, gateways } = poolOf(rules, subnet);
  for (const block of blocks) {
    if (block.family !== 4) continue;
    const first = Number(block.first);
    const last = Math.min(Number(block.last), first + PLACES_MAX);
    const from = inventory.free.from(subnet.id, first);
    for (let value = from; value <= last; value++) {
      const text = formatIpv4(value);
      if (reserved.has(text) || gateways.has(text)) continue;
      if (inventory.ownerOf(subnet.id, text) !== undefined) continue;
      inventory.free.note(subnet.id, first, value);
      return text;
    }
    inventory.free.note(subnet.id, first, last + 1);
  }
  return null;
}

function isTaken(inventory: Inventory, subnet: Subnet, address: Address): boolean {
  return inventory.ownerOf(subnet.id, address.text) !== undefined;
}

/** On a plain LAN the gateway is a host: its address is in use, not kept by a cloud. */
function poolOf(rules: RuleSet, subnet: Subnet): Pool {
  const known = pools.get(subnet);
  if (known?.rules === rules) return known;
  const blocks = subnet.cidrs.flatMap((cidr) => parseCidr(cidr) ?? []);
  const reserved = subnet.cidrs.flatMap((cidr) => rules.reservedAddresses(cidr));
  const gateways = new Set(subnet.gateways.map((text) => parseAddress(text)?.text ?? text));
  const isHost = rules.membership === 'anyone';
  const kept = new Set([...reserved, ...(isHost ? [] : gateways)]);
  const pool = { rules, blocks, reserved: kept, gateways };
  pools.set(subnet, pool);
  return pool;
}
