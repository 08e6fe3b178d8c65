/** The list of findings: its order, its bound, and when a listener hears of one. */
import { describe, expect, test } from 'vitest';
import { Replay } from '../../src/analysis/replay.ts';
import type { Finding } from '../../src/analysis/result.ts';
import { openCaptureBytes } from '../../src/capture/index.ts';
import { bytes, pcapHeader, pcapRecord } from '../capture/build.ts';
import { craft, NODE_A, NODE_B } from './detectors/craft.ts';
import { A, Scene } from './scene.ts';

/** Ten routers, each with an interval of 0, and a split brain of VRID 1 that began before. */
function tenFaults(): Scene {
  const scene = new Scene();
  scene.at(0, craft({ ...NODE_A, vrid: 1 }));
  scene.at(0.5, craft({ ...NODE_B, vrid: 1 }));
  for (let vrid = 11; vrid <= 20; vrid++) {
    const addresses = [`192.168.0.1${vrid}`];
    scene.at(0.5 + vrid / 1000, craft({ ...NODE_A, vrid, interval: 0, addresses }));
  }
  scene.at(1, craft({ ...NODE_A, vrid: 1 }));
  scene.at(1.5, craft({ ...NODE_B, vrid: 1 }));
  scene.at(2, craft({ ...NODE_A, vrid: 1 }));
  return scene;
}

describe('findings', () => {
  test('stand in the order of their evidence, not of their discovery', async () => {
    const { findings } = await tenFaults().replay();
    expect(findings.map(({ frame }) => frame)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(findings[0]?.code).toBe('split-brain');
  });

  test('beyond the limit the first and the last are kept, and the rest is counted', async () => {
    const { findings, elided } = await tenFaults().replay({ limit: 3 });
    expect(findings).toHaveLength(6);
    expect(elided.findings).toBe(5);
    const frames = findings.map(({ frame }) => frame as number);
    expect(frames).toEqual([...frames].sort((a, b) => a - b));
    expect((await tenFaults().replay({ limit: 6 })).elided.findings).toBe(0);
  });

  test('a listener hears of it once, while the capture is still read', async () => {
    const heard: Finding[] = [];
    const ignore = (): void => undefined;
    const listener = {
      onClaim: ignore,
      onTimeline: ignore,
      onFailover: ignore,
      onOutage: ignore,
      onFinding: (finding: Finding): void => void heard.push({ ...finding }),
    };
    const records = [0, 0.5, 1, 1.5, 2, 2.5, 3].map((second, index) => {
      const view = craft({ ...(index % 2 === 0 ? NODE_A : NODE_B), vrid: 1 });
      const data = [...new Uint8Array(view.buffer)];
      return pcapRecord({ seconds: 1e9 + Math.floor(second), fraction: (second % 1) * 1e6, data });
    });
    const capture = await openCaptureBytes(bytes(pcapHeader({}), ...records));
    const options = { site: null, allClaims: false, limit: 0, from: null, to: null, listener };
    const replay = new Replay(options, ['x.pcap']);
    await replay.run(capture);
    expect(heard).toMatchObject([{ code: 'split-brain', frame: 2 }]);
    expect(heard[0]?.message).toContain('are both master');
    expect(replay.result().findings[0]?.message).toContain('were both master');
    expect(heard).toHaveLength(1);
  });
});

test('a cut capture ends after its last frame, whichever of them are looked at', async () => {
  const records = [0, 1, 2, 3].map((second) => pcapRecord({ seconds: 1e9 + second }));
  const cut = bytes(pcapHeader({}), ...records, records[0]!.slice(0, 20));
  const capture = await openCaptureBytes(cut);
  const limits = { limit: 0, from: { seconds: 1 }, to: { seconds: 2 } };
  const replay = new Replay({ site: null, allClaims: false, ...limits, listener: null }, ['x']);
  await replay.run(capture);
  const { findings, capture: summary } = replay.result();
  expect(summary.frames).toBe(2);
  expect(findings).toMatchObject([{ code: 'capture-truncated', frame: 4, t: 3 }]);
});

test('what is said of the capture point has the time of its frame, too', async () => {
  const scene = new Scene();
  scene.announce(0, A);
  scene.ping(2, { sequence: 1 });
  scene.ping(1, { sequence: 20 });
  const { findings } = await scene.replay();
  expect(findings).toMatchObject([
    { code: 'capture-partial-view', frame: 4, t: 1, time: '2023-11-14T22:13:21.000000000Z' },
    { code: 'time-backwards', frame: 4, t: 1, time: '2023-11-14T22:13:21.000000000Z' },
  ]);
  expect(findings[1]?.message).toMatch(/^Time steps back at 1 frame, by /);
});
