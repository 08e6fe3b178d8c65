// docs/api-alibaba.md promises calls and codes; they must be those that are served.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ACTIONS } from '../../../src/api/alibaba/actions.ts';
import { REFUSAL_CODES } from '../../../src/api/alibaba/codes.ts';

const PAGE = readFileSync(new URL('../../../docs/api-alibaba.md', import.meta.url), 'utf8');
/** No rule of this provider, or no call of this dialect, tells them. */
const NEVER_TOLD = ['is-held', 'primary-eni', 'quota-fixed'];

it('names every call that is served, and no other', () => {
  const [, table = ''] = /## Calls\n([\s\S]*?)\n\n\S/.exec(PAGE.replace(/\n\n\|/g, '\n|')) ?? [];
  const calls = table.split('\n').flatMap((row) => {
    const cell = row.split(' | ', 1)[0] ?? '';
    return [...cell.matchAll(/`(\w+)`/g)].map((match) => match[1]);
  });
  expect(calls.sort()).toEqual([...ACTIONS.keys()].sort());
});

it('has a row for each code, with its status and its source', () => {
  const told = Object.entries(REFUSAL_CODES).filter(([why]) => !NEVER_TOLD.includes(why));
  for (const [, [status, code, source]] of told) {
    const mark = source === 'ours' ? '**ours**' : source;
    expect(PAGE).toContain(` | ${status} | \`${code}\` | ${mark} |\n`);
  }
  const rows = PAGE.split('\n').filter((row) => /\| (\*\*ours\*\*|documented)/.test(row));
  expect(rows.length).toBeGreaterThanOrEqual(told.length);
});
