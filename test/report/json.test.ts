/** The JSON document: the published keys in their order, complete, in bounded pieces. */
import { expect, test } from 'vitest';
import { jsonReport } from '../../src/report/json.ts';
import { crashResult, emptyResult } from './fixture.ts';

/** Section "The replay result" of the design, written out. */
const KEYS = {
  document:
    'schema capture counts hosts virtualRouters havips claims failovers outages findings elided',
  capture:
    'files linkTypes frames bytes firstTime lastTime durationSeconds truncated damaged malformed',
  failover:
    'ip vlan time t frame from to cause detectionSeconds outageSeconds masterDownIntervalSeconds evidence receivers',
  outage:
    'ip vlan client time t seconds unanswered lastServiceFrame firstServiceFrame before after failover cause',
  claim: 'time t frame vlan ip mac ethernetSource name form verdict reason',
  havip: 'ip vlan subnet enforced members holder claims timeline',
  finding: 'code severity time t frame vlan ip message advice',
};

function keys(value: unknown): string {
  return Object.keys(value as object).join(' ');
}

test('the document is what was given, whole', () => {
  const result = crashResult();
  const text = [...jsonReport(result)].join('');
  expect(JSON.parse(text)).toEqual(result);
  expect(text.endsWith('}\n')).toBe(true);
});

test('keys stand in the published order, whatever the order in memory', () => {
  const shuffled = JSON.parse(JSON.stringify(crashResult()), (_, value) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).reverse())
      : value,
  );
  const document = JSON.parse([...jsonReport(shuffled)].join(''));
  expect(keys(document)).toBe(KEYS.document);
  expect(keys(document.capture)).toBe(KEYS.capture);
  expect(keys(document.failovers[0])).toBe(KEYS.failover);
  expect(keys(document.outages[0])).toBe(KEYS.outage);
  expect(keys(document.claims[4])).toBe(KEYS.claim);
  expect(keys(document.havips[0])).toBe(KEYS.havip);
  expect(keys(document.findings[0])).toBe(KEYS.finding);
  expect(keys(document.virtualRouters[0].speakers[0])).toBe(
    'ip mac priority adverts firstFrame lastFrame faults',
  );
});

test('of merged captures the place in its file follows each frame', () => {
  const place = { file: 'b.pcap', fileFrame: 45 };
  const result = crashResult();
  for (const havip of result.havips) {
    havip.timeline = havip.timeline.map((entry) => ({ ...place, ...entry }));
  }
  result.claims = result.claims.map((claim) => ({ ...claim, ...place }));
  result.failovers = result.failovers.map((failover) => ({ ...failover, ...place }));
  result.findings = result.findings.map((finding) => ({ ...finding, ...place }));
  const document = JSON.parse([...jsonReport(result)].join(''));
  const withPlace = (text: string) => text.replace(' frame ', ' frame file fileFrame ');
  expect(keys(document.claims[4])).toBe(withPlace(KEYS.claim));
  expect(keys(document.failovers[0])).toBe(withPlace(KEYS.failover));
  expect(keys(document.findings[0])).toBe(withPlace(KEYS.finding));
  expect(keys(document.havips[0].timeline[0])).toBe(
    withPlace('time t frame mac name speaker cause'),
  );
});

test('the schema comes first and each entry of a list has a line', () => {
  const lines = [...jsonReport(crashResult())].join('').split('\n');
  expect(lines[1]).toBe('"schema":"havip/replay/1",');
  const claims = lines.indexOf('"claims":[');
  expect(lines[claims + 6]).toBe('],');
  expect(() => JSON.parse((lines[claims + 1] ?? '').replace(/,$/, ''))).not.toThrow();
});

test('an empty list is empty', () => {
  expect([...jsonReport(emptyResult())].join('')).toContain('"claims":[],');
});

test('a long list leaves in pieces of bounded length', () => {
  const result = crashResult();
  const [claim] = result.claims;
  if (claim === undefined) throw new Error();
  result.claims = new Array(5000).fill(claim);
  const pieces = [...jsonReport(result)];
  expect(pieces.length).toBeGreaterThan(5);
  expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(70_000);
  expect(JSON.parse(pieces.join('')).claims).toHaveLength(5000);
});
