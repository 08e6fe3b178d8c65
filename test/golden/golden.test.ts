/**
 * Golden replays: what the replay says of each capture in pcaps/, compared as text with
 * NAME.expect there (with NAME.lab.yaml also NAME.lab.expect). HAVIP_UPDATE_GOLDEN=1 writes the
 * files anew; read the difference before it is committed. That what they say is true is the
 * matter of test/truth.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseLab } from '../../src/lab/file/lab-file.ts';
import { PCAPS, replay, type Scenario, scenarios } from '../truth/scenario.ts';
import { chronicle } from './chronicle.ts';

const isUpdate = process.env.HAVIP_UPDATE_GOLDEN === '1';
const own = scenarios.filter(({ path }) => path.startsWith(PCAPS));
const labs = own.filter(({ name }) => existsSync(join(PCAPS, `${name}.lab.yaml`)));

async function compare(file: string, { path }: Scenario, lab: string | null): Promise<void> {
  const topology = lab === null ? null : parseLab(readFileSync(lab, 'utf8'), basename(lab));
  const text = chronicle(await replay(path, topology));
  const golden = join(PCAPS, file);
  if (isUpdate) writeFileSync(golden, text);
  expect(text).toBe(readFileSync(golden, 'utf8'));
}

describe('golden', () => {
  test.each(own)('$name', (scenario) => compare(`${scenario.name}.expect`, scenario, null));

  test.each(labs)('$name, judged by its lab file', (scenario) =>
    compare(`${scenario.name}.lab.expect`, scenario, join(PCAPS, `${scenario.name}.lab.yaml`)));

  test('no expectation is left without its capture', () => {
    const expected = readdirSync(PCAPS).filter((file) => file.endsWith('.expect'));
    const named = [
      ...own.map(({ name }) => `${name}.expect`),
      ...labs.map(({ name }) => `${name}.lab.expect`),
    ];
    expect(expected.sort()).toEqual(named.sort());
  });
});
