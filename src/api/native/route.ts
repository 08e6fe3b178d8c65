/**
 * What a route of the native API is: where it is asked, what may be said there, what it answers.
 * The same table routes requests, checks them, and makes the OpenAPI document.
 */
import type { z } from 'zod';
import type { Operation, Outcome } from '../../havip/inventory/operation.ts';
import type { ApiAnswer, ApiContext } from '../dialect.ts';
import type { SchemaName } from './schemas.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A request that was read and checked. */
export interface Asked<Query, Body> {
  readonly context: ApiContext;
  /** What stands where the path has `{havip}`. */
  parameter(name: string): string;
  readonly query: Query;
  readonly body: Body;
  /** Carries an operation out; Problem where it is refused. `part`: which of one request. */
  submit(operation: Operation, part?: string): Promise<Extract<Outcome, { ok: true }>>;
  /** The same, refusals given back. */
  attempt(operation: Operation, part?: string): Promise<Outcome>;
}

/** What is answered when all goes well. */
export interface Success {
  status: number;
  summary: string;
  /** One of it, or a page of it; absent where the body is empty or a file. */
  schema?: SchemaName;
  isPage?: boolean;
  /** Of a file. */
  contentType?: string;
}

export interface RouteSpec<Query, Body> {
  method: Method;
  /** `/api/v1/havips/{havip}`. */
  path: string;
  summary: string;
  /** Resource that it belongs to. */
  tag: string;
  query?: z.ZodType<Query>;
  body?: z.ZodType<Body>;
  success: Success;
  /** True where no key is needed. */
  isOpen?: boolean;
  run(asked: Asked<Query, Body>): Promise<ApiAnswer> | ApiAnswer;
}

export type NativeRoute = RouteSpec<unknown, unknown>;

/** Lets the schemas say what `run` is given. */
export function route<Query = unknown, Body = unknown>(spec: RouteSpec<Query, Body>): NativeRoute {
  return spec as unknown as NativeRoute;
}

export function ok(body: unknown, status = 200): ApiAnswer {
  return { status, headers: { 'cache-control': 'no-store' }, body };
}

export const NO_CONTENT: ApiAnswer = { status: 204, body: null };
