/**
 * What SIGINT does to a replay. On files it ends it. On standard input the first one is usually
 * meant for the program that feeds us: we wait for the end of input, and the second one ends.
 */
import type { Clock, Streams } from './streams.ts';

const HINT_AFTER_MS = 1000;

export class Interrupts {
  readonly #remove: () => void;
  readonly #streams: Streams;
  readonly #clock: Clock;
  readonly #stop: () => void;
  #patience: number;
  #hasEnded = false;
  /** The user wants to wait no longer. */
  areFinal = false;

  constructor(streams: Streams, clock: Clock, isFollowing: boolean, stop: () => void) {
    this.#streams = streams;
    this.#clock = clock;
    this.#patience = isFollowing ? 1 : 0;
    this.#stop = stop;
    this.#remove = streams.onInterrupt(() => this.#interrupted());
  }

  end(): void {
    this.#hasEnded = true;
    this.#remove();
  }

  #interrupted(): void {
    if (this.#patience > 0) {
      this.#patience--;
      void this.#hint();
      return;
    }
    this.areFinal = true;
    // A further one ends the process, should stopping take long.
    this.#remove();
    this.#stop();
  }

  async #hint(): Promise<void> {
    await this.#clock.sleep(HINT_AFTER_MS);
    if (this.#hasEnded || this.areFinal) return;
    const text = 'waiting for the end of the input; a second interrupt ends it now';
    this.#streams.errors.write(`havip replay: ${text}\n`);
  }
}
