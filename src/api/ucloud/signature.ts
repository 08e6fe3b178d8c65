/**
 * UCloud's signature: SHA-1 over the parameters, sorted by name, each name and value behind each
 * other without a sign between, and the private key behind them all.
 */
import { createHash } from 'node:crypto';
import type { ParameterTree } from '../flat-parameters.ts';
import { isSameText } from '../same-text.ts';
import { BAD_SIGNATURE, type Fault, fault, NO_SIGNATURE, NO_USER } from './codes.ts';

const DEPTH_MAX = 8;

/** Null where the request is signed as it should be, or where no keys are kept. */
export function signatureFault(
  parameters: ParameterTree,
  keys: ReadonlyMap<string, string>,
): Fault | null {
  if (keys.size === 0) return null;
  const { PublicKey: publicKey, Signature: signature } = parameters;
  if (typeof signature !== 'string' || signature === '') {
    return fault(NO_SIGNATURE, 'Signature is missing');
  }
  const secret = typeof publicKey === 'string' ? keys.get(publicKey) : undefined;
  if (secret === undefined) {
    return fault(NO_USER, `there is no user with the PublicKey ${JSON.stringify(publicKey)}`);
  }
  const { Signature: _signature, ...signed } = parameters;
  const wanted = createHash('sha1')
    .update(textOf(signed) + secret)
    .digest('hex');
  if (isSameText(signature.toLowerCase(), wanted)) return null;
  return fault(BAD_SIGNATURE, 'the signature is not the one of these parameters and this key');
}

/**
 * Of a list and of an object within, the same rule again, as the vendor's clients do. What lies
 * deeper than any request of theirs is not covered, and not read either.
 */
function textOf(value: unknown, depth = 0): string {
  if (depth > DEPTH_MAX) return '';
  if (Array.isArray(value)) return value.map((part) => textOf(part, depth + 1)).join('');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, part]) => name + textOf(part, depth + 1))
    .join('');
}
