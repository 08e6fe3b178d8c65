/** The program of the engine's thread: told by which rules, it rehearses; then it runs the lab. */
import { type MessagePort, workerData } from 'node:worker_threads';
import type { EngineSettings, Rehearsal } from '../lab/engine/engine-requests.ts';
import { runEngine } from '../lab/engine/engine-thread.ts';
import { rehearse } from '../lab/engine/rehearsal.ts';

const { inbox } = workerData as { inbox: MessagePort };

inbox.once('message', (rehearsal: Rehearsal) => {
  inbox.once('message', (settings: EngineSettings) => {
    const origin = performance.timeOrigin * 1e6 - settings.base * 1e9;
    runEngine(settings, inbox, () => origin + performance.now() * 1e6);
    inbox.close();
  });
  rehearse(rehearsal);
});
