/**
 * The captures with ground truth: each lies beside NAME.truth.json, whose facts come from other
 * sources than the packets (the script that made the failover, keepalived's notify scripts, the
 * client's ping log) or from tshark. Besides pcaps/ a larger collection of the same kind is used
 * where there is one (HAVIP_CAPTURES).
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Replay } from '../../src/analysis/replay.ts';
import type { ReplayResult } from '../../src/analysis/result.ts';
import { openCapture } from '../../src/capture/index.ts';
import { compile } from '../../src/havip/compile.ts';
import type { Topology } from '../../src/havip/topology.ts';

export const PCAPS = resolve(import.meta.dirname, '../../pcaps');
const COLLECTION =
  process.env.HAVIP_CAPTURES ?? resolve(import.meta.dirname, '../../../shared/captures');
const CAPTURE = /\.(pcap|pcapng)(\.gz|\.zst)?$/;

if (!existsSync(COLLECTION)) console.warn(`skipped: no further captures at ${COLLECTION}`);

export interface TruthHost {
  name: string;
  role: string;
  interfaces: { mac: string; ips: string[]; vlan: number | null }[];
}

/** Something that somebody did: the script, a hand-made frame. */
export interface Deed {
  t_ns: number;
  source: 'harness' | 'rogue' | 'innocent';
  host?: string;
  event: string;
  kind?: string;
  claims?: string | null;
  eth_src?: string;
  sha?: string;
}

/** A stretch in which keepalived called itself MASTER, by its notify script. */
export interface MasterInterval {
  instance: string;
  host: string;
  from_ns: number;
  to_ns: number;
  ended_by: string;
  vips: string[];
}

export interface Truth {
  name: string;
  capture: { frames_once: boolean; sees_all_frames: boolean };
  topology: { hosts: TruthHost[] };
  havips: {
    ip: string;
    vrid: number | null;
    vlan?: number;
    bound_hosts: string[];
    bound_macs: string[];
  }[];
  events: Deed[];
  ownership: { by_notify: MasterInterval[] };
  pings: {
    host: string;
    target: string;
    interval_s: number;
    outages: { last_reply_ns: number; first_reply_ns: number; lost: number }[];
  }[];
  tshark: {
    counts: Record<string, number>;
    first_frame_ns: number;
    last_frame_ns: number;
    timestamps_going_back: number;
    largest_step_back_ns: number;
    adverts: { src: string; vrid: number; n: number }[];
    garp: { frame: number; t_ns: number; op: string; sha: string; spa: string }[];
    na: { frame: number; t_ns: number; target: string; tlla: string; solicited: boolean }[];
  };
}

export interface Scenario {
  /** As the file: "09b-split-trunk-sw2". */
  name: string;
  /** `name`, and where it lies unless in pcaps/. */
  label: string;
  path: string;
  truth: Truth;
}

export const scenarios: readonly Scenario[] = [
  ...scenariosIn(PCAPS, ''),
  ...scenariosIn(COLLECTION, ' (collection)'),
];

function scenariosIn(folder: string, suffix: string): Scenario[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => CAPTURE.test(file));
  return files.sort().map((file) => {
    const name = file.replace(CAPTURE, '');
    const text = readFileSync(join(folder, `${name}.truth.json`), 'utf8');
    return { name, label: name + suffix, path: join(folder, file), truth: JSON.parse(text) };
  });
}

/** Whether a scenario is one of these, named by the head of the file name: '10', '09b'. */
export function isOneOf(scenario: { name: string }, ...heads: string[]): boolean {
  return heads.some((head) => scenario.name.startsWith(`${head}-`));
}

const observed = new Map<string, Promise<ReplayResult>>();

/** The replay without a lab file, made once. */
export function observe(path: string): Promise<ReplayResult> {
  const made = observed.get(path) ?? replay(path, null);
  observed.set(path, made);
  return made;
}

export async function replay(path: string, topology: Topology | null): Promise<ReplayResult> {
  const capture = await openCapture(path);
  const site = topology === null ? null : compile(topology);
  const options = { site, allClaims: false, limit: 0, from: null, to: null, listener: null };
  const run = new Replay(options, [path]);
  await run.run(capture);
  await capture.close();
  return run.result();
}

/** Seconds since the capture's first frame. */
export function secondsAt(truth: Truth, ns: number): number {
  return (ns - truth.tshark.first_frame_ns) / 1e9;
}

/** The host that has this MAC or this address of its own; the text itself where none has. */
export function hostOf(truth: Truth, text: string): string {
  const host = truth.topology.hosts.find(({ interfaces }) =>
    interfaces.some((one) => one.mac === text || one.ips.some((ip) => ip.split('/')[0] === text)),
  );
  return host?.name ?? text;
}

/** Who holds: the host of the MAC, or of the speaker where the MAC is virtual. */
export function holderOf(
  truth: Truth,
  party: { mac: string | null; speaker: string | null },
): string {
  const isVirtual = party.mac?.startsWith('00:00:5e:00:0') ?? false;
  return hostOf(truth, (isVirtual ? party.speaker : party.mac) ?? 'nobody');
}

/** An announcement that tshark lists: gratuitous ARP, or unsolicited neighbor advertisement. */
export interface Announcement {
  frame: number;
  t: number;
  ip: string;
  mac: string;
}

/** In order of time (a capture of several interfaces is not). */
export function announcementsOf(truth: Truth): Announcement[] {
  const { garp, na } = truth.tshark;
  const arp = garp.map(({ frame, t_ns, spa, sha }) => ({ frame, t_ns, ip: spa, mac: sha }));
  const nd = na
    .filter((one) => !one.solicited)
    .map(({ frame, t_ns, target, tlla }) => ({ frame, t_ns, ip: target, mac: tlla }));
  return [...arp, ...nd]
    .sort((a, b) => a.t_ns - b.t_ns || a.frame - b.frame)
    .map(({ t_ns, ...rest }) => ({ ...rest, t: secondsAt(truth, t_ns) }));
}
