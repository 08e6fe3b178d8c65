/**
 * The first draft of a lab file from what hosts' own configurations say: who has which address,
 * which addresses move, and everything else chosen, each with a comment that says which. Reads no
 * configuration itself; what it cannot know it says in notes.
 */
import type { Address } from '../../havip/cidr.ts';
import type { RuleSet } from '../../havip/rule-set.ts';
import { ruleSet } from '../../havip/rule-sets.ts';
import type { ProviderName } from '../../havip/topology.ts';
import { DraftPlan } from './plan.ts';
import { draftText } from './text.ts';

/** An address that a configuration names. */
export interface DraftAddress {
  address: Address;
  /** As written; null where none is. */
  prefix: number | null;
  /** `FILE:LINE`. */
  where: string;
}

/** One `vrrp_instance`, or what is like it. */
export interface RouterDraft {
  name: string;
  where: string;
  /** The interface, where one is named. */
  device: { name: string; where: string } | null;
  /** The address that adverts are sent from, where one is named. */
  source: DraftAddress | null;
  /** Empty: adverts are sent to a multicast group. */
  peers: DraftAddress[];
  /** With the device of its own where it has one. */
  addresses: (DraftAddress & { device: string | null })[];
}

/** One host: a configuration file, as a rule. */
export interface HostDraft {
  /** A lawful name of an instance, unlike any other. */
  name: string;
  /** The configuration's path, as a comment shows it. */
  file: string;
  /** What is started in its namespace. */
  run: string[];
  routers: RouterDraft[];
}

export interface LabDraft {
  /** YAML, with comments. */
  text: string;
  /** One line each: what was chosen or left out, and what to do about it. */
  notes: string[];
}

export function draftLab(hosts: readonly HostDraft[], provider: ProviderName): LabDraft {
  const rules: RuleSet = ruleSet(provider);
  const plan = new DraftPlan(hosts, rules);
  return { text: draftText(plan, hosts, rules), notes: plan.notes.list };
}
