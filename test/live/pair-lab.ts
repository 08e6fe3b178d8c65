/**
 * The lab of most live tests: two hosts with keepalived behind one HaVip, a client, and whoever
 * else a test needs. Adverts are five a second, so that a failover takes less than one second.
 */
import { stringify } from 'yaml';
import { LabProcess } from './lab-process.ts';

export interface PairOptions {
  provider?: string;
  /** Who is there beside the pair and the client. */
  more?: readonly Host[];
  /** What differs from the usual configuration, by host. */
  keepalived?: Readonly<Partial<Record<Host, Settings>>>;
  hasIpv6?: boolean;
  /** The client is in a subnet of its own, and what it asks is routed. */
  isClientAway?: boolean;
  /** Who may claim the HaVip. */
  bound?: readonly Host[];
  /** Seconds between adverts, where a test needs it calmer than INTERVAL. */
  interval?: number;
}

export interface Settings {
  state?: 'MASTER' | 'BACKUP';
  priority?: number;
  isMulticast?: boolean;
  /** Source of the adverts, and where they go. */
  source?: string;
  peer?: string;
  /** Further lines of the instance. */
  more?: readonly string[];
}

export type Host = keyof typeof NUMBERS;

/** Seconds between adverts. */
export const INTERVAL = 0.2;
export const HAVIP = '10.77.0.88';
export const HAVIP6 = 'fd00:77::88';
const AWAY = { cidr: '10.78.0.0/24' };
const AWAY_IP = '10.78.0.10';
/** Last number of each address, and of the MAC. */
const NUMBERS = { 'node-1': 11, 'node-2': 12, client: 10, rogue: 66 } as const;
const PAIR: readonly Host[] = ['node-1', 'node-2'];
const PRIORITIES: Partial<Record<Host, number>> = { 'node-1': 100, 'node-2': 90 };

export function ipOf(host: Host): string {
  return `10.77.0.${NUMBERS[host]}`;
}

export function ipv6Of(host: Host): string {
  return `fd00:77::${NUMBERS[host]}`;
}

export function macOf(host: Host): string {
  return `02:00:00:00:77:${NUMBERS[host]}`;
}

/** Seconds that a host waits for adverts of the other (RFC 9568, section 6.1). */
export function masterDownInterval(host: Host, interval = INTERVAL): number {
  return 3 * interval + ((256 - (PRIORITIES[host] ?? 100)) / 256) * interval;
}

/** Not running yet. */
export function pairLab(options: PairOptions = {}): LabProcess {
  const files = PAIR.map((host): [string, string] => [
    `${host}.conf`,
    keepalived(host, options.keepalived?.[host] ?? {}, options),
  ]);
  return LabProcess.ofText(labText(options), Object.fromEntries(files));
}

function labText(options: PairOptions): string {
  const hosts: Host[] = [...PAIR, 'client', ...(options.more ?? [])];
  const ips = (host: Host): string[] =>
    options.hasIpv6 === true ? [ipOf(host), ipv6Of(host)] : [ipOf(host)];
  const instances = hosts.map((host) => {
    const isAway = host === 'client' && options.isClientAway === true;
    const place = isAway ? { subnet: 'away', ip: AWAY_IP } : { subnet: 'lan', ip: ips(host) };
    const eth0 = { ...place, mac: macOf(host), attach: { netns: host } };
    const run = PAIR.includes(host) ? { run: `keepalived -n -l -D -f ${host}.conf` } : {};
    return [host, { enis: { eth0 }, ...run }];
  });
  const cidr = options.hasIpv6 === true ? ['10.77.0.0/24', 'fd00:77::/64'] : '10.77.0.0/24';
  const bind = [...(options.bound ?? PAIR)];
  const web6 = { subnet: 'lan', ip: HAVIP6, bind };
  return stringify({
    provider: options.provider ?? 'alibaba',
    subnets: { lan: { cidr }, ...(options.isClientAway === true ? { away: AWAY } : {}) },
    instances: Object.fromEntries(instances),
    havips: {
      web: { subnet: 'lan', ip: HAVIP, bind },
      ...(options.hasIpv6 === true ? { web6 } : {}),
    },
  });
}

function keepalived(host: Host, own: Settings, { hasIpv6, interval }: PairOptions): string {
  const peer = own.peer ?? ipOf(host === 'node-1' ? 'node-2' : 'node-1');
  const unicast = [`unicast_src_ip ${own.source ?? ipOf(host)}`, `unicast_peer { ${peer} }`];
  const lines = [
    `state ${own.state ?? 'BACKUP'}`,
    'interface eth0',
    'version 3',
    'virtual_router_id 77',
    `priority ${own.priority ?? PRIORITIES[host]}`,
    `advert_int ${interval ?? INTERVAL}`,
    'garp_master_delay 1',
    ...(own.isMulticast === true ? [] : unicast),
    ...(own.more ?? []),
    `virtual_ipaddress { ${HAVIP} }`,
    ...(hasIpv6 === true ? [`virtual_ipaddress_excluded { ${HAVIP6} }`] : []),
  ];
  const indented = lines.map((line) => `  ${line}\n`).join('');
  return `global_defs {\n  router_id ${host}\n}\nvrrp_instance web {\n${indented}}\n`;
}

/** How long nobody may take the HaVip for the start to be over, in milliseconds. */
const CALM_MS = 1000;

/**
 * Starts the lab and waits until its first election is over: node-1 holds, node-2 listens. Gives
 * the time from which on events are no part of the start.
 */
export async function calmUp(lab: LabProcess, ...words: string[]): Promise<string> {
  await lab.up(...words);
  await lab.until(async () => (await holderIn(lab)) === 'node-1', 'holder node-1');
  const hasMoved = (): boolean => {
    const since = new Date(Date.now() - CALM_MS).toISOString();
    return lab.eventsOf('claim').some(({ verdict, time }) => verdict === 'moved' && time > since);
  };
  await lab.until(() => !hasMoved(), 'end of the first election');
  return new Date().toISOString();
}

export async function holderIn(lab: LabProcess): Promise<string | null> {
  const { havips } = await lab.labStatus();
  return havips.find(({ ip }) => ip === HAVIP)?.holder?.name ?? null;
}

export function takeoversSince(lab: LabProcess, since: string) {
  return lab.eventsOf('takeover').filter(({ time }) => time > since);
}
