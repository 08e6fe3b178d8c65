/** A request as the dialects see it, from what fastify read. */
import type { FastifyRequest } from 'fastify';
import type { ApiRequest } from './dialect.ts';

const EMPTY = Buffer.alloc(0);

export function requestOf(request: FastifyRequest): ApiRequest {
  const { path, rawQuery } = splitTarget(request.raw.url ?? '/');
  return {
    method: request.method.toUpperCase(),
    path,
    rawQuery,
    query: new URLSearchParams(rawQuery),
    headers: headersOf(request),
    body: Buffer.isBuffer(request.body) ? request.body : EMPTY,
  };
}

/** A target may be a whole URL, as proxies are asked (RFC 9112 section 3.2.2). */
function splitTarget(target: string): { path: string; rawQuery: string } {
  const relative = target.replace(/^https?:\/\/[^/?]*/i, '');
  const mark = relative.indexOf('?');
  const path = mark < 0 ? relative : relative.slice(0, mark);
  return { path: path === '' ? '/' : path, rawQuery: mark < 0 ? '' : relative.slice(mark + 1) };
}

/** Where a header is said twice, its values stand behind each other. */
function headersOf(request: FastifyRequest): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}
