/** Lines that follow a live capture. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { ClaimEntry } from '../../src/analysis/result.ts';
import { Follower } from '../../src/report/follow.ts';
import { displayWidth } from '../../src/report/layout.ts';
import { crashResult, NODE2, ROGUE } from './fixture.ts';

const result = crashResult();
let lines: [string, number | null][] = [];
let follower = make(100);

function make(width: number): Follower {
  return new Follower({ width, color: false, unicode: true }, (line, t) => lines.push([line, t]));
}

beforeEach(() => {
  lines = [];
  follower = make(100);
});

function claim(changes: Partial<ClaimEntry>): ClaimEntry {
  const [first] = result.claims;
  if (first === undefined) throw new Error();
  return { ...first, ...changes };
}

test('a claim that moves the address is one line with its moment', () => {
  follower.onClaim(claim({}));
  expect(lines).toEqual([
    [
      '12:53:20.096  192.168.0.88 → node1 (00:16:3e:a1:00:d1) (gratuitous-request, frame 33)\n',
      3.596012345,
    ],
  ]);
});

test('of several captures, the frame is found in its own', () => {
  follower.onClaim(claim({ file: 'b.pcap', fileFrame: 12 }));
  expect(lines[0]?.[0].replace(/\n +/, ' ')).toContain(
    '(gratuitous-request, frame 33 (b.pcap 12))\n',
  );
});

test('a refusal says who and why', () => {
  follower.onClaim(claim({ mac: ROGUE, name: null, verdict: 'refused', reason: 'not-member' }));
  expect(lines[0]?.[0].replace(/\n +/, ' ')).toContain(
    `192.168.0.88 refused to ${ROGUE}: the sender is not bound to this HaVip`,
  );
});

test('a storm of equal refusals is one line a second, with their number', () => {
  for (let i = 0; i < 2500; i++) {
    follower.onClaim(claim({ t: i / 1000, verdict: 'refused', reason: 'not-member' }));
  }
  expect(lines).toHaveLength(3);
  expect(lines[2]?.[0]).toContain('and 999 before');
});

describe('other events', () => {
  test('failover, outage, finding', () => {
    for (const failover of result.failovers) follower.onFailover(failover);
    for (const outage of result.outages) follower.onOutage(outage);
    for (const finding of result.findings) follower.onFinding(finding);
    const text = lines.map(([line]) => line.replace(/\n +/g, ' ')).join('');
    expect(text).toContain(
      `failover of 192.168.0.88 from node1 (00:16:3e:a1:00:d1) to ${NODE2}: crash, ` +
        'detected in 3.973 s, outage 3.874 s',
    );
    expect(text).toContain('192.168.0.88 did not answer 192.168.0.50 for 3.874 s: a crash');
    expect(text).toContain('error claim-refused: 3 claims');
  });

  test('an outage that does not end says so', () => {
    for (const outage of result.outages) {
      follower.onOutage({ ...outage, firstServiceFrame: null, after: null, seconds: null });
    }
    expect(lines[0]?.[0]).toContain('did not answer 192.168.0.50, and still does not');
  });

  test('of the timeline only what no claim told already', () => {
    const [entry] = result.havips[0]?.timeline ?? [];
    if (entry === undefined) throw new Error();
    follower.onTimeline('192.168.0.88', null, entry);
    expect(lines).toHaveLength(0);
    follower.onTimeline('192.168.0.88', 12, { ...entry, cause: 'resumed' });
    follower.onTimeline('192.168.0.88', null, { ...entry, mac: null });
    expect(lines.map(([line]) => line).join('')).toMatch(/\(VLAN 12\) with node1.*: resumed/);
    expect(lines[1]?.[0]).toContain('has no holder any more');
  });
});

test('no line is wider than the terminal', () => {
  follower = make(40);
  for (const failover of result.failovers) follower.onFailover(failover);
  for (const one of result.claims) follower.onClaim(one);
  for (const [text] of lines) {
    for (const line of text.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(40);
  }
});
