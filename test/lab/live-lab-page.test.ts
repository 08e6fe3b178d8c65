// docs/live-lab.md promises programs the fields of each event; they must be those that are told.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const ROOT = new URL('../../', import.meta.url);
const PAGE = readFileSync(new URL('docs/live-lab.md', ROOT), 'utf8');
const EVENTS = readFileSync(new URL('src/analysis/live-events.ts', ROOT), 'utf8');
const RESULT = readFileSync(new URL('src/analysis/result.ts', ROOT), 'utf8');

/** The fields that a type declares, at any depth. */
function fieldsIn(body: string): string[] {
  const code = body.replace(/\/\*\*[\s\S]*?\*\//g, '');
  return [...code.matchAll(/(?:^|[{;]) *(\w+)\??: /gm)].map(([, field]) => field!);
}

/** A finding has no `t` while the lab runs. */
const FINDING = fieldsIn(/interface Finding [^{]*{\n([\s\S]*?)\n}/.exec(RESULT)![1]!);
const TOLD = [...EVENTS.matchAll(/\bevent: '([\w-]+)'([\s\S]*?)\n(?:}|>;)/g)].map(
  ([, name = '', body = '']) => {
    const fields = name === 'finding' ? FINDING.filter((one) => one !== 't') : fieldsIn(body);
    return { name, fields: fields.filter((field) => field !== 'time') };
  },
);
const ROWS = new Map(
  PAGE.split('## Events for programs')[1]!
    .split('\n## ')[0]!
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => [line.split('`')[1]!, line]),
);

test('each event has a row, and there is no other', () => {
  expect([...ROWS.keys()].sort()).toEqual(TOLD.map(({ name }) => name).sort());
});

test.each(TOLD)('$name: the row names each field', ({ name, fields }) => {
  const row = ROWS.get(name)!;
  for (const field of fields) expect(row, field).toContain(`\`${field}\``);
});
