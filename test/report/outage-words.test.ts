/** What the first line says of an outage whose cause no claim shows. */
import { expect, test } from 'vitest';
import { textReport } from '../../src/report/text.ts';
import { A, A_IP, B, B_IP, echo, Scene } from '../analysis/scene.ts';

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
