/** What is watched, and whether its failure moves anything. */
import type { Cluster, Host } from '../cluster.ts';
import { instancesOf } from '../cluster.ts';
import type { Report, Rule } from '../finding.ts';
import { addTo, drop } from '../fixes.ts';
import type { Track } from '../keepalived-conf.ts';
import type { Place } from '../notices.ts';
import type { Running } from '../running.ts';
import { allOf, lastOf } from '../statements.ts';

const trackInterfaceMissing: Rule = {
  id: 'track-interface-missing',
  severity: 'info',
  title: 'no track_interface',
  source: 'manuals of Alibaba (A11) and Tencent (T6); keepalived.conf(5), dont_track_primary',
  check(cluster, report) {
    for (const one of instancesOf(cluster)) {
      const { config, host, device, addresses } = one;
      if (device === null) continue;
      const tracked = new Set(
        config.tracks.filter(({ kind }) => kind === 'interface').map(({ name }) => name),
      );
      const isBlind = config.dontTrackPrimary?.value === true;
      const needed = addresses.flatMap((address) => address.device?.value ?? []);
      const missing = [...new Set([device, ...needed])].filter((name) => !tracked.has(name));
      if (missing.length === 0) continue;
      const isOther = missing.some((name) => name !== device);
      const blind = `a failure of ${missing.join(', ')} moves nothing`;
      const message =
        isBlind || isOther
          ? `${missing.join(', ')} is not watched: ${blind}`
          : `keepalived watches ${device} of itself; the manuals write it down with ` +
            'track_interface';
      const write = ['track_interface {', ...missing.map((name) => `    ${name}`), '}'];
      const fix = trackFix(cluster, one, missing, write);
      const severity = isBlind || isOther ? 'warning' : 'info';
      report({ host, place: config.interface?.place ?? config.place, message, fix, severity });
    }
  },
};

function trackFix(cluster: Cluster, one: Running, missing: string[], write: string[]) {
  const last = lastOf(one.config.statement, 'track_interface')?.block?.at(-1);
  if (last === undefined) return addTo(one, cluster.source, write);
  return { edits: [], write: missing };
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
  instance: Running['config']['statement'],
): void {
  const keywords = DEFINED_BY[kind];
  if (keywords === undefined) return;
  const blocks = keywords.flatMap((keyword) => allOf(conf.statements, keyword));
  if (blocks.some(({ values }) => values[0]?.text === name)) return;
  const close = cluster.nearest?.(
    name,
    blocks.flatMap(({ values }) => values[0]?.text ?? []),
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

const trackWeightIdle: Rule = {
  id: 'track-weight-idle',
  severity: 'warning',
  title: 'a failing check that moves nothing',
  source: 'keepalived.conf(5), track_script: the weight changes the priority',
  check(cluster, report) {
    for (const { members } of cluster.routers) {
      const [best, second] = [...members].sort((a, b) => highest(cluster, b) - highest(cluster, a));
      if (best === undefined || second === undefined) continue;
      for (const { weight, name, place } of weightsOf(cluster, best)) {
        const left = highest(cluster, best) - Math.abs(weight);
        const other = highest(cluster, second);
        if (left < other) continue;
        const message =
          `when ${name} fails, ${best.host} still has ${left} against ${other} of ` +
          `${second.host}: the address stays where it is`;
        const enough = highest(cluster, best) - other + 1;
        const write = [`weight ${weight < 0 ? '-' : ''}${enough}`];
        report({ host: best.host, place, message, fix: { edits: [], write } });
      }
    }
  },
};

interface Weight {
  name: string;
  weight: number;
  place: Place;
}

/** Scripts that change the priority; weight 0, the default, means FAULT and always moves. */
function weightsOf(cluster: Cluster, { config, host }: Running): Weight[] {
  const conf = cluster.hosts.find(({ name }) => name === host)?.conf;
  return config.tracks.flatMap(({ kind, name, weight, place }) => {
    const script = conf?.scripts.find((one) => one.name === name);
    if (kind !== 'script' || script === undefined) return [];
    const own = weight?.value ?? Number(script.weight?.value ?? 0);
    const at = weight?.place ?? script.weight?.place ?? place;
    return Number.isInteger(own) && own !== 0 ? [{ name, weight: own, place: at }] : [];
  });
}

/** The priority while every check succeeds. */
function highest(cluster: Cluster, one: Running): number {
  const gained = weightsOf(cluster, one).filter(({ weight }) => weight > 0);
  return Math.min(
    254,
    gained.reduce((sum, { weight }) => sum + weight, one.priority),
  );
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
