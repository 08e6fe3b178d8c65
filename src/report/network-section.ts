/** Who is on the network: virtual routers with their speakers, and hosts. */
import type { ReplayResult, VirtualRouterSummary } from '../analysis/result.ts';
import { absenceText } from './cause-texts.ts';
import { ROWS_MAX } from './cut.ts';
import type { Column } from './layout.ts';
import type { Naming } from './naming.ts';
import type { Page } from './page.ts';
import { counted } from './quantity.ts';

const SPEAKERS: Column[] = [
  { title: 'speaker' },
  { title: 'MAC', optional: 2 },
  { title: 'priority', right: true, label: 'priority' },
  { title: 'adverts', right: true, label: 'adverts' },
  { title: 'frames', optional: 1, label: 'frames' },
  { title: 'faults', label: 'faults' },
];

const HOSTS: Column[] = [
  { title: 'MAC' },
  { title: 'name' },
  { title: 'role', optional: 1 },
  { title: 'frames', right: true, optional: 2, label: 'frames' },
  { title: 'addresses' },
];

/** Left out where no host has a name. */
const NAME = 1;

const AUTHENTICATION: Record<VirtualRouterSummary['authType'], string> = {
  none: 'no authentication',
  simple: 'simple password (not shown)',
  ah: 'IPsec AH',
  other: 'unknown authentication',
};

export function writeRouters(page: Page, result: ReplayResult, naming: Naming): void {
  if (result.virtualRouters.length === 0) return;
  page.title('Virtual routers');
  const shown = result.virtualRouters.slice(0, ROWS_MAX);
  for (const router of shown) writeRouter(page, router, naming);
  page.more(result.virtualRouters.length - shown.length);
}

function writeRouter(page: Page, router: VirtualRouterSummary, naming: Naming): void {
  const vlan = router.vlan === null ? '' : `, VLAN ${router.vlan}`;
  const checksum =
    router.checksum === 'plain' ? '' : `, checksum ${router.checksum ?? 'not judged'}`;
  const interval = `${router.advertIntervalSeconds} s`;
  page.paragraph(
    `VRID ${router.vrid}${vlan}: VRRPv${router.version} over IPv${router.family}, ` +
      `${router.mode}, ` +
      `${AUTHENTICATION[router.authType]}${checksum}, an advert every ${interval}`,
    { indent: 2, hang: 4 },
  );
  const addresses = router.addresses.slice(0, ROWS_MAX).join(', ') || 'none';
  page.paragraph(`addresses: ${addresses}`, { indent: 4, hang: 6 });
  page.more(router.addresses.length - ROWS_MAX, 4);
  const speakers = router.speakers.slice(0, ROWS_MAX).map((speaker) => [
    speaker.ip,
    speaker.mac ?? '-',
    String(speaker.priority),
    String(speaker.adverts),
    `${speaker.firstFrame}–${speaker.lastFrame}`,
    Object.entries(speaker.faults)
      .map(([fault, number]) => `${fault} ${number}`)
      .join(', '),
  ]);
  if (speakers.length > 0) page.table(SPEAKERS, speakers, 4);
  page.more(router.speakers.length - speakers.length, 4);
  const absences = router.absences ?? [];
  for (const absence of absences.slice(0, ROWS_MAX)) {
    page.paragraph(absenceText(absence, naming), { indent: 4, hang: 6 });
  }
  page.more(absences.length - ROWS_MAX, 4, '');
}

export function writeHosts(page: Page, result: ReplayResult): void {
  if (result.hosts.length === 0) return;
  page.title(`Hosts (${counted(result.hosts.length, 'MAC')})`);
  const shown = result.hosts.slice(0, ROWS_MAX);
  const rows = shown.map((host) => [
    host.mac,
    host.name ?? '-',
    host.role,
    String(host.frames),
    addressesText(host.addresses),
  ]);
  const isNamed = shown.some((host) => host.name !== null);
  const withoutName = (_: unknown, column: number) => isNamed || column !== NAME;
  page.table(
    HOSTS.filter(withoutName),
    rows.map((row) => row.filter(withoutName)),
  );
  page.more(result.hosts.length - shown.length);
}

const ADDRESSES_MAX = 3;

function addressesText(addresses: string[]): string {
  const shown = addresses.slice(0, ADDRESSES_MAX).join(', ');
  const hidden = addresses.length - ADDRESSES_MAX;
  return hidden > 0 ? `${shown}, … ${hidden} more` : shown || '-';
}
