/** The page of `--html`, with the code that `npm run build` made for it. */
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Lanes } from '../analysis/lanes.ts';
import type { ReplayResult } from '../analysis/result.ts';
import { UsageError } from './usage-error.ts';
import { WholeFile } from './whole-file.ts';

/** The bundled code of report/html/browser, which `npm run build` makes. */
const SCRIPT = fileURLToPath(new URL('../../dist/page/lanes.js', import.meta.url));

const NO_LANES: Lanes = { adverts: [], addresses: [], leftOut: 0 };

/** Raises UsageError where the page's code was never built. */
export function checkPageBuilt(): void {
  if (fs.existsSync(SCRIPT)) return;
  throw new UsageError(`--html: ${SCRIPT}: no such file`, 'build it: npm run build');
}

/** Raises UsageError where the file cannot be written. */
export async function writeHtmlFile(
  file: string,
  result: ReplayResult,
  lanes: Lanes | null,
): Promise<void> {
  const { htmlReport } = await import('../report/html/page.ts');
  const text = htmlReport(result, lanes ?? NO_LANES, fs.readFileSync(SCRIPT, 'utf8'));
  const page = new WholeFile({ option: 'html', file });
  page.write(text);
  page.finish();
}
