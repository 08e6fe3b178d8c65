/**
 * Lines of a report on their way out: at once, or at the pace of the capture. Each is due at an
 * absolute time, so that delays do not add up.
 */
import type { Clock } from './streams.ts';

/** Longest sleep: how late an interrupt may be seen. */
const NAP_MS = 100;

export class Pacer {
  readonly #write: (line: string) => void;
  readonly #clock: Clock;
  readonly #factor: number | null;
  #queue: { line: string; t: number | null }[] = [];
  #startedAt: number;
  /** The moment of the capture at which the report starts; of the first line where null. */
  #origin: number | null;
  #isEnded = false;

  constructor(
    write: (line: string) => void,
    clock: Clock,
    pace: { factor: number | null; from: number | null },
  ) {
    this.#write = write;
    this.#clock = clock;
    this.#factor = pace.factor;
    this.#origin = pace.from;
    this.#startedAt = clock.now();
  }

  get isWaiting(): boolean {
    return this.#queue.length > 0;
  }

  push(line: string, t: number | null): void {
    if (this.#factor === null) this.#write(line);
    else this.#queue.push({ line, t });
  }

  /** Writes each line when it is due. */
  async release(): Promise<void> {
    const queue = this.#queue;
    this.#queue = [];
    for (const { line, t } of queue) {
      if (t !== null) await this.until(t);
      if (!this.#isEnded) this.#write(line);
    }
  }

  /** Waits until the capture's moment `t` has come. */
  async until(t: number): Promise<void> {
    if (this.#factor === null) return;
    this.#origin ??= t;
    const due = this.#startedAt + ((t - this.#origin) * 1e3) / this.#factor;
    while (!this.#isEnded) {
      const left = due - this.#clock.now();
      if (left <= 0) return;
      await this.#clock.sleep(Math.min(left, NAP_MS));
    }
  }

  /** No more waiting, nothing more is written. */
  end(): void {
    this.#isEnded = true;
  }
}
