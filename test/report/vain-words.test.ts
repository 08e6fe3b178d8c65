/** What the reports say of addresses that nobody answered for. */
import { expect, test } from 'vitest';
import type { ReplayResult } from '../../src/analysis/result.ts';
import { htmlReport } from '../../src/report/html/page.ts';
import { jsonReport } from '../../src/report/json.ts';
import { textReport } from '../../src/report/text.ts';
import { crashResult } from './fixture.ts';

function text(result: ReplayResult): string {
  return textReport(result, { width: 400, color: false, unicode: true });
}

/** No failover and no outage, and nobody was answered. */
function unanswered(): ReplayResult {
  const result = crashResult();
  const havips = result.havips.map((havip) => ({ ...havip, isUnanswered: true }));
  return { ...result, failovers: [], outages: [], havips };
}

function outageTile(result: ReplayResult): string {
  const page = htmlReport(result, { adverts: [], addresses: [], leftOut: 0 }, '');
  return /<dt>outage<\/dt>\s*(<dd class="\w+">[^<]*)/.exec(page)?.[1] ?? '';
}

test('an outage is not measurable where no answer is in the capture', () => {
  expect(outageTile(unanswered())).toBe('<dd class="plain">not measurable');
  expect(text(unanswered())).toMatch(
    /^No failover of 192\.168\.0\.88: .* Outages are not measurable: no answer to a client is in/,
  );
  const answered = { ...unanswered(), havips: crashResult().havips };
  expect(outageTile(answered)).toBe('<dd class="good">none');
  expect(outageTile({ ...answered, havips: [] })).toBe('<dd class="plain">not measurable');
});

test('an address that was asked for in vain is named, and may be the one that is missing', () => {
  const about = { ip: '192.168.0.3', vlan: null, asker: '192.168.0.50', asks: 15 };
  const result = unanswered();
  result.questions = [{ ...about, isToTheEnd: true, vrid: 51 }];
  expect(text(result)).toContain(
    '192.168.0.50 asked 15 times who has 192.168.0.3, to the end, and nobody answered: ' +
      'it may be the address that VRID 51 lacks.',
  );
  result.questions = [{ ...about, isToTheEnd: false, vrid: null }];
  expect(text(result)).toContain('asked 15 times who has 192.168.0.3, and nobody answered.');
});

test('nothing of it is in the JSON document', () => {
  const result = { ...unanswered(), questions: [] };
  const document = JSON.parse([...jsonReport(result)].join(''));
  expect(document).not.toHaveProperty('questions');
  expect(document.havips[0]).not.toHaveProperty('isUnanswered');
});
