/** The program of the engine's thread: told by which rules, it rehearses; then it runs the lab. */
import { type MessagePort, workerData } from 'node:worker_threads';
import { engineClock } from '../lab/engine/engine-clock.ts';
import type { EngineSettings, Rehearsal } from '../lab/engine/engine-requests.ts';
import { runEngine } from '../lab/engine/engine-thread.ts';
import { rehearse } from '../lab/engine/rehearsal.ts';

const { inbox } = workerData as { inbox: MessagePort };

inbox.once('message', (rehearsal: Rehearsal) => {
  inbox.once('message', (settings: EngineSettings) => {
    const { timeOrigin } = performance;
    const clock = { timeOrigin, now: () => performance.now() };
    runEngine(settings, inbox, engineClock(settings.base, clock));
    inbox.close();
  });
  rehearse(rehearsal);
});
