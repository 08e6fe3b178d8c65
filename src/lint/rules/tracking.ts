/** What is watched, and whether its failure moves anything. */
import type { Cluster, Host } from '../cluster.ts';
import { instancesOf } from '../cluster.ts';
import type { Fix, Report, Rule } from '../finding.ts';
import { addTo, addToList, drop, dropKeyword } from '../fixes.ts';
import type { Track } from '../keepalived-conf.ts';
import type { Running } from '../running.ts';
import { allOf, lastOf, type Statement } from '../statements.ts';
import { trackWeightIdle } from './track-weight.ts';

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
    for (const host of cluster.hosts) {
      for (const { config } of host.instances) {
        for (const track of config.tracks)
          checkTrack(cluster, host, track, report, config.statement);
      }
    }
  },
};

/** Names that a mistyped one is compared with. */
const COMPARED_MAX = 100;

const DEFINED_BY: Partial<Record<Track['kind'], readonly string[]>> = {
  script: ['vrrp_script'],
  file: ['vrrp_track_file', 'track_file'],
  process: ['vrrp_track_process'],
  bfd: ['bfd_instance'],
};

function checkTrack(
  cluster: Cluster,
  { name: host, conf }: Host,
  { kind, name, place }: Track,
  report: Report,
  instance: Statement,
): void {
  const keywords = DEFINED_BY[kind];
  if (keywords === undefined) return;
  const blocks = keywords.flatMap((keyword) => allOf(conf.statements, keyword));
  const defined = blocks.find(({ values }) => values[0]?.text === name);
  if (defined !== undefined) {
    const isLate = conf.statements.indexOf(defined) > conf.statements.indexOf(instance);
    if (!isLate) return;
    const late = `${keywords[0]} ${name} stands behind the instance`;
    const message = `${late}: keepalived has not read it yet, and ignores this line`;
    const related = [{ place: defined.keyword.place, message: 'move this block to the top' }];
    report({ host, place, message, fix: moved(cluster, defined, instance), related });
    return;
  }
  const close = cluster.nearest?.(
    name,
    blocks.slice(0, COMPARED_MAX).flatMap(({ values }) => values[0]?.text ?? []),
  );
  const meant = close ? `; did you mean ${close}?` : '';
  const message =
    `there is no ${keywords[0]} ${name}: keepalived ignores this line, and nothing is ` +
    `checked${meant}`;
  const lines = lastOf(instance, `track_${kind}`);
  const line = lines?.block?.find(({ keyword }) => keyword.place === place);
  const isOnly = lines?.block?.length === 1;
  const victim = isOnly ? lines : line;
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
  scriptEmpty,
];
