/**
 * A lab whose hosts run `havip speak`: `havip up` brings it up, `havip kill` takes a host away, and
 * the takeover that the lab tells agrees with what the client's ping saw.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { LabEvent } from '../../src/analysis/live-events.ts';
import { whyNoPorts } from './netns.ts';
import { HAVIP, pause } from './routers.ts';

const reason = whyNoPorts();
const isSkipped = reason !== null && process.env.CI === undefined;
if (isSkipped) console.warn(`skipped: havip speak in a lab (${reason})`);

const LAB = `speak-${process.pid}`;
const WAIT_MAX = 60_000;
/** Seconds between two pings. */
const SPACING = 0.1;

function speak(own: string, peer: string, priority: number): string {
  const who = `--unicast-src 192.168.7.${own} --unicast-peer 192.168.7.${peer}`;
  const what = `--vrid 51 --priority ${priority} --vip 192.168.7.88 --nopreempt`;
  return `havip speak --json --interface eth0 ${what} ${who} --garp-refresh 5`;
}

function host(name: string, ip: string, run: string): string {
  const mac = `00:16:3e:00:07:${ip.padStart(2, '0').slice(-2)}`;
  const attach = `attach: { netns: ${LAB}-${name} }`;
  const eni = `{ subnet: s, ip: 192.168.7.${ip}, mac: "${mac}", ${attach} }`;
  return `  ${name}:\n    enis: { eth0: ${eni} }\n${run && `    run: "${run}"\n`}`;
}

const LAB_FILE = `name: ${LAB}
provider: alibaba
subnets:
  s: { cidr: 192.168.7.0/24 }
instances:
${host('ecs-1', '21', speak('21', '22', 100))}${host('ecs-2', '22', speak('22', '21', 90))}
${host('client', '10', '')}
havips:
  web: { subnet: s, ip: 192.168.7.88, bind: [ecs-1, ecs-2] }
`;

let folder = '';
let lab: ChildProcess | null = null;
let ping: ChildProcess | null = null;
let said = '';

function up(): void {
  folder = mkdtempSync(join(tmpdir(), 'havip-speak-lab-'));
  writeFileSync(join(folder, 'lab.yaml'), LAB_FILE);
  const args = [HAVIP, 'up', join(folder, 'lab.yaml'), '--json', '--all-claims'];
  lab = spawn(process.execPath, args);
  for (const stream of [lab.stdout!, lab.stderr!]) {
    stream.on('data', (octets) => {
      said += octets;
    });
  }
}

function havip(...args: string[]): string {
  return execFileSync(process.execPath, [HAVIP, ...args, '--lab', LAB], { encoding: 'utf8' });
}

function events<K extends LabEvent['event']>(kind: K): Extract<LabEvent, { event: K }>[] {
  const lines = said.split('\n').filter((line) => line.startsWith('{"event"'));
  const all = lines.flatMap((line) => {
    try {
      return [JSON.parse(line) as LabEvent];
    } catch {
      return [];
    }
  });
  return all.filter((one): one is Extract<LabEvent, { event: K }> => one.event === kind);
}

async function until(condition: () => boolean, wanted: string): Promise<void> {
  for (const from = Date.now(); !condition(); await pause(50)) {
    if (Date.now() - from > WAIT_MAX) throw new Error(`no ${wanted}:\n${said}`);
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((resolve) => child.once('exit', () => resolve()));
}

describe.skipIf(isSkipped)('hosts that run havip speak', { timeout: 180_000 }, () => {
  afterEach(async () => {
    ping?.kill('SIGKILL');
    if (lab !== null) {
      lab.kill('SIGTERM');
      await ended(lab);
    }
    rmSync(folder, { recursive: true, force: true });
  });

  test('one is killed, the other takes over, and the lab says how long it took', async () => {
    up();
    const holder = () => events('claim').findLast(({ verdict }) => verdict === 'moved')?.name;
    await until(() => holder() !== undefined, 'first holder');
    let pinged = '';
    const words = ['-D', '-O', '-n', '-i', `${SPACING}`, '192.168.7.88'];
    ping = spawn('ip', ['netns', 'exec', `${LAB}-client`, 'ping', ...words]);
    ping.stdout!.on('data', (octets) => {
      pinged += octets;
    });
    const answers = () =>
      [...pinged.matchAll(/^\[([\d.]+)\] 64 bytes from/gm)].map(([, time]) => Number(time));
    await until(() => answers().length > 20, 'answer');

    // Whoever was up first: both may have begun, until they heard each other.
    await pause(5000);
    const first = holder()!;
    const second = first === 'ecs-1' ? 'ecs-2' : 'ecs-1';
    const known = events('takeover').length;
    havip('kill', first);
    await until(() => events('takeover').length > known, 'takeover');
    const takeover = events('takeover')[known];
    expect(takeover).toMatchObject({ ip: '192.168.7.88', cause: 'crash' });
    expect([takeover?.from.name, takeover?.to.name]).toEqual([first, second]);
    // The backup's masterDownInterval is 3 s and its skew, 0.6 s, from the last advert.
    expect(takeover?.detectionSeconds).toBeGreaterThan(3.6);
    expect(takeover?.detectionSeconds).toBeLessThan(8);
    const before = answers().length;
    await until(() => answers().length > before + 5, 'answer after');
    const times = answers();
    const gaps = times.slice(1).map((time, i) => time - times[i]!);
    const longest = Math.max(...gaps);
    expect(Math.abs(longest - (takeover?.outageSeconds ?? 0))).toBeLessThan(SPACING + 0.15);

    // It comes back, finds a master, and lets it be.
    const begun = said.split('"to":"backup"').length;
    havip('start', first);
    await until(() => said.split('"to":"backup"').length > begun, 'backup that comes back');
    await pause(5000);
    expect(holder()).toBe(second);
    expect(events('takeover')).toHaveLength(known + 1);
    expect(events('claim').filter(({ verdict }) => verdict === 'refused')).toEqual([]);

    lab!.kill('SIGINT');
    await ended(lab!);
    expect(lab!.exitCode).toBe(0);
    expect(execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' })).not.toContain(LAB);
  });
});
