/** Outages as the client saw them, against the ping log of that client. */
import { describe, expect, test } from 'vitest';
import type { OutageEntry } from '../../src/analysis/result.ts';
import {
  type Deed,
  hostOf,
  isOneOf,
  observe,
  type Scenario,
  scenarios,
  secondsAt,
} from './scenario.ts';

/** Whose requests pass the point of capture, where that is not everybody's. */
const CLIENTS_IN_VIEW: Readonly<Record<string, string[]>> = {
  '09b-split-trunk': ['client'], // the switch of node1
  '09b-split-trunk-sw2': ['client2'], // the switch of node2
  '18b-any-node2': [], // only what node2 answers
  '18e-host-node1': [], // only what node1 answers
  '18f-arp-only': [], // no pings at all
};

const PARTIAL_VIEWS = ['09b', '18b', '18c', '18d', '18e', '18f'];

function isInView({ name }: Scenario, client: string): boolean {
  return CLIENTS_IN_VIEW[name]?.includes(client) ?? true;
}

describe.each(scenarios)('$label', (scenario) => {
  const { truth, path } = scenario;

  test('finds the outages of the ping log, and no other', async () => {
    const { outages } = await observe(path);
    const rest = new Set<OutageEntry>(outages);
    for (const ping of truth.pings.filter(({ host }) => isInView(scenario, host))) {
      for (const lost of ping.outages) {
        const end = secondsAt(truth, lost.first_reply_ns);
        const seconds = end - secondsAt(truth, lost.last_reply_ns);
        const found = [...rest].find(
          ({ ip, client, t }) =>
            ip === ping.target &&
            hostOf(truth, client.mac ?? client.ip) === ping.host &&
            Math.abs((t as number) - end) <= ping.interval_s,
        );
        expect(found, `${ping.host} lost ${ping.target} until ${end}`).toBeDefined();
        if (found === undefined) continue;
        rest.delete(found);
        expect(Math.abs((found.seconds as number) - seconds)).toBeLessThanOrEqual(ping.interval_s);
        expect(found.firstServiceFrame).not.toBeNull();
      }
    }
    expect([...rest]).toEqual([]);
  });

  test('says so where the point of capture does not see everything, and only there', async () => {
    const { findings } = await observe(path);
    const codes = findings.map(({ code }) => code);
    const isPartial = isOneOf(scenario, ...PARTIAL_VIEWS);
    expect(codes.includes('capture-partial-view')).toBe(isPartial);
    // Where a frame is in the file once for each interface, its copies are recognised.
    expect(codes.includes('capture-duplicates')).toBe(!truth.capture.frames_once);
  });
});

describe('the claim that an outage is said to come from', () => {
  test('is that of a host that should not have claimed, in every capture', async () => {
    const innocent: string[] = [];
    let named = 0;
    for (const { path, truth, label } of scenarios) {
      for (const { claim } of (await observe(path)).outages) {
        if (claim === undefined) continue;
        named++;
        const isRogue = truth.events.some(
          ({ source, sha }) => source === 'rogue' && sha === claim.mac,
        );
        if (!isRogue) innocent.push(`${label}: ${claim.mac}, frame ${claim.frame}`);
      }
    }
    expect(innocent).toEqual([]);
    expect(named).toBeGreaterThan(0);
  });

  test('is there where a rogue answers one client alone', async () => {
    const { truth, path } = scenarios.find(({ name }) => name === '10-rogue') as Scenario;
    const claimed = (await observe(path)).outages.filter(({ claim }) => claim !== undefined);
    const sent = truth.events.filter(({ kind }) => kind === 'unicast-reply');
    expect(claimed).toHaveLength(sent.length);
    const [[{ t, seconds }], [{ t_ns: at }]] = [claimed, sent] as [[OutageEntry], [Deed]];
    // It begins with the last answer before, and pings are 20 ms apart.
    const start = (t as number) - (seconds as number);
    expect(Math.abs(start - secondsAt(truth, at))).toBeLessThan(0.025);
  });
});
