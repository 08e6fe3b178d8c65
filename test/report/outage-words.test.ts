/** What the first line says of an outage whose cause no claim shows. */
import { expect, test } from 'vitest';
import { textReport } from '../../src/report/text.ts';
import { A, A_IP, B, B_IP, echo, reply, Scene, VIP, VMAC } from '../analysis/scene.ts';

/** As keepalived 2.2.7 was seen to do after SIGSTOP and SIGCONT, without garp_master_refresh. */
test('a master that was paused, is master again and does not announce it', async () => {
  const scene = new Scene();
  scene.announce(0, A);
  scene.adverts(0, 4, { priority: 100 });
  scene.adverts(7.7, 10.7, { priority: 50, source: B, ip: B_IP });
  scene.announce(7.701, B);
  scene.adverts(11, 18, { priority: 100 });
  for (let i = 0; i < 150; i++) {
    const second = 3 + i / 10;
    const server = second < 7.7 ? A : B;
    scene.at(second, echo(true, { sequence: i, server }));
    if (second < 4.5 || (second > 7.7 && second < 11)) {
      scene.at(second + 0.001, echo(false, { sequence: i, server }));
    }
  }
  const text = textReport(await scene.replay(), { width: 400, color: false, unicode: true });
  expect(text.split('\n')[0]).toMatch(
    new RegExp(`of unknown cause; ${A_IP}, master by its adverts since frame \\d+, did not announ`),
  );
});

/**
 * The service goes from A to B between seconds 3 and 6; both announce the virtual MAC, and answer
 * with their own.
 */
function movedBehindVirtualMac(isAdvertised: boolean): Scene {
  const scene = new Scene();
  const speak = (second: number, source: string, ip: string) =>
    scene.adverts(second, second, { source, ip, priority: 100 });
  if (isAdvertised) speak(0, A, A_IP);
  scene.announce(0, VMAC);
  scene.at(0.01, reply(A, VIP));
  for (let i = 0; i < 90; i++) {
    const second = 0.05 + i / 10;
    const server = second < 6 ? A : B;
    const about = { sequence: i, server };
    scene.at(second, echo(true, about));
    if (second < 3 || second > 6) scene.at(second + 0.001, echo(false, about));
    if (i === 59) {
      if (isAdvertised) speak(6, B, B_IP);
      scene.announce(6, VMAC);
    }
  }
  return scene;
}

test.each([
  [false, /of unknown cause; .*02 answers since \(a virtual MAC is any node's, and no advert is/],
  [true, /1 failover .* outage 3\.\d+ s, caused by a crash of/],
])('a virtual MAC that moved, with adverts: %s', async (isAdvertised, expected) => {
  const result = await movedBehindVirtualMac(isAdvertised).replay();
  const text = textReport(result, { width: 400, color: false, unicode: true });
  expect(text.split('\n')[0]).toMatch(expected);
});
