/** What is left of the truth when a filter or a switch leaves out what usually tells it. */
import { describe, expect, test } from 'vitest';
import type { FailoverEntry, OutageEntry } from '../../src/analysis/result.ts';
import { parseIpv4 } from '../../src/wire/ip-address.ts';
import { asVersion1, type Frame, isResolution, replayAltered } from './altered.ts';
import { holderOf, isOneOf, observe, type Scenario, scenarios, type Truth } from './scenario.ts';

/** One untagged interface, two speakers, nothing by hand, no duel; and a few for what they teach. */
const CLEAR = ['01', '02a', '02b', '03', '04', '05', '06', '07', '08', '12', '14a', '16a', '20'];
const clear = scenarios.filter((scenario) => isOneOf(scenario, ...CLEAR));
/** Notify scripts run some 12 ms after the transition, adverts come with it. */
const TOLERANCE = 0.15;

function secondsSince1970(time: string | null): number {
  const [whole = '', fraction = ''] = (time ?? '').replace('Z', '').split('.');
  return Date.parse(`${whole}Z`) / 1000 + Number(`0.${fraction}`);
}

/** Address, host and moment of each change of MASTER, the first master aside. */
function changesOf(truth: Truth): [string, string, number][] {
  return truth.havips.flatMap(({ ip }) =>
    truth.ownership.by_notify
      .filter(({ vips }) => vips.some((vip) => vip.split('/')[0] === ip))
      .sort((a, b) => a.from_ns - b.from_ns)
      .slice(1)
      .map((interval): [string, string, number] => [ip, interval.host, interval.from_ns / 1e9]),
  );
}

describe.each(clear)('without ARP and neighbor discovery: $label', (scenario) => {
  const { truth, path } = scenario;
  const altered = () => replayAltered(path, (f) => (isResolution(f) ? null : f.octets));

  test('each change of master is a failover at its first advert', async () => {
    const { failovers, havips } = await altered();
    const ips = new Set(truth.havips.map(({ ip }) => ip));
    const found = failovers.filter(({ ip }) => ips.has(ip));
    const expected = changesOf(truth);
    expect(found).toHaveLength(expected.length);
    for (const [ip, host, second] of expected) {
      const match = found.find(
        (one) =>
          one.ip === ip &&
          holderOf(truth, one.to) === host &&
          Math.abs(secondsSince1970(one.time) - second) <= TOLERANCE,
      );
      expect(match, `${ip} to ${host} at ${second}`).toBeDefined();
      expect(match?.evidence).toMatchObject({ firstClaimFrame: null, vantage: 'switch' });
      expect(match?.frame).toBe(match?.evidence.firstAdvertFrame);
    }
    for (const { ip, timeline, holder } of havips) {
      const to = failovers.filter((one) => one.ip === ip).map((one) => one.to.mac);
      if (to.length === 0) continue;
      expect(timeline[0]?.cause).toBe('initial');
      expect(timeline.slice(1).map(({ mac }) => mac)).toEqual(to);
      expect(holder).toBe(to.at(-1));
    }
  });

  test('with the causes and outages that the whole capture shows', async () => {
    const whole = await observe(path);
    const { failovers, outages } = await altered();
    const told = (list: FailoverEntry[]) =>
      list.map(({ ip, cause, outageSeconds }) => `${ip} ${cause} ${outageSeconds}`).sort();
    expect(told(failovers)).toEqual(told(whole.failovers));
    expect(outages.map(({ seconds, cause }) => [seconds, cause])).toEqual(
      whole.outages.map(({ seconds, cause }) => [seconds, cause]),
    );
  });
});

/** Long enough to hear the old master, and far too short for the claims of its own takeover. */
const BEFORE = 4.5;

describe.each(clear)('begun shortly before the first failover: $label', ({ path }) => {
  test('holds the failovers of the whole capture, whose old master no claim shows', async () => {
    const { failovers } = await observe(path);
    const first = Math.min(...failovers.map(({ time }) => secondsSince1970(time)));
    const begun = await replayAltered(path, ({ octets, second }) =>
      second < first - BEFORE ? null : octets,
    );
    const told = (list: FailoverEntry[]) =>
      list.map(({ ip, time, cause, from, to, outageSeconds }) => {
        return [ip, time, cause, from, to, outageSeconds];
      });
    expect(told(begun.failovers)).toEqual(told(failovers));
    expect(failovers.length).toBeGreaterThan(0);
  });
});

const SWITCH = 'ee:ff:ff:ff:ff:ff';
const IPV4 = clear.filter((scenario) => !isOneOf(scenario, '07', '08', '12', '14a'));

function wordAt({ octets }: Frame, at: number): number {
  return parseIpv4(octets.slice(at, at + 4).join('.'));
}

/** Answers as a switch that forwards by IP delivers them; requests pass elsewhere. */
function rewrite({ truth }: Scenario, frame: Frame): number[] | null {
  const { octets, etherType, at } = frame;
  if (etherType !== 0x0800) return octets;
  const vips = truth.havips.map(({ ip }) => parseIpv4(ip));
  if (vips.includes(wordAt(frame, at + 16))) return null;
  if (!vips.includes(wordAt(frame, at + 12))) return octets;
  const source = SWITCH.split(':').map((octet) => Number.parseInt(octet, 16));
  return [...octets.slice(0, 6), ...source, ...octets.slice(12)];
}

describe.each(IPV4)('answers from the MAC of a switch, no requests: $label', (scenario) => {
  test('outages are the gaps that the ping log shows', async () => {
    const { truth } = scenario;
    const { failovers, outages } = await replayAltered(scenario.path, (f) => rewrite(scenario, f));
    expect(failovers.length).toBeGreaterThan(0);
    let measured = 0;
    for (const { ip, time, outageSeconds, evidence } of failovers) {
      expect(evidence.vantage).toBe('rewritten');
      const second = secondsSince1970(time);
      const ping = truth.pings.find(({ target }) => target === ip);
      const interval = ping?.interval_s ?? 0;
      const lost = ping?.outages.find(
        (one) => one.last_reply_ns / 1e9 < second && second < one.first_reply_ns / 1e9,
      );
      const seconds = lost === undefined ? 0 : (lost.first_reply_ns - lost.last_reply_ns) / 1e9;
      // A gap of three intervals or less is no outage here: nobody knows what was asked.
      const isSeen = seconds > 3 * interval;
      if (isSeen) measured++;
      expect(Math.abs((outageSeconds ?? -1) - (isSeen ? seconds : 0))).toBeLessThan(interval);
    }
    expect(outages).toHaveLength(measured);
    for (const { before, after, failover, client } of outages) {
      expect([before.mac, after?.mac]).toEqual([SWITCH, SWITCH]);
      expect(failover).not.toBeNull();
      expect(client.ip).not.toBe('');
    }
  });
});

/** Of outages what does not depend on where frames stand in the file. */
function seen({ ip, client, t, seconds, unanswered, cause }: OutageEntry) {
  return { ip, client: client.ip, t, seconds, unanswered, cause };
}

describe.each(clear)('each frame twice, as some mirror ports show it: $label', ({ path }) => {
  test('the outages are the same', async () => {
    const whole = await observe(path);
    const { failovers, outages } = await replayAltered(path, ({ octets }) => octets, { copies: 2 });
    expect(outages.map(seen)).toEqual(whole.outages.map(seen));
    expect(failovers.map(({ outageSeconds }) => outageSeconds)).toEqual(
      whole.failovers.map(({ outageSeconds }) => outageSeconds),
    );
  });
});

const LINUX_SLL = 113;
const cooked = scenarios.filter((scenario) => isOneOf(scenario, '18a'));

describe.each(cooked)('copies of several interfaces, which nobody names: $label', ({ path }) => {
  test('the outages are the same', async () => {
    const whole = await observe(path);
    const { failovers, outages } = await replayAltered(path, asVersion1, { linkField: LINUX_SLL });
    expect(outages.map(seen)).toEqual(whole.outages.map(seen));
    expect(failovers.map(({ outageSeconds }) => outageSeconds)).toEqual(
      whole.failovers.map(({ outageSeconds }) => outageSeconds),
    );
  });
});
