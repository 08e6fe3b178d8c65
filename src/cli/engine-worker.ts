/** The program of the engine's thread: its settings and the clock, handed to the engine. */
import { type MessagePort, workerData } from 'node:worker_threads';
import type { EngineSettings } from '../lab/engine/engine-requests.ts';
import { runEngine } from '../lab/engine/engine-thread.ts';

const { settings, inbox } = workerData as { settings: EngineSettings; inbox: MessagePort };
const origin = performance.timeOrigin * 1e6 - settings.base * 1e9;

runEngine(settings, inbox, () => origin + performance.now() * 1e6);
inbox.close();
