/** What a machine can be asked. The command line asks the real one, tests a made one. */
export interface Machine {
  /** As `process.platform` has it. */
  readonly platform: string;
  /** Without the v. */
  readonly nodeVersion: string;
  /** Effective user id; null where the system has none. */
  readonly userId: number | null;
  /** Where the compiled part has to lie. */
  readonly nativePath: string;
  /** The text of a file, or null where it is not there or not readable. */
  read(path: string): string | null;
  /** Names in a folder; empty where there is none. */
  list(path: string): string[];
  exists(path: string): boolean;
  /** Opens for reading and writing and closes again; null, or the error's code. */
  openError(path: string): string | null;
  /** Runs a program without a shell, for a few seconds at most; null where there is no such. */
  run(program: string, ...words: string[]): { status: number | null; output: string } | null;
  /** Whether a program of this name can be started (PATH). */
  hasProgram(name: string): boolean;
  /** Whether a module of Node can be loaded. */
  canLoad(module: string): boolean;
}

/**
 * `problem`: no lab can run, or not this one. `note`: something that may spoil one, or that only
 * some labs need.
 */
export type CheckState = 'ok' | 'note' | 'problem';

export interface Check {
  name: string;
  state: CheckState;
  what: string;
  /** How to mend it; null where there is nothing to mend. */
  mend: string | null;
}

export function ok(name: string, what: string): Check {
  return { name, state: 'ok', what, mend: null };
}

export function note(name: string, what: string, mend: string): Check {
  return { name, state: 'note', what, mend };
}

export function problem(name: string, what: string, mend: string): Check {
  return { name, state: 'problem', what, mend };
}

/** Whether version `a` is `b` or later; parts that are no numbers count as 0. */
export function isAtLeast(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => text.split('.').map((part) => Number(part) || 0));
  for (let i = 0; i < 3; i++) {
    const apart = (left?.[i] ?? 0) - (right?.[i] ?? 0);
    if (apart !== 0) return apart > 0;
  }
  return true;
}
