/** The OpenAPI 3.1 document of the native API, made from the routes and schemas that serve it. */
import { z } from 'zod';
import type { NativeRoute, Success } from './route.ts';
import { SCHEMAS, type SchemaName } from './schemas.ts';

type Json = Record<string, unknown>;

const DESCRIPTION =
  'The control plane of a lab: resources, HaVips, EIPs and routes under the rules of the cloud ' +
  'that the lab file names. What the rules refuse is answered with problem details (RFC 9457) ' +
  'whose `code` says why. The header Idempotency-Key makes a repeated request count once.';

export function openApiOf(routes: readonly NativeRoute[]): Json {
  const paths: Record<string, Json> = {};
  for (const one of routes) {
    const path = (paths[one.path] ??= {});
    path[one.method.toLowerCase()] = operationOf(one);
  }
  const schemas = Object.entries(SCHEMAS).map(([name, schema]) => [name, jsonSchema(schema)]);
  return {
    openapi: '3.1.0',
    info: { title: 'havip-switch', version: 'v1', description: DESCRIPTION },
    paths,
    components: {
      schemas: Object.fromEntries(schemas),
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'ID:SECRET of an API key' },
        basic: { type: 'http', scheme: 'basic' },
      },
    },
    security: [{ bearer: [] }, { basic: [] }],
  };
}

/** Of what is asked, what may be left out is left out; of what is answered, everything is there. */
function jsonSchema(schema: z.ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
}

function operationOf(one: NativeRoute): Json {
  const parameters = [...pathParameters(one.path), ...queryParameters(one), ...headers(one)];
  return {
    operationId: operationId(one),
    summary: one.summary,
    tags: [one.tag],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(one.body === undefined ? {} : { requestBody: body(jsonSchema(one.body)) }),
    ...(one.isOpen === true ? { security: [] } : {}),
    responses: {
      [one.success.status]: answer(one.success),
      default: {
        description: 'A refusal',
        content: { 'application/problem+json': { schema: reference('Problem') } },
      },
    },
  };
}

/** `GET /api/v1/havips/{havip}` is `get-havips-havip`. */
function operationId({ method, path }: NativeRoute): string {
  const words = path.replace('/api/v1', '').match(/\w[\w-]*/g) ?? [];
  return [method.toLowerCase(), ...words].join('-');
}

function pathParameters(path: string): Json[] {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  return names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
}

function queryParameters({ query }: NativeRoute): Json[] {
  if (query === undefined) return [];
  const { properties = {}, required = [] } = jsonSchema(query) as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema,
  }));
}

function headers({ method }: NativeRoute): Json[] {
  if (method === 'GET') return [];
  const description = 'The same request with the same key is carried out once.';
  const schema = { type: 'string', minLength: 1, maxLength: 255 };
  return [{ name: 'Idempotency-Key', in: 'header', required: false, description, schema }];
}

function body(schema: Json): Json {
  return { required: true, content: { 'application/json': { schema } } };
}

function answer({ summary, schema, isPage, contentType }: Success): Json {
  if (contentType !== undefined) {
    return { description: summary, content: { [contentType]: {} } };
  }
  if (schema === undefined) return { description: summary };
  const one = reference(schema);
  return {
    description: summary,
    content: { 'application/json': { schema: isPage === true ? pageSchema(one) : one } },
  };
}

function pageSchema(items: Json): Json {
  const number = { type: 'integer' };
  return {
    type: 'object',
    properties: { items: { type: 'array', items }, total: number, limit: number, offset: number },
    required: ['items', 'total', 'limit', 'offset'],
    additionalProperties: false,
  };
}

function reference(name: SchemaName): Json {
  return { $ref: `#/components/schemas/${name}` };
}
