/** UDP that an application sends in large messages, to a host whose port cannot take them whole. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { whyNoPorts } from './netns.ts';
import { Table } from './table.ts';
import { checksumErrors } from './traffic.ts';

const MESSAGES = 10;
const DATAGRAM = 1000;
/** Octets of a message: a dozen datagrams, the last one short. */
const MESSAGE = 11 * DATAGRAM + 500;

const reason = whyNoPorts();
const isSkipped = reason !== null && process.env.CI === undefined;
if (isSkipped) console.warn(`skipped: UDP segmentation (${reason})`);

describe.skipIf(isSkipped)('UDP segmentation', () => {
  const folder = mkdtempSync(join(tmpdir(), 'havip-uso-'));
  const table = new Table();
  afterEach(() => {
    table.clear();
    rmSync(folder, { recursive: true, force: true });
  });

  test('is done for a port that has none: every datagram arrives, its checksum right', async () => {
    const program = join(folder, 'send-uso');
    execFileSync('cc', ['-O1', '-o', program, join(import.meta.dirname, 'send-uso.c')]);
    const [a, b] = [table.netns(), table.netns()];
    const near = table.tap(a, ['10.1.0.1/24']);
    const far = table.tap(b, ['10.1.0.2/24'], { offload: false });
    table.carry(near, far);
    table.carry(far, near);
    await table.until(a.start('ping', '-c', '1', '-W', '2', '10.1.0.2'));
    await table.until(a.start(program, '10.1.0.2', ...[MESSAGES, MESSAGE, DATAGRAM].map(String)));
    await table.until(new Promise((resolve) => setTimeout(resolve, 50)));
    // Nobody listens there; the kernel verifies the checksum before it says so.
    expect(b.counter('UdpNoPorts')).toBe(MESSAGES * 12);
    expect(checksumErrors(b)).toEqual([0]);
    // Before Linux 6.2 the sender's kernel has cut them.
    const release = Number(execFileSync('uname', ['-r'], { encoding: 'utf8' }).split('.')[0]);
    if (release > 6) expect(table.longest).toBeGreaterThan(MESSAGE);
  });
});
