/** What the text says of what the capture did not see. */
import { describe, expect, test } from 'vitest';
import type { ReplayResult } from '../../src/analysis/result.ts';
import { jsonReport } from '../../src/report/json.ts';
import { textReport } from '../../src/report/text.ts';
import { crashResult, NODE2 } from './fixture.ts';

function report(result: ReplayResult): string {
  return textReport(result, { width: 400, color: false, unicode: true });
}

describe('an outage whose requests passed out of sight', () => {
  function lost(): string {
    const result = crashResult();
    const [outage] = result.outages;
    const [failover] = result.failovers;
    if (outage === undefined || failover === undefined) throw new Error();
    result.outages = [
      { ...outage, seconds: 1.5, t: 11.5, firstServiceFrame: null, after: null, isLost: true },
    ];
    result.failovers = [{ ...failover, outageSeconds: 1.5 }];
    return report(result);
  }

  test('lasted so long at least, and nobody says that it never ended', () => {
    const text = lost();
    expect(text).toMatch(/^1 failover of 192.168.0.88, outage of at least 1.500 s, caused by a/);
    expect(text).not.toContain('did not answer');
    expect(text).toMatch(/ outage +at least 1\.500 s\n/);
    expect(text).toContain('asked after t 11.500 s passed out of sight of this capture');
  });

  test('has an open end in the table', () => {
    expect(lost()).toMatch(/> 1\.500 s +\d+ +\d+–unseen +node1 → out of sight +crash/);
  });
});

describe('a takeover while the capture saw nothing', () => {
  function blind(): string {
    const result = crashResult();
    const [failover] = result.failovers;
    if (failover === undefined) throw new Error();
    const back = { ...failover, from: failover.to, to: failover.from, t: 14, frame: 900 };
    const first = { ...failover, t: 13, blind: { t: 4.25, seconds: 7.29 } };
    result.failovers = [first, { ...back, cause: 'preemption' }];
    return report(result);
  }

  test('has no moment, and what the detection is counted to is no takeover', () => {
    const text = blind();
    expect(text).toMatch(/ first claim in view \(expected [\d.]+ s; the takeover itself is not/);
    expect(text).toMatch(/not one frame is in this capture for 7.290 s from t 4.250 s on/);
    expect(text).toMatch(/192.168.0.210 took over meanwhile, .* master in frame \d+\n/);
  });

  test('tells nothing of a machine by how soon it was back', () => {
    expect(blind()).not.toContain('is master again');
  });
});

test('another master before a holder announces again is no calm', () => {
  const result = crashResult();
  result.failovers = [];
  result.outages = [];
  result.havips = result.havips.map((havip) => {
    const [first] = havip.timeline;
    if (first === undefined) throw new Error();
    const other = { mac: NODE2, name: null, speaker: '192.168.0.210', frame: 588, lastFrame: 590 };
    const again = { ...first, frame: 592, cause: 'resumed', meanwhile: other } as const;
    return { ...havip, timeline: [first, again] };
  });
  const text = report(result);
  expect(text.split('\n')[0]).toBe(
    `No failover of 192.168.0.88 by a claim, but 192.168.0.210 (${NODE2}) was master by its ` +
      'adverts, frame 588 to 590, before node1 announced it again in frame 592.',
  );
  expect(text).toContain(`before frame 592: 192.168.0.210 (${NODE2}) was master by its adverts`);
  expect([...jsonReport(result)].join('')).not.toContain('meanwhile');
});
