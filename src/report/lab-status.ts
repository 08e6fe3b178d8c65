/** A running lab as it stands, for a terminal: HaVips first, then ports, addresses, drops. */
import type { LabStatus, PortStatus } from '../analysis/live-events.ts';
import type { Column } from './layout.ts';
import { type Look, Page } from './page.ts';
import { clockTime, count, counted, date, octets } from './quantity.ts';

const HAVIPS: Column[] = [
  { title: 'HaVip' },
  { title: 'address' },
  { title: 'holder' },
  { title: 'since' },
  { title: 'members', label: 'members' },
];
const PORTS: Column[] = [
  { title: 'port' },
  { title: 'state' },
  { title: 'frames/s in', right: true, label: 'frames/s in' },
  { title: 'out', right: true, label: 'frames/s out' },
  { title: 'frames in', right: true, optional: 1, label: 'frames in' },
  { title: 'frames out', right: true, optional: 1, label: 'frames out' },
  { title: 'in', right: true, optional: 2, label: 'octets in' },
  { title: 'out', right: true, optional: 2, label: 'octets out' },
];
const TABLE: Column[] = [
  { title: 'address' },
  { title: 'VLAN', optional: 1, label: 'VLAN' },
  { title: 'MAC' },
  { title: 'port' },
];
const DROPS: Column[] = [{ title: 'reason' }, { title: 'frames', right: true }];
const ROWS_MAX = 50;

/** `dead`: hosts that were killed. */
export function statusPage(status: LabStatus, look: Look, dead: readonly string[] = []): string {
  const page = new Page(look);
  const held = status.havips.filter((havip) => havip.holder !== null).length;
  const rules = status.provider === null ? '' : `, rules of ${status.provider}`;
  const since = `since ${date(status.since)} ${clockTime(status.since).slice(0, 8)} UTC`;
  const havips = `${held} of ${counted(status.havips.length, 'HaVip')} held`;
  page.paragraph(`lab ${status.lab}${rules}, ${havips}, ${since}`, { tone: 'strong' });
  if (status.havips.length > 0) {
    page.blank();
    page.table(
      HAVIPS,
      status.havips
        .slice(0, ROWS_MAX)
        .map(({ name, ip, holder, since: from, members }) => [
          name,
          ip,
          holder === null ? 'nobody' : (holder.name ?? holder.mac),
          from === null ? '-' : clockTime(from),
          members.join(', ') || 'none',
        ]),
    );
    left(page, status.havips.length - ROWS_MAX);
  }
  page.blank();
  page.table(
    PORTS,
    status.ports
      .slice(0, ROWS_MAX)
      .map((port) => [
        port.name,
        stateOf(port, dead),
        count(port.rateIn),
        count(port.rateOut),
        count(port.framesIn),
        count(port.framesOut),
        octets(port.octetsIn),
        octets(port.octetsOut),
      ]),
  );
  left(page, status.ports.length - ROWS_MAX);
  if (status.table.length > 0) {
    page.blank();
    page.table(
      TABLE,
      status.table
        .slice(0, ROWS_MAX)
        .map(({ ip, vlan, mac, port }) => [
          ip,
          vlan === null ? '' : String(vlan),
          mac,
          port ?? '-',
        ]),
    );
    left(page, status.table.length - ROWS_MAX);
  }
  const drops = Object.entries(status.drops).sort(([, a], [, b]) => b - a);
  if (drops.length > 0) {
    page.blank();
    page.table(
      DROPS,
      drops.map(([reason, frames]) => [reason, count(frames)]),
    );
  }
  if (status.lostEvents > 0) {
    page.blank();
    const what = `${counted(status.lostEvents, 'event')} came too fast to be reported`;
    page.paragraph(what, { tone: 'warn' });
  }
  return page.text();
}

/** A dead host's port is cut; that it is dead says more. */
function stateOf({ name, state }: PortStatus, dead: readonly string[]): string {
  const [host = ''] = name.split('/');
  return state === 'cut' && dead.includes(host) ? 'dead' : state;
}

function left(page: Page, rows: number): void {
  if (rows > 0) page.paragraph(`… ${rows} more (--json has them)`, { tone: 'dim', indent: 2 });
}
