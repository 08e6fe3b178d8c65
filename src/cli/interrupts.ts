/**
 * What SIGINT does to a replay. On files it ends it. On standard input the first one is usually
 * meant for the program that feeds us: we wait for the end of input, and the second one ends.
 */
import { noticeLine } from './notice.ts';
import type { ReplayRequest } from './replay-spec.ts';
import type { Clock, Streams } from './streams.ts';

const HINT_AFTER_MS = 1000;

export class Interrupts {
  readonly #remove: () => void;
  readonly #streams: Streams;
  readonly #clock: Clock;
  readonly #command: string;
  readonly #stop: () => void;
  #patience: number;
  #hasEnded = false;
  /** The user wants to wait no longer. */
  areFinal = false;

  constructor(
    { command, captures }: Pick<ReplayRequest, 'command' | 'captures'>,
    streams: Streams,
    clock: Clock,
    stop: () => void,
  ) {
    this.#command = command;
    this.#streams = streams;
    this.#clock = clock;
    this.#patience = captures.includes('-') ? 1 : 0;
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
    this.#streams.errors.write(noticeLine(`havip ${this.#command}`, text));
  }
}
