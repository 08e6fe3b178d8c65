/** Each failover taken apart: what moved, how long each part took, which frames show it. */
import type { Evidence, FailoverEntry, ReplayResult } from '../analysis/result.ts';
import { beginningFrames, leastOutage } from './beginning-words.ts';
import { expectedDetection, failoverCause } from './cause-texts.ts';
import { cut, numberOf } from './cut.ts';
import { failoverRemarks } from './failover-remarks.ts';
import { addressLabel, type Naming } from './naming.ts';
import { lostOutage, outageOf, type Stretch, unmissed, whyUnmeasured } from './outage-words.ts';
import type { Page } from './page.ts';
import { clockTime, difference, duration, frameLabel, offset } from './quantity.ts';
import { ReceiverTexts } from './receivers-text.ts';
import { refusedAround } from './refused-words.ts';

const ROWS = 16;
const LAYOUT = { indent: 4, column: 11 };
/** Seconds by which two ways to count the same stretch differ. */
const ROUNDING = 1e-6;

const VANTAGES: Record<Evidence['vantage'], string> = {
  switch: '',
  host: 'captured on one host: frames between the others are not in view',
  any: 'captured with -i any: each frame may stand several times',
  'arp-only': 'only ARP is in the capture: no adverts, no traffic',
  rewritten: 'behind a switch that forwards by IP: all answers carry its MAC',
};

export function writeFailovers(page: Page, result: ReplayResult, naming: Naming): void {
  const total = result.failovers.length + result.elided.failovers;
  if (total === 0) return;
  page.title(total === 1 ? 'Failover' : `Failovers (${total})`);
  const { first, last, hidden } = cut(result.failovers, result.elided.failovers, ROWS);
  const receivers = new ReceiverTexts();
  for (const failover of first) writeFailover(page, failover, result, naming, receivers);
  page.more(hidden);
  for (const failover of last) writeFailover(page, failover, result, naming, receivers);
  const causes = [...new Set([...first, ...last].map(({ cause }) => cause))].join(' ');
  page.paragraph(`havip explain ${causes} says what that means, and what makes it shorter.`, {
    indent: 2,
    tone: 'dim',
  });
}

function writeFailover(
  page: Page,
  failover: FailoverEntry,
  result: ReplayResult,
  naming: Naming,
  receivers: ReceiverTexts,
): void {
  const index = result.failovers.indexOf(failover);
  const number = numberOf(index, result.failovers.length, result.elided.failovers);
  const t = offset(failover.t);
  const when = `${clockTime(failover.time)} UTC, t ${t} s, frame ${frameLabel(failover)}`;
  const address = addressLabel(failover.ip, failover.vlan);
  page.paragraph(`${number}  ${address}  ${when}`, { indent: 2, hang: 5 });
  const move = `${naming.full(failover.from)} → ${naming.full(failover.to)}`;
  page.labelled('holder', move, LAYOUT);
  const cause = failoverCause(failover, naming);
  const code = cause.includes(failover.cause) ? '' : ` (${failover.cause})`;
  page.labelled('cause', cause + code, LAYOUT);
  const least = lostOutage(index, result) === undefined ? '' : 'at least ';
  const { outage: stretch } = outageOf(failover, index, result);
  const outage =
    least + (outageText(failover, stretch) ?? `not measurable: ${whyUnmeasured(result)}`);
  const refused = refusedAround(failover, result);
  page.labelled('outage', refused === null ? outage : `${outage}; ${refused}`, LAYOUT);
  page.labelled('detection', detectionText(failover, naming), LAYOUT);
  page.labelled('evidence', evidenceText(failover.evidence), LAYOUT);
  for (const remark of failoverRemarks(failover, result, naming)) {
    page.labelled('', remark, LAYOUT);
  }
  const vantage = VANTAGES[failover.evidence.vantage];
  if (vantage !== '') page.labelled('view', vantage, LAYOUT);
  for (const [place, line] of receivers.lines(failover, number).entries()) {
    page.labelled(place === 0 ? 'receivers' : '', line, LAYOUT);
  }
}

/** Null where nobody can know. */
function outageText(failover: FailoverEntry, outage: Stretch | null): string | null {
  const seconds = failover.outageSeconds;
  const least = leastOutage(failover);
  if (least !== null) return `at least ${duration(least.seconds)}: ${beginningFrames(least)}`;
  if (seconds === null) {
    const isRewritten = failover.evidence.vantage === 'rewritten';
    return isRewritten ? 'not measurable by the answers in this capture' : null;
  }
  if (seconds === 0) return `none: ${unmissed([failover])}`;
  const parts = outage === null ? null : partsText(failover, outage);
  return duration(seconds) + (parts === null ? '' : `: ${parts}`);
}

/** What the time went into; null where another outage than the failover's own is the longest. */
function partsText(failover: FailoverEntry, { start, end }: Stretch): string | null {
  const { t, outageSeconds } = failover;
  if (t === null || Math.abs(end - start - (outageSeconds ?? 0)) > ROUNDING) return null;
  const until = `until the first ${firstSign(failover)} of the new holder`;
  if (t <= start) return `all of it after the first ${firstSign(failover)} of the new holder`;
  const waited = expectedDetection(failover);
  const reason =
    waited === null
      ? ''
      : failover.cause === 'shutdown'
        ? ` (it waits its skew, ${duration(waited)})`
        : ` (a backup waits for ${duration(waited)} of silence)`;
  return `${duration(t - start)} ${until}${reason}, ${duration(end - t)} more to the first answer`;
}

function firstSign({ evidence }: FailoverEntry): string {
  return evidence.firstClaimFrame === null ? 'advert' : 'claim';
}

function detectionText(failover: FailoverEntry, naming: Naming): string {
  const took = failover.detectionSeconds;
  if (took === null) {
    const isForeign = naming.speaksNoVrrp(failover, failover.from);
    return isForeign
      ? 'unknown: the old holder speaks no VRRP'
      : 'unknown: no advert of the old master in the capture';
  }
  const isShutdown = failover.cause === 'shutdown';
  const start = isShutdown ? 'resignation (priority 0)' : 'last advert';
  const sign = firstSign(failover);
  const end = sign === 'claim' ? sign : `${sign} of the new one`;
  const text = `${duration(took)} from its ${start} to the first ${end}`;
  const expected = expectedDetection(failover);
  if (expected === null) return `${text}, which waited for no silence`;
  if (failover.blind !== undefined) {
    return `${text} in view (expected ${duration(expected)}; the takeover itself is not in view)`;
  }
  const skew = isShutdown ? ', the skew of the new one' : '';
  return `${text} (expected ${duration(expected)}${skew}, ${difference(took - expected)})`;
}

function evidenceText(evidence: Evidence): string {
  const frames: [string, number | null][] = [
    ['last advert', evidence.lastAdvertFrame],
    ['last answer', evidence.lastServiceFrame],
    ['first claim', evidence.firstClaimFrame],
    ['first advert', evidence.firstAdvertFrame],
    ['first answer', evidence.firstServiceFrame],
  ];
  const known = frames.filter(([, frame]) => frame !== null);
  return known.length === 0 ? 'none' : known.map(([what, frame]) => `${what} ${frame}`).join(', ');
}
