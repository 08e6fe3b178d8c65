/**
 * Who may be bound to a HaVip and which HaVip may be created, asked of a network as it is: each
 * question is answered with null or with the reason of the refusal. Quotas are asked elsewhere.
 */
import { parseAddress } from './cidr.ts';
import type { CompiledTopology } from './compile.ts';
import type { RuleSet } from './rule-set.ts';
import type { Eni, Havip, Topology } from './topology.ts';

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

/** What a live switch's tables were made of. */
interface Compiled {
  readonly topology: Topology;
  readonly rules: RuleSet;
  readonly compiled: CompiledTopology;
}

/** Why the member may not be bound to this HaVip, with these ENIs there now; or null. */
export function faultOfMember(
  enis: readonly Eni[],
  { topology, rules, compiled }: Compiled,
  havip: Havip,
  member: Member,
): string | null {
  const text = nameOf(member);
  const covered = enis.filter((eni) => compiled.enis.isOf(topology.enis.indexOf(eni), eni, member));
  if (covered.length === 0) {
    return `there is no ${member.eni === null ? 'instance' : 'ENI'} ${text}`;
  }
  if (!covered.some((eni) => eni.subnet === havip.subnet)) {
    return `${text} has no ENI in subnet ${havip.subnet}, where HaVip ${havip.name} is`;
  }
  if (havip.members.some((other) => isSameMember(other, member))) {
    return `${text} is bound to HaVip ${havip.name} already`;
  }
  const isMixed = havip.members.some((other) => (other.eni === null) !== (member.eni === null));
  if (!isMixed || rules.mixesInstancesAndEnis) return null;
  return `${rules.name} never binds instances and ENIs to one HaVip; ${boundTo(havip)}`;
}

/** Why the HaVip may not be created, or null; its members are judged where `enis` are given. */
export function faultOfHavip(
  enis: readonly Eni[] | null,
  parts: Compiled,
  havip: Havip,
): string | null {
  const { compiled } = parts;
  const { subnet, address } = havip;
  if (subnet === null || compiled.subnetIndex(subnet) === 0) return `there is no subnet ${subnet}`;
  if (address === null || parseAddress(address) === null) return `${address} is no IP address`;
  if (!compiled.contains(subnet, address)) return `${address} is outside subnet ${subnet}`;
  const members: Member[] = [];
  for (const member of enis === null ? [] : havip.members) {
    const fault = faultOfMember(enis ?? [], parts, { ...havip, members }, member);
    if (fault !== null) return fault;
    members.push(member);
  }
  const isTaken = compiled.recordOf(subnet, address) !== 0;
  return isTaken ? `${address} is in use in subnet ${subnet}` : null;
}

function nameOf(member: Member): string {
  return member.eni === null ? member.instance : `${member.instance}/${member.eni}`;
}
