import type { ReplayResult } from '../../src/analysis/result.ts';
import { textReport } from '../../src/report/text.ts';

/** The text of a report, no line of which is broken. */
export function reportOf(result: ReplayResult): string {
  return textReport(result, { width: 400, color: false, unicode: true });
}
