/** How text is set on an output: its width, whether in colour, whether in Unicode. */
import type { Look } from '../report/page.ts';
import type { Output, Streams } from './streams.ts';

const WIDTH_DEFAULT = 80;
const WIDTH_MIN = 40;

/**
 * Colour on a terminal only, unless `--no-color` or NO_COLOR (no-color.org) forbid it or
 * FORCE_COLOR asks for it.
 */
export function lookOf(output: Output, streams: Streams, isColorRefused: boolean): Look {
  const { environment } = streams;
  return {
    width: Math.max(WIDTH_MIN, output.columns ?? WIDTH_DEFAULT),
    color: !isColorRefused && hasColor(output, environment),
    unicode: isUnicode(environment),
  };
}

type Environment = Streams['environment'];

function hasColor(output: Output, environment: Environment): boolean {
  if (isSet(environment.NO_COLOR)) return false;
  const forced = environment.FORCE_COLOR;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return output.isTerminal && environment.TERM !== 'dumb';
}

/** The first of the three that is set decides: POSIX.1-2017, XBD 8.2. */
function isUnicode(environment: Environment): boolean {
  const names = ['LC_ALL', 'LC_CTYPE', 'LANG'];
  const locale = names.map((name) => environment[name]).find(isSet);
  return /utf-?8/i.test(locale ?? '');
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}
