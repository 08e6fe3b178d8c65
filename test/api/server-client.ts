// The API over an account, on a port of its own, for tests that ask it by HTTP.
import type { Dialect } from '../../src/api/dialect.ts';
import { type ApiOptions, startApi } from '../../src/api/server.ts';
import type { Account } from './account.ts';

export interface Served {
  /** `http://127.0.0.1:PORT`. */
  url: string;
  port: number;
  /** What the operator was told. */
  log: string[];
  close(): Promise<void>;
}

/** `dialects` where only some are to be served; without it all that the port speaks. */
export async function serve(
  { context }: Pick<Account, 'context'>,
  options: Partial<Omit<ApiOptions, 'context'>> & { dialects?: readonly Dialect[] } = {},
): Promise<Served> {
  const log: string[] = [];
  const server = await startApi({
    context,
    host: '127.0.0.1',
    port: 0,
    log: (line) => log.push(line),
    ...options,
  });
  return { url: server.url, port: server.port, log, close: () => server.close() };
}
