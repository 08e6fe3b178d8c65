import { clean } from '../report/layout.ts';

/**
 * A line for standard error, whoever speaks in front. File names, options and captures hold what
 * others wrote: none of it may break the line or steer a terminal.
 */
export function noticeLine(speaker: string, text: string): string {
  return `${speaker}: ${clean(text.replace(/\s+/g, ' ').trim())}\n`;
}

/** The same for a text of several lines. */
export function noticeLines(speaker: string, text: string): string {
  return `${speaker}: ${text.split('\n').map(clean).join('\n')}\n`;
}
