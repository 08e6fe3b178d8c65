/**
 * Who asks the native API: an access key id and its secret, as `Authorization: Bearer ID:SECRET`,
 * or as Basic credentials (RFC 7617), which say the same.
 */
import { isSameText } from '../same-text.ts';

const CREDENTIALS = /^(bearer|basic) +(\S+)$/i;

/** Id of the key; null where the credentials are those of nobody. */
export function keyIn(
  authorization: string | undefined,
  keys: ReadonlyMap<string, string>,
): string | null {
  const [, scheme = '', given = ''] = CREDENTIALS.exec(authorization ?? '') ?? [];
  const isBasic = scheme.toLowerCase() === 'basic';
  const text = isBasic ? Buffer.from(given, 'base64').toString('utf8') : given;
  const colon = text.indexOf(':');
  if (colon < 1) return null;
  const id = text.slice(0, colon);
  const secret = keys.get(id);
  // Compared even where there is no such id: how long it takes tells nothing.
  const isRight = isSameText(text.slice(colon + 1), secret ?? '');
  return isRight && secret !== undefined ? id : null;
}
