/**
 * The built program as a process: pipes, signals and exit statuses, which nothing in memory can
 * show. It runs what `npm run build` made, and is skipped where that has not been run.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const PROGRAM = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const CRASH = fileURLToPath(new URL('../../pcaps/01-alibaba-unicast-kill.pcap', import.meta.url));
const isBuilt = fs.existsSync(PROGRAM) && fs.existsSync(CRASH);
const PCAP_HEADER = 24;
/** Pipes are tried with bash; without it those tests are skipped, which .ci/run does not allow. */
const hasBash = spawnSync('bash', ['-c', 'exit 0']).status === 0;

function havip(...arguments_: string[]) {
  return spawnSync(process.execPath, [PROGRAM, ...arguments_], { encoding: 'utf8' });
}

function shell(script: string) {
  const environment = { ...process.env, NODE: process.execPath, HAVIP: PROGRAM, CRASH };
  return spawnSync('bash', ['-c', script], { encoding: 'utf8', env: environment });
}

describe.skipIf(!isBuilt)('the built program', () => {
  let folder = '';
  const file = (name: string) => path.join(folder, name);

  beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'havip-cli-'));
    const whole = fs.readFileSync(CRASH);
    fs.writeFileSync(file('empty'), '');
    fs.writeFileSync(file('header.pcap'), whole.subarray(0, PCAP_HEADER));
    fs.writeFileSync(file('cut.pcap'), whole.subarray(0, whole.length - 5));
    fs.writeFileSync(file('alien'), 'this is no capture at all\n');
  });

  afterAll(() => fs.rmSync(folder, { recursive: true }));

  test('reports a real failover', () => {
    const { status, stdout, stderr } = havip('replay', CRASH);
    expect(stdout).toMatch(/^1 failover of 192\.168\.0\.88, outage 3\.8\d\d s, caused by a crash/);
    expect([status, stderr]).toEqual([0, '']);
  });

  test('JSON agrees with the truth of the capture', () => {
    const { status, stdout } = havip('replay', CRASH, '--format', 'json');
    const document = JSON.parse(stdout);
    expect(status).toBe(0);
    expect(document.schema).toBe('havip/replay/1');
    expect(document.capture.frames).toBe(1327);
    expect(document.counts.arp).toBe(41);
    expect(document.counts.vrrp).toBe(15);
    expect(document.failovers).toHaveLength(1);
    expect(document.failovers[0].cause).toBe('crash');
    expect(Math.abs(document.outages[0].seconds - 3.874)).toBeLessThan(0.02);
  });

  test.skipIf(!hasBash)('a pipe whose reader leaves is no error', () => {
    const { status, stdout, stderr } = shell(
      'set -o pipefail; "$NODE" "$HAVIP" replay "$CRASH" --format json --all-claims | head -1',
    );
    expect(stdout).toBe('{\n');
    expect([status, stderr]).toEqual([0, '']);
  });

  test.skipIf(!hasBash)('following, it leaves when its reader does', () => {
    const { status, stderr } = shell(
      'set -o pipefail; cat "$CRASH" | "$NODE" "$HAVIP" replay - --all-claims | head -1 >/dev/null',
    );
    expect([status, stderr]).toEqual([0, '']);
  });

  test.skipIf(!hasBash)('an output that cannot be written is an error', () => {
    const { status, stderr } = shell('"$NODE" "$HAVIP" replay "$CRASH" > /dev/full');
    expect(status).toBe(2);
    expect(stderr).toMatch(/^havip: cannot write the output: .*ENOSPC/);
  });

  test.each([
    ['empty', /empty file/],
    ['alien', /./],
    ['nowhere', /no such file; check the path/],
  ])('an unreadable file (%s) is one line and status 2', (name, message) => {
    const { status, stdout, stderr } = havip('replay', file(name));
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^havip replay: [^\n]+\n$/);
    expect(stderr).toContain(file(name));
    expect(stderr).toMatch(message);
  });

  test('a capture without a frame', () => {
    const { status, stdout, stderr } = havip('replay', file('header.pcap'));
    expect(stdout).toMatch(/^The capture holds no frame\./);
    expect([status, stderr]).toEqual([0, '']);
  });

  test('a cut capture: report, finding, one warning line, status 0', () => {
    const { status, stdout, stderr } = havip('replay', file('cut.pcap'));
    expect(status).toBe(0);
    expect(stdout).toMatch(/^1 failover of 192\.168\.0\.88/);
    expect(stdout).toContain('capture-truncated');
    expect(stderr).toMatch(/^havip replay: warning: [^\n]+\n$/);
  });

  test('statuses of --max-outage and --fail-on', () => {
    expect(havip('replay', CRASH, '--max-outage', '3s').status).toBe(1);
    expect(havip('replay', CRASH, '--max-outage', '4s').status).toBe(0);
    const guard = ['--havip', '192.168.0.88=00:16:3e:a1:00:d1', '--fail-on', 'claim-refused'];
    const refused = havip('replay', CRASH, ...guard);
    expect(refused.stdout).toContain('not bound to this HaVip');
    expect(refused.status).toBe(1);
  });
});

describe.skipIf(!isBuilt)('following standard input', () => {
  test('tells each thing as its frame arrives, and reports at the end of input', async () => {
    const follower = start();
    const whole = fs.readFileSync(CRASH);
    // The crash is in frame 624 of 1327, so not in this part.
    const part = Math.floor(whole.length / 4);
    follower.process.stdin?.write(whole.subarray(0, part));
    await follower.until(/192\.168\.0\.88 (→|->) .*frame \d+/);
    expect(follower.text()).not.toContain('failover');
    follower.process.stdin?.end(whole.subarray(part));
    expect(await follower.ended).toBe(0);
    expect(follower.text()).toMatch(/\n1 failover of 192\.168\.0\.88/);
  });

  test('the first interrupt waits, the second ends with what came so far', async () => {
    const follower = start();
    const whole = fs.readFileSync(CRASH);
    follower.process.stdin?.write(whole.subarray(0, whole.length / 2));
    await follower.until(/frame \d+/);
    follower.process.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(follower.process.exitCode).toBeNull();
    follower.process.kill('SIGINT');
    expect(await follower.ended).toBe(130);
    expect(follower.text()).toContain('HaVip 192.168.0.88');
  });
});

interface Follower {
  process: ChildProcess;
  ended: Promise<number | null>;
  text(): string;
  until(pattern: RegExp): Promise<void>;
}

function start(): Follower {
  const child = spawn(process.execPath, [PROGRAM, 'replay', '-'], { stdio: 'pipe' });
  let text = '';
  child.stdout?.on('data', (chunk) => {
    text += chunk;
  });
  return {
    process: child,
    ended: new Promise((resolve) => child.on('close', resolve)),
    text: () => text,
    async until(pattern) {
      while (!pattern.test(text)) await new Promise((resolve) => setTimeout(resolve, 20));
    },
  };
}
