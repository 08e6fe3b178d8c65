/** The command line of `havip speak`: its options, and what a user asked with them. */
import type { VirtualAddress } from '../lab/speaker/speaker-host.ts';
import type { Address } from '../vrrp/address.ts';
import { includesAddress } from '../vrrp/address.ts';
import { PRIORITY_OWNER } from '../vrrp/advert.ts';
import { ADDRESSES_MAX, isMulticast } from '../vrrp/advert-packet.ts';
import { parseIpv4, parseIpv6 } from '../wire/ip-address.ts';
import { type CommandLine, type CommandSpec, readCommandLine } from './option-table.ts';
import { UsageError } from './usage-error.ts';

const SPEAK: CommandSpec = {
  name: 'speak',
  operands: '',
  summary: 'be a VRRP router on an interface until interrupted, as keepalived is (needs root)',
  options: [
    { name: 'interface', value: 'IFACE', help: 'speak and hold the addresses here' },
    { name: 'vrid', value: 'N', help: 'virtual router, 1 to 255 (virtual_router_id)' },
    {
      name: 'vip',
      value: 'IP[/PREFIX]',
      isRepeatable: true,
      help: 'a virtual address, /32 or /128 unless said (virtual_ipaddress)',
    },
    {
      name: 'vip-excluded',
      value: 'IP[/PREFIX]',
      isRepeatable: true,
      help: 'one that adverts do not list (virtual_ipaddress_excluded)',
    },
    { name: 'priority', value: 'N', help: '1 to 255; 100 unless said' },
    { name: 'version', value: '2|3', help: '2 unless said; IPv6 has 3 only (vrrp_version)' },
    { name: 'interval', value: 'SECONDS', help: 'between adverts; 1 unless said (advert_int)' },
    { name: 'unicast-src', value: 'IP', help: 'send from this address (unicast_src_ip)' },
    {
      name: 'unicast-peer',
      value: 'IP',
      isRepeatable: true,
      help: 'send to this router, not to the group (unicast_peer)',
    },
    { name: 'nopreempt', help: 'let a master of lower priority be' },
    { name: 'preempt-delay', value: 'SECONDS', help: 'let it be so long first (preempt_delay)' },
    { name: 'auth-pass', value: 'TEXT', help: 'password of version 2, 8 octets (auth_pass)' },
    { name: 'garp-repeat', value: 'N', help: 'announcements in a set (garp_master_repeat), 5' },
    { name: 'garp-delay', value: 'SECONDS', help: 'second set after (garp_master_delay), 5' },
    { name: 'garp-refresh', value: 'SECONDS', help: 'again each (garp_master_refresh), 0: never' },
    { name: 'garp-refresh-repeat', value: 'N', help: 'how many of them then, 1' },
    { name: 'json', help: 'print one JSON object an event' },
    { name: 'no-color', help: 'no colours, even on a terminal' },
  ],
  examples: [
    [
      'havip speak --interface eth0 --vrid 51 --priority 90 --vip 192.168.0.88/24',
      'a backup that takes over when the master falls silent',
    ],
    [
      'havip speak --interface eth0 --vrid 51 --vip 192.168.0.88/24 --nopreempt ' +
        '--unicast-src 192.168.0.10 --unicast-peer 192.168.0.11 --garp-refresh 5',
      'by unicast, as clouds want it',
    ],
    [
      'havip speak --interface eth0 --vrid 6 --version 3 --interval 0.25 --vip fe80::88/64',
      'IPv6, four adverts a second',
    ],
  ],
};

export interface SpeakRequest {
  interfaceName: string;
  vrid: number;
  family: 4 | 6;
  version: 2 | 3;
  priority: number;
  /** Times are nanoseconds. */
  interval: number;
  addresses: VirtualAddress[];
  excluded: VirtualAddress[];
  source: Address | null;
  peers: Address[];
  preempt: boolean;
  preemptDelay: number;
  password: Uint8Array | null;
  announcements: { repeat: number; delay: number; refresh: number; refreshRepeat: number };
  isJson: boolean;
  isColorRefused: boolean;
}

const SECOND = 1e9;
const CENTISECOND = 1e7;
const UNIT_OF: Record<string, number> = { ms: 1e6, s: SECOND, m: 60 * SECOND };

/** The request; UsageError where it cannot be obeyed. */
export function readSpeakRequest(arguments_: readonly string[]): SpeakRequest {
  const line = readCommandLine(SPEAK, arguments_);
  if (line.operands.length > 0) {
    throw new UsageError(`"${line.operands[0]}" belongs to no option`, 'havip speak --help');
  }
  const addresses = line.values('vip').map((text) => readVirtual('vip', text));
  const first = required(line, 'vip', '192.168.0.88/24') && addresses[0]?.address;
  const family = typeof first === 'number' ? 4 : 6;
  const version = readVersion(line, family);
  const request: SpeakRequest = {
    interfaceName: required(line, 'interface', 'eth0'),
    vrid: readNumber('vrid', required(line, 'vrid', '51'), 1, 255),
    family,
    version,
    priority: readNumber('priority', line.value('priority') ?? '100', 1, 255),
    interval: readInterval(line.value('interval') ?? '1', version),
    addresses,
    excluded: line.values('vip-excluded').map((text) => readVirtual('vip-excluded', text)),
    source: optionalAddress(line, 'unicast-src'),
    peers: line.values('unicast-peer').map((text) => readUnicast('unicast-peer', text)),
    preempt: !line.isGiven('nopreempt'),
    preemptDelay: readSeconds('preempt-delay', line.value('preempt-delay') ?? '0'),
    password: readPassword(line.value('auth-pass'), version),
    announcements: {
      repeat: readNumber('garp-repeat', line.value('garp-repeat') ?? '5', 1, 100),
      delay: readSeconds('garp-delay', line.value('garp-delay') ?? '5'),
      refresh: readSeconds('garp-refresh', line.value('garp-refresh') ?? '0'),
      refreshRepeat: readNumber(
        'garp-refresh-repeat',
        line.value('garp-refresh-repeat') ?? '1',
        1,
        100,
      ),
    },
    isJson: line.isGiven('json'),
    isColorRefused: line.isGiven('no-color'),
  };
  checkTogether(request);
  return request;
}

function required(line: CommandLine, name: string, example: string): string {
  const [text] = line.values(name);
  if (text === undefined) {
    throw new UsageError(`--${name} is missing`, `write one such as --${name} ${example}`);
  }
  return text;
}

function readNumber(option: string, text: string, least: number, most: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError(`--${option}: "${text}" is no number`, `write one from ${least} to ${most}`);
}

/** Seconds as keepalived writes them (1, 0.25), or with a unit; in nanoseconds. */
function readSeconds(option: string, text: string): number {
  const [, number = '', unit = 's'] = /^(\d{1,9}(?:\.\d+)?|\.\d+)(ms|s|m)?$/.exec(text) ?? [];
  if (number !== '') return Math.round(Number(number) * (UNIT_OF[unit] ?? SECOND));
  throw new UsageError(`--${option}: "${text}" is no duration`, 'write seconds, such as 5 or 0.5');
}

function readVersion(line: CommandLine, family: 4 | 6): 2 | 3 {
  const text = line.value('version') ?? (family === 6 ? '3' : '2');
  if (text !== '2' && text !== '3') {
    throw new UsageError(`--version: there is no VRRP version "${text}"`, 'write 2 or 3');
  }
  if (text === '2' && family === 6) {
    throw new UsageError('VRRP version 2 has no IPv6', 'leave out --version 2');
  }
  return text === '2' ? 2 : 3;
}

function readInterval(text: string, version: 2 | 3): number {
  const interval = readSeconds('interval', text);
  const unit = version === 2 ? SECOND : CENTISECOND;
  const most = version === 2 ? 255 * SECOND : 4095 * CENTISECOND;
  if (interval >= unit && interval <= most && interval % unit === 0) return interval;
  throw version === 2
    ? new UsageError(
        `--interval: version 2 tells whole seconds, 1 to 255, not ${text}`,
        'add --version 3 for fractions',
      )
    : new UsageError(
        `--interval: version 3 tells hundredths of a second, 0.01 to 40.95, not ${text}`,
        'write one of those',
      );
}

function readAddress(option: string, text: string): Address {
  const ipv4 = parseIpv4(text);
  if (!Number.isNaN(ipv4)) return ipv4;
  const ipv6 = parseIpv6(text);
  if (ipv6 !== null) return ipv6;
  throw new UsageError(`--${option}: "${text}" is no IP address`, 'write one such as 192.168.0.88');
}

function readUnicast(option: string, text: string): Address {
  const address = readAddress(option, text);
  if (!isMulticast(address)) return address;
  throw new UsageError(`--${option}: ${text} is a group's address`, "write a host's");
}

function optionalAddress(line: CommandLine, name: string): Address | null {
  const text = line.value(name);
  return text === null ? null : readUnicast(name, text);
}

function readVirtual(option: string, text: string): VirtualAddress {
  const [, ip = '', , prefix] = /^([^/]*)(\/(.*))?$/.exec(text) ?? [];
  const address = readUnicast(option, ip);
  const longest = typeof address === 'number' ? 32 : 128;
  const prefixLength = readNumber(option, prefix ?? String(longest), 1, longest);
  return { address, prefixLength };
}

/** Eight octets, as RFC 2338 section 5.3.10 and keepalived have it. */
function readPassword(text: string | null, version: 2 | 3): Uint8Array | null {
  if (text === null) return null;
  if (version === 3) {
    throw new UsageError('--auth-pass: VRRP version 3 has no password', 'leave it out');
  }
  const octets = new TextEncoder().encode(text);
  if (octets.length > 8) {
    throw new UsageError('--auth-pass is longer than 8 octets', 'shorten it on every router');
  }
  return octets;
}

/** What each option allows alone but not beside the others. */
function checkTogether(request: SpeakRequest): void {
  const { addresses, excluded, peers, source, family, priority } = request;
  const isOther = (address: Address) => (typeof address === 'number' ? 4 : 6) !== family;
  if (addresses.some(({ address }) => isOther(address))) {
    throw new UsageError(
      '--vip: adverts list addresses of one family only',
      'give the others as --vip-excluded, or speak twice',
    );
  }
  if (addresses.length > ADDRESSES_MAX) {
    throw new UsageError(`--vip: adverts list ${ADDRESSES_MAX} addresses at most`, 'speak twice');
  }
  if ([...peers, ...(source === null ? [] : [source])].some(isOther)) {
    throw new UsageError(
      '--unicast-src and --unicast-peer are of another family than --vip',
      `adverts for IPv${family} addresses travel by IPv${family}`,
    );
  }
  const all = [...addresses, ...excluded].map(({ address }) => address);
  if (all.some((address, i) => includesAddress(all.slice(0, i), address))) {
    throw new UsageError('a virtual address is given twice', 'give it once');
  }
  if (source !== null && includesAddress(peers, source)) {
    throw new UsageError('--unicast-src is one of the peers', 'name the other routers only');
  }
  if (source !== null && includesAddress(all, source) && priority !== PRIORITY_OWNER) {
    throw new UsageError(
      '--unicast-src is a virtual address',
      "write the host's own (clouds drop heartbeats from a HaVip)",
    );
  }
}
