/**
 * The captures as one of their hosts alone would have made them, on its own interface: what it
 * says of outages, against the ping log. It may not know how long one was; it may not be wrong.
 */
import { describe, expect, test } from 'vitest';
import type { OutageEntry } from '../../src/analysis/result.ts';
import { type Frame, replayAltered } from './altered.ts';
import { hostOf, isOneOf, type Scenario, scenarios, secondsAt } from './scenario.ts';

/** One copy of each frame of a switch, and a MAC for each host; one of those that are one run. */
const WHOLE = scenarios.filter(
  (one) =>
    one.truth.capture.sees_all_frames &&
    one.truth.capture.frames_once &&
    !isOneOf(one, '07') &&
    !/^17[b-z]/.test(one.name),
);
/** Seconds for which 19b's client asked the other node between two requests in view. */
const AWAY_19B = 0.1;

/** What passes the interface of a host that is not promiscuous. */
function own(macs: readonly string[], { octets }: Frame): number[] | null {
  const isGroup = ((octets[0] ?? 0) & 1) === 1;
  const ends = [octets.slice(0, 6), octets.slice(6, 12)].map((mac) =>
    mac.map((octet) => octet.toString(16).padStart(2, '0')).join(':'),
  );
  return isGroup || ends.some((mac) => macs.includes(mac)) ? octets : null;
}

/** What the ping log has from there on. */
function lostFrom({ truth }: Scenario, { ip, client, t, seconds }: OutageEntry) {
  const start = (t as number) - (seconds as number);
  const host = hostOf(truth, client.mac ?? client.ip);
  const pings = truth.pings.filter((ping) => ping.host === host && ping.target === ip);
  const found = pings.flatMap(({ outages, interval_s: interval }) =>
    outages
      .filter((one) => Math.abs(secondsAt(truth, one.last_reply_ns) - start) <= interval)
      .map((one) => ({ length: (one.first_reply_ns - one.last_reply_ns) / 1e9, interval })),
  );
  return found[0];
}

describe.each(WHOLE)('$label', (scenario) => {
  const nodes = scenario.truth.topology.hosts.filter(({ role }) => role === 'node');
  test.each(nodes)('$name tells no outage that is longer than it was', async ({ interfaces }) => {
    const macs = interfaces.map(({ mac }) => mac);
    const { outages } = await replayAltered(scenario.path, (frame) => own(macs, frame));
    for (const outage of outages) {
      const lost = lostFrom(scenario, outage);
      expect(lost, `from ${outage.lastServiceFrame}`).toBeDefined();
      if (lost === undefined) continue;
      const more = (outage.seconds as number) - lost.length;
      const away = isOneOf(scenario, '19b') ? AWAY_19B : 0;
      expect(more).toBeLessThan(lost.interval + away);
      if (outage.firstServiceFrame !== null) expect(more).toBeGreaterThan(-lost.interval);
    }
  });
});
