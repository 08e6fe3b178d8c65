/** An address that moved without any announcement: nothing says that it is a HaVip but its holders. */
import { expect, test } from 'vitest';
import { textReport } from '../../src/report/text.ts';
import { A, B, reply, Scene, VIP } from './scene.ts';

const HINT =
  `Two hosts answered for ${VIP}, which nobody announced: if it is a HaVip, ` +
  `add --havip ${VIP}=${A},${B}.`;

async function said(tell: (scene: Scene) => void): Promise<string> {
  const scene = new Scene();
  tell(scene);
  return textReport(await scene.replay(), { width: 400, color: false, unicode: true });
}

test('two hosts that answer for it in turn are named, with the option that follows it', async () => {
  const text = await said((scene) => {
    scene.at(1, reply(A, VIP));
    scene.at(5, reply(B, VIP));
  });
  expect(text.split('\n')[1]).toBe(HINT);
});

test.each([
  ['one host', A, false],
  ['two, of which one announced it: it is virtual by that', B, true],
])('nothing is said of %s', async (_, second, isAnnounced) => {
  const text = await said((scene) => {
    scene.at(1, reply(A, VIP));
    scene.at(5, reply(second, VIP));
    if (isAnnounced) scene.announce(6, second);
  });
  expect(text).not.toContain('Two hosts answered');
});
