/**
 * Lines about what is going on, for whoever may not read them: nothing waits for a reader. Where
 * one falls far behind, what comes meanwhile is lost, and how much of it is told.
 */
import { counted } from '../report/quantity.ts';
import type { Clock, Output } from './streams.ts';

/** Octets that may wait to be read. */
const WAITING_MAX = 8 << 20;
/** Milliseconds for a reader to take what was written last. */
const PATIENCE = 2000;

export class LiveOutput {
  private readonly output: Output;
  private readonly warn: (line: string) => void;
  private lost = 0;

  constructor(output: Output, warn: (line: string) => void) {
    this.output = output;
    this.warn = warn;
  }

  /** A line with its line end. */
  write(line: string): void {
    if (this.output.waiting > WAITING_MAX) {
      this.lost++;
      return;
    }
    this.tell();
    this.output.write(line);
  }

  /** Tells of what was lost since it was told last. */
  tell(): void {
    if (this.lost === 0) return;
    this.warn(`${counted(this.lost, 'line')} came faster than they were read; they are lost`);
    this.lost = 0;
  }
}

/** Waits for the readers a moment, and then for none: one that reads no more would hold us. */
export async function leave(outputs: readonly Output[], clock: Clock): Promise<void> {
  const patience = clock.sleep(PATIENCE).then(() => false);
  for (const output of outputs) {
    const isRead = await Promise.race([output.drained().then(() => true), patience]);
    if (!isRead) output.abandon();
  }
}
