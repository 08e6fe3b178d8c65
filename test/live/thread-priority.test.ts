/** The priorities that a thread gives itself, as the kernel has them. */
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

describe.skipIf(isSkipped)('a thread', () => {
  test('goes first in real time, along with others, and first again', () => {
    const args = ['--input-type=module', '-e', PROGRAM];
    const [before, ...after] = JSON.parse(
      execFileSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' }),
    );
    expect(before[1]).toBe(SCHED_OTHER);
    expect(after).toEqual([
      [0, expect.any(Number), SCHED_RR],
      [0, ...before],
      [0, expect.any(Number), SCHED_RR],
    ]);
  });
});
