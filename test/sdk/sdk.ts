// The clouds' own SDKs, which are installed beside this file and not with the project:
// npm ci --prefix test/sdk --ignore-scripts. They have no types here on purpose.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Whether the SDKs are there; their tests skip, and say so, where they are not. */
export const isInstalled = ((): boolean => {
  try {
    require.resolve('@alicloud/pop-core');
    return true;
  } catch {
    return false;
  }
})();

/** An SDK's module, by its package's name. */
// biome-ignore lint/suspicious/noExplicitAny: the SDKs' types are not worth 146 MB.
export function sdk(name: string): any {
  return require(name);
}
