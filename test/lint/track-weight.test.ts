// What track-weight-idle says of weights above and below 0: the priority of the host while the
// check succeeds and when it fails, and a weight with which the failure moves the address.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clean } from './cases.ts';
import { judge, mendedOnce, of } from './judge.ts';

const RULE = 'track-weight-idle';

interface Node {
  readonly priority: number;
  /** Of each script; none: no script is tracked. */
  readonly weights?: readonly number[];
  /** Whether the weight stands where the script is tracked. */
  readonly isTracked?: boolean;
}

function text(host: 1 | 2, { priority, weights = [], isTracked = false }: Node): string {
  const scripts = weights.map((weight, i) => {
    const line = isTracked ? '' : `    weight ${weight}\n`;
    return `vrrp_script chk${i} {\n    script /bin/true\n${line}}\n`;
  });
  const lines = weights.map((weight, i) => `chk${i}${isTracked ? ` weight ${weight}` : ''}\n`);
  const tracks = lines.length === 0 ? '' : `track_script {\n${lines.join('')}}\n`;
  return clean(host)
    .replace('    nopreempt\n', '')
    .replace(/priority \d+\n/, () => `priority ${priority}\n${tracks}`)
    .replace('vrrp_instance', () => `${scripts.join('')}vrrp_instance`);
}

function found(files: readonly string[]) {
  return of(RULE, judge({}, files));
}

const IDLE: readonly [string, Node, Node, string, string][] = [
  [
    'a weight above 0 against a host without a script',
    { priority: 110, weights: [10] },
    { priority: 100 },
    'still has 110 (120 while it succeeds) against 100',
    'weight -11',
  ],
  [
    'one that is raised',
    { priority: 110, weights: [21] },
    { priority: 100 },
    'still has 110 (131 while it succeeds) against 100',
    'weight -11',
  ],
  [
    'a weight above 0 on both hosts',
    { priority: 110, weights: [10] },
    { priority: 100, weights: [10] },
    'still has 110 (120 while it succeeds) against 110',
    'weight 11',
  ],
  [
    'two different ones',
    { priority: 150, weights: [20] },
    { priority: 100, weights: [5] },
    'still has 150 (170 while it succeeds) against 105',
    'weight 51',
  ],
  [
    'a weight above 0 on both, and no room for more',
    { priority: 253, weights: [1] },
    { priority: 100, weights: [1] },
    'still has 253 (254 while it succeeds) against 101',
    'weight -153',
  ],
  [
    'a weight below 0',
    { priority: 110, weights: [-5] },
    { priority: 100 },
    'still has 105 (110 while it succeeds) against 100',
    'weight -11',
  ],
  [
    'a weight below 0 on both',
    { priority: 110, weights: [-10] },
    { priority: 100, weights: [-10] },
    'still has 100 (110 while it succeeds) against 100',
    'weight -11',
  ],
  [
    'one against a peer that has gained',
    { priority: 110, weights: [-2] },
    { priority: 100, weights: [5] },
    'still has 108 (110 while it succeeds) against 105',
    'weight -6',
  ],
  [
    'a peer of priority 1, below which nothing falls',
    { priority: 100, weights: [-50] },
    { priority: 1 },
    'still has 50 (100 while it succeeds) against 1',
    'weight 0',
  ],
  [
    'a weight where the script is tracked',
    { priority: 110, weights: [10], isTracked: true },
    { priority: 100 },
    'still has 110 (120 while it succeeds) against 100',
    'weight -11',
  ],
];

describe.each(IDLE)('%s', (_, one, two, message, write) => {
  const files = [text(1, one), text(2, two)];

  test('is found, with what to write', () => {
    const said = found(files);
    expect(said).toHaveLength(1);
    expect(said[0]?.message).toContain(message);
    expect(said[0]?.fix?.write).toEqual([write]);
  });

  test('is silenced at once by what it says to write', () => {
    expect(found(mendedOnce(files, RULE))).toEqual([]);
  });
});

test('both hosts are told where both have to change', () => {
  const node = { weights: [10] };
  const [said] = found([text(1, { ...node, priority: 110 }), text(2, { ...node, priority: 100 })]);
  expect(said?.related).toEqual([
    {
      place: expect.objectContaining({ file: 'ecs-2.conf' }),
      message: 'write weight 11 here too, on ecs-2',
    },
  ]);
  expect(said?.fix?.edits.map(({ file }) => file)).toEqual(['ecs-1.conf', 'ecs-2.conf']);
});

test('of several weights each is judged by itself, and bounded is their sum alone', () => {
  const files = [text(1, { priority: 200, weights: [60, -160] }), text(2, { priority: 150 })];
  // 260 counts as 254; without the 60 it is 200, with the -160 it is 100.
  expect(found(files).map(({ message }) => message)).toEqual([
    'when chk0 fails, ecs-1 still has 200 (254 while it succeeds) against 150 of ecs-2: the ' +
      'address stays where it is',
  ]);
});

test('a reversed weight counts as keepalived counts it, and its failure is not judged', () => {
  const files = [
    text(1, { priority: 110, weights: [-5, 7] }).replace('weight 7', 'weight 7 reverse'),
    text(2, { priority: 100, weights: [-1] }).replace('weight -1', 'weight -1 reverse'),
  ];
  expect(found(files).map(({ message, fix }) => [message, fix?.write])).toEqual([]);
  const more = files.map((one) => one.replace('priority 110', 'priority 120'));
  expect(found(more).map(({ message, fix }) => [message, fix?.write])).toEqual([
    [expect.stringContaining('when chk0 fails, ecs-1 still has 108 (113 '), ['weight -14']],
  ]);
});

test.each<[string, Node, Node]>([
  ['a weight above 0 that decides', { priority: 95, weights: [10] }, { priority: 100 }],
  ['one on both', { priority: 101, weights: [2] }, { priority: 100, weights: [2] }],
  ['no weight: FAULT', { priority: 110, weights: [0] }, { priority: 100 }],
  ['the owner, whose weights are cleared', { priority: 255, weights: [9] }, { priority: 100 }],
])('nothing is said of %s', (_, one, two) => {
  expect(found([text(1, one), text(2, two)])).toEqual([]);
});

test('whatever the numbers are: what is said to write silences what says it', () => {
  const weight = fc.integer({ min: -253, max: 253 });
  const node = fc.record({
    priority: fc.integer({ min: 1, max: 254 }),
    weights: fc.array(weight, { maxLength: 2 }),
    isTracked: fc.boolean(),
  });
  const about = ({ host, message }: { host: string | null; message: string }) =>
    `${host} ${message.split(' ')[1]}`;
  const check = (one: Node, two: Node) => {
    const files = [text(1, one), text(2, two)];
    const { findings, source } = judge({}, files);
    for (const finding of findings.filter(({ rule }) => rule === RULE)) {
      const edits = finding.fix?.edits ?? [];
      const mended = files.map((_, i) => source.mendedText(`ecs-${i + 1}.conf`, edits));
      expect(edits.length).toBeGreaterThan(0);
      expect(found(mended).map(about)).not.toContain(about(finding));
    }
  };
  fc.assert(fc.property(node, node, check), { numRuns: 500 });
});
