// What the wire benches stand on: namespaces with names of this run, programs compiled from the C
// files beside, processes ended by their number. All of it goes when the bench ends, also by a
// failure or a signal.

import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const PROGRAMS = ['send', 'count', 'loop', 'takeover'];
/** How long a process may take to say that it is ready, or to end, in milliseconds. */
const PATIENCE = 15_000;

/** Runs a command; throws with what it said where it fails. */
export function run(command, ...args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) {
    throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr.trim()}`);
  }
  return stdout;
}

/** Whether the command is there. */
export function has(command) {
  return `${process.env.PATH}${delimiter}/usr/sbin${delimiter}/sbin`
    .split(delimiter)
    .some((one) => {
      try {
        accessSync(join(one, command), constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Why no wire bench can run here, or null. */
export function obstacle() {
  if (process.getuid?.() !== 0) return 'needs root';
  try {
    accessSync('/dev/net/tun', constants.R_OK | constants.W_OK);
  } catch {
    return 'needs /dev/net/tun';
  }
  if (!has('ip')) return 'needs ip: apt install iproute2';
  return has('cc') ? null : 'needs a C compiler: apt install gcc libc6-dev';
}

export class Ground {
  constructor() {
    this.prefix = `hvb${process.pid.toString(36)}`;
    this.folder = mkdtempSync(join(tmpdir(), 'havip-wire-'));
    this.namespaces = [];
    this.processes = new Set();
    process.on('exit', () => this.clear());
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.once(signal, () => process.exit(1));
    }
    for (const name of PROGRAMS) {
      const source = join(import.meta.dirname, `${name}.c`);
      run('cc', '-O2', '-std=gnu11', '-o', this.program(name), source);
    }
  }

  program(name) {
    return join(this.folder, name);
  }

  /** Makes a namespace and returns its whole name. */
  namespace(name) {
    const whole = `${this.prefix}-${name}`;
    run('ip', 'netns', 'add', whole);
    this.namespaces.push(whole);
    run('ip', '-n', whole, 'link', 'set', 'lo', 'up');
    return whole;
  }

  /** A name for a device in this namespace, unlike any other run's. */
  device(index) {
    return `${this.prefix}.${index}`;
  }

  /** Starts a process; resolves, where `ready` is given, when a line of its output matches. */
  async start(command, args, { ready = null, namespace = null } = {}) {
    const words = namespace === null ? [] : ['ip', 'netns', 'exec', namespace];
    const [first, ...rest] = [...words, command, ...args];
    const child = spawn(first, rest, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.processes.add(child);
    child.output = '';
    child.errors = '';
    child.ended = new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('close', (code, signal) => resolve(code ?? signal));
    }).finally(() => this.processes.delete(child));
    child.stderr.on('data', (data) => {
      child.errors += data;
    });
    await new Promise((resolve, reject) => {
      const failed = (how) => reject(new Error(`${command}: ${how}: ${child.errors.trim()}`));
      if (ready === null) resolve();
      else setTimeout(failed, PATIENCE, 'not ready').unref();
      child.stdout.on('data', (data) => {
        child.output += data;
        if (ready?.test(child.output)) resolve();
      });
      child.ended.then((how) => failed(`ended with ${how}`));
    });
    return child;
  }

  /** What a process printed, when it has ended by itself. */
  async result(child) {
    const how = await child.ended;
    if (how !== 0) throw new Error(`${child.spawnargs.join(' ')}: ${how}: ${child.errors.trim()}`);
    return child.output;
  }

  async stop(child) {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
    await child.ended;
    clearTimeout(timer);
  }

  /** Removes the namespaces, and with them their devices. */
  forget() {
    for (const name of this.namespaces.splice(0)) {
      spawnSync('ip', ['netns', 'del', name]);
    }
  }

  clear() {
    for (const child of this.processes) child.kill('SIGKILL');
    this.forget();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
