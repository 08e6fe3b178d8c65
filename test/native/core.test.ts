/** The C core as a plain program under the address and undefined-behaviour sanitizers. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const NATIVE = join(import.meta.dirname, '..', '..', 'native');
const ROUNDS = 5_000;
/** What needs Node, or is a program of its own. */
const NOT_CORE = /^(binding.*|launch)\.c$/;

function whyNot(): string | null {
  if (process.platform !== 'linux') return 'not Linux';
  try {
    execFileSync('cc', ['--version'], { stdio: 'ignore' });
    return null;
  } catch {
    return 'no cc';
  }
}

const reason = whyNot();
const isSkipped = reason !== null && process.env.CI === undefined;
if (isSkipped) console.warn(`skipped: the core under the sanitizers (${reason})`);

describe.skipIf(isSkipped)('the core under the sanitizers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'havip-fuzz-'));
  const program = join(folder, 'fuzz');
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  beforeAll(() => {
    const core = readdirSync(NATIVE).filter((file) => file.endsWith('.c') && !NOT_CORE.test(file));
    const sanitizers = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
    const flags = ['-g', '-O1', '-Wall', '-Wextra', '-Werror', ...sanitizers];
    const sources = [
      join(import.meta.dirname, 'fuzz.c'),
      ...core.map((file) => join(NATIVE, file)),
    ];
    execFileSync('cc', [...flags, '-o', program, ...sources], { stdio: 'pipe' });
  }, 60_000);

  for (const seed of [20_261_121, 2, 3]) {
    test(`keeps its promises for random frames and headers (seed ${seed})`, () => {
      const said = execFileSync(program, [String(seed), String(ROUNDS)], { encoding: 'utf8' });
      const [received, bad, sent, lost] = said.match(/\d+/g)!.map(Number) as number[];
      expect(received).toBe(sent! + lost!);
      // Of each kind enough that something was tried.
      for (const frames of [received, bad, sent, lost]) expect(frames).toBeGreaterThan(200);
    });
  }
});
