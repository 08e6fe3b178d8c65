/** Intervals, and how often the address is announced. */
import type { Cluster } from '../cluster.ts';
import { instancesOf } from '../cluster.ts';
import type { Fix, Report, Rule } from '../finding.ts';
import { setKeyword } from '../fixes.ts';
import type { Running } from '../running.ts';
import { globalOf, lastOf } from '../statements.ts';

const CENTISECONDS_MAX = 40.95;
const REFRESH = '5';

const intervalFraction: Rule = {
  id: 'interval-fraction',
  severity: 'error',
  title: 'a fraction of a second in version 2',
  source: 'RFC 3768 5.3.7: whole seconds; keepalived -t: "must be an integer. rounding"',
  check(cluster, report) {
    for (const { members } of cluster.routers) {
      for (const one of members) checkFraction(cluster, members, one, report);
    }
  },
};

function checkFraction(
  cluster: Cluster,
  members: readonly Running[],
  one: Running,
  report: Report,
): void {
  const { config, host, version, interval } = one;
  const written = config.advertInterval;
  if (version !== 2 || written === null || Number.isInteger(written.value)) return;
  const message =
    `version 2 counts whole seconds: keepalived sends every ${interval} s, not every ` +
    `${written.value} s; every node needs version 3 for that, since nodes of different versions ` +
    "discard each other's adverts";
  const others = members.filter((other) => other !== one && other.version === 2);
  const fixes = [one, ...others].map((node) => setKeyword(node, cluster.source, 'version', '3'));
  // All of them or none: mended on some nodes alone it would leave two masters.
  const areEditable = fixes.every(({ edits }) => edits.length > 0);
  const fix = {
    edits: areEditable ? fixes.flatMap(({ edits }) => edits) : [],
    write: ['version 3'],
  };
  const related = others.map(({ config: { advertInterval, place }, title }) => ({
    place: advertInterval?.place ?? place,
    message: `${title} needs version 3, too`,
  }));
  report({ host, place: written.place, message, fix, related });
}

const intervalRange: Rule = {
  id: 'interval-range',
  severity: 'warning',
  title: 'an interval that version 3 cannot send',
  source: 'RFC 9568 5.2.7: hundredths of a second, 12 bits; keepalived -t',
  check(cluster, report) {
    for (const one of instancesOf(cluster)) {
      const { config, host, version, interval } = one;
      const written = config.advertInterval;
      if (version !== 3 || written === null) continue;
      const isWhole = Math.abs(written.value * 100 - Math.round(written.value * 100)) < 1e-6;
      if (isWhole && written.value <= CENTISECONDS_MAX) continue;
      const message =
        `version 3 counts hundredths of a second up to ${CENTISECONDS_MAX}: keepalived ` +
        `sends every ${interval} s`;
      const fix = setKeyword(one, cluster.source, 'advert_int', String(interval));
      report({ host, place: written.place, message, fix });
    }
  },
};

const garpRefreshOff: Rule = {
  id: 'garp-refresh-off',
  severity: 'warning',
  title: 'an announcement that is never repeated',
  source: 'manuals of Alibaba (A11) and Tencent (T6): garp_master_refresh 5; metallb/metallb#1761',
  check(cluster, report) {
    for (const one of instancesOf(cluster)) {
      if (one.garpRefresh > 0) continue;
      const { config, host } = one;
      const place = config.garpMasterRefresh?.place ?? config.place;
      const message =
        'with garp_master_refresh 0 the address is announced at the takeover only: a ' +
        'switch that misses it never learns who has it';
      report({
        host,
        place,
        message,
        fix: setAlso(cluster, one, 'garp_master_refresh', REFRESH),
      });
    }
  },
};

const garpDelayLong: Rule = {
  id: 'garp-delay-long',
  severity: 'warning',
  title: 'a second announcement later than the interval',
  source: 'manuals of Alibaba (A11) and Tencent (T6): garp_master_delay 1; the default is 5',
  check(cluster, report) {
    for (const one of instancesOf(cluster)) {
      const { config, host, garpDelay, interval } = one;
      if (garpDelay <= Math.max(1, interval)) continue;
      const place = config.garpMasterDelay?.place ?? config.place;
      const message =
        `garp_master_delay ${garpDelay} is longer than the interval of ${interval} s: ` +
        'announcements that are lost at the takeover are repeated only after ' +
        `${garpDelay} s`;
      report({
        host,
        place,
        message,
        fix: setAlso(cluster, one, 'garp_master_delay', '1'),
      });
    }
  },
};

const garpLowerPrioOff: Rule = {
  id: 'garp-lower-prio-off',
  severity: 'warning',
  title: 'no announcement against a lesser master',
  source: 'keepalived.conf(5), garp_lower_prio_repeat; acassen/keepalived#20, #160, #1528',
  check(cluster, report) {
    for (const one of instancesOf(cluster)) {
      if (one.lowerPrioRepeat > 0) continue;
      const { config, host } = one;
      const globals = cluster.hosts.find(({ name }) => name === host)?.conf.globals;
      const [said, prefix] =
        config.garpLowerPrioRepeat === null
          ? [globals?.garpLowerPrioRepeat, 'vrrp_']
          : [config.garpLowerPrioRepeat, ''];
      const message =
        `with ${prefix}${LOWER_REPEAT} 0 a master that hears a lesser one does not announce its ` +
        'addresses again: after a split brain the caches keep the other';
      const fix = setKeyword(one, cluster.source, LOWER_REPEAT, '5');
      report({ host, place: said?.place ?? config.place, message, fix });
    }
  },
};

const LOWER_REPEAT = 'garp_lower_prio_repeat';

const splitBrainUnhealed: Rule = {
  id: 'split-brain-unhealed',
  severity: 'warning',
  title: 'a split brain that leaves stale caches',
  source: 'keepalived.conf(5), higher_prio_send_advert; acassen/keepalived#20; finding stale-cache',
  check(cluster, report) {
    for (const { members } of cluster.routers) {
      const best = Math.max(...members.map(({ priority }) => priority));
      for (const one of members) {
        // Announced again every few seconds, whoever spoke last; strict mode clears the keyword.
        if (members.length < 2 || one.priority === best) continue;
        if (one.isHigherAnswered || one.isStrict || areRefreshed(members)) continue;
        reportUnhealed(cluster, one, report);
      }
    }
  },
};

function areRefreshed(members: readonly Running[]): boolean {
  return members.every(({ garpRefresh }) => garpRefresh > 0);
}

function reportUnhealed(cluster: Cluster, one: Running, report: Report): void {
  const { config, host } = one;
  const message =
    `when two masters meet again ${host} gives up without a word, and caches that ` +
    'heard it last keep it: nobody announces the address again';
  const fix = setAlso(cluster, one, 'higher_prio_send_advert', 'on');
  report({ host, place: config.higherPrioSendAdvert?.place ?? config.place, message, fix });
}

/** In the instance, or with `vrrp_` before it in `global_defs`, where neither says it yet. */
function setAlso(cluster: Cluster, one: Running, keyword: string, to: string): Fix {
  const fix = setKeyword(one, cluster.source, keyword, to);
  const conf = cluster.hosts.find(({ name }) => name === one.host)?.conf;
  const isSaid = conf === undefined || globalOf(conf, `vrrp_${keyword}`) !== null;
  if (isSaid || lastOf(one.config.statement, keyword) !== null) return fix;
  return { ...fix, forAll: `vrrp_${keyword} ${to}` };
}

export const TIMING_RULES: readonly Rule[] = [
  intervalFraction,
  intervalRange,
  garpRefreshOff,
  garpDelayLong,
  garpLowerPrioOff,
  splitBrainUnhealed,
];
