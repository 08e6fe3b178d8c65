/**
 * The turns of the engine's thread: wait for the ports, take a burst from each that has one, and
 * then obey what is asked. News is told once it has waited for more.
 */
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { RecordRing } from '../../dataplane/record-ring.ts';
import type { NativeIo } from '../../ports/native-io.ts';
import { EngineLoad } from './engine-load.ts';
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

export class EngineLoop {
  /**
   * A word that whoever posts a request counts up before waking the thread. The wake-up alone would
   * not do: `wait` does not tell of one that comes with a frame.
   */
  readonly asked = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  private readonly io: NativeIo;
  private readonly ring: RecordRing;
  private readonly live: LiveEngine;
  private readonly inbox: MessagePort;
  private readonly now: () => number;
  private readonly ready = new Int32Array(64);
  private readonly gone: Uint8Array;
  private readonly requests = new Int32Array(this.asked);
  private requestsSeen = 0;
  private readonly sleep: number;
  private wait: number;
  private readonly load: EngineLoad | null;
  private newsSince = Number.POSITIVE_INFINITY;

  /** `now` gives nanoseconds since the settings' base. `load` null: none counts as heavy. */
  constructor(
    settings: EngineSettings,
    io: NativeIo,
    inbox: MessagePort,
    now: () => number,
    load: EngineLoad | null,
  ) {
    this.io = io;
    this.ring = new RecordRing(settings.events);
    this.live = new LiveEngine(settings, io, this.ring);
    this.inbox = inbox;
    this.now = now;
    this.load = load;
    this.gone = new Uint8Array(settings.devices.length);
    this.sleep = settings.busyPoll ? 0 : SLEEP_MAX;
    this.wait = this.sleep;
  }

  /** One turn; false when it was told to stop. */
  turn(): boolean {
    const { io, live, ready, load } = this;
    const count = io.wait(this.wait, ready);
    const time = this.now();
    live.setNow(time);
    for (let i = 0; i < count; i++) live.engine.take(ready[i]!, time);
    load?.note(time);
    const requests = Atomics.load(this.requests, 0);
    if (count === 0 || requests !== this.requestsSeen) {
      this.requestsSeen = requests;
      if (!this.obey(time)) return false;
      this.noteGone(time);
    }
    this.wait = live.poll(time, load?.isHeavy ? EngineLoad.patience : this.sleep);
    if (live.observer.hasNews) this.tell(time);
    live.capture?.wake();
    return true;
  }

  private tell(time: number): void {
    this.newsSince = Math.min(this.newsSince, time);
    if (time - this.newsSince >= NEWS_WAIT * NANOSECONDS_PER_MILLISECOND) {
      this.live.observer.hasNews = false;
      this.newsSince = Number.POSITIVE_INFINITY;
      this.ring.wake();
    } else {
      this.wait = Math.min(this.wait, NEWS_WAIT);
    }
  }

  private obey(time: number): boolean {
    const { inbox } = this;
    let message = receiveMessageOnPort(inbox);
    for (; message !== undefined; message = receiveMessageOnPort(inbox)) {
      const { id, request } = message.message as { id: number; request: EngineRequest };
      if (request.command === 'stop') {
        inbox.postMessage({ id, reply: { done: true } });
        this.io.close();
        return false;
      }
      inbox.postMessage(this.answer(id, request, time));
    }
    return true;
  }

  private answer(id: number, request: EngineRequest, time: number): object {
    try {
      return { id, reply: this.live.obey(request, time) };
    } catch (error) {
      return { id, error: (error as Error).message };
    }
  }

  /** A port whose namespace is gone is told of once, and not looked at any more. */
  private noteGone(time: number): void {
    const { live, gone, ring } = this;
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
}
