/**
 * What a command is given besides its arguments: where it reads and writes, who it is run by,
 * and a clock. `main.ts` makes them of the process, tests make them of memory.
 */

export interface Output {
  readonly isTerminal: boolean;
  /** Columns of the terminal; null where there is none. */
  readonly columns: number | null;
  /** Nobody reads any more (a closed pipe): what is written from now on is dropped. */
  readonly isClosed: boolean;
  /** Calls the handler once that is so; the last one that was given. */
  onClosed(handler: () => void): void;
  /** Octets that were written and have not left yet. */
  readonly waiting: number;
  write(text: string): void;
  /** Resolves when what was written has left, or nobody reads it. */
  drained(): Promise<void>;
  /** What still waits is dropped, and nobody is waited for from now on. */
  abandon(): void;
}

export interface Streams {
  input: { readonly isTerminal: boolean };
  output: Output;
  errors: Output;
  environment: Readonly<Record<string, string | undefined>>;
  /** Calls the handler at each SIGINT, which then does not end the process; gives the undoing. */
  onInterrupt(handler: () => void): () => void;
  /** The same for SIGINT, SIGTERM, SIGHUP and SIGQUIT alike: whoever runs until it is ended. */
  onEnd(handler: () => void): () => void;
}

export interface Clock {
  /** Milliseconds, never going back. */
  now(): number;
  /** Nanoseconds since 1970, as exact as a double is (a quarter of a microsecond). */
  wall(): number;
  sleep(milliseconds: number): Promise<void>;
  /** Lets signals and arrived input be handled. */
  turn(): Promise<void>;
}

export type Command = (
  arguments_: readonly string[],
  streams: Streams,
  clock: Clock,
) => Promise<number>;

/** Exit statuses (also in README): done, a condition holds, bad usage or nothing readable. */
export const STATUS_DONE = 0;
export const STATUS_CONDITION = 1;
export const STATUS_UNUSABLE = 2;
/** 128 + SIGINT, as a shell reports it. */
export const STATUS_INTERRUPTED = 130;
