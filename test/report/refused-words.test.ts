/** What the reports say of connections that were answered by a reset. */
import { expect, test } from 'vitest';
import type { ReplayResult } from '../../src/analysis/result.ts';
import { htmlReport } from '../../src/report/html/page.ts';
import { jsonReport } from '../../src/report/json.ts';
import { textReport } from '../../src/report/text.ts';
import { crashResult } from './fixture.ts';

/** The failover, at t 12.702 s, had no outage, and these were refused. */
function refusedFrom(from: number, until: number): ReplayResult {
  const result = crashResult();
  const moment = (t: number) => ({ time: null, t, frame: Math.round(t * 50) });
  const about = { ip: '192.168.0.88', vlan: null, port: 80, count: 15 };
  result.outages = [];
  result.failovers = result.failovers.map((one) => ({ ...one, outageSeconds: 0 }));
  result.refusedConnections = [{ ...about, from: moment(from), until: moment(until) }];
  return result;
}

function text(result: ReplayResult): string {
  return textReport(result, { width: 400, color: false, unicode: true });
}

const REFUSED = '15 connections to port 80 were refused (RST) from t 9.800 s to t 12.500 s';

test('the verdict and the failover that they lie around say so', () => {
  const said = text(refusedFrom(9.8, 12.5));
  expect(said).toContain(`\n192.168.0.88 answered, but ${REFUSED}.\n`);
  expect(said).toContain(`outage     none: no client missed an answer; but ${REFUSED}\n`);
});

test('a failover long after them does not', () => {
  expect(text(refusedFrom(1, 3))).toContain('outage     none: no client missed an answer\n');
});

test('the page does not call that good', () => {
  const lanes = { adverts: [], addresses: [], leftOut: 0 };
  const page = htmlReport(refusedFrom(9.8, 12.5), lanes, '').replace(/\s+/g, ' ');
  expect(page).toContain(`<dd class="warn">none</dd><dd class="note">but ${REFUSED}</dd>`);
  const calm = { ...refusedFrom(9.8, 12.5), failovers: [] };
  expect(htmlReport(calm, lanes, '')).not.toContain('<h1 class="good">');
});

test('nothing of it is in the JSON document', () => {
  const document = JSON.parse([...jsonReport(refusedFrom(9.8, 12.5))].join(''));
  expect(document).not.toHaveProperty('refusedConnections');
});
