/** What is watched, and whether its failure moves anything. */
import { byName } from '../by-name.ts';
import type { Cluster } from '../cluster.ts';
import { instancesOf } from '../cluster.ts';
import type { Fix, Report, Rule } from '../finding.ts';
import { addTo, addToList, drop, dropKeyword } from '../fixes.ts';
import type { KeepalivedConf, Track } from '../keepalived-conf.ts';
import type { Place } from '../notices.ts';
import type { Running } from '../running.ts';
import { allOf, lastOf, type Statement } from '../statements.ts';
import { trackWeightIdle } from './track-weight.ts';
import { weightNopreempt } from './weight-nopreempt.ts';

const trackInterfaceMissing: Rule = {
  id: 'track-interface-missing',
  severity: 'warning',
  title: 'an interface whose failure moves nothing',
  source:
    'keepalived.conf(5), dont_track_primary; tried: 2.2.7 watches the interfaces of addresses',
  check(cluster, report) {
    for (const one of instancesOf(cluster)) {
      reportBlind(cluster, one, report);
      reportUntracked(cluster, one, report);
    }
  },
};

/** An instance watches its own interface, unless it is told not to. */
function reportBlind({ source }: Cluster, one: Running, report: Report): void {
  const { config, host, device } = one;
  if (config.dontTrackPrimary?.value !== true) return;
  const message = `dont_track_primary: when ${device ?? 'the interface'} fails, nothing moves`;
  const fix = dropKeyword(one, source, 'dont_track_primary');
  report({ host, place: config.dontTrackPrimary.place, message, fix });
}

/** Those of its addresses (`dev`) it watches too, unless a line says `no_track`. */
function reportUntracked({ source }: Cluster, one: Running, report: Report): void {
  const { config, host, device, addresses } = one;
  const others = addresses.filter((address) => address.device !== null);
  const tracked = config.tracks.filter(({ kind }) => kind === 'interface');
  const watched = others.filter(({ isUntracked }) => !isUntracked);
  const seen = new Set([
    ...[device, ...tracked.map(({ name }) => name)],
    ...watched.map((address) => address.device?.value),
  ]);
  for (const { device: other } of others) {
    if (other === null || seen.has(other.value)) continue;
    seen.add(other.value);
    const message = `no_track: when ${other.value} fails, which has the address, nothing moves`;
    const fix =
      tracked.length === 0
        ? addTo(one, source, ['track_interface {', `    ${other.value}`, '}'])
        : addToList(one, source, 'track_interface', [other.value]);
    report({ host, place: other.place, message, fix });
  }
}

const trackUnknown: Rule = {
  id: 'track-unknown',
  severity: 'error',
  title: 'a check that is defined nowhere',
  source: 'keepalived -t: "track script not found, ignoring"',
  check(cluster, report) {
    for (const { name: host, conf, instances } of cluster.hosts) {
      const all = KINDS.map((kind) => definitionsOf(conf, kind));
      for (const { config } of instances) {
        for (const definitions of all) {
          const site = siteOf(host, config.statement, definitions);
          const tracks = config.tracks.filter(({ kind }) => kind === definitions.kind);
          for (const track of tracks) checkTrack(cluster, site, track, report);
        }
      }
    }
  },
};

/** Names that a mistyped one is compared with. */
const COMPARED_MAX = 100;

const KINDS = ['script', 'file', 'process', 'bfd'] as const;
type Kind = (typeof KINDS)[number];

const DEFINED_BY: Readonly<Record<Kind, readonly [string, ...string[]]>> = {
  script: ['vrrp_script'],
  file: ['vrrp_track_file', 'track_file'],
  process: ['vrrp_track_process'],
  bfd: ['bfd_instance'],
};

/** What a file defines of one kind. */
interface Definitions {
  readonly kind: Kind;
  readonly names: readonly string[];
  readonly blocks: ReadonlyMap<string, Statement>;
  /** Which of all statements one is. */
  readonly order: ReadonlyMap<Statement, number>;
}

function definitionsOf({ statements }: KeepalivedConf, kind: Kind): Definitions {
  const all = DEFINED_BY[kind].flatMap((keyword) => allOf(statements, keyword));
  const nameOf = ({ values }: Statement): string | undefined => values[0]?.text;
  const order = new Map(statements.map((one, i) => [one, i]));
  const names = all.slice(0, COMPARED_MAX).flatMap((one) => nameOf(one) ?? []);
  return { kind, names, blocks: byName(all, nameOf), order };
}

/** Where such a thing is tracked. */
interface Site extends Definitions {
  readonly host: string;
  readonly instance: Statement;
  /** The last list of the instance. */
  readonly list: Statement | null;
  readonly lines: ReadonlyMap<Place, Statement>;
}

function siteOf(host: string, instance: Statement, definitions: Definitions): Site {
  const list = lastOf(instance, `track_${definitions.kind}`);
  const lines = new Map(list?.block?.map((line) => [line.keyword.place, line]));
  return { ...definitions, host, instance, list, lines };
}

function checkTrack(cluster: Cluster, site: Site, { name, place }: Track, report: Report): void {
  const { host, instance, order } = site;
  const [keyword] = DEFINED_BY[site.kind];
  const defined = site.blocks.get(name);
  if (defined !== undefined) {
    const isLate = (order.get(defined) ?? -1) > (order.get(instance) ?? -1);
    if (!isLate) return;
    const late = `${keyword} ${name} stands behind the instance`;
    const message = `${late}: keepalived has not read it yet, and ignores this line`;
    const related = [{ place: defined.keyword.place, message: 'move this block to the top' }];
    report({ host, place, message, fix: moved(cluster, defined, instance), related });
    return;
  }
  const close = cluster.nearest?.(name, site.names);
  const meant = close ? `; did you mean ${close}?` : '';
  const message =
    `there is no ${keyword} ${name}: keepalived ignores this line, and nothing is ` +
    `checked${meant}`;
  const isOnly = site.list?.block?.length === 1;
  const victim = isOnly ? site.list : site.lines.get(place);
  const fix = victim === undefined || victim === null ? null : drop(cluster.source, victim);
  report({ host, place, message, fix });
}

/** The block taken from where it is and written before the instance. */
function moved({ source }: Cluster, defined: Statement, instance: Statement): Fix {
  const { edits } = drop(source, defined);
  const [cut] = edits;
  const { file, line } = instance.keyword.place;
  if (cut === undefined || cut.file !== file || cut.column !== 1) return { edits: [], write: [] };
  const text: string[] = [];
  for (let at = cut.line; at < cut.endLine; at++) {
    // An edit is written into reports as it is.
    if (source.hasPassword(file, at)) return { edits: [], write: [] };
    text.push(`${source.line(file, at) ?? ''}\n`);
  }
  const paste = { file, line, column: 1, endLine: line, endColumn: 1, text: text.join('') };
  return { edits: [paste, cut], write: [] };
}

const scriptEmpty: Rule = {
  id: 'script-empty',
  severity: 'error',
  title: 'a vrrp_script without a script',
  source: 'keepalived -t: "No script set for vrrp_script"',
  check(cluster, report) {
    for (const { name: host, conf } of cluster.hosts) {
      for (const { name, script, place } of conf.scripts) {
        if (script !== null) continue;
        const message =
          `vrrp_script ${name} names no script: keepalived removes it, and nothing is ` + 'checked';
        const fix = { edits: [], write: ['script "/path/of/the/check"'] };
        report({ host, place, message, fix });
      }
    }
  },
};

export const TRACKING_RULES: readonly Rule[] = [
  trackInterfaceMissing,
  trackUnknown,
  trackWeightIdle,
  weightNopreempt,
  scriptEmpty,
];
