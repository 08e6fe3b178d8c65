/** Whether two signatures are the same, in a time that does not tell where they differ. */
import { timingSafeEqual } from 'node:crypto';

export function isSameText(given: string, wanted: string): boolean {
  const a = Buffer.from(given, 'utf8');
  const b = Buffer.from(wanted, 'utf8');
  return a.length === b.length && timingSafeEqual(a, b);
}
