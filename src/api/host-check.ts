/**
 * Who a browser may be talked into asking for: on loopback a page of the internet could reach the
 * API by a name of its own that resolves to 127.0.0.1 (DNS rebinding), or by a plain form. Both
 * say where they come from, in Host, Origin and Sec-Fetch-Site; neither is let in.
 */
import { isIP } from 'node:net';

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
 * than to loopback goes by more names than it knows: there every Host is let in, and of pages those
 * of the name that they ask. Browsers leave Sec-Fetch-Site out there, but not Origin.
 */
export function strangerIn(
  headers: Readonly<Record<string, string>>,
  bound: string,
): string | null {
  const { host, origin } = headers;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    return 'a page of another site asked for this';
  }
  const asked = host === undefined ? null : nameInHost(host);
  if (isLoopback(bound) && host !== undefined && !isOurs(asked, bound)) {
    return `the Host header names ${JSON.stringify(host.slice(0, 100))}, and this is ${bound}`;
  }
  if (origin === undefined) return null;
  const page = nameInHost(/^https?:\/\/(.*)$/i.exec(origin)?.[1] ?? '');
  const isOwn = isLoopback(bound) ? isOurs(page, bound) : page !== null && page === asked;
  return isOwn ? null : `a page of ${JSON.stringify(origin.slice(0, 100))} asked for this`;
}

function isOurs(name: string | null, bound: string): boolean {
  return name !== null && (isLoopback(name) || name === withoutBrackets(bound).toLowerCase());
}

function withoutBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}
