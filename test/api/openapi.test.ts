// The OpenAPI document against the API itself: every route that is registered is in it, nothing
// else is, and what each one answers is valid by what the document says, judged by Ajv.
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NATIVE_ROUTES } from '../../src/api/native/routes.ts';
import { SCHEMAS } from '../../src/api/native/schemas.ts';
import { account } from './account.ts';
import { type Served, serve } from './server-client.ts';

// biome-ignore lint/suspicious/noExplicitAny: a document is walked, not used
type Json = any;

let served: Served;
let document: Json;
let ajv: Ajv2020;

beforeAll(async () => {
  const { context } = account('alibaba-2021');
  served = await serve({ context: { ...context, history: () => [{ what: 'holder' }] } });
  document = await (await fetch(`${served.url}/api/v1/openapi.json`)).json();
  ajv = new Ajv2020({ strict: true, allowUnionTypes: true, formats: { 'date-time': true } });
  ajv.addVocabulary(['openapi', 'info', 'paths', 'components', 'security']);
  ajv.addSchema({ ...document, $id: 'https://example.org/api' });
});

afterAll(() => served?.close());

const operations = (): [string, string, Json][] =>
  Object.entries<Json>(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]): [string, string, Json] => [
      method.toUpperCase(),
      path,
      operation,
    ]),
  );

function fits(schema: Json, value: unknown): string {
  const local = JSON.stringify(schema).replaceAll('"#/', '"https://example.org/api#/');
  const validate = ajv.compile(JSON.parse(local));
  return validate(value) ? 'fits' : ajv.errorsText(validate.errors);
}

/** One call of each route, in this order; `{x}` stands for what an earlier one made. */
const CALLS: [
  method: string,
  path: string,
  status: number,
  body?: object | undefined,
  query?: string,
][] = [
  ['GET', '/healthz', 200],
  ['GET', '/api/v1', 200],
  ['GET', '/api/v1/openapi.json', 200],
  ['GET', '/api/v1/vpcs', 200],
  ['GET', '/api/v1/vpcs/{vpc}', 200],
  ['GET', '/api/v1/subnets', 200, undefined, '?vpc=vpc-1&q=vsw&limit=1'],
  ['GET', '/api/v1/subnets/{subnet}', 200],
  ['GET', '/api/v1/instances', 200],
  ['GET', '/api/v1/instances/{instance}', 200],
  ['PATCH', '/api/v1/instances/{instance}', 200, { status: 'running' }],
  ['GET', '/api/v1/enis', 200],
  ['GET', '/api/v1/enis/{eni}', 200],
  ['PATCH', '/api/v1/enis/{eni}', 200, { instance: null }],
  ['POST', '/api/v1/havips', 201, { subnet: 'vsw-1', name: 'a', tags: [{ key: 'k', value: '' }] }],
  ['GET', '/api/v1/havips', 200, undefined, '?status=available&sort=name&order=desc'],
  ['GET', '/api/v1/havips.csv', 200],
  ['GET', '/api/v1/havips.xlsx', 200],
  ['GET', '/api/v1/havips/{havip}', 200],
  ['PATCH', '/api/v1/havips/{havip}', 200, { description: 'of a test' }],
  ['POST', '/api/v1/havips/{havip}/members', 200, { instance: 'i-1' }],
  ['PUT', '/api/v1/havips/{havip}/members', 200, { members: [{ instance: 'i-1' }] }],
  ['DELETE', '/api/v1/havips/{havip}/members/{member}', 200, undefined, '?force=true'],
  ['POST', '/api/v1/eips', 201, {}],
  ['GET', '/api/v1/eips', 200],
  ['GET', '/api/v1/eips/{eip}', 200],
  ['PATCH', '/api/v1/eips/{eip}', 200, { havip: '{havip}' }],
  ['PATCH', '/api/v1/eips/{eip}', 200, { havip: null }],
  ['DELETE', '/api/v1/eips/{eip}', 204],
  ['GET', '/api/v1/route-tables', 200],
  ['GET', '/api/v1/route-tables/{table}', 200],
  [
    'POST',
    '/api/v1/routes',
    201,
    { table: 'rtb-vpc-1', destination: '172.16.0.0/12', havip: '{havip}' },
  ],
  ['GET', '/api/v1/routes', 200],
  ['GET', '/api/v1/routes/{route}', 200],
  ['DELETE', '/api/v1/routes/{route}', 204],
  ['GET', '/api/v1/quotas', 200],
  ['PATCH', '/api/v1/quotas/{quota}', 200, { most: 7 }],
  ['GET', '/api/v1/history', 200],
  ['DELETE', '/api/v1/havips/{havip}', 204],
  ['POST', '/api/v1/havips:delete', 200, { ids: ['nobody'] }],
  ['DELETE', '/api/v1/havips', 200, undefined, '?ids=nobody,nobody-else'],
  ['DELETE', '/api/v1/enis/{eni}', 204],
  ['DELETE', '/api/v1/instances/{instance}', 204],
];

const KNOWN = new Map([
  ['vpc', 'vpc-1'],
  ['subnet', 'vsw-1'],
  ['instance', 'i-1'],
  ['member', 'i-1'],
  ['eni', 'i-1.eth1'],
  ['table', 'rtb-vpc-1'],
  ['quota', 'havipsPerVpc'],
]);

function filled(text: string): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => KNOWN.get(name) ?? `no ${name}`);
}

/** `POST /api/v1/havips` makes what `{havip}` stands for. */
function remember(path: string, answer: Json): void {
  const made = /\/(havip|eip|route)s$/.exec(path)?.[1];
  if (made !== undefined) KNOWN.set(made, answer.id);
}

describe('the document', () => {
  it('is OpenAPI 3.1 with a name and security schemes', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/);
    expect(document.info).toMatchObject({ title: expect.any(String), version: expect.any(String) });
    expect(Object.keys(document.components.securitySchemes)).toEqual(['bearer', 'basic']);
  });

  it('has every route that is registered, and no other', () => {
    const described = operations().map(([method, path]) => `${method} ${path}`);
    const registered = NATIVE_ROUTES.map(({ method, path }) => `${method} ${path}`);
    expect(described.sort()).toEqual(registered.sort());
    expect(new Set(registered).size).toBe(registered.length);
  });

  it('gives every operation its own id, a summary, its path parameters and a refusal', () => {
    const ids = operations().map(([, , { operationId }]) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [method, path, operation] of operations()) {
      const wanted = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const parameters: Json[] = operation.parameters ?? [];
      const inPath = parameters.filter((one) => one.in === 'path');
      expect(inPath.map(({ name }) => name)).toEqual(wanted);
      expect(inPath.every(({ required }) => required === true)).toBe(true);
      expect(operation.summary.length).toBeGreaterThan(5);
      expect(Object.keys(operation.responses)).toContain('default');
      expect(operation.requestBody !== undefined, `${method} ${path}`).toBe(
        ['POST', 'PUT', 'PATCH'].includes(method),
      );
    }
  });

  it('refers to nothing that is not there, and has nothing that is not referred to', () => {
    const text = JSON.stringify(document);
    const referred = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)];
    const names = new Set(referred.map(([, name]) => name));
    expect([...names].sort()).toEqual(Object.keys(document.components.schemas).sort());
    expect(Object.keys(document.components.schemas)).toEqual(Object.keys(SCHEMAS));
    expect(text.match(/"\$ref"/g)).toHaveLength(referred.length);
  });

  it('has schemas that a validator takes', () => {
    for (const schema of Object.values<Json>(document.components.schemas)) fits(schema, {});
    const problem = { $ref: '#/components/schemas/Problem' };
    expect(fits(problem, { type: 'about:blank' })).toContain('must have required property');
  });
});

describe('each route', () => {
  it('is called below', () => {
    const called = new Set(CALLS.map(([method, path]) => `${method} ${path}`));
    expect([...called].sort()).toEqual(
      NATIVE_ROUTES.map(({ method, path }) => `${method} ${path}`).sort(),
    );
  });

  it.each(
    CALLS,
  )('answers as the document says: %s %s', async (method, path, status, body, query) => {
    const operation = document.paths[path][method.toLowerCase()];
    const sent = body === undefined ? undefined : JSON.parse(filled(JSON.stringify(body)));
    if (sent !== undefined) {
      const schema = operation.requestBody.content['application/json'].schema;
      expect(fits(schema, sent)).toBe('fits');
    }
    const parameters: Json[] = operation.parameters ?? [];
    for (const name of new URLSearchParams(query).keys()) {
      expect(parameters.map((one) => one.name)).toContain(name);
    }
    const answer = await fetch(`${served.url}${filled(path)}${query ?? ''}`, {
      method,
      ...(sent === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(sent) }),
    });
    const octets = Buffer.from(await answer.arrayBuffer());
    expect(answer.status, octets.toString()).toBe(status);
    const content = operation.responses[String(status)].content;
    if (content === undefined) {
      expect(octets).toHaveLength(0);
      return;
    }
    const [type = '', { schema }] = Object.entries<Json>(content)[0] ?? ['', {}];
    expect(answer.headers.get('content-type')).toContain(type.split(';')[0]);
    if (schema === undefined) return;
    const said = JSON.parse(octets.toString());
    expect(fits(schema, said)).toBe('fits');
    if (method === 'POST') remember(path, said);
  });

  it.each([
    ['GET', '/api/v1/havips/nobody'],
    ['GET', '/api/v1/havips?limit=x'],
    ['PUT', '/api/v1/havips'],
    ['GET', '/api/v1/nothing'],
  ])('refuses as the document says: %s %s', async (method, path) => {
    const answer = await fetch(`${served.url}${path}`, { method });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    const said = (await answer.json()) as { status: number };
    expect(fits({ $ref: '#/components/schemas/Problem' }, said)).toBe('fits');
    expect(said.status).toBe(answer.status);
  });
});
