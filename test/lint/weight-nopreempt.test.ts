// Checks that lower a priority, among hosts that do not preempt: what is said of them, and of what
// no weight would be enough for.
import { describe, expect, test } from 'vitest';
import { clean } from './cases.ts';
import { judge, mendedOnce, of } from './judge.ts';

const RULE = 'track-weight-nopreempt';

function weighted(host: 1 | 2, weight: string): string {
  return clean(host)
    .replace('vrrp_instance', () => `vrrp_script chk {\n    script /bin/true\n}\nvrrp_instance`)
    .replace('    track_interface', `    track_script {\n        chk ${weight}\n    }\n$&`);
}

function preempting(text: string): string {
  return text.replace('    nopreempt\n', '');
}

function rulesOf(files: readonly string[]): string[] {
  return judge({}, files)
    .findings.map(({ rule }) => rule)
    .filter((rule) => !rule.startsWith('script-'));
}

describe('a weight on one host, and nopreempt on the other', () => {
  const files = [weighted(1, 'weight -20'), clean(2)];

  test('is found, with the nopreempt that is in the way', () => {
    const [found] = of(RULE, judge({}, files));
    expect(found?.message).toBe(
      'when chk fails, the priority of ecs-1 sinks, and no backup takes the address because of ' +
        'nopreempt: without a weight the failure is FAULT, and moves it',
    );
    expect(found?.related).toMatchObject([
      { place: { file: 'ecs-2.conf', line: 8 }, message: 'VI_1 of ecs-2 does not preempt' },
    ]);
  });

  test('is well once the weight is 0, as is said to write', () => {
    const mended = mendedOnce(files, RULE);
    expect(mended[0]).toContain('chk weight 0\n');
    expect(rulesOf(mended)).toEqual([]);
  });
});

test('a weight that is too small is told once, as no weight would be enough', () => {
  expect(rulesOf([weighted(1, 'weight -5'), clean(2)])).toEqual([RULE]);
});

test('a backup that preempts is enough, and the master may then say nopreempt alone', () => {
  expect(rulesOf([weighted(1, 'weight -20'), preempting(clean(2))])).toEqual([]);
  const [one, two] = [clean(1), preempting(clean(2))];
  expect(rulesOf([one, two])).toEqual(['nopreempt-one-sided']);
});

test('nothing is said of a nopreempt that is cleared', () => {
  const two = clean(2).replace('state BACKUP', 'state MASTER');
  expect(of(RULE, judge({}, [weighted(1, 'weight -20'), two]))).toEqual([]);
});

test('nothing is said of one host alone, nor of a reversed weight', () => {
  expect(of(RULE, judge({}, [weighted(1, 'weight -20')]))).toEqual([]);
  expect(of(RULE, judge({}, [weighted(1, 'weight -20 reverse'), clean(2)]))).toEqual([]);
});
