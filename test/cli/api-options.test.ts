/** Where the API of `havip up` listens and whose signatures it takes, from the command line. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { API_OPTIONS, apiPlace } from '../../src/cli/api-options.ts';
import { type CommandSpec, readCommandLine } from '../../src/cli/option-table.ts';

const SPEC: CommandSpec = {
  ...{ name: 'up', operands: 'LAB', summary: '', options: API_OPTIONS, examples: [] },
};

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'havip-keys-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function placeOf(line: string) {
  const read = readCommandLine(SPEC, line.split(' '));
  return { operands: read.operands, place: apiPlace(read) };
}

function keysFile(text: string, mode = 0o600): string {
  const file = join(folder, 'keys');
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

describe('--api', () => {
  test.each([
    ['lab.yaml --api', '127.0.0.1', 8470],
    ['--api lab.yaml', '127.0.0.1', 8470],
    ['--api 9000 lab.yaml', '127.0.0.1', 9000],
    ['--api=0 lab.yaml', '127.0.0.1', 0],
    ['lab.yaml --api 0.0.0.0:9000', '0.0.0.0', 9000],
    ['lab.yaml --api [::1]:9000', '::1', 9000],
    ['lab.yaml --api=localhost:9000', 'localhost', 9000],
  ])('%s', (line, host, port) => {
    const { operands, place } = placeOf(line);
    expect(operands).toEqual(['lab.yaml']);
    expect(place).toEqual({ host, port, keys: new Map() });
  });

  test('is off unless it is asked for', () => {
    expect(placeOf('lab.yaml').place).toBeNull();
  });

  test.each(['65536', ':9000', 'host:', 'host', '9000x'])('=%s is no place', (text) => {
    expect(() => placeOf(`lab.yaml --api=${text}`)).toThrow(`--api: "${text}" is no place; write`);
  });
});

describe('--api-keys', () => {
  test('reads a key a line', () => {
    const file = keysFile('# of the test\nLTAI5t=a+b/c=\n\nAKID-2=x\r\n');
    const keys = placeOf(`lab.yaml --api --api-keys ${file}`).place?.keys;
    expect([...(keys ?? [])]).toEqual([
      ['LTAI5t', 'a+b/c='],
      ['AKID-2', 'x'],
    ]);
  });

  test.each([
    ['that others may read', 'a=b\n', 0o640, /others may read .*; chmod 600 /],
    ['with a line that is none', 'a=b\nsecret\n', 0o600, /keys:2 is no key; write ID=SECRET/],
    ['without any', '# nothing\n', 0o600, /there is no key in /],
  ])('of a file %s is refused, and no secret is told', (_, text, mode, message) => {
    const file = keysFile(text, mode);
    let said = '';
    try {
      placeOf(`lab.yaml --api --api-keys ${file}`);
    } catch (error) {
      said = (error as Error).message;
    }
    expect(said).toMatch(message);
    expect(said).not.toContain('secret');
  });

  test('of a file that is not there is refused', () => {
    const line = `lab.yaml --api --api-keys ${join(folder, 'none')}`;
    expect(() => placeOf(line)).toThrow(/no such file or directory/);
  });
});
