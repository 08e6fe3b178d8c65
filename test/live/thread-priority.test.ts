/** The priorities that a thread gives itself and its share of a processor, as the kernel has them. */
import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { ROOT, whyNoLab } from './lab-process.ts';

const reason = whyNoLab();
const isSkipped = reason !== null && process.env.CI === undefined;
if (isSkipped) console.warn(`skipped: thread priorities (${reason})`);

/** proc(5): of the fields after the command's name, `nice` and `policy`. */
const NICE = 16;
const POLICY = 38;
/** sched(7); the flag stays whatever the policy is. */
const SCHED_OTHER = 0;
const SCHED_RR = 2;

const PROGRAM = `
import { readFileSync } from 'node:fs';
import { nativeBinding } from '${ROOT}/dist/ports/native-binding.js';
const place = () => {
  const fields = readFileSync('/proc/thread-self/stat', 'utf8').split(') ')[1].split(' ');
  return [fields[${NICE}], fields[${POLICY}]].map(Number);
};
const { goFirst, goAlong } = nativeBinding();
const places = [place()];
for (const go of [goFirst, goAlong, goFirst]) places.push([go(), ...place()]);
console.log(JSON.stringify(places));
`;

const SPIN = `
import { nativeBinding } from '${ROOT}/dist/ports/native-binding.js';
const { processorTime } = nativeBinding();
const wait = new Int32Array(new SharedArrayBuffer(4));
const times = [processorTime()];
for (const end = process.cpuUsage().user + 2e5; process.cpuUsage().user < end; );
times.push(processorTime());
Atomics.wait(wait, 0, 0, 300);
times.push(processorTime());
console.log(JSON.stringify(times));
`;

function result(program: string): unknown {
  const args = ['--input-type=module', '-e', program];
  return JSON.parse(execFileSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' }));
}

describe.skipIf(isSkipped)('a thread', () => {
  test('knows how much of a processor it has had: nothing while it sleeps', () => {
    const [before, after, slept] = result(SPIN) as number[];
    expect(after! - before!).toBeGreaterThan(0.15e9);
    expect(after! - before!).toBeLessThan(5e9);
    expect(slept! - after!).toBeLessThan(0.1e9);
  });

  test('goes first in real time, along with others, and first again', () => {
    const [before, ...after] = result(PROGRAM) as number[][];
    expect(before![1]).toBe(SCHED_OTHER);
    expect(after).toEqual([
      [0, expect.any(Number), SCHED_RR],
      [0, ...before!],
      [0, expect.any(Number), SCHED_RR],
    ]);
  });
});
