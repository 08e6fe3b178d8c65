/**
 * The engine's own thread: it waits for the ports, lets the engine breathe, and obeys requests
 * between two bursts. It never returns to its event loop while it runs, prints nothing, and writes
 * no file; what it has to tell leaves through the ring.
 */
import os from 'node:os';
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { RecordRing } from '../../dataplane/record-ring.ts';
import { NativeIo } from '../../ports/native-io.ts';
import { type EngineRequest, type EngineSettings, RECORD_PORT_GONE } from './engine-requests.ts';
import { LiveEngine } from './live-engine.ts';

/** The longest sleep, in milliseconds: stations age although nothing arrives. */
const SLEEP_MAX = 1000;
/**
 * How long news may wait for more before the reader is woken, in milliseconds: where processors
 * are few its work would hold up the very frames that follow a takeover.
 */
const NEWS_WAIT = 1;
const NANOSECONDS_PER_MILLISECOND = 1e6;

/** Runs until it is told to stop. `now` gives nanoseconds since the settings' base. */
export function runEngine(settings: EngineSettings, inbox: MessagePort, now: () => number): void {
  goFirst();
  const io = new NativeIo();
  const ring = new RecordRing(settings.events);
  const live = new LiveEngine(settings, io, ring);
  const { engine, observer } = live;
  const ready = new Int32Array(64);
  const gone = new Uint8Array(settings.devices.length);
  const sleep = settings.busyPoll ? 0 : SLEEP_MAX;
  inbox.postMessage({ wakeFd: io.wakeFd });
  let wait = sleep;
  let newsSince = Number.POSITIVE_INFINITY;
  for (;;) {
    const count = io.wait(wait, ready);
    const time = now();
    live.setNow(time);
    for (let i = 0; i < count; i++) engine.take(ready[i]!, time);
    if (count === 0) {
      let message = receiveMessageOnPort(inbox);
      for (; message !== undefined; message = receiveMessageOnPort(inbox)) {
        const { id, request } = message.message as { id: number; request: EngineRequest };
        if (request.command === 'stop') {
          inbox.postMessage({ id, reply: { done: true } });
          io.close();
          return;
        }
        inbox.postMessage(answer(live, id, request, time));
      }
      noteGone(live, gone, ring, time);
    }
    wait = live.poll(time, sleep);
    if (observer.hasNews) {
      newsSince = Math.min(newsSince, time);
      if (time - newsSince >= NEWS_WAIT * NANOSECONDS_PER_MILLISECOND) {
        observer.hasNews = false;
        newsSince = Number.POSITIVE_INFINITY;
        ring.wake();
      } else {
        wait = Math.min(wait, NEWS_WAIT);
      }
    }
    live.capture?.wake();
  }
}

/**
 * On Linux this is the priority of the calling thread alone: frames go before the report, which
 * matters where both share a processor. Without the right to it, it is done without.
 */
function goFirst(): void {
  try {
    os.setPriority(os.constants.priority.PRIORITY_HIGH);
  } catch {
    // Not root, and so nothing but a slower lab.
  }
}

function answer(live: LiveEngine, id: number, request: EngineRequest, time: number): object {
  try {
    return { id, reply: live.obey(request, time) };
  } catch (error) {
    return { id, error: (error as Error).message };
  }
}

/** A port whose namespace is gone is told of once, and not looked at any more. */
function noteGone(live: LiveEngine, gone: Uint8Array, ring: RecordRing, time: number): void {
  live.ports.forEach((port, index) => {
    if (gone[index] === 1 || !port.isGone) return;
    gone[index] = 1;
    live.engine.setPort(index, null);
    const at = ring.begin(RECORD_PORT_GONE, time, 0);
    if (at < 0) return;
    ring.mark(at, index, 0, 0);
    ring.commit();
    live.observer.hasNews = true;
  });
}
