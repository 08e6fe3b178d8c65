/** EIPs: public addresses, each of which one HaVip may have. */
import { formatIpv4 } from '../../wire/ip-address.ts';
import { cidrContains, parseAddress, parseCidr } from '../cidr.ts';
import type { RuleSet } from '../rule-set.ts';
import { accept, type DecisionContext, type Fault, refuse } from './decision.ts';
import type { Inventory } from './inventory.ts';
import { faultOfCount } from './limits.ts';
import { idOf } from './new-id.ts';
import { notFound } from './not-found.ts';
import type { Operation, Outcome } from './operation.ts';
import { INTERNET } from './relations.ts';
import type { Eip } from './resources.ts';

type Creation = Extract<Operation, { kind: 'create-eip' }>;
type Deletion = Extract<Operation, { kind: 'delete-eip' }>;
type Association = Extract<Operation, { kind: 'associate-eip' }>;
type Disassociation = Extract<Operation, { kind: 'disassociate-eip' }>;

/** TEST-NET-3, then TEST-NET-2 (RFC 5737): nobody's on the internet. Ours. */
const POOLS = [0xcb007100, 0xc6336400];
/** Neither the network's nor the broadcast address. */
const PLACES = { first: 1, last: 254 };
/** "This network", loopback, multicast and above: RFC 6890. */
const BARRED = ['0.0.0.0/8', '127.0.0.0/8', '224.0.0.0/3'];

export function createEip(
  inventory: Inventory,
  asked: Creation,
  { rules, newId }: DecisionContext,
): Outcome {
  const fault = asked.address === null ? null : faultOfPublic(inventory, asked.address);
  if (fault !== null) return fault;
  const address = asked.address ?? firstFree(inventory);
  if (address === null) {
    return refuse('no-free-address', 'all EIPs are given out; delete one, or name an address');
  }
  const id = idOf(rules, 'eip', newId);
  const eip: Eip = { kind: 'eip', id, address, havip: null };
  return accept(id, { upserts: [eip] });
}

export function deleteEip(inventory: Inventory, asked: Deletion): Outcome {
  const eip = inventory.eip(asked.eip);
  if (eip === undefined) return notFound('EIP', asked.eip);
  if (eip.havip !== null) return refuse('eip-in-use', inUse(eip));
  return accept(eip.id, { deletes: [{ kind: 'eip', id: eip.id }] });
}

export function associateEip(inventory: Inventory, asked: Association, rules: RuleSet): Outcome {
  const eip = inventory.eip(asked.eip);
  if (eip === undefined) return notFound('EIP', asked.eip);
  const havip = inventory.havip(asked.havip);
  if (havip === undefined) return notFound('HaVip', asked.havip);
  if (eip.havip !== null) return refuse('eip-in-use', inUse(eip));
  const advice: string[] = [];
  const would = inventory.eipsOfHavip(havip.id).length + 1;
  const count = { name: 'eipsPerHavip', subject: `HaVip ${havip.id}`, would } as const;
  const fault = faultOfCount(inventory, rules, count, advice);
  if (fault !== null) return fault;
  return accept(eip.id, { upserts: [{ ...eip, havip: havip.id }], advice });
}

export function disassociateEip(inventory: Inventory, asked: Disassociation): Outcome {
  const eip = inventory.eip(asked.eip);
  if (eip === undefined) return notFound('EIP', asked.eip);
  if (eip.havip === null || (asked.havip ?? eip.havip) !== eip.havip) {
    const is = eip.havip === null ? 'no HaVip' : `HaVip ${eip.havip}`;
    const why = `EIP ${eip.id} is associated with ${is}; name an EIP and the HaVip that has it`;
    return refuse('eip-not-associated', why);
  }
  return accept(eip.id, { upserts: [{ ...eip, havip: null }] });
}

function inUse({ id, havip }: Eip): string {
  return `EIP ${id} is associated with HaVip ${havip}; disassociate it first`;
}

function faultOfPublic(inventory: Inventory, text: string): Fault {
  const address = parseAddress(text);
  if (address === null || address.family !== 4) {
    return refuse('address-malformed', `${text} is no IPv4 address; write one, as 203.0.113.7`);
  }
  const ours = inventory.all('subnet').flatMap(({ cidrs }) => cidrs);
  const block = [...BARRED, ...ours].find((cidr) => {
    const parsed = parseCidr(cidr);
    return parsed !== null && cidrContains(parsed, address);
  });
  if (block !== undefined) {
    return refuse('address-reserved', `${text} lies in ${block}; take a public address`);
  }
  if (inventory.ownerOf(INTERNET, text) === undefined) return null;
  return refuse('address-in-use', `${text} is another EIP's already; take another address`);
}

function firstFree(inventory: Inventory): string | null {
  for (const pool of POOLS) {
    for (let place = PLACES.first; place <= PLACES.last; place++) {
      const address = formatIpv4(pool + place);
      if (inventory.ownerOf(INTERNET, address) === undefined) return address;
    }
  }
  return null;
}
