/** What a capture point that does not see everything may still say of a failover's outage. */
import { describe, expect, test } from 'vitest';
import type { FailoverEntry } from '../../src/analysis/result.ts';
import { A, B, CLIENT2, CLIENT2_IP, echo, Scene } from './scene.ts';

interface Pings {
  from: number;
  to: number;
  server: string;
  /** Added to the sequence numbers: those left out passed elsewhere. */
  skipped?: number;
  onlyAnswers?: boolean;
}

/** Ten pings a second, all of them answered. */
function pings(scene: Scene, { from, to, server, skipped = 0, onlyAnswers }: Pings): void {
  for (let i = Math.round(from * 10); i < Math.round(to * 10); i++) {
    const about = { sequence: i + skipped, server };
    if (onlyAnswers === true) scene.at(i / 10 + 0.001, echo(false, about));
    else scene.ping(i / 10, about);
  }
}

/** B takes over from A at 3.05 s; another client's numbers show that requests are missing. */
async function takenOver(before: Pings, after: Pings): Promise<FailoverEntry> {
  const scene = new Scene();
  scene.announce(0, A);
  pings(scene, before);
  scene.announce(3.05, B);
  pings(scene, after);
  const other = { client: CLIENT2, clientIp: CLIENT2_IP, server: B };
  scene.ping(8, { sequence: 1, ...other });
  scene.ping(8.1, { sequence: 20, ...other });
  const { failovers } = await scene.replay();
  expect(failovers).toHaveLength(1);
  expect(failovers[0]?.evidence.vantage).toBe('host');
  return failovers[0] as FailoverEntry;
}

describe('the outage of a failover', () => {
  test('0 where a client in view went on being answered', async () => {
    const before = { from: 1, to: 3.1, server: A };
    const { outageSeconds } = await takenOver(before, { from: 3.1, to: 5, server: B });
    expect(outageSeconds).toBe(0);
  });

  test.each([
    ['three spacings', 3.3, 0],
    ['more than that: whoever was asked meanwhile was asked elsewhere', 3.4, null],
  ])('between the answers lie %s', async (_, from, seconds) => {
    const skipped = 20;
    const before = { from: 1, to: 3.1, server: A };
    const { outageSeconds } = await takenOver(before, { from, to: 5, server: B, skipped });
    expect(outageSeconds).toBe(seconds);
  });

  test('unknown where only answers are in view', async () => {
    const before = { from: 1, to: 3.1, server: A, onlyAnswers: true };
    const after = { from: 3.1, to: 5, server: B, onlyAnswers: true };
    expect((await takenOver(before, after)).outageSeconds).toBeNull();
  });

  test('unknown without answers before it', async () => {
    const before = { from: 1, to: 1, server: A };
    const { outageSeconds } = await takenOver(before, { from: 3.1, to: 5, server: B });
    expect(outageSeconds).toBeNull();
  });

  test('unknown where too few answers make a rhythm', async () => {
    const before = { from: 2.9, to: 3.1, server: A };
    const { outageSeconds } = await takenOver(before, { from: 3.1, to: 3.2, server: B });
    expect(outageSeconds).toBeNull();
  });
});
