import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { labJsonSchema, parseLab } from '../../src/lab/file/lab-file.ts';

const PAGE = readFileSync(new URL('../../docs/lab-file.md', import.meta.url), 'utf8');
const EXAMPLES = [...PAGE.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1]!);

/** Every key that the schema knows at any depth. */
function keysOf(schema: unknown, keys = new Set<string>()): Set<string> {
  if (typeof schema !== 'object' || schema === null) return keys;
  for (const [name, value] of Object.entries(schema)) {
    if (name === 'properties') for (const key of Object.keys(value as object)) keys.add(key);
    keysOf(value, keys);
  }
  return keys;
}

describe('docs/lab-file.md', () => {
  it.each(EXAMPLES.map((text, i) => [i + 1, text] as const))('example %i parses', (_, text) => {
    expect(parseLab(text, 'lab.yaml').provider).not.toBeNull();
  });

  it('explains every key and shows it in an example', () => {
    const keys = [...keysOf(labJsonSchema())];
    expect(keys.length).toBeGreaterThan(25);
    const examples = EXAMPLES.join('\n');
    for (const key of keys) {
      expect(PAGE, key).toMatch(new RegExp('`[^`\n]*\\b' + key + '\\b[^`\n]*`'));
      expect(examples, key).toMatch(new RegExp('\\b' + key + ':'));
    }
  });

  it('quotes an error as it is printed', () => {
    const [example = ''] = EXAMPLES;
    const text = example.replace('"00:16:3e:00:00:02"', '"00:16:3e:zz"');
    const line = text.split('\n').findIndex((row) => row.includes('zz')) + 1;
    const said = /^lab\.yaml:12: (.*)$/m.exec(PAGE)![1]!;
    expect(() => parseLab(text, 'lab.yaml')).toThrow(`lab.yaml:${line}: ${said}`);
  });
});
