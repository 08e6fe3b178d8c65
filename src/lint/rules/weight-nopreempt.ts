/** Checks that lower a priority, where nobody takes over from a lower one. */
import type { Cluster } from '../cluster.ts';
import type { Fix, Rule } from '../finding.ts';
import { replaceWord } from '../fixes.ts';
import type { Running } from '../running.ts';
import { isLeftAlone, type Weight, weightsOf } from './track-weight.ts';

export const weightNopreempt: Rule = {
  id: 'track-weight-nopreempt',
  severity: 'warning',
  title: 'a check that lowers a priority, and backups that do not preempt',
  source:
    'keepalived.conf(5), nopreempt; keepalived issues 2483 and 2599: "another instance will ' +
    'never take over"',
  check(cluster, report) {
    for (const { members } of cluster.routers) {
      for (const one of members) {
        if (!isLeftAlone(members, one.host)) continue;
        const others = members.filter(({ host }) => host !== one.host);
        const related = others.flatMap(({ config, title }) => {
          const place = config.nopreempt?.place;
          return place === undefined ? [] : [{ place, message: `${title} does not preempt` }];
        });
        for (const weight of loweringWeights(cluster, one)) {
          const { host } = one;
          const message =
            `when ${weight.name} fails, the priority of ${host} sinks, and no backup takes the ` +
            'address because of nopreempt: without a weight the failure is FAULT, and moves it';
          const fix = faultInstead(cluster, weight);
          report({ host, place: weight.place, message, fix, related });
        }
      }
    }
  },
};

/** Of checks of every kind whose failure lowers the priority. */
export function loweringWeights(cluster: Cluster, one: Running): Weight[] {
  const others = one.config.tracks.flatMap(({ kind, name, weight, weightOption }) => {
    if (kind === 'script' || weight === null || weight.value === 0) return [];
    return [{ name, ...weight, isReversed: weightOption === 'reverse' }];
  });
  return [...weightsOf(cluster, one), ...others].filter(({ isReversed }) => !isReversed);
}

function faultInstead({ source }: Cluster, { value, place }: Weight): Fix {
  const { edits } = replaceWord(source, { text: `${value}`, place }, '0');
  return { edits, write: ['weight 0'] };
}
