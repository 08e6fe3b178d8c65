/**
 * What else befalls a lab itself: its switch is killed, another lab runs beside it, a namespace is
 * taken away from under it. Whatever it was, `havip down` leaves nothing behind.
 */
import { type StdioOptions, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { footprintOf, processorTime, remainsOf } from './footprint.ts';
import { havip, type LabProcess, PROGRAM, removeLabs, whyNoLab } from './lab-process.ts';
import { run } from './netns.ts';
import { calmUp, HAVIP, holderIn, ipOf, pairLab, takeoversSince } from './pair-lab.ts';

const reason = whyNoLab();
const isSkipped = reason !== null && process.env.CI === undefined;
if (isSkipped) console.warn(`skipped: the life of a lab (${reason})`);

const TIME = { timeout: 120_000 };
/** How long a lab is watched for spinning, in seconds, and what it may take of that time. */
const WATCHED = 2;
const BUSY_MOST = 0.3;

/** Sends the signal to `havip up`, and waits until it has ended; SIGKILL is as good as a crash. */
async function ended(lab: LabProcess, signal: NodeJS.Signals): Promise<void> {
  const closed = new Promise<void>((resolve) => lab.process.once('close', () => resolve()));
  lab.process.kill(signal);
  await closed;
}

/** Processor time of the lab over a while, in seconds a second. */
async function load(lab: LabProcess): Promise<number> {
  const before = processorTime(lab);
  await new Promise((resolve) => setTimeout(resolve, WATCHED * 1000));
  return (processorTime(lab) - before) / WATCHED;
}

describe.skipIf(isSkipped)('a lab', () => {
  afterEach(removeLabs, 60_000);

  test('whose switch was killed is removed by down, and runs again', TIME, async () => {
    const lab = pairLab();
    await lab.up();
    await ended(lab, 'SIGKILL');
    const left = remainsOf(lab);
    expect(left.length).toBeGreaterThan(3);
    const again = await havip('up', `${lab.folder}/lab.yaml`);
    expect([again.status, again.errors]).toEqual([2, expect.stringContaining('havip down --lab')]);
    const status = await havip('status', '--lab', lab.name);
    expect([status.status, status.errors]).toEqual([2, expect.stringContaining('havip down')]);
    expect(remainsOf(lab)).toEqual(left);
    const said = await lab.command('down');
    for (const host of ['node-1', 'node-2', 'client'] as const) {
      expect(said).toContain(`removed namespace ${lab.namespace(host)}`);
    }
    expect(remainsOf(lab)).toEqual([]);
    const none = await havip('down', '--lab', lab.name);
    expect([none.status, none.errors]).toEqual([2, expect.stringContaining('does not run')]);
    await lab.up();
    const ping = lab.ping('client', HAVIP);
    await ping.more(5);
    await ping.stop();
    expect(await lab.down()).toBe(0);
    expect(remainsOf(lab)).toEqual([]);
  });

  test('is removed by signals, too', TIME, async () => {
    const lab = pairLab();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGQUIT'] as const) {
      await lab.up();
      const from = lab.events.length;
      await ended(lab, signal);
      expect(lab.eventsOf('stopped', from)).toHaveLength(1);
      expect([signal, lab.process.exitCode, remainsOf(lab)]).toEqual([signal, 0, []]);
    }
  });

  test.each([
    ['is still starting', false],
    ['runs', true],
  ])('that %s is ended by down, and by two at once', TIME, async (_, isReady) => {
    const lab = pairLab();
    if (isReady) await lab.up();
    else lab.start();
    await lab.until(() => existsSync(`/run/havip/${lab.name}/lab.json`), 'its record', 10_000);
    const downs = await Promise.all([1, 2].map(() => havip('down', '--lab', lab.name)));
    expect(downs.map(({ status }) => status)).toContain(0);
    // The one that looks late finds no lab any more.
    for (const { status, errors } of downs) {
      expect(errors).toMatch(status === 0 ? /^$/ : /^havip down: lab \S+ does not run/);
    }
    expect(remainsOf(lab)).toEqual([]);
  });

  test('ends with whoever reads its lines', TIME, async () => {
    const lab = pairLab();
    await lab.up();
    const closed = new Promise<void>((resolve) => lab.process.once('close', () => resolve()));
    lab.process.stdout?.destroy();
    // What is dropped then is a line; one of the first election may have ended the lab before.
    await havip('cut', 'node-1', '--lab', lab.name);
    await closed;
    expect([lab.process.exitCode, remainsOf(lab)]).toEqual([0, []]);
  });

  test('ends where its lines cannot be written, and says so', TIME, async () => {
    const lab = pairLab();
    const full = openSync('/dev/full', 'w');
    const stdio: StdioOptions = ['ignore', full, 'pipe'];
    const child = spawn(process.execPath, [PROGRAM, 'up', `${lab.folder}/lab.yaml`], { stdio });
    closeSync(full);
    let errors = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text));
    const status = await new Promise((resolve) => child.once('close', resolve));
    expect(errors).toMatch(/^havip: cannot write the output: .*ENOSPC/m);
    expect([status, remainsOf(lab)]).toEqual([2, []]);
  });

  test('knows nothing of another with the same addresses', TIME, async () => {
    const [one, other] = [pairLab(), pairLab()];
    const [, since] = await Promise.all([calmUp(one), calmUp(other)]);
    const ping = other.ping('client', HAVIP);
    await ping.more(10);
    const unnamed = await havip('status');
    expect(unnamed.status).toBe(2);
    expect(unnamed.errors).toMatch(/several labs run: .*--lab/s);
    for (const lab of [one, other]) expect(unnamed.errors).toContain(lab.name);
    await one.command('kill', 'node-1');
    await one.event('takeover', ({ to }) => to.name === 'node-2');
    await one.down();
    await ping.more(25);
    await ping.stop();
    expect(ping.lost).toBe(0);
    expect(takeoversSince(other, since)).toEqual([]);
    expect(await holderIn(other)).toBe('node-1');
    expect(remainsOf(one)).toEqual([]);
  });

  test('runs on without a host whose namespace is deleted', TIME, async () => {
    const lab = pairLab({ more: ['rogue'] });
    await calmUp(lab);
    const idle = await load(lab);
    const { descriptors } = footprintOf(lab);
    run('ip', 'netns', 'delete', lab.namespace('rogue'));
    const { port } = await lab.event('port-gone');
    expect(port).toBe('rogue/eth0');
    expect(await lab.portState('rogue')).toBe('gone');
    expect(await load(lab)).toBeLessThan(idle + BUSY_MOST);
    const said = await lab.exec('client', 'ping', '-c', '3', '-i', '0.1', '-W', '1', ipOf('rogue'));
    expect(said).toContain('100% packet loss');
    expect((await lab.labStatus()).drops['port-gone']).toBe(3);
    const ping = lab.ping('client', HAVIP);
    await ping.more(10);
    // Nothing can be done to who is not there.
    for (const command of ['start', 'cut', 'heal', 'pause', 'kill', 'fault']) {
      const { status, errors } = await havip(command, 'rogue', '--lab', lab.name);
      expect([command, status, errors]).toEqual([command, 2, expect.stringContaining('is gone')]);
    }
    expect(await lab.portState('rogue')).toBe('gone');
    await lab.command('kill', 'node-1');
    await lab.event('takeover', ({ to }) => to.name === 'node-2');
    await ping.more(10);
    expect(lab.eventsOf('port-gone')).toHaveLength(1);
    expect(footprintOf(lab).descriptors).toBeLessThanOrEqual(descriptors);
    expect(await lab.down()).toBe(0);
    expect(remainsOf(lab)).toEqual([]);
  });

  test('ends a host whose namespace has only lost its name', TIME, async () => {
    // With processes inside it a namespace lives on: the host is as well as before.
    const lab = pairLab();
    const since = await calmUp(lab);
    run('ip', 'netns', 'delete', lab.namespace('node-1'));
    const ping = lab.ping('client', HAVIP);
    await ping.more(10);
    expect(await lab.portState('node-1')).toBe('up');
    await lab.command('kill', 'node-1');
    const { from, to, cause } = await lab.event('takeover', ({ time }) => time > since);
    expect([from.name, to.name, cause]).toEqual(['node-1', 'node-2', 'crash']);
    expect((await lab.event('port-gone')).port).toBe('node-1/eth0');
    run('ip', 'netns', 'delete', lab.namespace('node-2'));
    await ping.more(5);
    await ping.stop();
    await ended(lab, 'SIGKILL');
    await lab.command('down');
    await expectGone(lab);
  });
});

/** What is killed may take a moment to be gone. */
async function expectGone(lab: LabProcess): Promise<void> {
  for (let i = 0; i < 100 && remainsOf(lab).length > 0; i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(remainsOf(lab)).toEqual([]);
}
