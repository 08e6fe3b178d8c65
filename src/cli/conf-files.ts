/**
 * Reads keepalived.conf files for the parser, which reads none itself: the files of the command
 * line, and those that `include` names, with the patterns of glob(7) and braces.
 */
import fs from 'node:fs';
import path from 'node:path';
import {
  type ConfOptions,
  type IncludedFile,
  type KeepalivedConf,
  parseKeepalivedConf,
} from '../lint/keepalived-conf.ts';
import { octetsOf } from './octets-of.ts';
import { UsageError } from './usage-error.ts';
import { wildcard } from './wildcard.ts';

/** Larger files are no keepalived.conf. */
const CONF_OCTETS_MAX = 4 * 1024 * 1024;
/** Names that one pattern may stand for. */
const MATCHES_MAX = 1000;
/** Octets of a path (PATH_MAX): a longer pattern names no file. */
const PATTERN_MAX = 4096;
/** Each piece ends where the next one begins, so that looking for them goes through a text once. */
const BRACES = /\{([^{},]*,[^{}]*)\}/;

/** Raises UsageError where the file cannot be read. */
export function readConf(file: string): string {
  const mend = 'check the path of the keepalived.conf';
  let octets: Buffer;
  try {
    if (fs.statSync(file).isDirectory()) {
      throw new UsageError(`${file} is a directory`, 'name the keepalived.conf in it');
    }
    const all = octetsOf(file, CONF_OCTETS_MAX);
    if (all === null) throw new UsageError(`${file}: larger than 4 MiB`, mend);
    octets = all;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const what = code === 'ENOENT' ? 'no such file' : message;
    throw new UsageError(`${file}: ${what}`, mend);
  }
  if (octets.includes(0)) throw new UsageError(`${file}: holds NUL bytes, so is no text`, mend);
  return octets.toString('utf8');
}

export function parseConf(text: string, file: string, options: ConfOptions = {}): KeepalivedConf {
  return parseKeepalivedConf(text, file, { include: includedFiles, ...options });
}

/** What `include PATTERN` in the file `from` names, in the order of the names. */
export function includedFiles(pattern: string, from: string): IncludedFile[] {
  if (pattern.length > PATTERN_MAX) return [];
  const found = unbraced(pattern).flatMap((one) => globbed(path.dirname(from), one));
  return [...new Set(found)].flatMap((file) => {
    try {
      const octets = fs.statSync(file).isFile() ? octetsOf(file, CONF_OCTETS_MAX) : null;
      return octets === null ? [] : [{ file, text: octets.toString('utf8') }];
    } catch {
      // Not there or not readable: keepalived passes over it, and the parser says so.
      return [];
    }
  });
}

/** `a{b,c}d` as `abd` and `acd`. */
function unbraced(pattern: string): string[] {
  const done: string[] = [];
  let open = [pattern];
  while (open.length > 0 && done.length + open.length <= MATCHES_MAX) {
    const [one = '', ...rest] = open;
    const [whole, inside = ''] = BRACES.exec(one) ?? [];
    if (whole === undefined) done.push(one);
    const made = whole === undefined ? [] : inside.split(',');
    open = [...made.map((part) => one.replace(whole ?? '', () => part)), ...rest];
  }
  return [...done, ...open];
}

function globbed(folder: string, pattern: string): string[] {
  let paths = [path.isAbsolute(pattern) ? '/' : folder];
  for (const part of pattern.split('/').filter((one) => one !== '')) {
    const isPlain = !/[*?[]/.test(part);
    paths = paths
      .flatMap((base) =>
        (isPlain ? [part] : matching(base, part)).map((one) => path.join(base, one)),
      )
      .slice(0, MATCHES_MAX);
  }
  return paths;
}

function matching(folder: string, part: string): string[] {
  const wanted = wildcard(part);
  try {
    const names = fs.readdirSync(folder).filter(wanted);
    // glob(7): a leading dot is matched by a dot alone.
    return names.filter((name) => part.startsWith('.') || !name.startsWith('.')).sort();
  } catch {
    return [];
  }
}
