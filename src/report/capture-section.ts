/** Findings, and the capture itself: what was read and what was counted. */
import type { Finding, ReplayResult, Severity } from '../analysis/result.ts';
import { ROWS_MAX } from './cut.ts';
import { addressLabel } from './naming.ts';
import type { Page, Tone } from './page.ts';
import { clockTime, count, counted, duration, frameLabel, octets } from './quantity.ts';

const TONES: Record<Severity, Tone> = { error: 'bad', warning: 'warn', info: 'dim' };
const ORDER: Severity[] = ['error', 'warning', 'info'];

/** Errors first, and within a severity in the order of the capture. */
export function writeFindings(page: Page, result: ReplayResult): void {
  const total = result.findings.length + result.elided.findings;
  if (total === 0) return;
  page.title(`Findings (${total})`);
  const ordered = ORDER.flatMap((severity) =>
    result.findings.filter((finding) => finding.severity === severity),
  );
  const shown = ordered.slice(0, ROWS_MAX);
  for (const finding of shown) writeFinding(page, finding);
  page.more(total - shown.length);
  page.paragraph('havip explain CODE says what a finding means and what to do.', {
    indent: 2,
    tone: 'dim',
  });
}

function writeFinding(page: Page, finding: Finding): void {
  const where: string[] = [];
  if (finding.ip !== null) where.push(addressLabel(finding.ip, finding.vlan));
  if (finding.time !== null) where.push(clockTime(finding.time) + ' UTC');
  if (finding.frame !== null) where.push(`frame ${frameLabel(finding)}`);
  const place = where.length > 0 ? ` (${where.join(', ')})` : '';
  const tone = TONES[finding.severity];
  page.paragraph(`${finding.severity}: ${finding.code}${place}`, { indent: 2, hang: 4, tone });
  page.paragraph(finding.message, { indent: 4 });
  if (finding.advice !== '') page.paragraph(`→ ${finding.advice}`, { indent: 4, hang: 6 });
}

const LAYOUT = { indent: 2, column: 11 };

export function writeCapture(page: Page, result: ReplayResult): void {
  const { capture, counts } = result;
  page.title('Capture');
  for (const file of capture.files.slice(0, ROWS_MAX)) page.labelled('file', file, LAYOUT);
  page.more(capture.files.length - ROWS_MAX);
  const types = capture.linkTypes.join(', ') || 'none';
  page.labelled('link type', types, LAYOUT);
  const length = capture.durationSeconds === null ? '' : `, ${duration(capture.durationSeconds)}`;
  const size = `${counted(capture.frames, 'frame')}, ${octets(capture.bytes)}${length}`;
  page.labelled('frames', size, LAYOUT);
  if (capture.firstTime !== null) {
    page.labelled('time', `${capture.firstTime} to ${capture.lastTime ?? '-'}`, LAYOUT);
  }
  if (capture.frames > 0) {
    page.labelled('counts', frameCounts(result), LAYOUT);
    if (counts.arp > 0) page.labelled('ARP', arpCounts(result), LAYOUT);
    if (counts.ipv6 > 0) page.labelled('ND', neighborCounts(result), LAYOUT);
  }
  const malformed = Object.entries(capture.malformed).filter(([, number]) => number > 0);
  if (malformed.length > 0) {
    const text = malformed.map(([reason, number]) => `${reason} ${count(number)}`).join(', ');
    page.labelled('malformed', text, LAYOUT);
  }
  if (capture.damaged !== null) {
    const { offset, reason } = capture.damaged;
    page.labelled('damaged', `at octet ${offset}: ${reason}`, { ...LAYOUT, tone: 'warn' });
  }
  if (capture.truncated) {
    page.labelled('truncated', 'the last record is cut', { ...LAYOUT, tone: 'warn' });
  }
  writeElided(page, result);
}

function frameCounts({ counts }: ReplayResult): string {
  const parts = [
    `ARP ${count(counts.arp)}`,
    `IPv4 ${count(counts.ipv4)}`,
    `IPv6 ${count(counts.ipv6)}`,
    `other ${count(counts.other)}`,
    `VRRP ${count(counts.vrrp)}`,
  ];
  if (counts.carp > 0) parts.push(`CARP ${count(counts.carp)}`);
  if (counts.vlanTagged > 0) parts.push(`VLAN-tagged ${count(counts.vlanTagged)}`);
  return parts.join(', ');
}

function arpCounts({ counts }: ReplayResult): string {
  return (
    `gratuitous requests ${count(counts.gratuitousArpRequest)}, ` +
    `gratuitous replies ${count(counts.gratuitousArpReply)}, probes ${count(counts.arpProbe)}`
  );
}

function neighborCounts({ counts }: ReplayResult): string {
  return (
    `solicitations ${count(counts.neighborSolicitation)}, ` +
    `advertisements ${count(counts.neighborAdvertisement)} ` +
    `(unsolicited ${count(counts.unsolicitedNeighborAdvertisement)})`
  );
}

function writeElided(page: Page, { elided }: ReplayResult): void {
  const left = Object.entries(elided).filter(([, number]) => number > 0);
  if (left.length === 0) return;
  const text = left.map(([kind, number]) => `${kind} ${count(number)}`).join(', ');
  page.labelled('left out', `${text} (--limit 0 keeps all)`, LAYOUT);
}
