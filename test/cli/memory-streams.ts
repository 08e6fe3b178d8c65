/** Streams and a clock of memory, and an engine that replays a prepared result. */

import type { ReplayProgress } from '../../src/analysis/replay.ts';
import type { ReplayListener, ReplayResult } from '../../src/analysis/result.ts';
import type { CaptureReader } from '../../src/capture/index.ts';
import type { Engine, ReplayRun } from '../../src/cli/engine.ts';
import type { Clock, Output, Streams } from '../../src/cli/streams.ts';

export class MemoryOutput implements Output {
  text = '';
  isTerminal = false;
  columns: number | null = null;
  isClosed = false;
  onClosed = (): void => {};
  waiting = 0;

  write(text: string): void {
    if (!this.isClosed) this.text += text;
  }

  drained(): Promise<void> {
    return Promise.resolve();
  }

  abandon(): void {
    this.isClosed = true;
  }

  get lines(): string[] {
    return this.text.split('\n').filter((line) => line !== '');
  }
}

export class MemoryStreams implements Streams {
  input = { isTerminal: false };
  output = new MemoryOutput();
  errors = new MemoryOutput();
  environment: Record<string, string | undefined> = { LANG: 'C.UTF-8' };
  handlers: (() => void)[] = [];

  onInterrupt(handler: () => void): () => void {
    this.handlers.push(handler);
    return () => {
      this.handlers = this.handlers.filter((known) => known !== handler);
    };
  }

  onEnd(handler: () => void): () => void {
    return this.onInterrupt(handler);
  }

  interrupt(): void {
    for (const handler of [...this.handlers]) handler();
  }
}

/** Time that passes only while somebody sleeps, or as a test says. */
export class MemoryClock implements Clock {
  time = 1000;
  turns = 0;

  now(): number {
    return this.time;
  }

  wall(): number {
    return this.time * 1e6;
  }

  sleep(milliseconds: number): Promise<void> {
    this.time += milliseconds;
    return Promise.resolve();
  }

  turn(): Promise<void> {
    this.turns++;
    return Promise.resolve();
  }
}

export interface Script {
  result: ReplayResult;
  /** Told as the capture is read; each step is followed by a breath. */
  steps?: ((listener: ReplayListener | null) => void)[];
  progress?: Partial<ReplayProgress>;
  unmeasured?: number;
  readers?: Partial<CaptureReader>[];
}

export interface Played {
  paths: string[];
  options: Parameters<Engine['createReplay']>[0] | null;
  files: string[];
  wasStopped: boolean;
  wasMerged: boolean;
  closed: number;
}

/** An engine that plays the script, and what it was asked to do. */
export function scripted(script: Script): { engine: Engine; played: Played } {
  const played: Played = {
    ...{ paths: [], options: null, files: [], wasStopped: false, wasMerged: false, closed: 0 },
  };
  const engine: Engine = {
    openCapture(path) {
      const prepared = script.readers?.[played.paths.length] ?? {};
      played.paths.push(path);
      const close = () => {
        played.closed++;
        return Promise.resolve();
      };
      const reader = { name: path, damaged: null, truncated: false, warnings: [], close };
      return Promise.resolve({ ...reader, ...prepared } as unknown as CaptureReader);
    },
    mergeCaptures(readers) {
      played.wasMerged = true;
      return readers[0] as CaptureReader;
    },
    createReplay(options, files) {
      played.options = options;
      played.files = files;
      const run: ReplayRun = {
        async run(_capture, breathe) {
          const progress = { bytesRead: 50, size: 100, frames: 1000, ...script.progress };
          for (const step of script.steps ?? []) {
            if (played.wasStopped) return;
            step(options.listener);
            await breathe(progress);
          }
        },
        stop() {
          played.wasStopped = true;
        },
        result: () => script.result,
        unmeasured: script.unmeasured ?? 0,
        lanes: { document: () => ({ adverts: [], addresses: [], leftOut: 0 }) },
      };
      return Promise.resolve(run);
    },
  };
  return { engine, played };
}
