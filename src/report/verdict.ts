/**
 * The verdict: the first lines of the report, for a reader who reads no further. What happened,
 * who holds the addresses now, what was refused, what limits these statements.
 */
import { showsArp, undecodedOf } from '../analysis/link-layers.ts';
import type { FailoverEntry, Finding, OutageEntry, ReplayResult } from '../analysis/result.ts';
import { beginningFrames, beginningLines, longestLeast } from './beginning-words.ts';
import { causeClause, loweringText, outageCause, refusalReason } from './cause-texts.ts';
import { heldAtEnd } from './held-at-end.ts';
import { addressesText, addressLabel, type Naming } from './naming.ts';
import { noAddress, noHavipLines } from './no-havip-words.ts';
import { masterBetween, otherMaster, unclaimed } from './other-master.ts';
import { unknownCause, unmissed, whyUnmeasured } from './outage-words.ts';
import type { Page, Tone } from './page.ts';
import { again, clockTime, counted, duration, frameLabel, listed } from './quantity.ts';
import { refusedLines } from './refused-words.ts';
import { unledOutages } from './unled-outages.ts';
import { isUnmeasurable, questionLines } from './vain-words.ts';

/** Seconds: an absence seen so lately lasts to the end; kernels tell of one once a second. */
const ABSENCE_RECENT = 3;
const ABSENCE_INTERVALS = 3;

export function writeVerdict(page: Page, result: ReplayResult, naming: Naming): void {
  for (const [line, tone] of verdictLines(result, naming)) page.paragraph(line, { tone });
}

/** The headline first; each with the tone that it is said in. */
export function verdictLines(result: ReplayResult, naming: Naming): [string, Tone][] {
  const lines = [headlineOf(result, naming)];
  if (isWithoutHavip(result)) lines.push(...noHavipLines(result));
  lines.push(...beginningLines(result));
  const between = masterBetween(result.havips, naming);
  if (result.outages.length > 0 && between !== null) lines.push([between, 'warn']);
  const unled = unledOutages(result, longestOf(result.outages));
  if (unled !== null) lines.push([unled, 'bad']);
  const lowered = lowerings(result, naming);
  if (lowered !== null) lines.push([lowered, 'warn']);
  for (const line of heldAtEnd(result, naming)) lines.push([line, 'plain']);
  const absent = absentAtTheEnd(result, naming);
  if (absent !== null) lines.push([absent, 'warn']);
  lines.push(...questionLines(result), ...refusedLines(result));
  const refused = refusals(result, naming);
  // What was found comes before what nobody asked for.
  const isBare = refused !== null && refused[1] === 'dim';
  if (refused !== null && !isBare) lines.push(refused);
  lines.push(...cautions(result));
  if (isBare) lines.push(refused);
  return lines;
}

/** Nothing that carries ARP is in the capture although it holds frames. */
function lacksEthernet(result: ReplayResult): boolean {
  return result.capture.frames > 0 && !showsArp(result.capture.linkTypes);
}

/** It has frames that could show a HaVip. */
function isWithoutHavip(result: ReplayResult): boolean {
  const { capture, havips, outages, elided } = result;
  const isEmpty = havips.length === 0 && outages.length + elided.outages === 0;
  return isEmpty && capture.frames > 0 && !lacksEthernet(result);
}

function headlineOf(result: ReplayResult, naming: Naming): [string, Tone] {
  if (result.capture.frames === 0) return [noFrame(result), 'warn'];
  if (lacksEthernet(result)) return [noEthernet(result), 'warn'];
  if (isWithoutHavip(result)) return [noAddress(result), 'plain'];
  const failovers = result.failovers.length + result.elided.failovers;
  const outages = result.outages.length + result.elided.outages;
  if (failovers === 0 && outages === 0) {
    const isRefused = result.refusedConnections !== undefined;
    const isWrong = result.findings.some(({ severity }) => severity === 'error');
    const isGood =
      result.beginnings === undefined && !isRefused && !isWrong && !isUnmeasurable(result);
    return otherMaster(result, naming) ?? [calm(result, naming), isGood ? 'good' : 'plain'];
  }
  const what =
    failovers === 0
      ? `No failover of ${addressesText(result.havips)}`
      : `${counted(failovers, 'failover')} of ${addressesText(result.failovers)}`;
  const isDead = outages > 0 || longestLeast(result) !== undefined;
  return [`${what}, ${outageClause(result, naming)}.`, isDead ? 'bad' : 'warn'];
}

function noFrame({ capture }: ReplayResult): string {
  if (capture.isOutside === true) return 'No frame of the capture lies between --from and --to.';
  return 'The capture holds no frame.';
}

function noEthernet(result: ReplayResult): string {
  const { linkTypes } = result.capture;
  const undecoded = undecodedOf(linkTypes);
  if (undecoded.length > 0) {
    return (
      `Nothing is known of this capture: frames of link type ${undecoded.join(', ')} are counted ` +
      'and not looked into.'
    );
  }
  const types = linkTypes.join(', ') || 'no link type';
  return (
    `No Ethernet layer in this capture (${types}): ARP and MAC addresses are not in it, ` +
    'so nobody can say from it who held an address.'
  );
}

function calm(result: ReplayResult, naming: Naming): string {
  const held = result.havips.filter((havip) => havip.holder !== null);
  const isBlind = isUnmeasurable(result);
  const isNone = result.beginnings === undefined && !isBlind;
  const none = isNone ? 'No failover and no outage' : 'No failover';
  if (held.length === 0) return unclaimed(result.havips, none, naming);
  const holder = held.length === 1 ? last(held[0]?.timeline ?? []) : undefined;
  const by =
    holder === undefined ? 'each kept its holder' : `it stayed with ${naming.full(holder)}`;
  const why = isBlind ? ' Outages are not measurable: no answer to a client is in it.' : '';
  return `${none} of ${addressesText(held)}: ${by} to the end of the capture.${why}`;
}

function outageClause(result: ReplayResult, naming: Naming): string {
  const open = result.outages.find(
    (outage) => outage.firstServiceFrame === null && outage.isLost !== true,
  );
  const longest = longestOf(result.outages);
  const parts: string[] = [];
  if (longest !== null) {
    const word = result.outages.length + result.elided.outages === 1 ? 'outage' : 'longest outage';
    const length = longest.seconds === null ? 'of unknown length' : duration(longest.seconds);
    const least = longest.isLost ? 'of at least ' : '';
    parts.push(
      `${word} ${least}${length}${whose(longest, result)}, ${causeOf(longest, result, naming)}`,
    );
  }
  const least = longestLeast(result);
  if (least?.beginning !== undefined && !(least.beginning.seconds < (longest?.seconds ?? 0))) {
    const length = `outage of at least ${duration(least.beginning.seconds)}`;
    const frames = beginningFrames(least.beginning);
    parts.push(`${length} (${frames}), ${causeClause(least, naming)}`);
  }
  if (open !== undefined) {
    parts.push(`${addressLabel(open.ip, open.vlan)} did not answer to the end of the capture`);
  }
  if (parts.length === 0) return unseen(result, naming);
  const unnoticed = result.failovers.filter((failover) => failover.outageSeconds === 0).length;
  // Of those that the result leaves out nobody knows.
  const isCounted = result.failovers.length > 1 && result.elided.failovers === 0;
  if (isCounted && unnoticed > 0) parts.push(`in ${unnoticed} of them no client missed an answer`);
  return parts.join('; ');
}

/** Named where the sentence has not named it yet, or more than one address. */
function whose(outage: OutageEntry, result: ReplayResult): string {
  const label = addressLabel(outage.ip, outage.vlan);
  const named = result.failovers.length > 0 ? result.failovers : result.havips;
  const isOnly = named.every((entry) => addressLabel(entry.ip, entry.vlan) === label);
  return isOnly ? '' : ` of ${label}`;
}

function causeOf(outage: OutageEntry, result: ReplayResult, naming: Naming): string {
  const failover = failoverBehind(outage, result.failovers);
  if (failover !== undefined) return causeClause(failover, naming);
  if (outage.cause === 'unknown') return unknownCause(outage, result, naming);
  const { claim } = outage;
  const by = claim === undefined ? '' : ` (${naming.short(claim)}, frame ${frameLabel(claim)})`;
  return `caused by ${outageCause(outage.cause)}${by}`;
}

/**
 * The result names the last failover inside an outage, which may be the one that ended it. Of
 * several with the same cause the first is the one that began it.
 */
function failoverBehind(
  outage: OutageEntry,
  failovers: FailoverEntry[],
): FailoverEntry | undefined {
  const last = outage.failover === null ? undefined : failovers[outage.failover];
  if (last === undefined || last.ip !== outage.ip) return undefined;
  const started = (outage.t ?? 0) - (outage.seconds ?? 0);
  const first = failovers.find(
    ({ ip, vlan, cause, t }) =>
      ip === last.ip && vlan === last.vlan && cause === last.cause && t !== null && t >= started,
  );
  return first ?? last;
}

/** Masters that gave way by a lower priority, with all addresses: the first, and how many more. */
function lowerings({ failovers }: ReplayResult, naming: Naming): string | null {
  const texts = new Set(failovers.flatMap((failover) => loweringText(failover, naming) ?? []));
  const [first] = texts;
  if (first === undefined) return null;
  return texts.size === 1 ? `${first}.` : `${first}; ${again(texts.size - 1)} more.`;
}

/** Failovers without a single outage: measured as none, or not measurable. */
function unseen(result: ReplayResult, naming: Naming): string {
  const first = result.failovers[0];
  const cause = first === undefined ? '' : `, ${causeClause(first, naming)}`;
  const single = result.failovers.length === 1 ? cause : '';
  const blind = result.failovers.filter((failover) => failover.outageSeconds === null).length;
  if (blind === 0) return `${unmissed(result.failovers)}${single}`;
  const which = blind === result.failovers.length ? 'outage' : `outage of ${blind} of them`;
  return `${which} not measurable, as ${whyUnmeasured(result)}${single}`;
}

function longestOf(outages: OutageEntry[]): OutageEntry | null {
  let longest: OutageEntry | null = null;
  for (const outage of outages) {
    if (longest === null || (outage.seconds ?? 0) > (longest.seconds ?? 0)) longest = outage;
  }
  return longest;
}

/** Hosts that adverts were sent to in vain until the capture ended: no backup that takes over. */
function absentAtTheEnd(result: ReplayResult, naming: Naming): string | null {
  const end = Date.parse(result.capture.lastTime ?? '');
  const hosts = new Set<string>();
  for (const { absences = [], advertIntervalSeconds, vlan } of result.virtualRouters) {
    const onVlan = result.virtualRouters.filter((router) => router.vlan === vlan);
    const speakers = onVlan.flatMap((router) => router.speakers);
    const lately = Math.max(ABSENCE_RECENT, ABSENCE_INTERVALS * advertIntervalSeconds);
    for (const { last: until, mac, name, ip } of absences) {
      const spokeSince = speakers.some((one) => one.ip === ip && one.lastFrame > until.frame);
      const isLately = end - Date.parse(until.time ?? '') <= lately * 1000;
      if (!isLately || spokeSince) continue;
      hosts.add(naming.short({ mac, name, speaker: ip }));
    }
  }
  if (hosts.size === 0) return null;
  const named = hosts.size > 3 ? `${hosts.size} hosts` : listed([...hosts]);
  return `No VRRP runs on ${named} at the end: adverts are answered "protocol unreachable".`;
}

function refusals(result: ReplayResult, naming: Naming): [string, Tone] | null {
  if (result.capture.frames === 0 || lacksEthernet(result)) return null;
  const listedRefused = result.claims.filter((claim) => claim.verdict === 'refused');
  const isOfHavip = new Set(result.havips.map(({ ip, vlan }) => addressLabel(ip, vlan)));
  const ordinary = listedRefused.filter(({ ip, vlan }) => !isOfHavip.has(addressLabel(ip, vlan)));
  let total = ordinary.length;
  for (const havip of result.havips) {
    for (const number of Object.values(havip.claims.refused)) total += number;
  }
  if (total > 0) {
    const first = listedRefused[0];
    const example =
      first === undefined
        ? ''
        : ` (first: frame ${frameLabel(first)}, ${naming.full(first)} for ${first.ip}: ` +
          `${refusalReason(first.reason)})`;
    // Those of ordinary addresses are counted in the list of claims alone, which may be cut.
    const least = result.elided.claims > 0 && ordinary.length > 0 ? 'At least ' : '';
    return [`${least}${counted(total, 'claim')} would be refused${example}.`, 'bad'];
  }
  const guarded = result.havips.filter((havip) => havip.enforced);
  const judged = counted(guarded.length, 'address', 'addresses');
  if (guarded.some(({ holder }) => holder !== null)) {
    return [`No claim was refused (${judged} guarded).`, 'good'];
  }
  if (guarded.length > 0) {
    return [`No claim of a guarded address is in the capture (${judged}).`, 'plain'];
  }
  return ['Nothing was refused: without --lab or --havip a replay only observes.', 'dim'];
}

/** Findings that limit or contradict the headline: errors, and what the capture cannot show. */
function cautions(result: ReplayResult): [string, Tone][] {
  const lines: [string, Tone][] = [];
  for (const finding of result.findings) {
    if (finding.code === 'no-ethernet' || finding.code === 'claim-refused') continue;
    const isLimit = finding.code === 'capture-partial-view';
    if (finding.severity !== 'error' && !isLimit) continue;
    if (lines.length === 3) {
      lines.push(['More such findings below.', 'warn']);
      break;
    }
    if (isLimit) lines.push([finding.message, 'warn']);
    else lines.push([datedMessage(finding), finding.severity === 'error' ? 'bad' : 'warn']);
  }
  const { truncated, damaged } = result.capture;
  if (truncated) {
    lines.push(['The capture ends in the middle of a record: it was cut off there.', 'warn']);
  } else if (damaged !== null) {
    lines.push([
      `The capture is damaged at octet ${damaged.offset}: all this is from before.`,
      'warn',
    ]);
  }
  return lines;
}

/** A finding speaks of its moment, which need not be the end of the capture. */
function datedMessage(finding: Finding): string {
  const { time, frame, message } = finding;
  if (time === null || frame === null) return message;
  return `${clockTime(time)} UTC, frame ${frameLabel(finding)}: ${message}`;
}

function last<T>(list: T[]): T | undefined {
  return list[list.length - 1];
}
