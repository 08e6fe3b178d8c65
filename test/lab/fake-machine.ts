/** A machine of memory on which every lab can run; tests take things away from it. */
import type { Machine } from '../../src/lab/doctor/machine.ts';

export interface Answer {
  status: number | null;
  output: string;
}

export class FakeMachine implements Machine {
  platform = 'linux';
  nodeVersion = '20.20.2';
  userId: number | null = 0;
  nativePath = '/app/dist/native/havip.node';
  modules = ['raw-socket'];
  folders: Record<string, string[]> = {};
  openErrors: Record<string, string> = {};
  files: Record<string, string> = {
    '/proc/self/status': 'Name:\tnode\nCapEff:\t000001ffffffffff\n',
    '/dev/net/tun': '',
    '/app/dist/native/havip.node': '',
    '/proc/sys/net/core/devconf_inherit_init_net': '0\n',
    '/proc/sys/net/ipv4/conf/all/arp_ignore': '0\n',
    '/proc/sys/net/ipv4/conf/all/forwarding': '0\n',
    '/proc/net/ip_vs': '',
    '/proc/net/vlan': '',
  };
  /** By name, or by the whole command line. */
  programs: Record<string, Answer> = {
    ip: { status: 0, output: 'ip utility, iproute2-6.1.0\n' },
    unshare: { status: 0, output: '' },
    keepalived: { status: 0, output: 'Keepalived v2.2.7 (01/16,2022)\n\nCopyright' },
    ping: { status: 0, output: '' },
  };

  read = (path: string): string | null => this.files[path] ?? null;
  list = (path: string): string[] => this.folders[path] ?? [];
  exists = (path: string): boolean => Object.hasOwn(this.files, path);
  openError = (path: string): string | null => this.openErrors[path] ?? null;
  run = (program: string, ...words: string[]): Answer | null =>
    this.programs[[program, ...words].join(' ')] ?? this.programs[program] ?? null;
  hasProgram = (name: string): boolean => Object.hasOwn(this.programs, name);
  canLoad = (module: string): boolean => this.modules.includes(module);
}
