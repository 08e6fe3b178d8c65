/** What the reports say where a client asked in vain from its first request in the capture. */
import { describe, expect, test } from 'vitest';
import type { VainBeginning } from '../../src/analysis/asides.ts';
import type { ReplayResult } from '../../src/analysis/result.ts';
import { commentsOf } from '../../src/report/annotate.ts';
import { htmlReport } from '../../src/report/html/page.ts';
import { jsonReport } from '../../src/report/json.ts';
import { textReport } from '../../src/report/text.ts';
import { crashResult } from './fixture.ts';

const NO_LANES = { adverts: [], addresses: [], leftOut: 0 };

const BEGINNING: VainBeginning = {
  ip: '192.168.0.88',
  vlan: null,
  client: '192.168.0.50',
  seconds: 4.5,
  unanswered: 225,
  from: { time: null, t: 8.21, frame: 300 },
  until: { time: null, t: 12.71, frame: 708 },
};

function page(result: ReplayResult): string {
  return htmlReport(result, NO_LANES, '').replace(/\s+/g, ' ');
}

function text(result: ReplayResult): string {
  return textReport(result, { width: 400, color: false, unicode: true });
}

describe('in a failover', () => {
  const result = crashResult();
  result.outages = [];
  result.beginnings = [BEGINNING];
  result.failovers = result.failovers.map((failover) => ({
    ...failover,
    outageSeconds: null,
    beginning: BEGINNING,
  }));
  const frames =
    'requests of 192.168.0.50 unanswered from frame 300 to the first answer, frame 708';

  test('the outage is at least so long, in the text', () => {
    expect(text(result)).toContain(
      `1 failover of 192.168.0.88, outage of at least 4.500 s (${frames}), caused by a crash`,
    );
    expect(text(result)).toContain(`outage     at least 4.500 s: ${frames}`);
    expect(text(result)).not.toContain('no client asks');
  });

  test('and on the page', () => {
    expect(page(result)).toMatch(/<dd class="bad"><a class="moment"[^>]*>&gt; 4\.500 s<\/a>/);
    expect(page(result)).toContain(`title="${frames}">&gt; 4.500 s</b>`);
  });

  test('and in the annotated capture', () => {
    expect([...commentsOf(result).values()].join()).toContain('outage of at least 4.500 s');
  });

  test('nothing of it is in the JSON document', () => {
    const document = JSON.parse([...jsonReport(result)].join(''));
    expect(document).not.toHaveProperty('beginnings');
    expect(document.failovers[0]).not.toHaveProperty('beginning');
  });

  test('a longer outage that was seen whole is the one to name', () => {
    const longer = { ...crashResult(), beginnings: [{ ...BEGINNING, seconds: 1 }] };
    longer.failovers = longer.failovers.map((one) => ({ ...one, beginning: BEGINNING }));
    longer.failovers[0] = { ...longer.failovers[0], outageSeconds: 5 } as never;
    expect(text(longer)).toContain('1 failover of 192.168.0.88, outage 3.874 s, caused by');
    expect(text(longer)).not.toContain('at least');
  });
});

describe('without a failover', () => {
  const calm = crashResult();
  calm.failovers = [];
  calm.outages = [];
  const of = (t: number): ReplayResult => ({
    ...calm,
    beginnings: [{ ...BEGINNING, from: { ...BEGINNING.from, t }, seconds: 12.71 - t }],
  });

  test('the capture begins in an outage, and nothing is green', () => {
    const [headline, second] = text(of(0)).split('\n');
    expect(headline).toMatch(/^No failover of 192\.168\.0\.88: it stayed with /);
    expect(second).toBe(
      'The capture begins in an outage: 225 requests for 192.168.0.88 unanswered until ' +
        't 12.710 s, so it lasted at least 12.710 s.',
    );
    expect(page(of(0))).not.toContain('no request went unanswered');
    expect(page(of(0))).toContain('<h1 class="plain">');
    expect(page(of(0))).toContain('<p class="line bad">');
  });

  test('or a client does, later', () => {
    expect(text(of(8.21))).toContain(
      '192.168.0.50 came into view in an outage: 225 requests for 192.168.0.88 unanswered ' +
        'from t 8.210 s until t 12.710 s, so it lasted at least 4.500 s.',
    );
  });
});
