/** What the reader had to say about the files, each on one line for standard error. */
import type { CaptureReader } from '../capture/index.ts';

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
