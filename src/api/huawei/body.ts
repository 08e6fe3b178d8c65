/**
 * Reads the JSON body of a request: what is not of the kind that the vendor documents is a fault
 * that names the field.
 */
import { badParameter } from './faults.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** The object that the body wraps under one name: `{"port": {..}}`. */
export function readWrapped(body: Buffer, name: string): Fields {
  const fields = readField(readJson(body), name);
  if (!isObject(fields)) throw badParameter(`the body has no object "${name}"`);
  return fields;
}

/** Undefined where it is absent or null. */
export function readText(fields: Fields, name: string): string | undefined {
  const value = fields[name] ?? undefined;
  if (value === undefined || typeof value === 'string') return value;
  throw badParameter(`${name} must be a string`);
}

/** Undefined where it is absent or null. */
export function readObject(fields: Fields, name: string): Fields | undefined {
  const value = fields[name] ?? undefined;
  if (value === undefined || isObject(value)) return value;
  throw badParameter(`${name} must be an object`);
}

/** Undefined where it is absent or null. */
export function readObjects(fields: Fields, name: string): Fields[] | undefined {
  const value = fields[name] ?? undefined;
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every(isObject)) return value;
  throw badParameter(`${name} must be a list of objects`);
}

function readJson(body: Buffer): Fields {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    throw badParameter('the body is no JSON');
  }
  if (isObject(parsed)) return parsed;
  throw badParameter('the body must be a JSON object');
}

function readField(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
