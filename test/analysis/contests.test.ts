/** Who else answers for an address that a host has announced, and what that makes of it. */
import { describe, expect, test } from 'vitest';
import { announcement, arp } from '../dataplane/frames.ts';
import { A, A_IP, B, B_IP, CLIENT, CLIENT_IP, Scene } from './scene.ts';

const SWITCH = 'ee:ff:ff:ff:ff:ff';

function answers(scene: Scene, second: number, source: string, spa: string): void {
  const fields = { source, spa, destination: CLIENT, tha: CLIENT, tpa: CLIENT_IP };
  scene.at(second, arp({ operation: 2, ...fields }));
}

async function havipsOf(scene: Scene): Promise<string[]> {
  return (await scene.replay()).havips.map(({ ip }) => ip);
}

/** A announces an address of its own, as keepalived does. */
function announced(): Scene {
  const scene = new Scene();
  scene.at(0, announcement(A, A_IP));
  return scene;
}

describe('an address that one host announces and for which another MAC answers', () => {
  test('is no HaVip where a switch that forwards by IP answers for its hosts', async () => {
    const scene = announced();
    answers(scene, 1, SWITCH, A_IP);
    answers(scene, 2, SWITCH, B_IP);
    expect(await havipsOf(scene)).toEqual([]);
  });

  test('is one where that MAC answers for nothing else', async () => {
    const scene = announced();
    answers(scene, 1, B, A_IP);
    answers(scene, 2, B, A_IP);
    expect(await havipsOf(scene)).toEqual([A_IP]);
  });

  test('is one where that MAC asks, as hosts do, be it before or after', async () => {
    for (const second of [0.5, 3]) {
      const scene = announced();
      const asks = () => scene.at(second, arp({ operation: 1, source: B, spa: B_IP, tpa: A_IP }));
      if (second < 1) asks();
      answers(scene, 1, B, A_IP);
      answers(scene, 2, B, B_IP);
      if (second > 1) asks();
      expect(await havipsOf(scene)).toEqual([A_IP]);
    }
  });
});
