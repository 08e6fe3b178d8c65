/** `vrrp_strict`: what it forbids, and what it silently takes away. */
import { PRIORITY_OWNER } from '../../vrrp/advert.ts';
import type { Cluster } from '../cluster.ts';
import { instancesOf } from '../cluster.ts';
import type { Fix, Report, Rule } from '../finding.ts';
import { drop, setValue } from '../fixes.ts';
import type { Running } from '../running.ts';
import { globalOf, lastOf, type Statement } from '../statements.ts';

const strictUnicast: Rule = {
  id: 'strict-unicast',
  severity: 'error',
  title: 'vrrp_strict with unicast',
  source: 'keepalived.conf(5), vrrp_strict: "unicast peers not allowed"; tried: Accept = disabled',
  check(cluster, report) {
    for (const one of instancesOf(cluster)) {
      if (!one.isStrict || !one.isUnicast) continue;
      const { config, host, isAccepting } = one;
      const drops = isAccepting ? '' : ', and it drops every packet to the address';
      const message = `strict mode and unicast_peer exclude each other${drops}`;
      const { place, fix } = strictOf(cluster, one);
      const related = [
        { place: config.unicastPeerPlace ?? config.place, message: 'the unicast peers' },
      ];
      report({ host, place, message, fix, related });
    }
  },
};

const strictAuthentication: Rule = {
  id: 'strict-authentication',
  severity: 'warning',
  title: 'vrrp_strict with authentication',
  source: 'keepalived -t: "Strict mode does not support authentication. Ignoring"',
  check(cluster, report) {
    for (const one of instancesOf(cluster)) {
      const { config, host, isStrict, version } = one;
      if (!isStrict || config.authentication === null || version === 3) continue;
      const message = 'strict mode ignores the authentication: adverts go out without';
      const { fix } = strictOf(cluster, one);
      report({ host, place: config.authentication.place, message, fix });
    }
  },
};

const strictClears: Rule = {
  id: 'strict-clears',
  severity: 'warning',
  title: 'settings that vrrp_strict takes away',
  source: 'keepalived.conf(5), vrrp_strict; keepalived -t',
  check(cluster, report) {
    for (const one of instancesOf(cluster)) {
      if (one.isStrict) checkCleared(cluster, one, report);
    }
  },
};

function checkCleared(cluster: Cluster, one: Running, report: Report): void {
  const { config, host, priority, state } = one;
  const say = (keyword: string, why: string, to: string | null) => {
    const statement = lastOf(config.statement, keyword);
    if (statement === null) return;
    const place = statement.values[0]?.place ?? statement.keyword.place;
    const fix =
      to === null ? drop(cluster.source, statement) : setValue(cluster.source, statement, to);
    report({ host, place, message: `strict mode ${why}`, fix });
  };
  if (state === 'MASTER' && priority !== PRIORITY_OWNER) {
    say('state', 'allows state MASTER with priority 255 only, and clears it', 'BACKUP');
  }
  const { higherPrioSendAdvert, lowerPrioNoAdvert, preemptDelay, downTimerAdverts } = config;
  if (preemptDelay !== null && preemptDelay.value > 0) {
    say('preempt_delay', 'knows no preempt_delay, and clears it', null);
  }
  if (higherPrioSendAdvert?.value === true) {
    say('higher_prio_send_advert', 'clears higher_prio_send_advert', null);
  }
  if (lowerPrioNoAdvert?.value === false) {
    say('lower_prio_no_advert', 'sets lower_prio_no_advert', null);
  }
  if (downTimerAdverts !== null && downTimerAdverts.value !== 3) {
    say('down_timer_adverts', 'takes three adverts, whatever this says', null);
  }
}

interface Strictness {
  place: Statement['keyword']['place'];
  fix: Fix;
}

/** Where strict mode is switched on: in the instance, or for all. */
function strictOf(cluster: Cluster, { config, host }: Running): Strictness {
  const conf = cluster.hosts.find(({ name }) => name === host)?.conf;
  const statement =
    lastOf(config.statement, 'strict_mode') ??
    (conf === undefined ? null : globalOf(conf, 'vrrp_strict'));
  if (statement === null) return { place: config.place, fix: { edits: [], write: [] } };
  return { place: statement.keyword.place, fix: drop(cluster.source, statement) };
}

export const STRICT_RULES: readonly Rule[] = [strictUnicast, strictAuthentication, strictClears];
