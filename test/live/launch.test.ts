/** The launcher: what a program started in a host sees, and what stays out of its sight. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { launcherPath } from '../../src/ports/native-binding.ts';
import { Netns, whyNoPorts } from './netns.ts';

const reason = whyNoPorts();
const isSkipped = reason !== null && process.env.CI === undefined;
if (isSkipped) console.warn(`skipped: the launcher (${reason})`);

describe.skipIf(isSkipped)('havip-launch', () => {
  let netns: Netns;
  let folder: string;
  let child: ChildProcess | null = null;

  beforeEach(() => {
    netns = new Netns();
    folder = mkdtempSync(join(tmpdir(), 'havip-launch-'));
  });
  afterEach(() => {
    child?.kill('SIGKILL');
    child = null;
    netns.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  function launch(options: string[], ...command: string[]): string {
    const args = ['--netns', netns.path, ...options, '--', ...command];
    return execFileSync(launcherPath(), args, { encoding: 'utf8' });
  }

  test('starts a program in the namespace, with its interfaces in /sys', () => {
    netns.ip('link', 'add', 'only-here', 'type', 'veth', 'peer', 'name', 'its-peer');
    const names = launch([], 'ls', '/sys/class/net').trim().split('\n');
    expect(names.sort()).toEqual(['its-peer', 'lo', 'only-here']);
    expect(launch([], 'ip', '-o', 'link')).toContain('only-here');
  });

  test('gives it a /run of its own, and leaves the real one alone', () => {
    const mark = `/run/havip-launch-${process.pid}`;
    const said = launch(['--run-tmpfs'], 'sh', '-c', `touch ${mark} && ls /run`);
    expect(said.trim()).toBe(`havip-launch-${process.pid}`);
    expect(existsSync(mark)).toBe(false);
    expect(launch([], 'ls', '/run/netns')).toContain(netns.name);
  });

  test('starts it in the folder, even where that lies under /run', () => {
    writeFileSync(join(folder, 'ecs-1.conf'), 'here');
    expect(launch(['--chdir', folder, '--run-tmpfs'], 'cat', 'ecs-1.conf')).toBe('here');
    const below = `/run/havip-launch-folder-${process.pid}`;
    mkdirSync(below);
    writeFileSync(join(below, 'ecs-2.conf'), 'there');
    expect(launch(['--chdir', below, '--run-tmpfs'], 'cat', 'ecs-2.conf')).toBe('there');
    rmSync(below, { recursive: true });
  });

  test('lays files of /etc/netns over those of /etc', () => {
    const files = `/etc/netns/${netns.name}`;
    const existed = existsSync('/etc/netns');
    mkdirSync(files, { recursive: true });
    try {
      writeFileSync(join(files, 'hostname'), 'ecs-1\n');
      expect(launch([], 'cat', '/etc/hostname')).toBe('ecs-1\n');
      expect(execFileSync('cat', ['/etc/hostname'], { encoding: 'utf8' })).not.toBe('ecs-1\n');
    } finally {
      rmSync(existed ? files : '/etc/netns', { recursive: true });
    }
  });

  test('resets signals and makes it the leader of a process group', async () => {
    // The shell ignores SIGTERM and hands that on.
    const script = `trap '' TERM; exec "$@"`;
    const status = ['grep', '-E', '^(Sig(Blk|Ign)|Pid)', '/proc/self/status'];
    const args = ['-c', script, 'sh', launcherPath(), '--', ...status];
    const lines = execFileSync('sh', args, { encoding: 'utf8' });
    expect(lines).toMatch(/SigBlk:\s0+\n/);
    expect(lines).toMatch(/SigIgn:\s0+\n/);
    child = spawn(launcherPath(), ['--netns', netns.path, '--', 'sh', '-c', 'sleep 60 & wait']);
    const pid = child.pid!;
    const members = () =>
      spawnSync('pgrep', ['-g', String(pid)], { encoding: 'utf8' })
        .stdout.trim()
        .split('\n');
    for (let i = 0; i < 100 && members().length < 2; i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(members().length).toBe(2);
    process.kill(-pid, 'SIGTERM');
    await new Promise((resolve) => child!.on('exit', resolve));
    for (let i = 0; i < 100 && members()[0] !== ''; i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(members()).toEqual(['']);
  });

  test('says in one line which step failed', () => {
    const fails = (...args: string[]) => {
      const { status, stderr } = spawnSync(launcherPath(), args, { encoding: 'utf8' });
      expect(status).toBe(127);
      return stderr;
    };
    expect(fails('--', 'no-such-program')).toBe(
      'havip-launch: no-such-program: No such file or directory\n',
    );
    expect(fails('--netns', '/nowhere', '--', 'true')).toMatch(
      /^havip-launch: \/nowhere: No .*\n$/,
    );
    expect(fails('--netns', '/proc/self/ns/mnt', '--', 'true')).toMatch(/^havip-launch: setns: /);
    expect(fails('--chdir', '/nowhere', '--', 'true')).toMatch(
      /^havip-launch: \/nowhere: No .*\n$/,
    );
    expect(fails('--chdir')).toMatch(/^havip-launch: usage: .*\n$/);
    expect(fails()).toMatch(/^havip-launch: usage: .*\n$/);
  });
});
