/**
 * A lab with a state file: what was bound when its switch was killed is bound when it runs again,
 * and its history tells who held the HaVip; an API beside it shows the same.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { havip, type LabProcess, removeLabs, whyNoLab } from './lab-process.ts';
import { calmUp, HAVIP, holderIn, pairLab, takeoversSince } from './pair-lab.ts';

const reason = whyNoLab();
const isSkipped = reason !== null && process.env.CI === undefined;
if (isSkipped) console.warn(`skipped: the state of a lab (${reason})`);

const TIME = { timeout: 180_000 };

interface Entry {
  kind: string;
  time: string;
  [field: string]: unknown;
}

async function historyOf(lab: LabProcess, ...words: string[]): Promise<Entry[]> {
  return JSON.parse(await lab.command('history', ...words, '--format', 'json')) as Entry[];
}

const OTHER = '10.77.0.99';

/** A gratuitous ARP of a host for the second HaVip. */
function announce(lab: LabProcess, host: string): Promise<string> {
  return lab.exec(host, 'arping', '-U', '-i', 'eth0', '-S', OTHER, '-c', '1', OTHER);
}

function holder({ body }: { body: Record<string, unknown> }): unknown {
  return (body.holder as { instance?: string } | null)?.instance;
}

async function membersOf(lab: LabProcess): Promise<string[]> {
  return (await lab.labStatus()).havips.find(({ name }) => name === 'web')?.members ?? [];
}

async function killed(lab: LabProcess): Promise<void> {
  lab.process.kill('SIGKILL');
  await lab.until(() => lab.status !== null, 'end of the lab');
  const { status, errors } = await havip('down', '--lab', lab.name);
  expect([status, errors]).toEqual([0, '']);
}

describe.skipIf(isSkipped)('a lab with a state file', () => {
  afterEach(removeLabs, 60_000);

  test('has its bindings and its history after its switch was killed', TIME, async () => {
    const lab = pairLab({ more: ['rogue'] });
    const state = join(lab.folder, 'lab.db');
    const since = await calmUp(lab, '--state', state);
    await lab.command('bind', 'web', 'rogue');
    await lab.command('kill', 'node-1');
    const isTaken = (): boolean =>
      takeoversSince(lab, since).some(({ to }) => to.name === 'node-2');
    await lab.until(isTaken, 'takeover');
    await lab.until(async () => (await holderIn(lab)) === 'node-2', 'holder node-2');
    await lab.command('unbind', 'web', 'node-1');
    const refused = await havip('unbind', 'web', 'node-1', '--lab', lab.name);
    expect(refused.errors).toMatch(/node-1 is not bound to HaVip web/);
    const told = await historyOf(lab, 'web');
    const calls = told.filter(({ kind }) => kind === 'call');
    expect(calls.map(({ call, outcome }) => [call, outcome])).toEqual([
      ['bind', 'ok'],
      ['unbind', 'ok'],
      ['unbind', 'not-a-member'],
    ]);
    const inUse = await havip('history', '--state', state);
    expect(inUse.errors).toMatch(/another process uses this state/);
    await killed(lab);

    const left = await havip('history', 'web', '--state', state, '--format', 'csv');
    expect(left.output).toMatch(/^time,kind,havip,ip,from,to,cause,/);
    const taken = `holder,web,${HAVIP},node-1,node-2,crash,`;
    expect(left.output).toMatch(new RegExp(`^[-\\d]+T[:.\\d]+Z,${taken}`, 'm'));

    const from = lab.events.length;
    await lab.up('--state', state);
    expect(await membersOf(lab)).toEqual(['node-2', 'rogue']);
    // node-1 runs again, claims by its higher priority, and is refused: it was unbound.
    const isRefused = (name: string | null, verdict: string): boolean =>
      name === 'node-1' && verdict === 'refused';
    await lab.event('claim', ({ name, verdict }) => isRefused(name, verdict), { from });
    expect(await holderIn(lab)).not.toBe('node-1');
    await lab.until(async () => {
      const entries = await historyOf(lab, 'web', '--since', '10m');
      return entries.some(({ kind, name }) => kind === 'refused' && name === 'node-1');
    }, 'refusal in the history');
    expect(await lab.down()).toBe(0);
  });

  test('takes a HaVip of the lab file once, and no state of another lab', TIME, async () => {
    const lab = pairLab();
    const state = join(lab.folder, 'lab.db');
    writeFileSync(state, 'this is no database, but long enough to be looked at'.repeat(20));
    const { errors, status } = await havip('up', join(lab.folder, 'lab.yaml'), '--state', state);
    expect([status, errors]).toEqual([2, expect.stringMatching(/this is no state file; name/)]);
  });

  test('answers on the port of its API, and says where', TIME, async () => {
    const lab = pairLab();
    const keys = join(lab.folder, 'keys');
    writeFileSync(keys, 'LTAI-test=secret-of-the-test\n', { mode: 0o600 });
    const ready = await lab.up('--api=0', '--api-keys', keys);
    expect(ready.api).toMatch(/^http:\/\/127\.0\.0\.1:\d+/);
    expect((await fetch(`${ready.api}/api/v1/havips`)).status).toBe(401);
    const ask = async (method: string, path: string, body?: object) => {
      const headers = {
        authorization: 'Bearer LTAI-test:secret-of-the-test',
        'content-type': 'application/json',
      };
      const init = { method, headers, body: body === undefined ? null : JSON.stringify(body) };
      const answer = await fetch(`${ready.api}/api/v1/havips${path}`, init);
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    };
    const members = [{ instance: 'node-1' }, { instance: 'client' }];
    const made = await ask('POST', '', { subnet: 'lan', address: OTHER, members });
    expect(made).toMatchObject({ status: 201, body: { holder: null } });
    const { id } = made.body as { id: string };
    await announce(lab, 'client');
    await lab.until(async () => holder(await ask('GET', `/${id}`)) === 'client', 'holder client');
    // Its present holder stays (Forbidden.UnassociateMaster), and the other one does not.
    expect(await ask('DELETE', `/${id}/members/client`)).toMatchObject({ status: 409 });
    expect(await ask('DELETE', `/${id}/members/node-1`)).toMatchObject({ status: 200 });
    await announce(lab, 'node-1');
    await lab.event('claim', ({ ip, name, verdict }) => {
      return ip === OTHER && name === 'node-1' && verdict === 'refused';
    });
    expect(holder(await ask('GET', `/${id}`))).toBe('client');
    await lab.command('unbind', id, 'client');
    await lab.until(async () => holder(await ask('GET', `/${id}`)) === undefined, 'no holder');
    const told = (await historyOf(lab, id)).filter(({ kind }) => kind === 'holder');
    expect(told.map(({ from, to, cause }) => [from, to, cause])).toEqual([
      [null, 'client', 'initial'],
      ['client', null, 'unbind'],
    ]);
    expect(lab.lines.join('\n')).not.toContain('secret-of-the-test');
    const rows = JSON.parse(await lab.command('list', '--format', 'json')) as Entry[];
    expect(rows.map((row) => [row.id, row.address, row.status])).toEqual([
      ['web', HAVIP, 'in-use'],
      [id, OTHER, 'available'],
    ]);
    expect(await lab.down()).toBe(0);
  });
});
