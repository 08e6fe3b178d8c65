/**
 * VRRP routers on a LAN: network namespaces behind one bridge, and in each either keepalived or
 * `havip speak`, from one plan. What they say is followed line by line; a crash is a cut cable and
 * SIGKILL for all that runs in the namespace.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launcherPath } from '../../src/ports/native-binding.ts';
import type { SpeakEvent } from '../../src/report/speak-lines.ts';
import { Netns, run } from './netns.ts';

export const HAVIP = join(import.meta.dirname, '../../dist/cli/main.js');
const WAIT_MAX = 40_000;

export type Program = 'keepalived' | 'speak';

export interface Plan {
  readonly version: 2 | 3;
  readonly vips: readonly string[];
  /** Unicast, from the host's own address to this one; absent: the group. */
  readonly source?: string;
  readonly peer?: string;
  readonly priority: number;
  /** Seconds. */
  readonly interval: number;
  readonly password?: string;
  readonly nopreempt?: boolean;
  /** Seconds to the second set of announcements. */
  readonly garpDelay?: number;
}

export const VRID = 51;

/** Hosts with an interface eth0 each, and one that only asks. */
export class Lan {
  readonly hosts: Netns[] = [];
  readonly folder = mkdtempSync(join(tmpdir(), 'havip-speak-'));
  private readonly bridge = new Netns('br');
  private readonly routers: Router[] = [];

  constructor(addresses: readonly (readonly string[])[]) {
    this.bridge.ip('link', 'add', 'br0', 'type', 'bridge', 'mcast_snooping', '0');
    this.bridge.ip('link', 'set', 'br0', 'up');
    addresses.forEach((own, i) => {
      const host = new Netns(`h${i}-`);
      this.hosts.push(host);
      const peer = ['type', 'veth', 'peer', 'name', 'eth0', 'netns', host.name];
      this.bridge.ip('link', 'add', `p${i}`, ...peer);
      this.bridge.ip('link', 'set', `p${i}`, 'master', 'br0', 'up');
      host.address('eth0', ...own);
    });
  }

  cut(host: number): void {
    this.bridge.ip('link', 'set', `p${host}`, 'nomaster');
  }

  heal(host: number): void {
    this.bridge.ip('link', 'set', `p${host}`, 'master', 'br0');
  }

  mac(host: number): string {
    const [row] = JSON.parse(this.hosts[host]!.ip('-j', 'link', 'show', 'dev', 'eth0'));
    return row.address;
  }

  /** Whether the host has the address. */
  has(host: number, vip: string): boolean {
    return this.hosts[host]!.ip('-o', 'addr', 'show', 'dev', 'eth0').includes(` ${vip} `);
  }

  start(host: number, program: Program, plan: Plan): Router {
    const { words } = commandOf(program, plan, join(this.folder, `${host}.conf`));
    const router = new Router(this, host, program, words);
    this.routers.push(router);
    return router;
  }

  speak(host: number, ...args: string[]): Router {
    const router = new Router(this, host, 'speak', [process.execPath, HAVIP, 'speak', ...args]);
    this.routers.push(router);
    return router;
  }

  async clear(): Promise<void> {
    for (const host of this.hosts) killAll(host);
    await Promise.all(this.routers.map(({ ended }) => ended));
    for (const netns of [...this.hosts, this.bridge]) netns.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export class Router {
  readonly host: number;
  readonly program: Program;
  readonly lines: string[] = [];
  /** What it is, and since when (milliseconds). */
  state = 'none';
  since = 0;
  readonly ended: Promise<number | null>;
  private readonly lan: Lan;
  private readonly child: ChildProcess;
  private unread = '';

  constructor(lan: Lan, host: number, program: Program, words: readonly string[]) {
    this.lan = lan;
    this.host = host;
    this.program = program;
    const place = ['--netns', lan.hosts[host]!.path, '--run-tmpfs'];
    const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
    const child = spawn(launcherPath(), [...place, '--', ...words], { stdio });
    child.stdout.on('data', (octets) => this.read(String(octets)));
    child.stderr.on('data', (octets) => this.read(String(octets)));
    this.child = child;
    this.ended = new Promise((resolve) => child.on('close', (status) => resolve(status)));
  }

  /** Of `havip speak --json`. */
  get events(): SpeakEvent[] {
    return this.lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  }

  /** Why it is what it is; null for keepalived, which does not say. */
  get reason(): string | null {
    const changes = this.events.filter((event) => event.event === 'state');
    return changes.at(-1)?.reason ?? null;
  }

  /** Milliseconds since 1970 at which it became so. */
  async until(state: string): Promise<number> {
    await this.met(() => this.state === state, `${state}, not ${this.state}`);
    return this.since;
  }

  async met(condition: () => boolean, wanted: string): Promise<void> {
    for (const from = Date.now(); !condition(); await pause(10)) {
      if (Date.now() - from < WAIT_MAX) continue;
      throw new Error(`${this.program} of host ${this.host}: ${wanted}:\n${this.lines.join('\n')}`);
    }
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Waits for its end, for its status. */
  async end(): Promise<number | null> {
    let status: number | null | undefined;
    void this.ended.then((value) => {
      status = value;
    });
    await this.met(() => status !== undefined, 'does not end');
    return status ?? null;
  }

  shutDown(name: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.signal(name);
    return this.end();
  }

  async crash(): Promise<void> {
    this.lan.cut(this.host);
    killAll(this.lan.hosts[this.host]!);
    await this.ended;
  }

  private read(text: string): void {
    const lines = (this.unread + text).split('\n');
    this.unread = lines.pop()!;
    for (const line of lines) {
      this.lines.push(line);
      const [, keepalived] = /Entering (MASTER|BACKUP|FAULT) STATE/.exec(line) ?? [];
      const [, speak] = /"event":"state".*"to":"(\w+)"/.exec(line) ?? [];
      const state = keepalived?.toLowerCase() ?? speak;
      if (state === undefined) continue;
      this.state = state;
      this.since = Date.now();
    }
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** All at once: a keepalived whose parent has gone would say goodbye. */
function killAll(netns: Netns): void {
  const pids = run('ip', 'netns', 'pids', netns.name).split('\n').filter(Boolean).map(Number);
  for (const signal of ['SIGSTOP', 'SIGKILL'] as const) {
    for (const pid of pids) {
      try {
        process.kill(pid, signal);
      } catch {
        // It has ended.
      }
    }
  }
}

function commandOf(program: Program, plan: Plan, file: string): { words: string[] } {
  if (program === 'speak') {
    return { words: [process.execPath, HAVIP, 'speak', '--json', ...speakOptions(plan)] };
  }
  writeFileSync(file, keepalivedConf(plan));
  return { words: ['keepalived', '-n', '-l', '-D', '-f', file] };
}

export function speakOptions(plan: Plan): string[] {
  const { version, vips, source, peer, priority, interval, password } = plan;
  return [
    ...['--interface', 'eth0', '--vrid', `${VRID}`, '--version', `${version}`],
    ...['--priority', `${priority}`, '--interval', `${interval}`],
    ...vips.flatMap((vip) => ['--vip', vip]),
    ...(source === undefined ? [] : ['--unicast-src', source]),
    ...(peer === undefined ? [] : ['--unicast-peer', peer]),
    ...(password === undefined ? [] : ['--auth-pass', password]),
    ...(plan.nopreempt === true ? ['--nopreempt'] : []),
    ...(plan.garpDelay === undefined ? [] : ['--garp-delay', `${plan.garpDelay}`]),
  ];
}

function keepalivedConf(plan: Plan): string {
  const { version, vips, source, peer, priority, interval, password } = plan;
  return [
    'vrrp_instance V {',
    ...['state BACKUP', 'interface eth0', `virtual_router_id ${VRID}`, `version ${version}`],
    ...[`priority ${priority}`, `advert_int ${interval}`],
    ...(plan.nopreempt === true ? ['nopreempt'] : []),
    ...(source === undefined ? [] : [`unicast_src_ip ${source}`]),
    ...(peer === undefined ? [] : [`unicast_peer {\n${peer}\n}`]),
    ...(password === undefined
      ? []
      : [`authentication {\nauth_type PASS\nauth_pass ${password}\n}`]),
    ...(plan.garpDelay === undefined ? [] : [`garp_master_delay ${plan.garpDelay}`]),
    `virtual_ipaddress {\n${vips.join('\n')}\n}`,
    '}\n',
  ].join('\n');
}
