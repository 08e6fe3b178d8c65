/**
 * Hosts without VRRP. Which frames say so is what tshark finds by `icmp.type == 3 && icmp.code ==
 * 2`; when keepalived ran on a host and when not is what the script wrote down that started and
 * ended it.
 */
import { describe, expect, test } from 'vitest';
import { hostOf, observe, type Scenario, scenarios, secondsAt } from './scenario.ts';

/** By tshark: who answers, and the frames of the first and the last answer. */
const BY_TSHARK: Record<string, [ip: string, answers: number, first: number, last: number][]> = {
  '02a-alibaba-graceful-preempt': [['192.168.0.209', 6, 443, 881]],
  '02b-alibaba-graceful-nopreempt': [
    ['192.168.0.209', 4, 445, 713],
    ['192.168.0.210', 3, 1440, 1620],
  ],
  '03b-tencent-as-printed': [['172.17.16.13', 7, 18, 38]],
  '06-v3-subsecond': [['10.10.10.21', 1, 781, 781]],
  '19a-zombie-vip': [['192.168.19.11', 8, 602, 1215]],
  '19b-one-process': [['192.168.19.21', 9, 1036, 1696]],
};
const ENDED = /^keepalived_sig(term|kill)/;
/** A process that starts has no socket yet. */
const STARTING = 0.05;

async function absencesOf({ path }: Scenario) {
  return (await observe(path)).virtualRouters.flatMap(({ absences = [] }) => absences);
}

test.each(scenarios)('are those that tshark shows: $label', async (scenario) => {
  const found = (await absencesOf(scenario)).map(
    ({ ip, answers, first, last }) => [ip, answers, first.frame, last.frame] as const,
  );
  expect(found).toEqual(BY_TSHARK[scenario.name] ?? []);
});

const SHOWING = scenarios.filter(({ name }) => BY_TSHARK[name] !== undefined);

describe('between the end of keepalived and its next start', () => {
  test.each(SHOWING)('$label', async (scenario) => {
    const { truth } = scenario;
    for (const { ip, first, last } of await absencesOf(scenario)) {
      const host = hostOf(truth, ip);
      const deeds = truth.events.filter((deed) => deed.host === host);
      const at = (second: number, event: RegExp) =>
        deeds.filter((deed) => event.test(deed.event) && secondsAt(truth, deed.t_ns) < second);
      const end = at(first.t as number, ENDED).at(-1);
      expect(end).toBeDefined();
      const started = at((last.t as number) - STARTING, /^keepalived_start$/).at(-1);
      expect(started?.t_ns).toBeLessThan(end?.t_ns as number);
    }
  });
});
