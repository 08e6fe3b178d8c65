// What shows that a file is a template, and that nothing else is said of one.
import { expect, test } from 'vitest';
import { clean } from './cases.ts';
import { judge, said } from './judge.ts';

const file = (from: string, to: string) => clean(1).replace(from, () => to);

test.each([
  ['priority {{ 100 if first else 90 }}', 14],
  ['{% if first %}\n    priority 100\n{% endif %}', 5],
  ['priority <%= @priority %>', 14],
  ['priority $\x7bPRIORITY}', 14],
])('%s: one error', (line, column) => {
  const result = judge({ lab: true }, [file('priority 100', line)]);
  expect(said(result)).toEqual(['ecs-1.conf:9 error template']);
  expect(result.counts).toEqual({ error: 1, warning: 0, info: 0 });
  expect(result.findings[0]?.place?.column).toBe(column);
  expect(result.outages).toEqual([]);
});

test.each([
  ['a parameter', `$PRIORITY=100\n${file('priority 100', 'priority $\x7bPRIORITY}')}`],
  ['a comment', file('priority 100', 'priority 100 # {{ priority }}')],
  ['a script', file('advert_int 1', 'advert_int 1\n    notify "/bin/echo {{.State}} $\x7bA}"')],
])('%s: none', (_, text) => {
  expect(said(judge({}, [text])).join()).not.toContain('template');
});

test('the password of a template is masked', () => {
  const { source } = judge({}, [file('auth_pass 1111', 'auth_pass {{ password }}')]);
  expect(source.shownLine('ecs-1.conf', 13)).not.toContain('password }');
});
