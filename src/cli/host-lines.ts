/** What the hosts of a lab print: prefixed with the host's name, or each to a file of its own. */
import fs from 'node:fs';
import path from 'node:path';
import { OutputFile } from '../lab/output-file.ts';
import { type Look, paint, printable } from '../report/page.ts';
import type { Output } from './streams.ts';
import { UsageError } from './usage-error.ts';

export interface HostLines {
  write(host: string, text: string): void;
  end(): void;
}

/**
 * `folder` null: to `output`. `warn` is told of each file that ends early. Throws UsageError where
 * the folder cannot be made.
 */
export function hostLine(
  folder: string | null,
  output: Pick<Output, 'write'>,
  look: Look,
  warn: (line: string) => void,
): HostLines {
  if (folder === null) {
    return {
      write: (host, text) =>
        output.write(paint(`${host} | ${printable(text, look)}`, 'dim', look) + '\n'),
      end: () => {},
    };
  }
  try {
    fs.mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new UsageError(`--logs ${folder}: ${(error as Error).message}`, 'name a folder');
  }
  const files = new Map<string, OutputFile>();
  const fileOf = (host: string): OutputFile => {
    const file = new OutputFile(path.join(folder, `${host}.log`), 'a', warn);
    files.set(host, file);
    return file;
  };
  return {
    write: (host, text) => (files.get(host) ?? fileOf(host)).write(Buffer.from(`${text}\n`)),
    end: () => {
      for (const file of files.values()) file.close();
    },
  };
}
