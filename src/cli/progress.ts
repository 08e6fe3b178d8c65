/**
 * One line on standard error that says how far a long replay is, how fast, and how much longer.
 * Only on a terminal, only after half a second, and erased in the end.
 */

import type { ReplayProgress } from '../analysis/replay.ts';
import { count, octets } from '../report/quantity.ts';
import type { Clock, Output } from './streams.ts';

const PATIENCE_MS = 500;
const REDRAW_MS = 100;
const ERASE = '\r\x1b[K';
const BAR_MAX = 30;

export class ProgressLine {
  readonly #errors: Output;
  readonly #clock: Clock;
  readonly #started: number;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #isShown = false;

  constructor(errors: Output, clock: Clock) {
    this.#errors = errors;
    this.#clock = clock;
    this.#started = clock.now();
  }

  update(progress: ReplayProgress): void {
    if (!this.#errors.isTerminal) return;
    const now = this.#clock.now();
    if (now - this.#started < PATIENCE_MS || now - this.#drawnAt < REDRAW_MS) return;
    this.#drawnAt = now;
    this.#isShown = true;
    const width = (this.#errors.columns ?? 80) - 1;
    this.#errors.write(ERASE + progressText(progress, (now - this.#started) / 1e3, width));
  }

  /** Takes the line away, before other text and in the end. */
  erase(): void {
    if (!this.#isShown) return;
    this.#isShown = false;
    this.#drawnAt = Number.NEGATIVE_INFINITY;
    this.#errors.write(ERASE);
  }
}

/** The line for work of `seconds` so far, in at most `width` columns. */
export function progressText(progress: ReplayProgress, seconds: number, width: number): string {
  const { bytesRead, size, frames } = progress;
  const rates = `${count(Math.round(frames / seconds))} frames/s  ${octets(bytesRead / seconds)}/s`;
  if (size === null || size === 0) return `${count(frames)} frames  ${rates}`.slice(0, width);
  const share = Math.min(1, bytesRead / size);
  const percent = `${String(Math.floor(share * 100)).padStart(3)} %`;
  const left = bytesRead === 0 ? '' : `  ${remaining((seconds * (size - bytesRead)) / bytesRead)}`;
  const text = `${percent}  ${rates}${left}`;
  const room = Math.min(BAR_MAX, width - text.length - 4);
  if (room < 5) return text.slice(0, width);
  const filled = Math.round(share * room);
  return `[${'#'.repeat(filled)}${'.'.repeat(room - filled)}]  ${text}`;
}

function remaining(seconds: number): string {
  const whole = Math.ceil(Math.max(0, seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')} left`;
}
