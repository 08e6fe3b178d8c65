/**
 * A Linux host to compare with: a network namespace with three interfaces, one for each value of
 * arp_accept, and another namespace from which frames are sent to them. Needs root, ip and cc.
 */
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const ARP_ACCEPT = [0, 1, 2] as const;

export interface KernelEntry {
  device: string;
  ip: string;
  mac: string | null;
  state: string;
}

/** Why there can be no such host here; null where there can. */
export function whyNot(): string | null {
  if (process.getuid?.() !== 0) return 'not root';
  for (const [tool, argument] of [
    ['ip', '-V'],
    ['cc', '--version'],
  ] as const) {
    try {
      execFileSync(tool, [argument], { stdio: 'ignore' });
    } catch {
      return `no ${tool}`;
    }
  }
  return existsSync('/proc/self/ns/net') ? null : 'no network namespaces';
}

export class Kernel {
  private readonly host = `havip-test-host-${process.pid}`;
  private readonly wire = `havip-test-wire-${process.pid}`;
  private readonly folder = mkdtempSync(join(tmpdir(), 'havip-live-'));
  private sender: ChildProcessWithoutNullStreams | null = null;
  private unread = '';

  start(): void {
    const program = join(this.folder, 'send-frames');
    execFileSync('cc', ['-O1', '-o', program, join(import.meta.dirname, 'send-frames.c')]);
    removeOrphans();
    for (const name of [this.host, this.wire]) {
      run('ip', 'netns', 'add', name);
      this.set(name, 'net/ipv6/conf/default/disable_ipv6', 1);
      this.set(name, 'net/ipv4/conf/all/rp_filter', 0);
    }
    for (const accept of ARP_ACCEPT) this.plug(accept);
    this.addIpv6();
    this.sender = spawn('ip', ['netns', 'exec', this.wire, program]);
    this.sender.stdout.setEncoding('utf8');
    this.sender.stdout.on('data', (text: string) => {
      this.unread += text;
    });
  }

  /** Removes everything, whatever of it there is. */
  stop(): void {
    this.sender?.kill('SIGKILL');
    for (const name of [this.host, this.wire]) {
      try {
        run('ip', 'netns', 'del', name);
      } catch {
        // It was never made.
      }
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Sends frames, each to an interface of the host; gives the nanoseconds at which each went. */
  async send(frames: readonly { accept: number; view: DataView }[]): Promise<number[]> {
    const lines = frames.map(({ accept, view }) => {
      const bytes = Buffer.from(view.buffer, view.byteOffset, view.byteLength);
      return `wire${accept} ${bytes.toString('hex')}\n`;
    });
    this.sender?.stdin.write(lines.join(''));
    for (;;) {
      const times = this.unread.split('\n').slice(0, -1);
      if (times.length === frames.length) {
        this.unread = '';
        return times.map(Number);
      }
      if (this.sender?.exitCode !== null) throw new Error('the sender ended');
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  /** The neighbor table, as the kernel prints it. */
  neighbors(): KernelEntry[] {
    const text = run('ip', '-n', this.host, '-j', 'neigh', 'show', 'nud', 'all');
    // One list of both families.
    const rows = JSON.parse(text) as {
      dst: string;
      dev: string;
      lladdr?: string;
      state?: string[];
    }[];
    return rows.map(({ dst, dev, lladdr, state }) => ({
      device: dev,
      ip: dst,
      mac: lladdr ?? null,
      state: (state?.[0] ?? 'NONE').toLowerCase(),
    }));
  }

  /** Empties the neighbor table, of both families. */
  forgetNeighbors(): void {
    for (const family of ['-4', '-6']) {
      for (const accept of ARP_ACCEPT) {
        run('ip', '-n', this.host, family, 'neigh', 'flush', 'dev', `host${accept}`, 'nud', 'all');
      }
    }
  }

  private plug(accept: number): void {
    const { host, wire } = this;
    const device = `host${accept}`;
    const peer = ['peer', 'name', `wire${accept}`, 'netns', wire];
    run('ip', '-n', host, 'link', 'add', device, 'type', 'veth', ...peer);
    run('ip', '-n', host, 'link', 'set', device, 'address', hostMac(accept));
    run('ip', '-n', host, 'addr', 'add', `${hostIp(accept)}/24`, 'dev', device);
    run('ip', '-n', host, 'link', 'set', device, 'up');
    run('ip', '-n', wire, 'link', 'set', `wire${accept}`, 'up');
    this.set(host, `net/ipv4/conf/${device}/arp_accept`, accept);
    // Nothing but frames shall move an entry.
    this.set(host, `net/ipv4/neigh/${device}/base_reachable_time_ms`, 3_600_000);
  }

  private addIpv6(): void {
    const { host } = this;
    this.set(host, 'net/ipv6/conf/host0/accept_dad', 0);
    this.set(host, 'net/ipv6/conf/host0/disable_ipv6', 0);
    run('ip', '-n', host, 'addr', 'add', `${HOST_IPV6}/64`, 'dev', 'host0', 'nodad');
    this.set(host, 'net/ipv6/neigh/host0/base_reachable_time_ms', 3_600_000);
    // It answers questions, and would go on to doubt and to probe.
    this.set(host, 'net/ipv6/neigh/host0/delay_first_probe_time', 3600);
  }

  private set(name: string, key: string, value: number): void {
    run('ip', 'netns', 'exec', name, 'sh', '-c', `echo ${value} > /proc/sys/${key}`);
  }
}

export function hostMac(accept: number): string {
  return `02:00:00:00:80:0${accept}`;
}

/** The host's IPv6 address, on the interface with arp_accept 0; its subnet is a /64. */
export const HOST_IPV6 = 'fd00:80::1';

/** The host's address on the interface; its subnet is a /24. */
export function hostIp(accept: number): string {
  return `10.80.${accept}.1`;
}

/** What a test that was killed could not remove. */
function removeOrphans(): void {
  for (const [name, pid] of run('ip', 'netns', 'list').matchAll(/^havip-test-\w+-(\d+)/gm)) {
    if (!existsSync(`/proc/${pid}`)) run('ip', 'netns', 'del', name);
  }
}

function run(program: string, ...words: string[]): string {
  return execFileSync(program, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
