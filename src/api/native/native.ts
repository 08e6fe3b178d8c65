/**
 * The native REST, as one more dialect: it finds the route, checks who asks and what is said, and
 * turns refusals into problem details. What each route does stands with the route.
 */
import type { z } from 'zod';
import type { Operation, Outcome } from '../../havip/inventory/operation.ts';
import type { Caller } from '../../havip/inventory/plane.ts';
import type { ApiAnswer, ApiContext, ApiRequest, Dialect } from '../dialect.ts';
import { keyIn } from './authentication.ts';
import { Problem, problemAnswer } from './problem.ts';
import type { Asked, NativeRoute } from './route.ts';
import { NATIVE_ROUTES } from './routes.ts';

const TOKEN_CHARACTERS_MAX = 255;
const FAULTS_MAX = 20;

export const native: Dialect = {
  name: 'native',
  isMine: ({ path }) => path === '/healthz' || path === '/api' || path.startsWith('/api/'),
  async answer(request, context) {
    try {
      return await answer(request, context);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const isStranger = error.code === 'unauthorized';
      return problemAnswer(error, isStranger ? { 'www-authenticate': CHALLENGE } : {});
    }
  },
  refuse: (_request, _context, { why, message }) =>
    why === 'failed'
      ? problemAnswer({ code: 'dataplane', message, faults: [] })
      : problemAnswer({ code: 'throttled', message, faults: [] }, { 'retry-after': '1' }),
};

const CHALLENGE = 'Bearer realm="havip", Basic realm="havip", charset="UTF-8"';

async function answer(request: ApiRequest, context: ApiContext): Promise<ApiAnswer> {
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const found = findRoutes(request.path);
  const mine = found.find(({ route }) => route.method === method);
  if (context.keys.size > 0 && mine?.route.isOpen !== true) {
    if (keyIn(request.headers.authorization, context.keys) === null) {
      throw new Problem('unauthorized', 'say who asks: Authorization: Bearer ID:SECRET');
    }
  }
  if (found.length === 0) {
    throw new Problem('not-found', 'there is no such path; GET /api/v1 lists what there is');
  }
  if (mine === undefined) {
    const allow = found.map(({ route }) => route.method).join(', ');
    const message = `${request.method.slice(0, 20)} is not for this path; ${allow} is`;
    return problemAnswer(new Problem('method-not-allowed', message), { allow });
  }
  const { route, parameters } = mine;
  const query = checked(route.query, Object.fromEntries(uniqueQuery(request)), 'query');
  const body = route.body === undefined ? undefined : checked(route.body, jsonIn(request), 'body');
  return route.run({ ...asker(request, context, route), context, query, body, ...parameters });
}

function asker(
  request: ApiRequest,
  { plane, newRequestId }: ApiContext,
  route: NativeRoute,
): Pick<Asked<unknown, unknown>, 'submit' | 'attempt'> {
  const caller: Caller = {
    dialect: 'native',
    call: `${route.method} ${route.path}`,
    requestId: newRequestId(),
  };
  const token = tokenIn(request);
  const attempt = (operation: Operation, part = ''): Promise<Outcome> =>
    plane.submit(operation, caller, token === null ? null : `native ${token} ${part}`);
  return {
    attempt,
    async submit(operation, part) {
      const outcome = await attempt(operation, part);
      if (outcome.ok) return outcome;
      throw new Problem(outcome.code, outcome.message);
    },
  };
}

function tokenIn({ headers }: ApiRequest): string | null {
  const token = headers['idempotency-key'];
  if (token === undefined) return null;
  if (token !== '' && token.length <= TOKEN_CHARACTERS_MAX) return token;
  const message = `an Idempotency-Key has 1 to ${TOKEN_CHARACTERS_MAX} characters`;
  throw new Problem('malformed', message);
}

/** A parameter that is said twice means nothing certain. */
function uniqueQuery({ query }: ApiRequest): URLSearchParams {
  for (const name of query.keys()) {
    if (query.getAll(name).length === 1) continue;
    throw new Problem('malformed', `the query says ${JSON.stringify(name)} twice`);
  }
  return query;
}

function jsonIn({ headers, body }: ApiRequest): unknown {
  const type = headers['content-type'] ?? '';
  // A form of another site could send text; it cannot send this type unasked.
  if (!/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(type)) {
    throw new Problem('not-json', 'the body is JSON: set Content-Type: application/json');
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    throw new Problem('not-json', `the body is no JSON: ${(error as Error).message}`);
  }
}

function checked(schema: z.ZodType | undefined, value: unknown, where: string): unknown {
  if (schema === undefined) return {};
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const faults = result.error.issues.slice(0, FAULTS_MAX).map(({ path, message }) => ({
    field: [where, ...path].map(String).join('.'),
    message,
  }));
  const text = faults.map(({ field, message }) => `${field}: ${message}`).join('; ');
  throw new Problem('malformed', text, faults);
}

interface Found {
  route: NativeRoute;
  parameters: Pick<Asked<unknown, unknown>, 'parameter'>;
}

interface Pattern {
  route: NativeRoute;
  segments: string[];
}

const PATTERNS: readonly Pattern[] = NATIVE_ROUTES.map((route) => ({
  route,
  segments: route.path.split('/'),
}));

/** The routes of a path, one a method. */
function findRoutes(path: string): Found[] {
  const segments = path.split('/').map(decoded);
  return PATTERNS.flatMap(({ route, segments: wanted }) => {
    if (wanted.length !== segments.length) return [];
    const values = new Map<string, string>();
    for (const [i, want] of wanted.entries()) {
      const have = segments[i] ?? '';
      if (want.startsWith('{') && have !== '') values.set(want.slice(1, -1), have);
      else if (want !== have) return [];
    }
    return [{ route, parameters: { parameter: (name: string) => values.get(name) ?? '' } }];
  });
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new Problem('not-found', 'the path is no URL');
  }
}
