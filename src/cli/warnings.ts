/** What there is to say of a replay's input, each on one line for standard error. */
import type { ClaimEntry, ReplayResult } from '../analysis/result.ts';
import type { CaptureReader } from '../capture/index.ts';
import { withChosenMacs } from '../havip/chosen-macs.ts';
import type { Topology } from '../havip/topology.ts';
import { formatMac } from '../wire/mac.ts';

const WARNINGS_MAX = 5;

/** Damage first: one line for each file; then other oddities, the first few of them. */
export function warningLines(readers: readonly CaptureReader[]): string[] {
  const lines: string[] = [];
  const oddities: string[] = [];
  for (const { name, damaged, truncated, warnings } of readers) {
    if (truncated) {
      lines.push(`${name}: cut in the middle of its last record; what came before is reported`);
    } else if (damaged !== null) {
      const { offset, reason } = damaged;
      lines.push(`${name}: damaged at octet ${offset}: ${reason}; what came before is reported`);
    }
    for (const { code, message, count } of warnings) {
      // The report has a finding for it.
      if (code === 'time-backwards') continue;
      oddities.push(`${name}: ${message}${count > 1 ? ` (${count} times)` : ''}`);
    }
  }
  const shown = oddities.slice(0, WARNINGS_MAX);
  const hidden = oddities.length - shown.length;
  if (hidden > 0) shown.push(`and ${hidden} more such warnings`);
  return [...lines, ...shown].map((line) => line.replace(/\s+/g, ' '));
}

/**
 * Where claims of hosts without a name were refused: network interfaces without a MAC in the lab
 * file and, as no host of the capture has the one that a lab gives them, nobody's; null where there
 * are none.
 */
export function unknownHosts(topology: Topology, result: ReplayResult): string | null {
  const isStrange = ({ verdict, name }: ClaimEntry): boolean =>
    verdict === 'refused' && name === null;
  if (!result.claims.some(isStrange)) return null;
  const seen = new Set(result.hosts.map(({ mac }) => mac));
  const complete = withChosenMacs(topology).enis;
  const unknown = topology.enis.filter(
    ({ mac }, index) => mac === null && !seen.has(formatMac(complete[index]?.mac ?? 0)),
  );
  const [first] = unknown;
  if (first === undefined) return null;
  const more = unknown.length === 1 ? '' : ` and ${unknown.length - 1} more`;
  return (
    `instances.${first.instance}.enis.${first.name}${more} of the lab file: no \`mac\`, so that ` +
    'no host of the capture is taken for it and its claims are refused; add it'
  );
}
