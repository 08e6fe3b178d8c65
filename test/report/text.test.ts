/** The text report: what a person reads, and that it fits. */
import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import type {
  ClaimEntry,
  FailoverEntry,
  Finding,
  HavipSummary,
  OutageEntry,
  ReplayResult,
} from '../../src/analysis/result.ts';
import { displayWidth } from '../../src/report/layout.ts';
import { textReport } from '../../src/report/text.ts';
import { crashResult, emptyResult, NODE1, NODE2, ROGUE } from './fixture.ts';

const LOOK = { width: 80, color: false, unicode: true };

function report(result: ReplayResult, look = {}): string {
  return textReport(result, { ...LOOK, ...look });
}

const NOWHERE = { time: null, t: null, frame: null, vlan: null, ip: null };

/** The first paragraph: lines up to the first empty one. */
function verdict(result: ReplayResult): string {
  return (report(result, { width: 400 }).split('\n\n')[0] ?? '').trim();
}

describe('the report of a crash', () => {
  for (const width of [40, 80, 120]) {
    test(`is the one on file at ${width} columns`, async () => {
      const golden = new URL(`./golden/crash-${width}.txt`, import.meta.url);
      if (process.env.HAVIP_UPDATE_GOLDEN)
        fs.writeFileSync(golden, report(crashResult(), { width }));
      expect(report(crashResult(), { width })).toBe(fs.readFileSync(golden, 'utf8'));
    });
  }

  test('says what happened, who holds it and what was refused in its first three lines', () => {
    const [what, who, refused] = verdict(crashResult()).split('\n');
    expect(what).toBe('1 failover of 192.168.0.88, outage 3.874 s, caused by a crash of node1.');
    expect(who).toContain(`192.168.0.210 (${NODE2}) holds it, since 12:53:29.202 UTC, frame 702`);
    expect(refused).toMatch(/^3 claims would be refused .*not bound/);
  });

  test('never shows a sequence of the terminal without colours, and does with them', () => {
    expect(report(crashResult())).not.toContain('\x1b');
    const colored = report(crashResult(), { color: true });
    expect(colored).toContain('\x1b[');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences under test
    expect(colored.replace(/\x1b\[[0-9;]*m/g, '')).toBe(report(crashResult()));
  });

  test('is ASCII where the locale is not UTF-8, apart from names that are not ours', () => {
    const text = report(crashResult(), { unicode: false }).replaceAll('坏主机', '');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant
    expect(text).toMatch(/^[\x00-\x7f]*$/);
  });
});

test('where no advert could be judged the checksum is said to be unknown', () => {
  const result = crashResult();
  const [router] = result.virtualRouters;
  if (router === undefined) throw new Error();
  result.virtualRouters = [{ ...router, checksum: null }];
  expect(report(result, { width: 200 })).toContain('(not shown), checksum not judged, an advert');
});

describe('what a failover waited for', () => {
  const of = (more: Partial<FailoverEntry>): string => {
    const result = crashResult();
    const [failover] = result.failovers as [FailoverEntry];
    return report({ ...result, failovers: [{ ...failover, ...more }] }, { width: 400 });
  };

  test('of a shutdown is the skew since the advert of priority 0', () => {
    const seconds = { detectionSeconds: 0.9625, masterDownIntervalSeconds: 0.9609375 };
    expect(of({ cause: 'shutdown', ...seconds })).toContain(
      '963 ms from its resignation (priority 0) to the first claim ' +
        '(expected 961 ms, the skew of the new one, +1.6 ms)',
    );
  });

  test.each(['preemption', 'split-brain'] as const)('of a %s is nothing', (cause) => {
    expect(of({ cause, detectionSeconds: 0.478 })).toContain(
      '478 ms from its last advert to the first claim, which waited for no silence',
    );
  });

  test('is explained by a command that names the causes once', () => {
    expect(of({})).toContain('havip explain crash says what that means');
  });
});

describe('what an outage went into', () => {
  /** The failover is at t 12.702 s. */
  const of = (about: Partial<FailoverEntry>, start: number, end: number): string => {
    const result = crashResult();
    const [failover] = result.failovers as [FailoverEntry];
    const [outage] = result.outages as [OutageEntry];
    const seconds = end - start;
    const text = report(
      {
        ...result,
        failovers: [{ ...failover, outageSeconds: seconds, ...about }],
        outages: [{ ...outage, t: end, seconds }],
      },
      { width: 400 },
    );
    return /^ +outage +(.*)$/m.exec(text)?.[1] ?? '';
  };

  test('of a crash: the silence that a backup waits for, and the rest', () => {
    expect(of({}, 9.702, 12.722)).toBe(
      '3.020 s: 3.000 s until the first claim of the new holder (a backup waits for 3.961 s of ' +
        'silence), 20 ms more to the first answer',
    );
  });

  test('of a shutdown: the skew', () => {
    expect(of({ cause: 'shutdown', masterDownIntervalSeconds: 0.961 }, 11.802, 12.712)).toBe(
      '910 ms: 900 ms until the first claim of the new holder (it waits its skew, 961 ms), ' +
        '10 ms more to the first answer',
    );
  });

  test('of a preemption: no wait is named', () => {
    expect(of({ cause: 'preemption' }, 12.602, 12.802)).toBe(
      '200 ms: 100 ms until the first claim of the new holder, 100 ms more to the first answer',
    );
  });

  test('all of it after the claim', () => {
    expect(of({}, 12.752, 13.752)).toBe(
      '1.000 s: all of it after the first claim of the new holder',
    );
  });

  test('is not said by another outage than the longest that it lies in', () => {
    expect(of({ outageSeconds: 5 }, 12.602, 12.802)).toBe('5.000 s');
  });
});

describe('a crash of keepalived alone', () => {
  const zombie = (frame: number): Finding => ({
    ...{ code: 'zombie-holder', severity: 'error', time: null, t: null, frame, vlan: null },
    ...{ ip: '192.168.0.88', message: 'm', advice: 'a' },
  });
  const lives = 'a crash of keepalived on node1';

  test('is told where the old holder was seen to answer after its last advert', () => {
    const result = crashResult();
    const last = result.failovers[0]?.evidence.lastAdvertFrame as number;
    const text = report({ ...result, findings: [zombie(last + 1)] }, { width: 400 });
    expect(text.split(lives)).toHaveLength(3);
    expect(report({ ...result, findings: [zombie(last)] }, { width: 400 })).not.toContain(lives);
    expect(report(result, { width: 400 })).not.toContain(lives);
  });
});

describe('what a reader of one failover should know besides', () => {
  const of = (change: (result: ReplayResult, failover: FailoverEntry) => void): string => {
    const result = crashResult();
    change(result, result.failovers[0] as FailoverEntry);
    return report(result, { width: 400 });
  };
  /** Node 1 is master again `after` seconds; by its priority it waits 3.4 s for that. */
  const back = (after: number) =>
    of((result, failover) => {
      const { from, to } = failover;
      result.failovers.push({
        ...failover,
        ...{ from: to, to: from, frame: 710, t: 12.702 + after, cause: 'preemption' },
        masterDownIntervalSeconds: 3.414,
      });
    });
  const ALIVE = 'so that its machine had not died';

  test('names a master whose announcement lies before the capture', () => {
    const KNOWN = 'was master by its adverts; its own claim is not in the capture';
    expect(of(() => {})).not.toContain(KNOWN);
    const begun = of(({ havips }) => havips[0]?.timeline.shift());
    expect(begun).toContain(`node1 ${KNOWN}`);
  });

  test('the old holder is back sooner than one that was started would be', () => {
    expect(back(0.084)).toContain(`node1 is master again 84 ms later, ${ALIVE}`);
    expect(back(0.084)).toContain(
      'caused by VRRP of node1 falling silent for 4.057 s and coming back (its machine had not ' +
        'died)',
    );
    expect(back(0.084)).not.toContain('a crash of');
    expect(back(3.4)).toContain(ALIVE);
    expect(back(3.42)).not.toContain(ALIVE);
    expect(of(() => {})).not.toContain(ALIVE);
  });

  test('the claim came from another MAC than it names', () => {
    const remark = `frame 702 names ${NODE2} and was sent from node1 (${NODE1}): forged?`;
    const forged = of((result) => {
      result.claims = result.claims.map((one) => ({ ...one, ethernetSource: NODE1 }));
    });
    expect(forged).toContain(remark);
    expect(of(() => {})).not.toContain('forged?');
  });

  test('who speaks no VRRP for an address that has a virtual router', () => {
    const stranger = { mac: ROGUE, name: null, speaker: null };
    const taken = of((_, failover) =>
      Object.assign(failover, { cause: 'announcement', to: stranger }),
    );
    expect(taken).toContain('caused by an announcement by 坏主机, which speaks no VRRP.');
    const returned = of((_, failover) =>
      Object.assign(failover, { cause: 'announcement', from: stranger, detectionSeconds: null }),
    );
    expect(returned).toContain('192.168.0.210 taking it back from 坏主机, which speaks no VRRP');
    expect(returned).toContain('unknown: the old holder speaks no VRRP');
    const unseen = of((_, failover) => {
      Object.assign(failover, { cause: 'announcement', to: stranger });
      failover.evidence.vantage = 'host';
    });
    expect(unseen).toContain('do not reach this capture point');
  });

  describe('why an address was announced', () => {
    const announced = (change: (result: ReplayResult, failover: FailoverEntry) => void) =>
      of((result, failover) => {
        failover.cause = 'announcement';
        change(result, failover);
      });

    test('is not visible where adverts pass elsewhere', () => {
      const text = announced((result, failover) => {
        const [router] = result.virtualRouters;
        router?.speakers.shift();
        failover.evidence.vantage = 'host';
      });
      const unseen = 'not visible from here: adverts of node1 do not reach this capture point';
      expect(text).toContain(`outage 3.874 s, cause ${unseen}.`);
      expect(text).toContain(`cause      ${unseen} (announcement)`);
    });

    test('where they pass in part, where none does, and where there is but ARP', () => {
      const some = announced((_, failover) => {
        failover.evidence.vantage = 'host';
      });
      expect(some).toContain('from here: not all adverts reach this capture point');
      const silent = (vantage: 'host' | 'arp-only' | 'rewritten' | 'any' | 'switch') =>
        announced((result, failover) => {
          result.virtualRouters = [];
          result.counts.vrrp = 0;
          failover.evidence.vantage = vantage;
        });
      expect(silent('host')).toContain('from here: no advert reaches this capture point');
      expect(silent('rewritten')).toContain('from here: no advert reaches this capture point');
      expect(silent('arp-only')).toContain('from here: only ARP is in this capture');
      const script = 'by 192.168.0.210 (no VRRP in this capture';
      expect(silent('any')).toContain(`${script}).`);
      const who =
        'a script or a hand moved it, adverts are unicast elsewhere, or a filter left them out';
      expect(silent('switch')).toContain(`${script}: ${who}).`);
    });

    test('is a conflict of two hosts where a finding says so of an address without VRRP', () => {
      const conflict = { code: 'address-conflict', severity: 'error' as const };
      const found = { ...NOWHERE, ...conflict, ip: '192.168.0.88', message: '', advice: '' };
      const both = 'node1 and 192.168.0.210 both using 192.168.0.88, which no advert lists';
      const text = announced((result) => {
        result.virtualRouters = [];
        result.findings.push(found);
      });
      expect(text).toContain(`caused by ${both}.`);
      expect(announced((result) => result.findings.push(found))).not.toContain('both using');
    });

    test('is what CARP may tell, which is not read', () => {
      const text = announced((result) => {
        Object.assign(result.counts, { vrrp: 0, carp: 9 });
      });
      expect(text).toContain('by 192.168.0.210 that no advert explains');
    });
  });
});

describe('claims', () => {
  const claim = (verdict: ClaimEntry['verdict']): ClaimEntry => ({
    ...{ time: null, t: 1.5, frame: 7, vlan: null, ip: '192.168.0.88', mac: NODE2, name: null },
    ...{ form: 'arp-reply', verdict, reason: null },
  });

  test.each(['noted', 'confirmed'] as const)('are listed where one that is %s is', (verdict) => {
    const text = report({ ...crashResult(), claims: [claim(verdict)] }, { width: 120 });
    expect(text).toMatch(new RegExp(`1\\.500 +7 +1 +192\\.168\\.0\\.88 .*arp-reply +${verdict}`));
    expect(text).toContain('without announcing it');
  });

  test('that are alike stand in one row, until another one comes between', () => {
    const at = (frame: number, verdict: ClaimEntry['verdict']) => ({ ...claim(verdict), frame });
    const claims = [at(7, 'confirmed'), at(8, 'confirmed'), at(9, 'noted'), at(10, 'confirmed')];
    const text = report({ ...crashResult(), claims }, { width: 120 });
    const rows = text.split('\n').filter((line) => line.includes('arp-reply'));
    expect(rows.map((row) => row.trim().split(/ +/).slice(1, 3))).toEqual([
      ['7–8', '2'],
      ['9', '1'],
      ['10', '1'],
    ]);
  });

  test('are not where all that is listed moved the address, or was refused', () => {
    expect(report({ ...crashResult(), claims: [claim('moved')] })).not.toContain('Claims (');
  });
});

describe('widths', () => {
  for (const width of [40, 61, 80, 120]) {
    test(`no line is wider than ${width}`, () => {
      for (const result of [crashResult(), longResult(), mergedResult(), emptyResult()]) {
        for (const unicode of [true, false]) {
          for (const line of report(result, { width, unicode }).split('\n')) {
            expect(displayWidth(line), line).toBeLessThanOrEqual(width);
          }
        }
      }
    });
  }
});

/** Long lists, long names, IPv6, VLANs, hostile names. */
function longResult(): ReplayResult {
  const result = crashResult();
  const ip = '2001:db8:1111:2222:3333:4444:5555:6666';
  const [havip] = result.havips;
  const [failover] = result.failovers;
  const [outage] = result.outages;
  if (havip === undefined || failover === undefined || outage === undefined) throw new Error();
  const [, entry] = havip.timeline;
  if (entry === undefined) throw new Error();
  const timeline = Array.from({ length: 50 }, (_, i) => ({ ...entry, frame: i + 1 }));
  result.havips = [{ ...havip, ip, vlan: 4094, timeline }];
  result.failovers = Array.from({ length: 30 }, (_, i) => ({ ...failover, ip, vlan: 7, frame: i }));
  result.outages = Array.from({ length: 30 }, () => ({
    ...outage,
    ip,
    firstServiceFrame: null,
    after: null,
  }));
  result.elided = { claims: 9, timeline: 4, failovers: 3, outages: 2, findings: 1 };
  result.capture.files = ['/a/very/long/path/' + 'x'.repeat(150) + '.pcap\x1b[31m\nfoo'];
  result.capture.damaged = { offset: 4711, reason: 'block length 0x7ffffffc' };
  result.capture.truncated = true;
  return result;
}

const PLACE = { file: 'captures/node-b.pcap', fileFrame: 45 };

/** Of several captures, of which one has a long name. */
function mergedResult(file = '/a/very/long/path/' + 'x'.repeat(150) + '.pcap'): ReplayResult {
  const result = crashResult();
  const place = { ...PLACE, file };
  for (const havip of result.havips) {
    havip.timeline = havip.timeline.map((entry) => ({ ...entry, ...place }));
  }
  result.claims = result.claims.map((claim) => ({ ...claim, ...place }));
  result.failovers = result.failovers.map((failover) => ({ ...failover, ...place }));
  result.findings = result.findings.map((finding) => ({ ...finding, ...place }));
  return result;
}

describe('merged captures', () => {
  const text = report(mergedResult(PLACE.file), { width: 120 });

  test('have each frame with its place in its file', () => {
    expect(text).toContain('UTC, frame 702 (captures/node-b.pcap 45).');
    expect(text).toContain('t 12.702 s, frame 702 (captures/node-b.pcap 45)\n');
    expect(text).toContain('error: claim-refused (192.168.0.88, 12:53:33.100 UTC, frame 900 (capt');
    expect(text).toContain('frames 900 (captures/node-b.pcap 45) to 905 (captures/node-b.pcap 45)');
    expect(text).toMatch(/frame {2}in its file +holder/);
    expect(text).toMatch(/ 702 {2}captures\/node-b\.pcap 45 {2}192\.168\.0\.210/);
  });

  test('have a column of their own only where there is room', () => {
    const narrow = report(mergedResult(), { width: 80 });
    expect(narrow).not.toContain('in its file');
    expect(narrow).toMatch(/time \(UTC\) +t {2}frame {2}holder/);
    expect(report(crashResult(), { width: 120 })).not.toContain('in its file');
  });
});

describe('long lists', () => {
  const text = report(longResult());

  test('keep both ends and say how many they hide', () => {
    expect(text).toContain('… 30 more (--format json has them)');
    expect(text).toMatch(/ 1 +192\.168\.0\.210/);
    expect(text).toMatch(/ 50 +192\.168\.0\.210/);
    expect(text).toContain('Failovers (33)');
    expect(text).toContain('… 17 more (--format json has them)');
    expect(text).toContain('left out   claims 9, timeline 4, failovers 3, outages 2, findings 1');
  });

  test('number the last failovers as the whole list does', () => {
    expect(text).toMatch(/^ {2}33 {2}2001:db8/m);
  });

  test('nothing from a file steers the terminal', () => {
    expect(text).not.toContain('\x1b');
    expect(text).toContain('.pcap?[31m?foo');
  });

  test('an outage without end is open in the table and in the verdict', () => {
    expect(text).toContain('> 3.874 s');
    expect(verdict(longResult())).toContain('did not answer to the end of the capture');
  });

  test('damage is told in the verdict', () => {
    expect(verdict(longResult())).toContain('ends in the middle of a record');
    const result = longResult();
    result.capture.truncated = false;
    expect(verdict(result)).toContain('damaged at octet 4711');
  });
});

describe('the verdict', () => {
  test('an empty capture', () => {
    expect(verdict(emptyResult())).toBe('The capture holds no frame.');
  });

  test('no Ethernet is said plainly, never as a count of zero ARP', () => {
    const result = emptyResult();
    result.capture.linkTypes = ['RAW'];
    result.capture.frames = 12;
    expect(verdict(result)).toMatch(/^No Ethernet layer in this capture \(RAW\)/);
    expect(verdict(result)).not.toContain('0 ARP');
  });

  test('a link type that is not decoded is not said to have no Ethernet', () => {
    const result = emptyResult();
    result.capture.linkTypes = ['DSA_TAG_EDSA'];
    result.capture.frames = 12;
    expect(verdict(result)).toMatch(/^Nothing is known of this capture: frames of link type DSA_/);
  });

  test('a grave finding comes with its moment, which need not be the end', () => {
    const result = crashResult();
    const message = 'node1 is the only master.';
    const time = '2026-11-20T22:24:40.496000000Z';
    const about = { ip: '192.168.0.88', vlan: null, message, advice: 'Find out.' };
    const finding = { code: 'stale-cache', severity: 'error' as const, time, t: 3, frame: 1605 };
    result.findings = [{ ...finding, ...about }];
    expect(verdict(result)).toContain(`\n22:24:40.496 UTC, frame 1605: ${message}`);
    // What the capture cannot show it does not show at any time.
    const partial = { code: 'capture-partial-view', severity: 'warning' as const };
    result.findings = [{ ...finding, ...about, ...partial }];
    expect(verdict(result)).toContain(`\n${message}`);
  });

  test('frames but no virtual address', () => {
    const result = emptyResult();
    result.capture.frames = 12;
    result.counts.arp = 3;
    expect(verdict(result)).toMatch(/^No HaVip in this capture: no address .*12 frames, 3 ARP/);
    const advice = 'is a HaVip, name it, and the MACs that may hold it: --havip ADDRESS=MAC,MAC';
    expect(verdict(result)).toContain(advice);
    result.counts.vrrp = 9;
    expect(verdict(result)).toContain('no virtual address was ever claimed');
    expect(verdict(result)).not.toContain(advice);
  });

  test('an address that answers though nobody is seen to claim it', () => {
    const result = crashResult();
    const [havip] = result.havips as [HavipSummary];
    Object.assign(havip, { timeline: [], holder: null });
    havip.claims.refused = {};
    const said = () => report(result, { width: 400 });
    expect(said()).toContain('It answers, though nobody is seen to claim it: it was announced');
    havip.isUnanswered = true;
    expect(said()).toContain('Nobody held it.');
    delete havip.isUnanswered;
    havip.claims.refused = { 'not-member': 1 };
    expect(said()).toContain('Nobody held it.');
  });

  test('frames that were cut before their ARP ends', () => {
    const result = crashResult();
    const { counts, capture } = result;
    const malformed = { 'arp-truncated': counts.arp };
    const blind = (snapLength?: number, vrrp = 15): ReplayResult => ({
      ...emptyResult(),
      counts: { ...counts, vrrp },
      capture: { ...capture, malformed, ...(snapLength === undefined ? {} : { snapLength }) },
    });
    expect(verdict(blind(40))).toMatch(
      /^Every frame is cut to 40 octets: neither ARP nor adverts can be read; capture with -s 0\./,
    );
    expect(verdict(blind(262_144, 0))).toMatch(
      /^Every ARP frame is cut short: no ARP can be read;/,
    );
    const some = blind(40);
    some.counts.arp++;
    expect(verdict(some)).toContain('No HaVip in this capture');
  });

  test('outages that no failover explains, each once however many clients had it', () => {
    const result = crashResult();
    const [outage] = result.outages as [OutageEntry];
    const more = (t: number, seconds: number, ip = '192.168.0.50'): OutageEntry => ({
      ...outage,
      ...{ t, seconds, failover: null, cause: 'unknown' },
      client: { mac: null, ip },
    });
    result.outages.push(more(4, 1), more(3.9, 0.8, '192.168.0.51'), more(19, 2.5));
    const told = '2 more outages without a failover (1.000 s and 2.500 s)';
    expect(verdict(result)).toContain(`${told}.`);
    const gap = { code: 'advert-gap', severity: 'warning' as const, message: '', advice: '' };
    result.findings.push({ ...NOWHERE, ...gap, ip: '192.168.0.88' });
    expect(verdict(result)).toContain(`${told}; the master fell silent now and then (advert-gap).`);
    result.outages.push(more(14, 0.1), more(15.5, 0.1));
    expect(verdict(result)).toContain('4 more outages without a failover (the longest 2.500 s)');
    result.failovers = [];
    expect(verdict(result)).not.toContain('more outage');
  });

  test('a HaVip that stayed where it was', () => {
    const result = crashResult();
    result.failovers = [];
    result.outages = [];
    result.havips[0]?.timeline.pop();
    expect(verdict(result)).toContain(
      `No failover and no outage of 192.168.0.88: it stayed with node1 (${NODE1})`,
    );
  });

  test('a HaVip that nobody claimed', () => {
    const result = crashResult();
    result.failovers = [];
    result.outages = [];
    result.havips = result.havips.map((havip) => ({ ...havip, holder: null, timeline: [] }));
    expect(verdict(result)).toContain('No failover: nobody ever claimed 192.168.0.88.');
  });

  test('an outage without failover', () => {
    const result = crashResult();
    result.failovers = [];
    result.outages = result.outages.map((o) => ({ ...o, failover: null, cause: 'unknown' }));
    const said = 'No failover of 192.168.0.88, outage 3.874 s, of unknown cause';
    expect(verdict(result)).toContain(`${said}.`);
    result.claims = [];
    const [outage] = result.outages;
    expect(outage?.after).not.toEqual(outage?.before);
    expect(verdict(result)).toContain(
      `${said}; 192.168.0.210, who answers since, announced nothing.`,
    );
    result.elided.claims = 1;
    expect(verdict(result)).toContain(`${said}.`);
  });

  test('of two failovers in one outage the first began it', () => {
    const result = crashResult();
    const [there] = result.failovers;
    if (there === undefined) throw new Error();
    const [from, to] = [there.to, there.from];
    result.failovers = [there, { ...there, from, to, t: 12.705 }];
    result.outages = result.outages.map((outage) => ({ ...outage, failover: 1 }));
    expect(verdict(result)).toMatch(/^2 failovers of .*, caused by a crash of node1\./);
  });

  test('of several failovers, those that no client felt', () => {
    const result = crashResult();
    const [there] = result.failovers as [FailoverEntry];
    const back = { ...there, from: there.to, to: there.from, t: 20, outageSeconds: 0 };
    const felt = 'caused by a crash of node1';
    expect(verdict(result)).toContain(`${felt}.`);
    result.failovers = [there, back];
    expect(verdict(result)).toContain(`${felt}; in 1 of them no client missed an answer.`);
    result.elided.failovers = 3;
    expect(verdict(result)).toContain(`${felt}.`);
  });

  test('a failover that no client felt, and one that cannot be measured', () => {
    const result = crashResult();
    result.outages = [];
    result.failovers = result.failovers.map((f) => ({ ...f, outageSeconds: 0 }));
    expect(verdict(result)).toContain('no client missed an answer, caused by a crash of node1');
    result.failovers = result.failovers.map((f) => ({ ...f, outageSeconds: null }));
    expect(verdict(result)).toContain('outage not measurable');
  });

  test('what nobody asked for comes after what was found', () => {
    const result = crashResult();
    result.claims = [];
    for (const havip of result.havips) Object.assign(havip, { enforced: false });
    for (const havip of result.havips) havip.claims.refused = {};
    result.findings = [
      { ...{ code: 'stale-cache', severity: 'error', message: 'Grave.', advice: 'a' }, ...NOWHERE },
    ];
    const lines = verdict(result).split('\n');
    expect(lines.slice(-2)).toEqual([
      'Grave.',
      'Nothing was refused: without --lab or --havip a replay only observes.',
    ]);
  });

  test('without rules nothing is said to be allowed', () => {
    const result = crashResult();
    result.claims = [];
    for (const havip of result.havips) {
      havip.enforced = false;
      havip.claims.refused = {};
    }
    expect(verdict(result)).toContain('without --lab or --havip a replay only observes');
    for (const havip of result.havips) havip.enforced = true;
    expect(verdict(result)).toContain('No claim was refused (1 address guarded)');
    for (const havip of result.havips) havip.holder = null;
    expect(verdict(result)).toContain('No claim of a guarded address is in the capture (1 addr');
  });

  test('several addresses with several holders', () => {
    const result = crashResult();
    const [havip] = result.havips;
    if (havip === undefined) throw new Error();
    const other = { ...havip, ip: '192.168.0.89', timeline: havip.timeline.slice(0, 1) };
    result.havips = [havip, other, { ...havip, ip: '192.168.0.90' }];
    expect(verdict(result)).toContain(
      `Held at the end: 192.168.0.88 and 192.168.0.90 by 192.168.0.210 (${NODE2}); ` +
        `192.168.0.89 by node1 (${NODE1}).`,
    );
    result.havips.push(...[91, 92].map((i) => ({ ...havip, ip: `192.168.0.${i}` })));
    expect(verdict(result)).toContain('Held at the end: 4 addresses by 192.168.0.210');
  });

  test('several addresses, of which one has had another master by adverts since', () => {
    const result = crashResult();
    const [havip] = result.havips;
    if (havip === undefined) throw new Error();
    const laterMaster = { mac: NODE1, name: 'node1', speaker: null, frame: 1300, lastFrame: 1326 };
    result.havips = [havip, { ...havip, ip: '192.168.0.89', laterMaster }];
    const said = verdict(result);
    expect(said).toContain(`Held at the end: 192.168.0.88 by 192.168.0.210 (${NODE2}).\n`);
    expect(said).toContain(
      `At the end 192.168.0.210 (${NODE2}) holds 192.168.0.89 by its claims; node1 (${NODE1}) ` +
        'was master by its adverts, frame 1300 to 1326.',
    );
  });

  test('no more than three holders that others follow by adverts, or that resigned', () => {
    const masters = [1, 2, 3, 4, 5].map((i) => `00:16:3e:00:01:0${i}`);
    const linesOf = (part: 'laterMaster' | 'resigned') => {
      const result = crashResult();
      const [havip] = result.havips;
      if (havip === undefined) throw new Error();
      result.havips = masters.map((mac, i) => {
        const who = { mac, name: null, speaker: null, frame: 1300, lastFrame: 1326 };
        return { ...havip, ip: `192.168.0.${90 + i}`, [part]: who };
      });
      return verdict(result).split('\n').slice(1);
    };
    const later = linesOf('laterMaster');
    expect(later.filter((line) => line.includes('by its claims; 00:16'))).toHaveLength(3);
    expect(later).toContain('The same of 2 more addresses.');
    const vacant = linesOf('resigned');
    expect(vacant.filter((line) => line.startsWith('Held by nobody at the end'))).toHaveLength(3);
    expect(vacant).toContain('The same of 2 more addresses.');
  });

  test('each cause has its words', () => {
    const words = {
      shutdown: 'a resignation of node1',
      preemption: 'a preemption by 192.168.0.210',
      'split-brain': 'two masters at once, node1 and 192.168.0.210',
      'station-move': 'the virtual MAC moving to 192.168.0.210',
      announcement: 'an announcement by 192.168.0.210 that no advert explains',
    } as const;
    for (const [cause, phrase] of Object.entries(words)) {
      const result = crashResult();
      result.failovers = result.failovers.map((f) => ({ ...f, cause: cause as 'crash' }));
      expect(verdict(result)).toContain(phrase);
    }
  });
});
