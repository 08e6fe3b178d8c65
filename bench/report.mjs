// What the benches share: a spread of figures, the machine, and how a table is printed.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { Bench } from 'tinybench';

/**
 * Modules of dist as one bundle, which is how the command comes. Each by itself they are slower by
 * a fifth: a constant that is imported is read, and checked, wherever it is used.
 */
export async function bundled(...modules) {
  const folder = mkdtempSync(join(tmpdir(), 'havip-bench-'));
  const dist = join(import.meta.dirname, '..', 'dist');
  const input = join(folder, 'entry.mjs');
  const file = join(folder, 'bundle.mjs');
  const lines = modules.map((module) => `export * from ${JSON.stringify(join(dist, module))};`);
  writeFileSync(input, lines.join('\n'));
  try {
    const bundle = await rolldown({ input, platform: 'node', external: [/^node:/] });
    await bundle.write({ file, format: 'esm' });
    await bundle.close();
    return await import(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Minimum, median and maximum. */
export function spreadOf(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return { minimum: sorted[0], median: sorted[sorted.length >> 1], maximum: sorted.at(-1) };
}

export function machine() {
  const [first] = cpus();
  return {
    processor: first?.model ?? 'unknown',
    processors: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    date: new Date().toISOString().slice(0, 10),
    loadBefore: loadavg()[0].toFixed(2),
  };
}

/**
 * Times `run`, which does `count` operations a call and returns something of what it computed, so
 * that nothing is optimised away. Nanoseconds an operation.
 */
export async function nanoseconds(run, count, milliseconds = 300) {
  const bench = new Bench({
    time: milliseconds,
    iterations: 5,
    warmupTime: 100,
    retainSamples: true,
  });
  let kept = 0;
  bench.add('it', () => {
    kept ^= run() | 0;
  });
  await bench.run();
  const [{ result }] = bench.tasks;
  if (result.state !== 'completed') throw result.error ?? new Error(`bench ${result.state}`);
  const samples = result.latency.samples.map((ms) => (ms * 1e6) / count);
  if (kept === 0.5) console.log(kept);
  return spreadOf(samples);
}

const round = (value) => (value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2));

/** One question's figures as a Markdown table; `target` is what is aimed at, or ''. */
export function table({ question, unit, rows }) {
  const lines = [
    `## ${question}`,
    '',
    `| what | minimum | median | maximum | aimed at (${unit}) |`,
  ];
  lines.push('|---|---|---|---|---|');
  for (const { what, figures, target = '' } of rows) {
    const { minimum, median, maximum } = figures;
    lines.push(`| ${what} | ${[minimum, median, maximum].map(round).join(' | ')} | ${target} |`);
  }
  return `${lines.join('\n')}\n`;
}

/** Prints an answer, as a table or, with --json, as one line. */
export function print(answer) {
  console.log(process.argv.includes('--json') ? JSON.stringify(answer) : table(answer));
}

/** Numbers among the arguments, or else the given ones. */
export function sizes(otherwise) {
  const given = process.argv
    .slice(2)
    .map(Number)
    .filter((size) => size > 0);
  return given.length > 0 ? given : otherwise;
}

/** xorshift32: whole numbers below `below`, the same in every run. */
export function randomOf(seed) {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
