// `npm test`: style, types, then the tests. With arguments (`npm test -- test/fdb`) it runs only
// vitest and hands them on. The last line is always "N passed, N failed", with ", N skipped" where
// some were; a failed check of style or types counts as one failure.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const require = createRequire(import.meta.url);
const extra = process.argv.slice(2);

let checksFailed = 0;
if (extra.length === 0) {
  if (!run('@biomejs/biome', 'biome', ['check', '.'])) checksFailed++;
  if (!run('typescript', 'tsc', ['--noEmit', '-p', 'tsconfig.json'])) checksFailed++;
}
const { passed, failed, skipped } = runTests(extra);
const failures = failed + checksFailed;
process.exitCode = failures > 0 ? 1 : 0;
console.log(`${passed} passed, ${failures} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);

/** Runs a package's command; whether it succeeded. */
function run(name, command, args) {
  const manifest = require.resolve(`${name}/package.json`);
  const { bin } = require(manifest);
  const script = join(dirname(manifest), typeof bin === 'string' ? bin : bin[command]);
  const options = { cwd: root, stdio: 'inherit' };
  return spawnSync(process.execPath, [script, ...args], options).status === 0;
}

function runTests(args) {
  const folder = mkdtempSync(join(tmpdir(), 'havip-test-'));
  const file = join(folder, 'result.json');
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const succeeded = run('vitest', 'vitest', ['run', ...reporters, ...args]);
    return count(file, succeeded);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A test that passed only when it was tried again may have met a bug: why it failed is told. */
function tellRetried({ status, fullName, failureMessages }) {
  if (status !== 'passed' || failureMessages.length === 0) return;
  const reasons = failureMessages.map((message) => message.split('\n', 1)[0]);
  console.log(`tried again: ${fullName}: ${reasons.join('; ')}`);
}

/** The numbers of a run. A file that failed to load, or a crash, is a failure without a test. */
function count(file, succeeded) {
  const result = { passed: 0, failed: 0, skipped: 0 };
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    result.passed = report.numPassedTests;
    result.failed = report.numFailedTests;
    result.skipped = report.numPendingTests + report.numTodoTests;
    for (const { status, assertionResults } of report.testResults) {
      for (const test of assertionResults) tellRetried(test);
      const hasFailed = assertionResults.some((test) => test.status === 'failed');
      if (status === 'failed' && !hasFailed) result.failed++;
    }
  } catch {
    console.error('havip test: vitest left no result');
  }
  if (!succeeded && result.failed === 0) result.failed = 1;
  return result;
}
