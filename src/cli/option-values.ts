/** Values of options as people write them: durations, moments, numbers, HaVip bindings. */
import type { TimePoint } from '../analysis/time-base.ts';
import { isClaimableIpv4, isClaimableIpv6 } from '../arp/claim.ts';
import type { Havip } from '../havip/topology.ts';
import { formatIpv4, formatIpv6, parseIpv4, parseIpv6 } from '../wire/ip-address.ts';
import { isGroupMac, parseMac } from '../wire/mac.ts';
import { UsageError } from './usage-error.ts';

const UNITS: Record<string, number> = { us: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };
const DURATION = /^(\d+(?:\.\d+)?)(us|ms|s|m|h)$/;
const SECONDS = /^\d+(?:\.\d+)?$/;
/** RFC 3339 section 5.6. */
const TIME = /^\d{4}-\d\d-\d\d[Tt](?:[01]\d|2[0-3]):\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/;

/** `3s`, `500ms`, `1m` in seconds. */
export function readDuration(option: string, text: string): number {
  const [, number = '', unit = ''] = DURATION.exec(text) ?? [];
  const factor = UNITS[unit];
  if (factor === undefined) {
    throw new UsageError(
      `--${option}: "${text}" is no duration`,
      'write a number with its unit, such as 3s, 500ms or 1m',
    );
  }
  return Number(number) * factor;
}

/** Seconds since the first frame, or an RFC 3339 time. */
export function readTimePoint(option: string, text: string): TimePoint {
  if (SECONDS.test(text)) return { seconds: Number(text) };
  if (isTime(text)) return { time: text };
  throw new UsageError(
    `--${option}: "${text}" is no moment`,
    'write seconds since the first frame (12.5) or a time such as 2026-01-31T12:00:00Z',
  );
}

/** Whether it is an RFC 3339 time, of a day that there is. */
export function isTime(text: string): boolean {
  return TIME.test(text) && !Number.isNaN(Date.parse(text.toUpperCase())) && isOfCalendar(text);
}

/** JavaScript reads 31 February as 3 March. */
function isOfCalendar(time: string): boolean {
  const day = time.slice(0, 10);
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}

/** A whole number, 0 or more. */
export function readWhole(option: string, text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new UsageError(
    `--${option}: "${text}" is no whole number`,
    'write digits only; 0 is allowed',
  );
}

/** `max` (null) or how many times faster than the capture's own pace. */
export function readSpeed(text: string): number | null {
  if (text === 'max') return null;
  const factor = SECONDS.test(text) ? Number(text) : 0;
  if (factor > 0) return factor;
  throw new UsageError(`--speed: "${text}" is no speed`, 'write max, or a factor such as 1 or 10');
}

/** `IP=MAC[,MAC...]` as a HaVip that knows nothing but its address and who is bound. */
export function readHavip(text: string): Havip {
  const split = text.indexOf('=');
  if (split < 1) {
    throw new UsageError(`--havip: "${text}" names no MAC`, 'write IP=MAC[,MAC...]');
  }
  const address = readAddress(text.slice(0, split));
  const memberMacs = text
    .slice(split + 1)
    .split(',')
    .map(readMember);
  const name = address;
  return { name, subnet: null, address, members: [], memberMacs, checkAssociate: false };
}

function readAddress(text: string): string {
  const ipv4 = parseIpv4(text);
  const isIpv4 = !Number.isNaN(ipv4);
  if (isIpv4 && isClaimableIpv4(ipv4)) return formatIpv4(ipv4);
  const ipv6 = parseIpv6(text);
  if (ipv6 !== null && isClaimableIpv6(...ipv6)) return formatIpv6(...ipv6);
  const mend = 'write one such as 192.168.0.88 or 2001:db8::88, without a prefix length';
  const what = isIpv4 || ipv6 !== null ? `${text} is no host's` : `"${text}" is no IP`;
  throw new UsageError(`--havip: ${what} address`, mend);
}

function readMember(text: string): number {
  const mac = parseMac(text);
  if (Number.isNaN(mac)) {
    throw new UsageError(
      `--havip: "${text}" is no MAC address`,
      'write six octets such as 00:16:3e:00:00:01',
    );
  }
  if (mac === 0 || isGroupMac(mac)) {
    throw new UsageError(`--havip: ${text} is no address of a host`, 'name the MAC of a host');
  }
  return mac;
}
