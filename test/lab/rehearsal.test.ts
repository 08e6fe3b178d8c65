/**
 * The rehearsal is of use only if what it plays is what a lab lives through: takeovers that move
 * the address, claims refused as each cloud refuses them, and traffic that reaches the new holder.
 */
import { expect, test } from 'vitest';
import { DROP_REASON_NAMES } from '../../src/dataplane/drop-reason.ts';
import { RULE_SET_NAMES } from '../../src/havip/rule-sets.ts';
import { RECORD_FRAME, RECORD_REPOINTED } from '../../src/lab/engine/engine-requests.ts';
import { rehearse } from '../../src/lab/engine/rehearsal.ts';

const ROUNDS = 5;

test.each(RULE_SET_NAMES)('each member takes over and is reached: %s', (provider) => {
  let repointed = 0;
  const refused = new Set<string>();
  rehearse({ provider, dryRun: false }, ROUNDS, ({ kind, b }) => {
    if (kind === RECORD_REPOINTED) repointed++;
    if (kind === RECORD_FRAME && b !== 0) refused.add(DROP_REASON_NAMES[b]!);
  });
  // Two takeovers a round, each followed by a packet to the address.
  expect(repointed).toBe(2 * ROUNDS);
  // A classic network lets anybody claim; everywhere else the client is no member.
  expect([...refused]).toEqual(provider === 'classic' ? [] : ['not-member']);
});

test('a dry run refuses nothing, and tells what it would have refused', () => {
  let repointed = 0;
  const refused = new Set<number>();
  rehearse({ provider: 'alibaba', dryRun: true }, ROUNDS, ({ kind, b }) => {
    if (kind === RECORD_REPOINTED) repointed++;
    else refused.add(b);
  });
  expect(repointed).toBe(2 * ROUNDS);
  expect([...refused].map((why) => DROP_REASON_NAMES[why]).sort()).toEqual([
    'allowed',
    'not-member',
  ]);
});
