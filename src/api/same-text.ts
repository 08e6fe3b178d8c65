/**
 * Whether two secrets or signatures are the same, in a time that depends on neither text's content
 * nor its length.
 */
import { createHash, timingSafeEqual } from 'node:crypto';

export function isSameText(given: string, wanted: string): boolean {
  return timingSafeEqual(digest(given), digest(wanted));
}

/** Of one length whatever the text's. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
