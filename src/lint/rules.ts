/** All rules, in the order in which docs/lint.md explains them. */
import type { Rule } from './finding.ts';
import { ADDRESS_RULES } from './rules/addresses.ts';
import { AGREEMENT_RULES } from './rules/agreement.ts';
import { AUTHENTICATION_RULES } from './rules/authentication.ts';
import { ELECTION_RULES } from './rules/election.ts';
import { HOST_RULES } from './rules/hosts.ts';
import { INSTANCE_RULES } from './rules/instances.ts';
import { PEER_RULES } from './rules/peers.ts';
import { READING_RULES } from './rules/reading.ts';
import { scriptShell } from './rules/script-shell.ts';
import { SCRIPT_RULES } from './rules/scripts.ts';
import { STRICT_RULES } from './rules/strict.ts';
import { TIMING_RULES } from './rules/timing.ts';
import { TRACKING_RULES } from './rules/tracking.ts';
import { UNICAST_RULES } from './rules/unicast.ts';
import { VIRTUAL_MAC_RULES } from './rules/virtual-mac.ts';

export const RULES: readonly Rule[] = [
  ...READING_RULES,
  ...INSTANCE_RULES,
  ...ELECTION_RULES,
  ...UNICAST_RULES,
  ...PEER_RULES,
  ...AGREEMENT_RULES,
  ...TIMING_RULES,
  ...AUTHENTICATION_RULES,
  ...STRICT_RULES,
  ...VIRTUAL_MAC_RULES,
  ...ADDRESS_RULES,
  ...HOST_RULES,
  ...TRACKING_RULES,
  ...SCRIPT_RULES,
  scriptShell,
];

export const RULE_IDS: readonly string[] = RULES.map(({ id }) => id);
