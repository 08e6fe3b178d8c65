/**
 * A machine that stands still for a while, because whoever lends it took it away, lets keepalived
 * miss adverts and take over as it should, which no live test can tell from a fault of the switch.
 * So a thread of each test's process watches whether it gets to run, and Linux counts what was
 * stolen. A test that fails while the machine was not there is told so by a last error, and by that
 * error it is tried again (vitest.config.ts); any other failure stands.
 */
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';

/** Milliseconds: half of the time between two adverts (test/live/pair-lab.ts). */
const TOO_LONG = 100;
/** Of the processors' time, while a test ran. */
const TOO_MUCH = 0.05;
/** Milliseconds between two looks at the clock. */
const PAUSE = 10;

/** The longest time for which the thread did not run, beyond its pause, in microseconds. */
const longest = new Int32Array(new SharedArrayBuffer(4));

const WATCH = `
const { longest, pause } = require('node:worker_threads').workerData;
const nothing = new Int32Array(new SharedArrayBuffer(4));
for (;;) {
  const before = performance.now();
  Atomics.wait(nothing, 0, 0, pause);
  const late = Math.round((performance.now() - before - pause) * 1000);
  if (late > Atomics.load(longest, 0)) Atomics.store(longest, 0, late);
}`;

const thread = new Worker(WATCH, { eval: true, workerData: { longest, pause: PAUSE } });
thread.unref();
const online = once(thread, 'online');

/** Ticks of all processors since the machine began, and those that it was not given (proc(5)). */
function ticks(): { all: number; stolen: number } {
  const text = existsSync('/proc/stat') ? readFileSync('/proc/stat', 'utf8') : 'cpu 1';
  const [line = ''] = text.split('\n', 1);
  // user, nice, system, idle, iowait, irq, softirq, steal; guests are in user.
  const counts = line.trim().split(/\s+/).slice(1, 9).map(Number);
  return { all: counts.reduce((sum, one) => sum + one, 0), stolen: counts[7] ?? 0 };
}

let before = ticks();

beforeAll(() => online);

beforeEach(() => {
  Atomics.store(longest, 0, 0);
  before = ticks();
});

// The outermost hook runs last: what it throws is the last error of the test.
afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  // The thread, too, has just woken up, and has to say how late it is.
  await new Promise((resolve) => setTimeout(resolve, 2 * PAUSE));
  const milliseconds = Atomics.load(longest, 0) / 1000;
  const after = ticks();
  const share = (after.stolen - before.stolen) / Math.max(1, after.all - before.all);
  if (milliseconds < TOO_LONG && share < TOO_MUCH) return;
  const percent = (100 * share).toFixed(0);
  const still = `stood still for ${milliseconds.toFixed(0)} ms`;
  throw new Error(`the machine ${still} and lost ${percent} % of its time during this test`);
});

afterAll(() => thread.terminate());
