/** The process as a command's surroundings: its streams, environment, signals and clock. */
import { setImmediate, setTimeout } from 'node:timers/promises';
import { isatty } from 'node:tty';
import type { Clock, Output, Streams } from './streams.ts';

const END_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

export class ProcessOutput implements Output {
  readonly #stream: NodeJS.WriteStream;
  #isClosed = false;
  #closed: (() => void) | null = null;
  /** Why writing failed, other than by a reader that went away. */
  failure: Error | null = null;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      this.#isClosed = true;
      if (error.code !== 'EPIPE') this.failure = error;
      this.#closed?.();
    });
  }

  get isTerminal(): boolean {
    return this.#stream.isTTY === true;
  }

  get columns(): number | null {
    return this.isTerminal ? (this.#stream.columns ?? null) : null;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get waiting(): number {
    return this.#isClosed ? 0 : this.#stream.writableLength;
  }

  onClosed(handler: () => void): void {
    this.#closed = handler;
  }

  write(text: string): void {
    if (!this.#isClosed) this.#stream.write(text);
  }

  drained(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    return new Promise((resolve) => this.#stream.write('', () => resolve()));
  }

  abandon(): void {
    this.#isClosed = true;
  }
}

export interface ProcessStreams extends Streams {
  /** What could not be written to standard output, and why; null where all was. */
  failure(): Error | null;
}

export function processStreams(): ProcessStreams {
  const output = new ProcessOutput(process.stdout);
  return {
    // process.stdin is left alone: the capture reader reads descriptor 0 itself.
    input: { isTerminal: isatty(0) },
    output,
    errors: new ProcessOutput(process.stderr),
    environment: process.env,
    onInterrupt(handler) {
      process.on('SIGINT', handler);
      return () => process.removeListener('SIGINT', handler);
    },
    onEnd(handler) {
      for (const signal of END_SIGNALS) process.on(signal, handler);
      return () => {
        for (const signal of END_SIGNALS) process.removeListener(signal, handler);
      };
    },
    failure: () => output.failure,
  };
}

export const processClock: Clock = {
  now: () => performance.now(),
  wall: () => (performance.timeOrigin + performance.now()) * 1e6,
  sleep: (milliseconds) => setTimeout(milliseconds),
  turn: () => setImmediate(),
};
