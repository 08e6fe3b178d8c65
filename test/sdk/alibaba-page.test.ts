// The programs that docs/api-alibaba.md shows, run as they stand there but for the port.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { alibaba } from '../../src/api/alibaba/alibaba.ts';
import { account } from '../api/account.ts';
import { type Served, serve } from '../api/server-client.ts';
import { isInstalled } from './sdk.ts';

const PAGE = readFileSync(new URL('../../docs/api-alibaba.md', import.meta.url), 'utf8');
const PROGRAMS = [...PAGE.matchAll(/```js\n([\s\S]*?)```/g)].map((match) => match[1] as string);
const PATIENCE = 120_000;

let served: Served | undefined;

afterEach(async () => {
  await served?.close();
  served = undefined;
});

describe.skipIf(!isInstalled)('docs/api-alibaba.md', () => {
  it.each([
    ['7.x', 0, /^havip-\w+ 192\.168\.0\.\d+\n$/],
    ['6.x', 1, /^0 \[\]\n$/],
    ['pop-core', 2, /^0 \[\]\n$/],
  ] as const)('has a program for %s that runs', { timeout: PATIENCE }, async (name, i, printed) => {
    const one = account('alibaba', [['testid', 'testsecret']]);
    one.time.now = Date.now();
    served = await serve(one, { dialects: [alibaba] });
    let program = PROGRAMS[i]?.replace('127.0.0.1:8470', `127.0.0.1:${served.port}`) as string;
    // Here both generations are installed, the older one under another name.
    if (name === '6.x') program = program.replace('vpc20160428', 'vpc20160428-v6');
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', program],
      { cwd: import.meta.dirname, timeout: PATIENCE },
    );
    expect(stdout).toMatch(printed);
  });
});
