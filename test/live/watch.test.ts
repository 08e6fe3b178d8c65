/** `havip watch` on a LAN where a master crashes: the report that a capture would have given. */
import { execFileSync, spawnSync } from 'node:child_process';
import { afterEach, describe, expect, test } from 'vitest';
import { whyNoPorts } from './netns.ts';
import { HAVIP, Lan, type Plan, pause, Router } from './routers.ts';

const reason = whyNoPorts();
const isSkipped = reason !== null && process.env.CI === undefined;
if (isSkipped) console.warn(`skipped: havip watch (${reason})`);

const ADDRESSES = [1, 2, 3].map((i) => [`10.9.0.${i}/24`]);
const [A, B, CLIENT] = [0, 1, 2] as const;
const PLAN: Omit<Plan, 'priority'> = { version: 3, interval: 0.5, vips: ['10.9.0.88/24'] };

describe.skipIf(isSkipped)('havip watch', { timeout: 120_000 }, () => {
  let lan: Lan;
  afterEach(async () => lan?.clear());

  function watch(...args: string[]): Router {
    const words = [process.execPath, HAVIP, 'watch', '--interface', 'eth0', ...args];
    return new Router(lan, CLIENT, 'speak', words);
  }

  test('tells of a failover as it happens, and an interrupt ends it', async () => {
    lan = new Lan(ADDRESSES);
    const master = lan.start(A, 'keepalived', { ...PLAN, priority: 150 });
    const backup = lan.start(B, 'speak', { ...PLAN, priority: 100 });
    const text = watch();
    const json = watch('--json', '--max-outage', '1s');
    await master.until('master');
    const words = ['ping', '-n', '-i', '0.1', '-W', '1', '10.9.0.88'];
    // It ends with its host.
    void lan.hosts[CLIENT]!.start(...words).catch(() => '');
    await pause(3000);
    await master.crash();
    await backup.until('master');
    await text.met(() => text.lines.join('\n').includes('failover of 10.9.0.88'), 'a failover');
    await pause(1000);
    expect(await text.shutDown('SIGINT')).toBe(0);
    // The outage was longer than was allowed.
    expect(await json.shutDown('SIGTERM')).toBe(1);
    const printed = json.lines.filter((line) => !line.startsWith('havip watch:'));
    const document = JSON.parse(printed.join('\n'));
    expect(document).toMatchObject({ schema: 'havip/replay/1', capture: { files: ['eth0'] } });
    expect(document.failovers).toHaveLength(1);
    const [failover] = document.failovers;
    expect(failover).toMatchObject({ ip: '10.9.0.88', cause: 'crash' });
    expect([failover.from.mac, failover.to.mac]).toEqual([lan.mac(A), lan.mac(B)]);
    expect(failover.detectionSeconds).toBeGreaterThan(1.7);
    expect(failover.outageSeconds).toBeGreaterThan(1.2);
    // What this machine itself sent is in it: without its pings there is no outage.
    expect(document.outages[0].client.ip).toBe('10.9.0.3');
  });

  test('ends by itself after --seconds, and says what is wrong in one line', () => {
    lan = new Lan(ADDRESSES.slice(0, 1));
    const run = (...args: string[]) => {
      const place = ['netns', 'exec', lan.hosts[A]!.name, process.execPath, HAVIP, 'watch'];
      return spawnSync('ip', [...place, ...args], { encoding: 'utf8', timeout: 60_000 });
    };
    const quiet = run('--interface', 'eth0', '--seconds', '1', '--json');
    expect(quiet.status).toBe(0);
    expect(JSON.parse(quiet.stdout)).toMatchObject({ schema: 'havip/replay/1', failovers: [] });
    for (const [args, message] of [
      [['--interface', 'none0'], /^havip watch: there is no interface "none0" here; .*\n$/],
      [[], /^havip watch: no interface is named; .*\n$/],
      [['--interface', 'eth0', '--seconds', 'x'], /^havip watch: --seconds.*\n$/],
      [['eth0'], /^havip watch: "eth0" belongs to no option; .*\n$/],
    ] as const) {
      const { status, stderr, stdout } = run(...args);
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(message);
    }
    const capture = run('--interface', 'eth0', '--seconds', '1', '--limit', '5');
    expect(capture.stdout).toMatch(/no frame|frames/);
    expect(execFileSync('ip', ['netns', 'pids', lan.hosts[A]!.name]).toString()).toBe('');
  });
});
