/**
 * A host whose link is down captures nothing, and another takes over meanwhile: what its capture
 * tells of that when the link is back.
 */
import { describe, expect, test } from 'vitest';
import type { Finding, ReplayResult } from '../../src/analysis/result.ts';
import { textReport } from '../../src/report/text.ts';
import { A, advert, B, B_IP, C, Scene, VIP } from './scene.ts';

const NODE_B = { priority: 50, source: B, ip: B_IP };

/** A announces and advertises to second 4; from then on its host sees nothing. */
function cutOff(): Scene {
  const scene = new Scene();
  scene.announce(0, A);
  scene.adverts(0, 4, { priority: 100 });
  return scene;
}

function partial({ findings }: ReplayResult): Finding[] {
  return findings.filter(({ code }) => code === 'capture-partial-view');
}

const codes = ({ findings }: ReplayResult): string[] => findings.map(({ code }) => code);

describe('a claim soon after a stretch without a frame', () => {
  /** The link is back at 12 s; B announces at `claim`, and its next advert comes then, too. */
  async function claimed(claim: number, isHeard = true): Promise<ReplayResult> {
    const scene = cutOff();
    if (isHeard) scene.announce(12, C, '192.168.0.13');
    scene.announce(claim, B);
    scene.adverts(claim + 0.001, claim + 4, NODE_B);
    return scene.replay();
  }

  test('is repeated by a master that took over in it, where no advert came ahead', async () => {
    const result = await claimed(12.4);
    expect(result.failovers).toMatchObject([{ cause: 'crash', blind: { t: 4, seconds: 8 } }]);
    expect(codes(result)).not.toContain('slow-takeover');
    expect(partial(result)).toMatchObject([
      {
        frame: 9,
        message: expect.stringMatching(/for 8\.000 s from t 4\.000 s on .*0\.12 became/),
      },
    ]);
  });

  test.each([
    ['more than an interval later: a master would have been heard', 13.4, true],
    ['where nothing else shows that the link was back', 12, false],
  ])('is a slow takeover %s', async (_, claim, isHeard) => {
    const result = await claimed(claim, isHeard);
    expect(result.failovers[0]?.blind).toBeUndefined();
    expect(codes(result)).toContain('slow-takeover');
    expect(partial(result)).toEqual([]);
  });
});

describe('a master that begins soon after such a stretch and does not announce', () => {
  /** Back at `back` seconds; B is heard half a second later. */
  async function heard(back: number): Promise<ReplayResult> {
    const scene = cutOff();
    scene.announce(back, C, '192.168.0.13');
    scene.adverts(back + 0.5, back + 6, NODE_B);
    return scene.replay();
  }

  test('may have announced meanwhile: it is missing nothing', async () => {
    const result = await heard(12);
    expect(partial(result)).toMatchObject([{ frame: 8 }]);
    expect(codes(result)).not.toContain('claim-missing');
    expect(codes(result)).not.toContain('stale-cache');
    const [headline] = textReport(result, { width: 400, color: false, unicode: true }).split('\n');
    expect(headline).toBe(
      `No failover of ${VIP} by a claim, but ${B_IP} (${B}) was master by its adverts, ` +
        'frame 8 to 13.',
    );
  });

  test('is told to be silent where the stretch ended before it was due', async () => {
    const result = await heard(7.5);
    expect(partial(result)).toEqual([]);
    expect(codes(result)).toContain('claim-missing');
    expect(codes(result)).toContain('stale-cache');
  });
});

test('of the last master by adverts nothing is said while the holder is heard', async () => {
  const scene = cutOff();
  for (let second = 5; second < 9; second++) {
    scene.at(second, advert({ priority: 100 }));
    scene.at(second + 0.5, advert(NODE_B));
  }
  const { havips } = await scene.replay();
  expect(havips[0]?.laterMaster).toBeUndefined();
});

test('one address announced a while after the advert that was in time was not taken unseen', async () => {
  const scene = cutOff();
  scene.adverts(7.6, 9.6, NODE_B);
  scene.announce(8.7, B);
  const { failovers } = await scene.replay();
  expect(failovers).toMatchObject([{ cause: 'crash' }]);
  expect(failovers[0]?.blind).toBeUndefined();
});

test('a master that became one unseen and stood still later is told of both', async () => {
  const scene = cutOff();
  scene.announce(12, C, '192.168.0.13');
  scene.adverts(12.5, 18.5, NODE_B);
  scene.adverts(28.5, 33.5, NODE_B);
  expect(partial(await scene.replay())).toMatchObject([
    { t: 12.5, message: expect.stringContaining('became master meanwhile') },
    { t: 28.5, message: expect.stringMatching(/for 10\.000 s from t 18\.500 s on, before and/) },
  ]);
});
