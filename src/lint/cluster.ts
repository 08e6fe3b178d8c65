/**
 * The hosts that are judged together: each with its file, with the place that it has in the lab,
 * and the virtual routers that they form. Decides nothing but who belongs to whom.
 */
import type { RuleSet } from '../havip/rule-set.ts';
import type { Topology } from '../havip/topology.ts';
import type { InstanceConfig, KeepalivedConf } from './keepalived-conf.ts';
import type { LabHost } from './lab-host.ts';
import type { Place } from './notices.ts';
import type { Running } from './running.ts';
import type { SourceLines } from './source-lines.ts';
import type { SurplusBrace } from './surplus-brace.ts';

/** What the machine knows of a script; null: there is no such file. */
export interface ScriptFacts {
  readonly isExecutable: boolean;
  /** The file, or the folder above it, that any user may write to; null: none. */
  readonly writable: string | null;
}

export type ScriptProbe = (path: string) => ScriptFacts | null;

/** The word of `known` that a mistyped one probably meant. */
export type Nearest = (word: string, known: readonly string[]) => string | null;

export interface Host {
  readonly name: string;
  readonly conf: KeepalivedConf;
  /** Null without a lab, or where the lab has no such host. */
  readonly lab: LabHost | null;
  readonly instances: readonly Running[];
  /** What was taken out of the text before the rest was judged. */
  readonly brace: SurplusBrace | null;
  /** Where its file shows that it is a template; nothing of it is read then. */
  readonly template: Place | null;
}

/** The instances of different hosts that elect a master among them. */
export interface Router {
  /** In the order of the hosts; one at least. */
  readonly members: readonly Running[];
}

export interface Version {
  readonly text: string;
  readonly numbers: readonly number[];
}

export interface Cluster {
  readonly hosts: readonly Host[];
  readonly routers: readonly Router[];
  readonly source: SourceLines;
  /** Addresses that move: those of the files, and the HaVips of the lab. */
  readonly virtualAddresses: ReadonlySet<string>;
  /** Null: no cloud is named. */
  readonly rules: RuleSet | null;
  readonly topology: Topology | null;
  readonly keepalived: Version | null;
  readonly scripts: ScriptProbe | null;
  readonly nearest: Nearest | null;
}

export function instancesOf(cluster: Pick<Cluster, 'hosts'>): Running[] {
  return cluster.hosts.flatMap(({ instances }) => [...instances]);
}

export function virtualAddressesOf(hosts: readonly Host[], topology: Topology | null): Set<string> {
  const havips = topology?.havips.flatMap(({ address }) => address ?? []) ?? [];
  const listed = instancesOf({ hosts }).flatMap(({ addresses }) => addresses);
  return new Set([...havips, ...listed.map(({ address }) => address)]);
}

/** Less is no sign that two instances are meant for each other. */
const KINSHIP_MIN = 2;

export function routersOf(hosts: readonly Host[]): Router[] {
  const groups: Running[][] = [];
  for (const host of hosts) {
    const open = new Set(groups);
    const pairs = host.instances.flatMap((one) =>
      [...open].map((group) => ({ one, group, kinship: groupKinship(one, group) })),
    );
    pairs.sort((a, b) => b.kinship - a.kinship);
    const placed = new Set<Running>();
    for (const { one, group, kinship } of pairs) {
      if (kinship < KINSHIP_MIN || placed.has(one) || !open.delete(group)) continue;
      group.push(one);
      placed.add(one);
    }
    for (const one of host.instances) if (!placed.has(one)) groups.push([one]);
  }
  return groups.flatMap(apart).map((members) => ({ members }));
}

/** Two clusters of one VRID, each of several hosts that share addresses, are no one router. */
function apart(group: Running[]): Running[][] {
  let sets: Running[][] = [];
  for (const one of group) {
    const kin = sets.filter((set) => set.some((other) => shareAddress(one, other)));
    sets = [...sets.filter((set) => !kin.includes(set)), [...kin.flat(), one]];
  }
  if (sets.length < 2 || sets.some((set) => set.length < 2)) return [group];
  return sets.map((set) => group.filter((one) => set.includes(one)));
}

function groupKinship(one: Running, group: readonly Running[]): number {
  return Math.max(...group.map((other) => kinship(one, other)));
}

/** How much speaks for two instances being one virtual router: addresses most of all. */
function kinship(a: Running, b: Running): number {
  if (a.family !== b.family) return 0;
  const isNamed = names(a.config, b) || names(b.config, a);
  const isSameId = a.vrid !== null && a.vrid === b.vrid;
  const isSameName = a.config.name !== '' && a.config.name === b.config.name;
  return (
    (shareAddress(a, b) ? 8 : 0) + (isSameId ? 3 : 0) + (isSameName ? 2 : 0) + (isNamed ? 1 : 0)
  );
}

function shareAddress(a: Running, b: Running): boolean {
  const others = new Set(b.addresses.map(({ address }) => address));
  return a.addresses.some(({ address }) => others.has(address));
}

function names({ unicastPeers }: InstanceConfig, { source }: Running): boolean {
  return source !== null && unicastPeers.some(({ address }) => address.text === source);
}
