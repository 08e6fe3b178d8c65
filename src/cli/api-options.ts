/** The options of `havip up` that open the API: where it listens, and who may ask. */
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import type { ApiContext } from '../api/dialect.ts';
import type { ApiServer } from '../api/server.ts';
import type { RunningLab } from '../lab/lab-commands.ts';
import type { CommandLine, OptionSpec } from './option-table.ts';
import { UsageError } from './usage-error.ts';

const HOST = '127.0.0.1';
const PORT = 8470;
/** Others than its owner may read it. */
const MODE_OTHERS = 0o077;
/** As the clouds' access key ids look, and wider. */
const KEY = /^([^\s=]{1,128})=(\S{1,256})$/;

export const API_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'api',
    value: '[HOST:]PORT',
    ifBare: `${HOST}:${PORT}`,
    looksLike: /^(?:.+:)?\d{1,5}$/,
    help: `answer the clouds' SDKs there; on this machine alone unless HOST says more (${PORT})`,
  },
  {
    name: 'api-keys',
    value: 'FILE',
    help: 'lines of ID=SECRET, mode 0600: who signs with none of them is refused',
  },
];

export interface ApiPlace {
  host: string;
  port: number;
  keys: ReadonlyMap<string, string>;
}

/** Null where no API is asked for. Throws UsageError. */
export function apiPlace(line: CommandLine): ApiPlace | null {
  const place = line.value('api');
  const file = line.value('api-keys');
  if (place === null) {
    if (file === null) return null;
    throw new UsageError('--api-keys without --api does nothing', 'add --api');
  }
  const colon = place.lastIndexOf(':');
  const host = colon < 0 ? HOST : place.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
  const port = /^\d{1,5}$/.test(place.slice(colon + 1)) ? Number(place.slice(colon + 1)) : -1;
  if (host === '' || port < 0 || port > 65535) {
    throw new UsageError(`--api: "${place}" is no place`, `write ${PORT} or ${HOST}:${PORT}`);
  }
  return { host, port, keys: file === null ? new Map() : keysOf(file) };
}

/** Throws UsageError; no message has a secret in it. */
function keysOf(file: string): Map<string, string> {
  let text: string;
  try {
    const { mode } = fs.statSync(file);
    if ((mode & MODE_OTHERS) !== 0) {
      throw new UsageError(`--api-keys: others may read ${file}`, `chmod 600 ${file}`);
    }
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`--api-keys: ${(error as Error).message}`, 'name a file of ID=SECRET');
  }
  const keys = new Map<string, string>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [, id, secret] = KEY.exec(line.trim()) ?? [];
    if (id === undefined || secret === undefined) {
      throw new UsageError(`--api-keys: ${file}:${index + 1} is no key`, 'write ID=SECRET');
    }
    keys.set(id, secret);
  }
  if (keys.size > 0) return keys;
  throw new UsageError(`--api-keys: there is no key in ${file}`, 'write ID=SECRET, one a line');
}

/** Throws UsageError where the place is taken. */
export async function openApi(
  { host, port, keys }: ApiPlace,
  { plane, store }: RunningLab,
  log: (line: string) => void,
): Promise<ApiServer> {
  const { startApi } = await import('../api/server.ts');
  const context: ApiContext = {
    plane,
    keys,
    region: 'local',
    newRequestId: randomUUID,
    now: plane.clock,
    history: (query) => store.history(query),
  };
  try {
    return await startApi({ context, host, port, log });
  } catch (error) {
    throw new UsageError(`--api: ${(error as Error).message}`, 'choose another PORT');
  }
}
