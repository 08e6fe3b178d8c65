/** Pages for the tests, made as a user makes them. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { runCommand } from '../../../src/cli/commands.ts';
import { MemoryClock, MemoryStreams } from '../../cli/memory-streams.ts';

const SCRIPT = resolve(import.meta.dirname, '../../../dist/page/lanes.js');

/** Continuous integration builds first: there nothing may be skipped. */
export const isPageBuilt = existsSync(SCRIPT) || process.env.CI !== undefined;

if (!isPageBuilt) console.warn('skipped: no bundle for HTML pages; npm run build makes it');

/** Replays captures (and options) into the page `file`. */
export async function makePage(file: string, ...arguments_: string[]): Promise<void> {
  const streams = new MemoryStreams();
  const line = ['replay', ...arguments_, '--html', file];
  const status = await runCommand(line, streams, new MemoryClock());
  if (status !== 0) throw new Error(streams.errors.text);
}
