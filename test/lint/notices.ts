/** What a text is remarked upon for, in short lines that a person can review. */
import { parseKeepalivedConf } from '../../src/lint/keepalived-conf.ts';

/** `line:column code` of every remark. */
export function remarks(text: string): string[] {
  const { notices } = parseKeepalivedConf(text, 'a.conf');
  return notices.map(({ place, code }) => `${place.line}:${place.column} ${code}`);
}

/** The words that we call unknown, as `line word`. */
export function unknownWords(text: string): string[] {
  const { notices } = parseKeepalivedConf(text, 'a.conf');
  return notices.flatMap(({ place, unknown }) =>
    unknown === undefined ? [] : [`${place.line} ${unknown.word}`],
  );
}
