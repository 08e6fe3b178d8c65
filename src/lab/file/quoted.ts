/**
 * Values of a user's file as they appear in one line of an error message: shortened, and without
 * characters that would break the line or steer a terminal.
 */
const SHOWN_MAX = 60;

/** Control characters, line and paragraph separators, bidirectional overrides. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\p{Cs}]/gu;

/** Any text on one line. */
export function onOneLine(text: string): string {
  return text.replace(UNPRINTABLE, '?');
}

/** A value as JSON would write it; lists and mappings by name only. */
export function quoted(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a mapping';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return onOneLine(text.length > SHOWN_MAX ? text.slice(0, SHOWN_MAX) + '..."' : text);
}
