/**
 * Who a browser may be talked into asking for: a page of the internet could reach the API by a name
 * of its own that resolves to 127.0.0.1 or into the network of the lab (DNS rebinding), or by a
 * plain form. Both say where they come from, in Host, Origin and Sec-Fetch-Site; neither is let in.
 */
import { isIP } from 'node:net';
import os from 'node:os';

/** Whether only this machine reaches what listens there. */
export function isLoopback(host: string): boolean {
  const name = withoutBrackets(host).toLowerCase();
  if (isIP(name) === 4) return name.startsWith('127.');
  if (isIP(name) === 6) return name === '::1' || /^::ffff:127\./.test(name);
  return name === 'localhost' || name.endsWith('.localhost');
}

/** The name in a Host header, without its port; null where it is no name. */
export function nameInHost(header: string): string | null {
  const found = /^(\[[0-9a-f:.]+\]|[^:[\]/?#@\s]+)(?::\d{1,5})?$/i.exec(header);
  return found?.[1] === undefined ? null : withoutBrackets(found[1]).toLowerCase();
}

/**
 * Why a request is not let in by a server that is bound to `bound`, or null. One bound elsewhere
 * than to loopback goes by more names than it knows: where requests are signed every Host is let in
 * there, else its addresses and the names that it knows; and of pages those of the name that they
 * ask. Browsers leave Sec-Fetch-Site out there, but not Origin.
 */
export function strangerIn(
  headers: Readonly<Record<string, string>>,
  bound: string,
  isSigned: boolean,
): string | null {
  const { host, origin } = headers;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    return 'a page of another site asked for this';
  }
  const asked = host === undefined ? null : nameInHost(host);
  if (host !== undefined && !isAnswered(asked, bound, isSigned)) {
    const what = `the Host header names ${JSON.stringify(host.slice(0, 100))}`;
    if (isLoopback(bound)) return `${what}, and this is ${bound}`;
    return `${what}: ask by address or as ${os.hostname()}, or have requests signed (--api-keys)`;
  }
  if (origin === undefined) return null;
  const page = nameInHost(/^https?:\/\/(.*)$/i.exec(origin)?.[1] ?? '');
  const isOwn = isLoopback(bound) ? isOurs(page, bound) : page !== null && page === asked;
  return isOwn ? null : `a page of ${JSON.stringify(origin.slice(0, 100))} asked for this`;
}

/** An address is no name that somebody else could let resolve to it. */
function isAnswered(name: string | null, bound: string, isSigned: boolean): boolean {
  if (isLoopback(bound)) return isOurs(name, bound);
  if (isSigned) return true;
  return name !== null && (isIP(name) !== 0 || isOurs(name, bound) || ownNames().includes(name));
}

/** As its operator calls the machine, and as multicast DNS does. */
function ownNames(): string[] {
  const whole = os.hostname().toLowerCase();
  const first = whole.split('.')[0] as string;
  return [whole, first, `${first}.local`];
}

function isOurs(name: string | null, bound: string): boolean {
  return name !== null && (isLoopback(name) || name === withoutBrackets(bound).toLowerCase());
}

function withoutBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}
