/** `havip history` from a state file: for people, as JSON, and as CSV by RFC 4180. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCommand } from '../../src/cli/commands.ts';
import { SqliteStore } from '../../src/lab/state/sqlite-store.ts';
import { MemoryClock, MemoryStreams } from './memory-streams.ts';

let folder = '';
let state = '';
const NOON = Date.UTC(2026, 10, 21, 12);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'havip-history-'));
  state = join(folder, 'lab.db');
  const store = await SqliteStore.open(state);
  const [havip, ip] = ['web', '10.0.0.88'];
  const lengths = { detectionSeconds: 3.6, outageSeconds: 4.024 };
  store.holder({ time: NOON + 0.25, havip, ip, from: 'a', to: 'b', cause: 'crash', ...lengths });
  const mac = '02:00:00:00:00:66';
  store.refusal({ time: NOON + 1000, havip, ip, mac, name: null, reason: 'not-member' });
  const caller = { dialect: 'alibaba', call: '=1+1,"x"', requestId: 'r\n2' };
  store.refused({ kind: 'delete-havip', havip: 'api' }, 'has-members', caller, NOON + 2000);
  const cli = { dialect: 'cli', requestId: 'r-3' };
  const kill = { kind: 'set-instance-status', instance: 'ecs-1', status: 'stopped' } as const;
  store.refused(kill, 'no-such-instance', { ...cli, call: 'kill' }, NOON + 2100);
  const bind = { kind: 'associate', havip: 'api', member: { eni: 'eni-7' } } as const;
  store.refused(bind, 'member-twice', { ...cli, call: 'bind' }, NOON + 2200);
  store.close();
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function history(...words: string[]) {
  const streams = new MemoryStreams();
  const clock = new MemoryClock();
  clock.wall = () => (NOON + 3000) * 1e6;
  const status = await runCommand(['history', ...words, '--state', state], streams, clock);
  expect([status, streams.errors.text]).toEqual([0, '']);
  return streams.output.text;
}

test('is a line an entry, in the order of time', async () => {
  expect((await history()).split('\n')).toEqual([
    '2026-11-21 12:00:00.000  web  a → b (crash, detected in 3.600 s, outage 4.024 s)',
    '2026-11-21 12:00:01.000  web  refused to 02:00:00:00:00:66: not-member',
    '2026-11-21 12:00:02.000  api  alibaba =1+1,"x" (delete-havip): has-members',
    '2026-11-21 12:00:02.100  -  cli kill ecs-1 (set-instance-status): no-such-instance',
    '2026-11-21 12:00:02.200  api  cli bind eni-7 (associate): member-twice',
    '',
  ]);
});

test('of one HaVip, since a while ago', async () => {
  expect(await history('web', '--since', '2.5s')).toMatch(
    /^\S+ 12:00:01.000 {2}web {2}refused.*\n$/,
  );
  expect(await history('web', '--since', '2026-11-21T12:00:00Z')).toMatch(/a → b/);
});

test('of one that neither is nor was there is a mistake; of one that was, it is told', async () => {
  expect(await history('api', '--since', '0.5s')).toBe('');
  const streams = new MemoryStreams();
  const words = ['history', 'nobody', '--state', state];
  expect(await runCommand(words, streams, new MemoryClock())).toBe(2);
  expect(streams.output.text).toBe('');
  expect(streams.errors.text).toBe('havip history: there is no HaVip nobody; there is none\n');
});

test('as JSON has times to the microsecond', async () => {
  const [first, second] = JSON.parse(await history('--format', 'json'));
  expect(first).toEqual({
    time: '2026-11-21T12:00:00.000250Z',
    kind: 'holder',
    havip: 'web',
    ip: '10.0.0.88',
    from: 'a',
    to: 'b',
    cause: 'crash',
    detectionSeconds: 3.6,
    outageSeconds: 4.024,
  });
  expect(second).toMatchObject({ count: 1, until: '2026-11-21T12:00:01.000000Z', name: null });
});

test('as CSV quotes what needs it, and no spreadsheet takes a cell for a formula', async () => {
  const text = await history('--format', 'csv');
  const [titles, holder, refused, call] = text.split('\r\n');
  expect(titles).toBe(
    'time,kind,havip,ip,from,to,cause,detectionSeconds,outageSeconds,mac,name,reason,count,' +
      'until,dialect,call,requestId,operation,outcome,about',
  );
  expect(holder).toBe(
    '2026-11-21T12:00:00.000250Z,holder,web,10.0.0.88,a,b,crash,3.6,4.024,,,,,,,,,,,',
  );
  expect(refused).toMatch(/^2026-11-21T12:00:01.000000Z,refused,web,10.0.0.88,,,,,,02:.*,1,2026/);
  expect(call).toBe(
    `2026-11-21T12:00:02.000000Z,call,api,,,,,,,,,,,,alibaba,"'=1+1,""x""","r\n2",` +
      'delete-havip,has-members,',
  );
});
