/** What the kernel says of one interface of this network namespace, and when its link changes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Address } from '../../vrrp/address.ts';
import { parseIpv4, parseIpv6 } from '../../wire/ip-address.ts';
import { parseMac } from '../../wire/mac.ts';
import { LabError } from '../lab-error.ts';
import { runProgram } from '../program.ts';

export interface InterfaceAddress {
  readonly family: 4 | 6;
  readonly address: Address;
  readonly text: string;
  readonly prefixLength: number;
  readonly isLinkLocal: boolean;
  /** A second address of a subnet, which is never the source by itself. */
  readonly isSecondary: boolean;
}

export interface InterfaceFacts {
  readonly name: string;
  readonly index: number;
  readonly mac: number;
  readonly isUp: boolean;
  readonly addresses: readonly InterfaceAddress[];
}

interface IpAddressRow {
  ifname: string;
  ifindex: number;
  address?: string;
  flags: string[];
  addr_info?: {
    family: string;
    local: string;
    prefixlen: number;
    scope: string;
    secondary?: boolean;
  }[];
}

/** Throws LabError where there is no such interface, or it is no Ethernet one. */
export async function interfaceFacts(name: string): Promise<InterfaceFacts> {
  // A name that begins with a hyphen would be an option of ip.
  if (!/^[^-/\s][^/\s]{0,14}$/.test(name)) throw noSuchInterface(name);
  let text: string;
  try {
    text = await runProgram('ip', ['-j', 'addr', 'show', 'dev', name]);
  } catch (error) {
    if (/does not exist/.test((error as Error).message)) throw noSuchInterface(name);
    throw error;
  }
  const [row] = (JSON.parse(text) as IpAddressRow[]).filter((found) => found.ifname === name);
  if (row === undefined) throw noSuchInterface(name);
  const mac = parseMac(row.address ?? '');
  // The loopback's is all zeros.
  if (Number.isNaN(mac) || mac === 0)
    throw new LabError(`${name} has no MAC address`, 'name an Ethernet one');
  return {
    name,
    index: row.ifindex,
    mac,
    isUp: isLinkUp(row.flags),
    addresses: (row.addr_info ?? []).flatMap((info) => addressOf(info)),
  };
}

export interface LinkMonitor {
  stop(): void;
}

/** Tells of each change of the link's flags, until it is stopped. */
export function monitorLink(name: string, onLink: (isUp: boolean) => void): LinkMonitor {
  const monitor = ['ip', '-o', 'monitor', 'link', 'dev', name];
  // It goes with whoever looks at it, even where that one is killed.
  const child: ChildProcess = spawn('setpriv', ['--pdeathsig', 'TERM', ...monitor], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  // Without it adverts still tell of most that can befall an interface.
  child.on('error', () => {});
  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const flags = /<([^>]*)>/.exec(line)?.[1]?.split(',') ?? [];
      onLink(!line.startsWith('Deleted') && isLinkUp(flags));
    });
  }
  return { stop: () => void child.kill('SIGTERM') };
}

function isLinkUp(flags: readonly string[]): boolean {
  return flags.includes('UP') && flags.includes('LOWER_UP');
}

function addressOf(info: NonNullable<IpAddressRow['addr_info']>[number]): InterfaceAddress[] {
  const { local: text, prefixlen: prefixLength, scope } = info;
  const family = info.family === 'inet' ? 4 : 6;
  const address = family === 4 ? parseIpv4(text) : parseIpv6(text);
  if (address === null || Number.isNaN(address)) return [];
  const isLinkLocal = family === 6 && scope === 'link';
  const isSecondary = info.secondary === true;
  return [{ family, address, text, prefixLength, isLinkLocal, isSecondary }];
}

function noSuchInterface(name: string): LabError {
  return new LabError(`there is no interface "${name}" here`, 'ip link shows those there are');
}
