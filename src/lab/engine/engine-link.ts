/** The lab's end of the engine's thread: starts it, asks it, stops it. */
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { NativeIo } from '../../ports/native-io.ts';
import { LabError } from '../lab-error.ts';
import type { EngineReply, EngineRequest, EngineSettings, Rehearsal } from './engine-requests.ts';

/** How long the engine may take for one answer, in milliseconds. */
const ANSWER_TIME = 5000;

const END_MEND = 'nothing passes any more; please report it';

interface Hello {
  wakeFd: number;
  /** Of the engine's loop. */
  asked: SharedArrayBuffer;
}

interface Answer {
  id: number;
  reply?: EngineReply;
  error?: string;
}

export class EngineLink {
  /** Called once if the thread ends by itself. */
  onFailure: ((error: Error) => void) | null = null;
  private readonly worker: Worker;
  private readonly port: MessagePort;
  private readonly waiting = new Map<number, (answer: Answer) => void>();
  private hello: Hello | null = null;
  private opening: ((error: Error) => void) | null = null;
  private lastId = 0;
  private isStopping = false;
  private readonly ended: Promise<void>;
  /** Why the thread is no more; null while it runs. */
  private end: string | null = null;

  private constructor(worker: Worker, port: MessagePort) {
    this.worker = worker;
    this.port = port;
    worker.on('error', (error) => this.fail(error.message));
    this.ended = new Promise((resolve) => {
      worker.once('exit', (code) => {
        this.fail(`the engine ended with status ${code}`);
        resolve();
      });
    });
  }

  /** Starts the thread, whose program is `entry`. */
  static start(entry: URL): EngineLink {
    const { port1, port2 } = new MessageChannel();
    const workerData = { inbox: port2 };
    const worker = new Worker(entry, { workerData, transferList: [port2], env: {} });
    return new EngineLink(worker, port1);
  }

  /** Lets it rehearse while the lab is made; once, before `open`. */
  rehearse(rehearsal: Rehearsal): void {
    this.port.postMessage(rehearsal);
  }

  /** Hands over the devices; resolves when the engine breathes. Throws LabError where it ends. */
  async open(settings: EngineSettings): Promise<void> {
    const { port } = this;
    this.hello = await new Promise<Hello>((resolve, reject) => {
      if (this.end !== null) reject(new LabError(this.end, END_MEND));
      this.opening = reject;
      port.once('message', resolve);
      port.postMessage(settings);
    });
    this.opening = null;
    port.on('message', (answer: Answer) => this.waiting.get(answer.id)?.(answer));
  }

  /** Throws LabError where the engine refuses or does not answer. */
  async ask(request: EngineRequest): Promise<EngineReply> {
    if (this.end !== null) throw new LabError(this.end, END_MEND);
    const id = ++this.lastId;
    const answer = await new Promise<Answer>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(id);
        reject(new LabError(`the engine does not answer ${request.command}`, 'see havip status'));
      }, ANSWER_TIME);
      this.waiting.set(id, (given) => {
        clearTimeout(timer);
        this.waiting.delete(id);
        resolve(given);
      });
      this.port.postMessage({ id, request });
      this.wake();
    });
    if (answer.reply === undefined) throw new Error(answer.error ?? 'no answer');
    return answer.reply;
  }

  /** Ends the thread; the devices stay open. */
  async stop(): Promise<void> {
    this.isStopping = true;
    if (this.hello === null) await this.worker.terminate();
    if (this.end === null) {
      await this.ask({ command: 'stop' }).catch(() => this.worker.terminate());
    }
    await this.ended;
    this.port.close();
  }

  private wake(): void {
    if (this.hello === null) return;
    Atomics.add(new Int32Array(this.hello.asked), 0, 1);
    NativeIo.signal(this.hello.wakeFd);
  }

  /** The thread is no more: whoever waits for it is told, and so is the lab, once. */
  private fail(why: string): void {
    if (this.end !== null) return;
    this.end = why;
    for (const [id, answer] of this.waiting) answer({ id, error: why });
    this.opening?.(new LabError(why, END_MEND));
    if (!this.isStopping) this.onFailure?.(new LabError(why, END_MEND));
  }
}
