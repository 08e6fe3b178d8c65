/** The analysis beside a running switch: told at once, and judged as the switch judged it. */
import { expect, test } from 'vitest';
import { LiveAnalysis, type Takeover } from '../../src/analysis/live.ts';
import { ALLOWED, DROP_REASON_NAMES } from '../../src/dataplane/drop-reason.ts';
import { compile } from '../../src/havip/compile.ts';
import { announcement } from '../dataplane/frames.ts';
import { eniOf, havipOf, NODE1, NODE2, topologyOf, VIP } from '../dataplane/site.ts';
import { craft } from './detectors/craft.ts';
import { A, A_IP, B, B_IP, echo } from './scene.ts';

/** Tells it frames at seconds, and notes what it says, and when. */
function watch(onTakeover: (takeover: Takeover) => void = () => {}) {
  const said: string[] = [];
  let now = 0;
  const note = (what: string): void => void said.push(`${(now / 1e9).toFixed(1)} ${what}`);
  const enis = [eniOf(A, { addresses: [A_IP] }), eniOf(B, { addresses: [B_IP] })];
  const havips = [havipOf(VIP, [A, B])];
  const analysis = new LiveAnalysis(
    compile(topologyOf('alibaba', { enis, havips })),
    { base: 1_700_000_000, allClaims: false, dryRun: false },
    {
      onClaim: ({ mac, verdict, reason }) => note(`${verdict} ${mac} ${reason ?? ''}`.trim()),
      onTimeline: () => {},
      onTakeover,
      onOutage: () => {},
      onFinding: ({ code }) => note(code),
    },
  );
  return {
    said,
    tell(second: number, frame: DataView, reason = ALLOWED as number): void {
      now = second * 1e9;
      analysis.onFrame(frame, 0, frame.byteLength, now, reason);
    },
  };
}

test('takes the word of the switch for a refusal that only the switch can know of', () => {
  const { said, tell } = watch();
  tell(0, announcement(NODE1, VIP));
  tell(1, announcement(NODE2, VIP), DROP_REASON_NAMES.indexOf('wrong-port'));
  tell(2, announcement(NODE2, VIP), DROP_REASON_NAMES.indexOf('rate-limited'));
  tell(3, announcement(NODE2, VIP));
  expect(said).toEqual([
    `0.0 moved ${NODE1}`,
    `1.0 refused ${NODE2} wrong-port`,
    `2.0 refused ${NODE2} rate-limited`,
    `3.0 moved ${NODE2}`,
  ]);
});

test.each([
  ['whose requests are in view was not felt', true, 0],
  ['of whom answers alone are in view, as from another subnet, is unknown', false, null],
])('the outage of a client %s', (_, isAsked, expected) => {
  const outages: (number | null)[] = [];
  const { tell } = watch(({ outageSeconds }) => outages.push(outageSeconds));
  const answered = (second: number, sequence: number, server: string): void => {
    if (isAsked) tell(second, echo(true, { sequence, server }));
    tell(second + 0.001, echo(false, { sequence, server }));
  };
  tell(0, announcement(A, VIP));
  tell(0.01, craft({ source: A, ip: A_IP, priority: 150, to: B_IP }));
  for (let i = 1; i < 10; i++) answered(i / 10, i, A);
  tell(0.95, announcement(B, VIP));
  tell(0.96, craft({ source: B, ip: B_IP, priority: 200, to: A_IP }));
  for (let i = 10; i < 40; i++) answered(i / 10, i, B);
  expect(outages).toEqual([expected]);
});

test('tells of a stale address while it is stale', () => {
  const { said, tell } = watch();
  const master = craft({ source: A, ip: A_IP, priority: 150, to: B_IP });
  tell(0, announcement(A, VIP));
  tell(0.1, master);
  tell(1.1, craft({ source: B, ip: B_IP, priority: 100, to: A_IP }));
  tell(1.2, announcement(B, VIP));
  for (let second = 2; second < 6; second++) tell(second, master);
  expect(said.slice(0, 2)).toEqual([`0.0 moved ${A}`, `1.2 moved ${B}`]);
  // The rival has said nothing for two and a half of its intervals.
  expect(said.find((line) => line.endsWith('stale-cache'))).toBe('4.0 stale-cache');
});

test('tells thousands of takeovers at once as fast as their announcements come', () => {
  const addresses = Array.from({ length: 3000 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
  const takeovers: string[] = [];
  const ignore = (): void => undefined;
  const analysis = new LiveAnalysis(
    compile(topologyOf('classic')),
    { base: 1_700_000_000, allClaims: false, dryRun: false },
    {
      ...{ onClaim: ignore, onTimeline: ignore, onOutage: ignore, onFinding: ignore },
      onTakeover: ({ ip }) => void takeovers.push(ip),
    },
  );
  let now = 0;
  for (const mac of [A, B]) {
    for (const ip of addresses) {
      const frame = announcement(mac, ip);
      analysis.onFrame(frame, 0, frame.byteLength, (now += 100_000), ALLOWED);
    }
  }
  expect(takeovers).toEqual([]);
  analysis.poll(now + 2e9);
  expect(takeovers).toEqual(addresses);
}, 15_000);
