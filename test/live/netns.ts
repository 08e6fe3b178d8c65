/**
 * Network namespaces for tests of live ports: made under names that carry the pid, removed however
 * the test ends, and those of tests that were killed removed by the next.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';

const PREFIX = 'havip-wire-';

/** Why there can be no live ports here; null where there can. */
export function whyNoPorts(): string | null {
  if (process.getuid?.() !== 0) return 'not root';
  return existsSync('/dev/net/tun') ? null : 'no /dev/net/tun';
}

export function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

let made = 0;

export class Netns {
  readonly name: string;

  constructor(label = '') {
    if (made === 0) removeOrphans();
    this.name = `${PREFIX}${process.pid}-${label}${made++}`;
    run('ip', 'netns', 'add', this.name);
    this.set('net/ipv6/conf/default/accept_dad', 0);
    this.set('net/ipv6/conf/default/router_solicitations', 0);
    this.ip('link', 'set', 'lo', 'up');
  }

  get path(): string {
    return `/run/netns/${this.name}`;
  }

  ip(...args: string[]): string {
    return run('ip', '-n', this.name, ...args);
  }

  exec(...args: string[]): string {
    return run('ip', 'netns', 'exec', this.name, ...args);
  }

  /** Runs a command to its end and gives what it said; raises with that where it failed. */
  start(...args: string[]): Promise<string> {
    const child = spawn('ip', ['netns', 'exec', this.name, ...args]);
    let said = '';
    const note = (octets: Buffer) => {
      said += octets;
    };
    child.stdout.on('data', note);
    child.stderr.on('data', note);
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (status) => {
        if (status === 0) resolve(said);
        else reject(new Error(`${args.join(' ')}: status ${status}: ${said}`));
      });
    });
  }

  set(key: string, value: number): void {
    this.exec('sh', '-c', `echo ${value} > /proc/sys/${key}`);
  }

  /** A counter of /proc/net/snmp and netstat, such as TcpInCsumErrors; 0 where there is none. */
  counter(name: string): number {
    const line = this.exec('nstat', '-asz', name).split('\n')[1] ?? '';
    return Number(line.trim().split(/\s+/)[1] ?? 0);
  }

  address(device: string, ...addresses: string[]): void {
    for (const address of addresses) this.ip('addr', 'add', address, 'dev', device);
    this.ip('link', 'set', device, 'up');
  }

  remove(): void {
    try {
      run('ip', 'netns', 'del', this.name);
    } catch {
      // It is gone.
    }
  }
}

/** Namespaces whose test does not run any more. */
function removeOrphans(): void {
  const names = existsSync('/run/netns') ? readdirSync('/run/netns') : [];
  for (const name of names.filter((one) => one.startsWith(PREFIX))) {
    const pid = name.slice(PREFIX.length).split('-')[0]!;
    if (!existsSync(`/proc/${pid}`)) run('ip', 'netns', 'del', name);
  }
}
