import fs from 'node:fs';

const PACKAGE = new URL('../../package.json', import.meta.url);

/** The version of this package. */
export function ownVersion(): string {
  return (JSON.parse(fs.readFileSync(PACKAGE, 'utf8')) as { version: string }).version;
}
