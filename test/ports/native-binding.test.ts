/** Where the addon is looked for, and what is said where it, or its compiler, is not there. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const BUILD = pathToFileURL(join(ROOT, 'scripts', 'build-native.mjs')).href;
const isLinux = process.platform === 'linux';

describe('the addon', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'havip-binding-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** The module as it would run from that folder. */
  async function loadFrom(place: string) {
    mkdirSync(join(folder, place), { recursive: true });
    const file = join(folder, place, 'native-binding.ts');
    cpSync(join(ROOT, 'src', 'ports', 'native-binding.ts'), file);
    return (await import(file)) as typeof import('../../src/ports/native-binding.ts');
  }

  test('that is not there is an error of one line, with the remedy', async () => {
    const { nativeBinding, launcherPath } = await loadFrom('src/ports');
    const remedy = 'install a C compiler (apt install gcc libc6-dev) and run npm run build';
    const message = `the native part is not built: ${remedy}`;
    expect(nativeBinding).toThrow(expect.objectContaining({ name: 'NativeError', message }));
    expect(launcherPath).toThrow(`the launcher is not built: ${remedy}`);
  });

  test('is found from the sources, from what is compiled and from the bundle', async () => {
    mkdirSync(join(folder, 'dist', 'native'), { recursive: true });
    const launcher = join(folder, 'dist', 'native', 'havip-launch');
    writeFileSync(launcher, '');
    for (const place of ['src/ports', 'dist/ports', 'dist/cli']) {
      expect((await loadFrom(place)).launcherPath()).toBe(launcher);
    }
  });

  /** What building into the folder says, with this PATH. */
  function build(path: string): string {
    const code = `import(${JSON.stringify(BUILD)}).then((m) => m.buildNative(process.argv[1]))`;
    const env = { ...process.env, PATH: path };
    return execFileSync(process.execPath, ['-e', code, folder], { encoding: 'utf8', env });
  }

  test.runIf(isLinux)('without a compiler is one line, and no error', () => {
    const said = build(folder);
    expect(said).toMatch(/^havip build: the native part is not built; replay works; .*\n$/);
    expect(existsSync(join(folder, 'havip.node'))).toBe(false);
  });
});
