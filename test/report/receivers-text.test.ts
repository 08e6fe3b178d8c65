/** Receivers and caches in the text report: who follows when, who never and why. */
import { describe, expect, test } from 'vitest';
import type { CacheEntry, FailoverEntry, ReceiverEntry } from '../../src/analysis/result.ts';
import { jsonReport } from '../../src/report/json.ts';
import { ReceiverTexts, receiverLines } from '../../src/report/receivers-text.ts';
import { textReport } from '../../src/report/text.ts';
import { CLIENT, crashResult, NODE1, NODE2 } from './fixture.ts';

function failover(more: Partial<FailoverEntry>): FailoverEntry {
  return { ...(crashResult().failovers[0] as FailoverEntry), ...more };
}

function receiver(profile: string, acceptedFrame: number | null, why: string): ReceiverEntry {
  const t = acceptedFrame === null ? null : 12.702 + (acceptedFrame - 702) / 1000;
  return { profile, acceptedFrame, t, why };
}

test('what several failovers have in common is said once', () => {
  const texts = new ReceiverTexts();
  const told = (frame: number, ...receivers: ReceiverEntry[]) =>
    texts.lines(failover({ frame, receivers }), frame);
  const [early, late] = [receiver('linux', 1, ''), receiver('linux', 2, '')];
  const never = receiver('gvisor', null, 'reads nothing');
  expect(told(1, early, never)).toHaveLength(2);
  expect(told(2, late, never)).toEqual(['as in failover 1, at frame 2 and later']);
  // Linux follows later than the claim, which is another matter.
  expect(told(1, late, never)).toHaveLength(2);
  expect(told(2, late)).toEqual(['Linux follows at frame 2, at once']);
});

describe('the receivers of a failover', () => {
  test('those that follow at once stand together, whatever their reasons', () => {
    const receivers = [receiver('rfc826', 702, 'any'), receiver('linux', 702, 'gratuitous')];
    expect(receiverLines(failover({ receivers }))).toEqual([
      'RFC 826 and Linux follow at frame 702, at once',
    ]);
  });

  test('those that follow later stand with the time since the claim and the reason', () => {
    const receivers = [
      receiver('linux', 706, 'locked'),
      receiver('linux-arp-accept', 706, 'locked'),
    ];
    expect(receiverLines(failover({ receivers }))).toEqual([
      'Linux and Linux with arp_accept follow at frame 706 (+4.0 ms): locked',
    ]);
  });

  test('those that never follow stand by reason', () => {
    const receivers = [receiver('gvisor', null, 'a'), receiver('smoltcp', null, 'b')];
    expect(receiverLines(failover({ receivers }))).toEqual([
      'gVisor never follows: a',
      'smoltcp never follows: b',
    ]);
  });

  test('RFC 826 is not spoken of where the address is IPv6', () => {
    const receivers = [receiver('rfc826', null, 'IPv4 only'), receiver('linux', 702, 'override')];
    expect(receiverLines(failover({ ip: 'fd00::88', receivers }))).toEqual([
      'Linux follows at frame 702, at once',
    ]);
  });

  test('a MAC that stays needs one line', () => {
    const same = { mac: NODE1, name: null, speaker: null };
    const lines = receiverLines(failover({ from: same, to: same }));
    expect(lines).toEqual(['nobody has to follow: the MAC is the same']);
  });
});

describe('the caches of the clients', () => {
  const row = { time: null, name: null, frame: 20, state: 'stale', why: 'gratuitous-request' };
  const caches: CacheEntry[] = [
    {
      ...{ ip: '192.168.0.88', vlan: null, elided: 0 },
      client: { mac: CLIENT, ip: '192.168.0.50', name: null },
      entries: [
        { ...row, t: 1, untilT: 12.702, untilFrame: 702, mac: null, state: 'incomplete' },
        { ...row, t: 12.702, untilT: null, untilFrame: null, mac: NODE2 },
      ],
    },
  ];
  const look = { width: 100, color: false, unicode: true };

  test('a section of their own, where they were asked for', () => {
    const text = textReport({ ...crashResult(), caches }, look);
    expect(text).toContain(`192.168.0.88 on 192.168.0.50 (${CLIENT})`);
    expect(text).toMatch(/1\.000 {2}12\.702 +20 {2}\(incomplete\)/);
    expect(text).toMatch(new RegExp(`12\\.702 +end +20 {2}${NODE2} .* stale +gratuitous-request`));
    expect(textReport(crashResult(), look)).not.toContain('Caches');
  });

  test('none: says that nobody talked to a HaVip', () => {
    const result = { ...crashResult(), caches: [] };
    expect(textReport(result, look)).toContain('No host asked for');
    expect(textReport({ ...result, havips: [] }, look)).toContain('name one with --havip');
  });

  test('a key of the JSON document only where they were asked for', () => {
    const document = JSON.parse([...jsonReport({ ...crashResult(), caches })].join(''));
    expect(document.caches).toEqual(caches);
    expect(JSON.parse([...jsonReport(crashResult())].join(''))).not.toHaveProperty('caches');
  });
});
