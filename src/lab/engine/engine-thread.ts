/**
 * The engine's own thread: it goes before all others, and takes turns until it is told to stop. It
 * never returns to its event loop while it runs, prints nothing, and writes no file;
 * what it has to tell leaves through the ring.
 */
import os from 'node:os';
import type { MessagePort } from 'node:worker_threads';
import { nativeBinding } from '../../ports/native-binding.ts';
import { NativeIo } from '../../ports/native-io.ts';
import { EngineLoad } from './engine-load.ts';
import { EngineLoop } from './engine-loop.ts';
import type { EngineSettings } from './engine-requests.ts';

/** Runs until it is told to stop. `now` gives nanoseconds since the settings' base. */
export function runEngine(settings: EngineSettings, inbox: MessagePort, now: () => number): void {
  const { busyPoll } = settings;
  goFirst(busyPoll);
  const io = new NativeIo();
  const load = busyPoll ? null : new EngineLoad(nativeBinding().processorTime, changePriority);
  const loop = new EngineLoop(settings, io, inbox, now, load);
  inbox.postMessage({ wakeFd: io.wakeFd, asked: loop.asked });
  while (loop.turn());
}

/**
 * Frames go before the report, and before whatever else shares the processor. Who never sleeps must
 * not have real-time priority. Without the right to either, it is done without.
 */
function goFirst(neverSleeps: boolean): void {
  if (!neverSleeps && nativeBinding().goFirst() === 0) return;
  try {
    // On Linux this is the priority of the calling thread alone.
    os.setPriority(os.constants.priority.PRIORITY_HIGH);
  } catch {
    // Not root, and so nothing but a slower lab.
  }
}

function changePriority(isHeavy: boolean): void {
  if (isHeavy) nativeBinding().goAlong();
  else nativeBinding().goFirst();
}
