/**
 * Members of a HaVip in the words of a lab file, and which HaVip the switch's tables can hold. What
 * the cloud's rules say of either is judged before, in `inventory/`.
 */
import { parseAddress } from './cidr.ts';
import type { CompiledTopology } from './compile.ts';
import type { Havip } from './topology.ts';

export type Member = Havip['members'][number];

/** The member that a lab file's words name: `ecs-1`, an instance, or `ecs-1/eth0`, an ENI. */
export function memberOf(text: string): Member {
  const slash = text.indexOf('/');
  if (slash < 0) return { instance: text, eni: null };
  return { instance: text.slice(0, slash), eni: text.slice(slash + 1) };
}

export function isSameMember(a: Member, b: Member): boolean {
  return a.instance === b.instance && a.eni === b.eni;
}

/** Who is bound to a HaVip, for the end of a sentence. */
export function boundTo(havip: Havip): string {
  const names = havip.members.map(nameOf).join(', ');
  return names === '' ? 'nobody is bound to it' : `bound to it: ${names}`;
}

/** Why the tables cannot hold a HaVip; or null. */
export function faultOfHavip(compiled: CompiledTopology, havip: Havip): string | null {
  const { subnet, address } = havip;
  if (subnet === null || compiled.subnetIndex(subnet) === 0) return `there is no subnet ${subnet}`;
  if (address === null || parseAddress(address) === null) return `${address} is no IP address`;
  if (!compiled.contains(subnet, address)) return `${address} is outside subnet ${subnet}`;
  const isTaken = compiled.recordOf(subnet, address) !== 0;
  return isTaken ? `${address} is in use in subnet ${subnet}` : null;
}

function nameOf(member: Member): string {
  return member.eni === null ? member.instance : `${member.instance}/${member.eni}`;
}
