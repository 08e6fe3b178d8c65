/** What a lab makes, and what somebody else makes in the same moment. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseLab } from '../../src/lab/file/lab-file.ts';
import { Ground } from '../../src/lab/ground.ts';
import { namespaceExists } from '../../src/lab/namespace.ts';
import { run, whyNoPorts } from './netns.ts';

const reason = whyNoPorts();
const isSkipped = reason !== null && process.env.CI === undefined;
if (isSkipped) console.warn(`skipped: namespaces of two at once (${reason})`);

describe.skipIf(isSkipped)('a namespace that another lab makes first', () => {
  const name = `havip-twice-${process.pid}`;
  const { PATH } = process.env;
  let folder = '';

  /** Before `ip netns add` another one does the same. */
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'havip-ground-'));
    const real = run('which', 'ip').trim();
    const script = `#!/bin/sh\n[ "$1 $2" = "netns add" ] && ${real} "$@"\nexec ${real} "$@"\n`;
    writeFileSync(join(folder, 'ip'), script, { mode: 0o755 });
    process.env.PATH = `${folder}:${PATH}`;
  });
  afterEach(() => {
    process.env.PATH = PATH;
    rmSync(folder, { recursive: true });
    if (namespaceExists(name)) run('ip', 'netns', 'delete', name);
  });

  test('is used as one that was there, and is not removed', async () => {
    const lab = `
name: ${name}
provider: classic
subnets: { v: { cidr: 192.168.7.0/24 } }
instances:
  h:
    enis:
      eth0: { subnet: v, ip: 192.168.7.2, mac: "00:16:3e:07:00:02", attach: { netns: ${name} } }
`;
    const ground = await Ground.make(parseLab(lab, 'lab.yaml', { folder: '.' }), 'lab.yaml');
    expect(ground.record.namespaces).toEqual([]);
    await ground.remove();
    expect(namespaceExists(name)).toBe(true);
  });
});
