/** The tables of who is on the network, and of what was read. */
import type { HostSummary, ReplayResult, VirtualRouterSummary } from '../../analysis/result.ts';
import { absenceText } from '../cause-texts.ts';
import type { Naming } from '../naming.ts';
import { count, counted, octets } from '../quantity.ts';
import { type Content, html, type Markup } from './markup.ts';
import { frame, more, ROWS_MAX, section, table } from './pieces.ts';

const ADDRESSES_MAX = 3;

export function routers(result: ReplayResult, naming: Naming): Content {
  const { virtualRouters } = result;
  if (virtualRouters.length === 0) return null;
  const shown = virtualRouters.slice(0, ROWS_MAX).map((one) => router(one, naming));
  return section('routers', 'Virtual routers', shown, more(virtualRouters.length - shown.length));
}

function router(one: VirtualRouterSummary, naming: Naming): Markup {
  const facts = [
    `VRRPv${one.version} over IPv${one.family}, ${one.mode}`,
    `an advert every ${one.advertIntervalSeconds} s`,
    `authentication ${one.authType}`,
    `checksum ${one.checksum ?? 'not judged'}`,
    `addresses ${listed(one.addresses)}`,
  ];
  const vlan = one.vlan === null ? '' : `, VLAN ${one.vlan}`;
  const columns = [
    { title: 'speaker' },
    { title: 'MAC' },
    { title: 'priority', isNumber: true },
    { title: 'adverts', isNumber: true },
    { title: 'frames' },
    { title: 'faults' },
  ];
  const rows = one.speakers
    .slice(0, ROWS_MAX)
    .map((speaker): Content[] => [
      speaker.ip,
      html`<code>${speaker.mac ?? '–'}</code>`,
      speaker.priority,
      speaker.adverts,
      html`${frame(speaker.firstFrame)} to ${frame(speaker.lastFrame)}`,
      numbers(speaker.faults) || 'none',
    ]);
  return html`<h3>VRID ${one.vrid}${vlan}</h3>
<p class="quiet">${facts.join(' · ')}</p>
${table(columns, rows, 'narrow')}
${absences(one, naming)}`;
}

function absences({ absences: all = [] }: VirtualRouterSummary, naming: Naming): Content {
  const shown = all.slice(0, ROWS_MAX);
  const lines = shown.map((one) => html`<p class="quiet">${absenceText(one, naming)}</p>\n`);
  return [...lines, more(all.length - shown.length, '')];
}

export function hosts(result: ReplayResult): Content {
  if (result.hosts.length === 0) return null;
  const shown = result.hosts.slice(0, ROWS_MAX);
  const columns = [
    { title: 'MAC' },
    { title: 'name' },
    { title: 'role' },
    { title: 'frames', isNumber: true },
    { title: 'addresses' },
  ];
  const rows = shown.map((host: HostSummary): Content[] => [
    html`<code>${host.mac}</code>`,
    host.name ?? '–',
    host.role,
    count(host.frames),
    listed(host.addresses) || '–',
  ]);
  const title = `Hosts (${counted(result.hosts.length, 'MAC')})`;
  return section(
    'hosts',
    title,
    table(columns, rows, 'narrow'),
    more(result.hosts.length - shown.length),
  );
}

export function capture(result: ReplayResult): Content {
  const { capture: of, counts, elided } = result;
  const facts: [string, Content][] = [
    ['files', of.files.join(', ')],
    ['link type', of.linkTypes.join(', ') || 'none'],
    ['frames', `${count(of.frames)}, ${octets(of.bytes)}`],
    ['first frame', of.firstTime ?? '–'],
    ['last frame', of.lastTime ?? '–'],
    ['counts', numbers(counts as unknown as Record<string, number>) || 'none'],
  ];
  const malformed = numbers(of.malformed);
  if (malformed !== '') facts.push(['malformed', malformed]);
  if (of.damaged !== null) {
    facts.push(['damaged', `at octet ${of.damaged.offset}: ${of.damaged.reason}`]);
  }
  if (of.truncated) facts.push(['truncated', 'the last record is cut']);
  const left = numbers(elided as unknown as Record<string, number>);
  if (left !== '') facts.push(['left out', `${left} (--limit 0 keeps all)`]);
  if (of.files.length > 1) facts.push(['frame numbers', 'are those of the merged order']);
  const rows = facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>\n`);
  return section('capture', 'Capture', html`<dl class="facts">${rows}</dl>`);
}

/** `arp 41, vrrp 15`: those that are not 0. */
function numbers(of: Record<string, number>): string {
  return Object.entries(of)
    .filter(([, number]) => number > 0)
    .map(([name, number]) => `${name} ${count(number)}`)
    .join(', ');
}

function listed(addresses: string[]): string {
  const hidden = addresses.length - ADDRESSES_MAX;
  const shown = addresses.slice(0, ADDRESSES_MAX).join(', ');
  return hidden > 0 ? `${shown} and ${hidden} more` : shown;
}
