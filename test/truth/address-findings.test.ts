/**
 * The findings about addresses, of every capture: exactly those of the table in pcaps/README.md,
 * which says of each why it is right by the ground truth. A capture that is not in it has none.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/analysis/result.ts';
import { parseLab } from '../../src/lab/file/lab-file.ts';
import { ADDRESS_CODES } from '../analysis/detectors/address-codes.ts';
import { labText } from './lab.ts';
import { observe, PCAPS, replay, type Scenario, scenarios, secondsAt } from './scenario.ts';

interface Expected {
  name: string;
  code: string;
  severity: string;
}

const PAGE = readFileSync(join(PCAPS, 'README.md'), 'utf8');
const EXPECTED: Expected[] = [...PAGE.matchAll(/^\| (\w+) `([\w-]+)` \| `([\w-]+)` \|/gm)].map(
  ([, severity = '', code = '', name = '']) => ({ name, code, severity }),
);

async function found({ path }: Scenario): Promise<Finding[]> {
  const { findings } = await observe(path);
  return findings.filter(({ code }) => ADDRESS_CODES.includes(code));
}

test.each(scenarios)('$label', async (scenario) => {
  const said = (await found(scenario)).map(({ code, severity }) => ({
    name: scenario.name,
    code,
    severity,
  }));
  const byCode = (a: Expected, b: Expected) => a.code.localeCompare(b.code);
  const expected = EXPECTED.filter(({ name }) => name === scenario.name);
  expect(said.sort(byCode)).toEqual(expected.sort(byCode));
});

test('every capture of the table is there', () => {
  expect(EXPECTED).toHaveLength(11);
  for (const { name } of EXPECTED) {
    expect(scenarios.some((scenario) => scenario.name === name)).toBe(true);
  }
});

/** The second source: the notify scripts, which run some 12 ms after each change. */
describe('a stale cache', () => {
  test.each(scenarios)('is told while one node alone is MASTER: $label', async (scenario) => {
    const { truth } = scenario;
    const stale = (await found(scenario)).filter(({ code }) => code === 'stale-cache');
    for (const { t, message } of stale) {
      const masters = truth.ownership.by_notify.filter(
        ({ from_ns, to_ns }) =>
          secondsAt(truth, from_ns) < (t as number) && secondsAt(truth, to_ns) > (t as number),
      );
      expect(masters.map(({ host }) => host)).toHaveLength(1);
      const mac = truth.topology.hosts.find(({ name }) => name === masters[0]?.host)?.interfaces[0]
        ?.mac;
      expect(message).toContain(`(${mac}) is the only master`);
    }
  });
});

/** Nobody ran LVS or forged an IP source: the forged frames of 10-rogue are ARP. */
test.each(
  scenarios.filter(({ label, name }) => label === name),
)('with a lab nobody in $label is taken for a real server or a forger', async (scenario) => {
  for (const provider of ['alibaba', 'tencent']) {
    const lab = parseLab(labText(scenario.truth, provider), 'lab.yaml');
    const { findings } = await replay(scenario.path, lab);
    const codes = findings.map(({ code }) => code);
    expect(codes).not.toContain('lvs-dr-unsupported');
    expect(codes).not.toContain('spoofed-sender');
  }
});

/** The second source: when the harness killed or stopped keepalived, and when node2 took over. */
describe('a zombie', () => {
  const zombies = scenarios.filter(({ name }) => /^19[ad]-/.test(name));

  test.each(zombies)('answers between the kill and the end of $label', async (scenario) => {
    const [finding] = (await found(scenario)).filter(({ code }) => code === 'zombie-holder');
    const { truth } = scenario;
    const [first] = truth.ownership.by_notify;
    const second = truth.ownership.by_notify.find(({ host }) => host !== first?.host);
    const taken = secondsAt(truth, second?.from_ns as number);
    // It went on answering before the other one took over, for some 3 s.
    expect(finding?.t).toBeLessThan(taken);
    expect(finding?.t).toBeGreaterThan(taken - 3.7);
  });
});
