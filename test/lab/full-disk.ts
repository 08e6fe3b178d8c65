// A disk without room, which no test can have: what is written to one file fails as there.
import fs from 'node:fs';
import { vi } from 'vitest';

/** Until the mocks are restored. */
export function fillDiskOf(file: string): void {
  const { writeSync } = fs;
  vi.spyOn(fs, 'writeSync').mockImplementation(((descriptor: number, ...more: [Uint8Array]) => {
    if (fs.readlinkSync(`/proc/self/fd/${descriptor}`) !== file) {
      return writeSync(descriptor, ...more);
    }
    const message = 'ENOSPC: no space left on device, write';
    throw Object.assign(new Error(message), { code: 'ENOSPC' });
  }) as typeof fs.writeSync);
}
