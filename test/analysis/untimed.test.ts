/** Frames without time, of pcapng simple packet blocks: what happened, and never how long. */
import { expect, test } from 'vitest';
import { Replay } from '../../src/analysis/replay.ts';
import type { ReplayResult } from '../../src/analysis/result.ts';
import { openCaptureBytes } from '../../src/capture/index.ts';
import { Blocks, bytes } from '../capture/build.ts';
import { announcement } from '../dataplane/frames.ts';
import { A, advert, B, B_IP, echo, VIP } from './scene.ts';

async function replayUntimed(frames: DataView[]): Promise<ReplayResult> {
  const blocks = new Blocks();
  const packets = frames.flatMap((view) => blocks.simple([...new Uint8Array(view.buffer)]));
  const file = bytes(blocks.section(), blocks.interface({ snapLength: 0 }), packets);
  const capture = await openCaptureBytes(file);
  const options = { allClaims: false, limit: 0, from: null, to: null, listener: null };
  const replay = new Replay({ site: null, ...options }, ['x.pcapng']);
  await replay.run(capture);
  await capture.close();
  return replay.result();
}

test('a failover has neither detection nor outage', async () => {
  const { failovers } = await replayUntimed([
    advert({ priority: 100 }),
    announcement(A, VIP),
    echo(true, { sequence: 1 }),
    echo(false, { sequence: 1 }),
    advert({ priority: 90, source: B, ip: B_IP }),
    announcement(B, VIP),
    echo(true, { sequence: 2, server: B }),
    echo(false, { sequence: 2, server: B }),
  ]);
  expect(failovers).toMatchObject([
    { time: null, t: null, frame: 6, detectionSeconds: null, outageSeconds: null },
  ]);
});

test('nor where its outage is in the capture', async () => {
  const { failovers, outages } = await replayUntimed([
    announcement(A, VIP),
    echo(true, { sequence: 1 }),
    echo(false, { sequence: 1 }),
    echo(true, { sequence: 2 }),
    announcement(B, VIP),
    echo(true, { sequence: 3, server: B }),
    echo(false, { sequence: 3, server: B }),
  ]);
  expect(outages).toMatchObject([{ time: null, t: null, seconds: null, unanswered: 1 }]);
  expect(failovers).toMatchObject([{ outageSeconds: null }]);
});
