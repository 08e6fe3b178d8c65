/** Who becomes master: priorities, states, preemption. */
import { PRIORITY_OWNER } from '../../vrrp/advert.ts';
import { type Cluster, instancesOf } from '../cluster.ts';
import type { Report, Rule } from '../finding.ts';
import { addTo, dropKeyword, setKeyword, setValue } from '../fixes.ts';
import type { Running } from '../running.ts';
import { meantNumber } from '../settings.ts';
import { lastOf } from '../statements.ts';
import { loweringWeights } from './weight-nopreempt.ts';

/** Room for a failing check to lower it by, and for hosts to come between. */
const STEP = 10;

const nopreemptCleared: Rule = {
  id: 'nopreempt-cleared',
  severity: 'error',
  title: 'nopreempt that is not in force',
  source: 'keepalived.conf(5), nopreempt; pcaps/02a: the primary took the address back',
  check(cluster, report) {
    for (const one of instancesOf(cluster)) {
      const { config, host } = one;
      if (config.nopreempt?.value !== true || one.isNonPreempting) continue;
      const { why, place, keyword, to } = masterSign(one);
      const message =
        `keepalived clears nopreempt because of ${why}: ${host} takes the address back ` +
        'when it returns';
      const fix = setKeyword(one, cluster.source, keyword, to);
      const related = [{ place: config.nopreempt.place, message: 'the nopreempt that is cleared' }];
      report({ host, place: place ?? config.nopreempt.place, message, fix, related });
    }
  },
};

/** What makes keepalived start an instance as master, and what to write instead. */
function masterSign({ config, state, priority }: Running) {
  if (state === 'MASTER') {
    const place = config.state?.place;
    return { why: 'state MASTER', place, keyword: 'state', to: 'BACKUP' };
  }
  const place = config.priority?.place;
  return {
    why: `priority ${priority}`,
    place,
    keyword: 'priority',
    to: String(PRIORITY_OWNER - 1),
  };
}

const preemptDelayCleared: Rule = {
  id: 'preempt-delay-cleared',
  severity: 'warning',
  title: 'preempt_delay that is not in force',
  source: 'keepalived.conf(5), preempt_delay; keepalived -t',
  check(cluster, report) {
    for (const one of instancesOf(cluster)) {
      const { host, state, priority, isNonPreempting } = one;
      const { preemptDelay } = one.config;
      if (preemptDelay === null || preemptDelay.value === 0 || one.isStrict) continue;
      const isMaster = state === 'MASTER' || priority === PRIORITY_OWNER;
      if (!isNonPreempting && !isMaster) continue;
      const { why, keyword, to } = masterSign(one);
      const message = `keepalived ignores preempt_delay because of ${isMaster ? why : 'nopreempt'}`;
      const fix = isMaster
        ? setKeyword(one, cluster.source, keyword, to)
        : dropKeyword(one, cluster.source, 'preempt_delay');
      report({ host, place: preemptDelay.place, message, fix });
    }
  },
};

const nopreemptOneSided: Rule = {
  id: 'nopreempt-one-sided',
  severity: 'warning',
  title: 'nopreempt on some hosts only',
  source: 'keepalived.conf(5), nopreempt: it holds for the host that says it',
  check(cluster, report) {
    for (const { members } of cluster.routers) {
      const said = members.find(({ config }) => config.nopreempt?.value === true);
      // Where checks move the address by weights, preemption is how they do it.
      const isWeighed = members.some((one) => loweringWeights(cluster, one).length > 0);
      if (said === undefined || isWeighed) continue;
      for (const one of members) {
        if (one.config.nopreempt?.value === true) continue;
        const place = one.config.nopreempt?.place ?? one.config.place;
        const takes = one.priority > said.priority ? 'so it takes the address back' : 'so it would';
        const more = one.priority > said.priority ? '' : ' preempt once its priority is the higher';
        const message = `${said.host} says nopreempt and ${one.host} does not, ${takes}${more}`;
        const related = [{ place: said.config.place, message: `${said.title} says nopreempt` }];
        const fix = addTo(one, cluster.source, ['nopreempt']);
        report({ host: one.host, place, message, fix, related });
      }
    }
  },
};

const equalPriority: Rule = {
  id: 'equal-priority',
  severity: 'warning',
  title: 'the same priority on several hosts',
  source: 'keepalived.conf(5), priority: "all systems should have different priorities"',
  check(cluster, report) {
    for (const { members } of cluster.routers) {
      let least = Math.min(...members.map(({ priority }) => priority));
      for (const [i, one] of members.entries()) {
        const twin = members.slice(0, i).find(({ priority }) => priority === one.priority);
        if (twin === undefined) continue;
        least = below(least);
        const message =
          `${one.host} and ${twin.host} have the same priority ${one.priority}: the ` +
          'higher address wins, and both may be master for a moment';
        report({
          host: one.host,
          place: one.config.priority?.place ?? one.config.place,
          message,
          fix: setKeyword(one, cluster.source, 'priority', String(least)),
          related: [
            { place: twin.config.priority?.place ?? twin.config.place, message: 'the other' },
          ],
        });
      }
    }
  },
};

/** As far as there is room. */
function below(priority: number): number {
  return priority > STEP ? priority - STEP : Math.max(1, priority - 1);
}

const priorityInvalid: Rule = {
  id: 'priority-invalid',
  severity: 'error',
  title: 'a priority outside of 1 to 255',
  source: 'keepalived -t: "must be between 1 & 255. Using default 100"; RFC 9568 5.2.4',
  check(cluster, report) {
    for (const { config, host } of instancesOf(cluster)) {
      const statement = lastOf(config.statement, 'priority');
      const value = statement?.values[0];
      if (statement === null || value === undefined || config.priority !== null) continue;
      const isZero = /^0+$/.test(value.text);
      const zero = isZero ? '; 0 is what a leaving master sends' : '';
      const message = `keepalived takes 100 in place of this priority${zero}`;
      const meant = meantNumber(value.text, { least: 1, most: PRIORITY_OWNER });
      const fix = setValue(cluster.source, statement, meant ?? (isZero ? '1' : '254'));
      report({ host, place: value.place, message, fix });
    }
  },
};

const priorityOwner: Rule = {
  id: 'priority-owner',
  severity: 'warning',
  title: 'priority 255, that of an address owner',
  source: 'RFC 9568 5.2.4; keepalived.conf(5), priority',
  check(cluster, report) {
    for (const one of instancesOf(cluster)) {
      const { config, host } = one;
      if (config.priority?.value !== PRIORITY_OWNER) continue;
      const message =
        'priority 255 says that the address is its own: no check can lower it, ' +
        'nopreempt is cleared, and it takes over the moment it starts';
      const fix = setKeyword(one, cluster.source, 'priority', '200');
      report({ host, place: config.priority.place, message, fix });
    }
  },
};

const masterWithoutPriority: Rule = {
  id: 'master-without-priority',
  severity: 'error',
  title: 'state MASTER without a priority',
  source: 'tried: keepalived 2.2.7 then runs with priority 255',
  check(cluster, report) {
    for (const one of instancesOf(cluster)) {
      const { config, host, priority } = one;
      if (config.priority !== null || priority !== PRIORITY_OWNER) continue;
      const message =
        'state MASTER without a priority makes keepalived take 255, that of the ' + 'address owner';
      const fix = addTo(one, cluster.source, ['priority 100']);
      report({ host, place: config.state?.place ?? config.place, message, fix });
    }
  },
};

const twoMasters: Rule = {
  id: 'two-masters',
  severity: 'warning',
  title: 'state MASTER on several hosts',
  source: 'keepalived.conf(5), state: the others are BACKUP; the priority elects',
  check(cluster, report) {
    for (const { members } of cluster.routers) {
      const masters = members.filter(({ state }) => state === 'MASTER');
      const [best, ...others] = [...masters].sort((a, b) => b.priority - a.priority);
      for (const one of others) reportMaster(cluster, one, best!, report);
    }
  },
};

function reportMaster(cluster: Cluster, one: Running, best: Running, report: Report): void {
  const message = `${one.host} and ${best.host} both say state MASTER; the priority alone decides`;
  report({
    host: one.host,
    place: one.config.state?.place ?? one.config.place,
    message,
    fix: setKeyword(one, cluster.source, 'state', 'BACKUP'),
    related: [{ place: best.config.state?.place ?? best.config.place, message: 'the other' }],
  });
}

export const ELECTION_RULES: readonly Rule[] = [
  nopreemptCleared,
  preemptDelayCleared,
  nopreemptOneSided,
  equalPriority,
  priorityInvalid,
  priorityOwner,
  masterWithoutPriority,
  twoMasters,
];
