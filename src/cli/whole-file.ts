/**
 * Files that a command writes beside its report. One takes the place of an older one only when it
 * is whole, and never that of a file that the command reads, or of another that it writes.
 */
import fs from 'node:fs';
import path from 'node:path';
import { UsageError } from './usage-error.ts';

/** A file to be written, and the option that names it, without its dashes. */
export interface Output {
  readonly option: string;
  readonly file: string;
}

/** Raises UsageError for what would only be found out after a long replay. */
export function checkOutputs(outputs: readonly Output[], inputs: readonly string[]): void {
  const taken = new Map<string, string>();
  for (const output of outputs) {
    checkPlace(output);
    const { option, file } = output;
    for (const input of inputs) {
      if (input === '-' || !isSame(file, input)) continue;
      throw new UsageError(`--${option}: ${file} is ${input}, which is read`, 'name another file');
    }
    refuseLink(output);
    const place = path.join(fs.realpathSync(path.dirname(path.resolve(file))), path.basename(file));
    const other = taken.get(place);
    if (other !== undefined) {
      throw new UsageError(`--${option} and --${other} both name ${file}`, 'name another file');
    }
    taken.set(place, option);
  }
}

/** Written under another name in the same folder until it is whole. */
export class WholeFile {
  private readonly output: Output;
  private readonly temporary: string;
  private readonly descriptor: number;
  private isOpen = true;

  /**
   * `mode` as for open; whoever may not read the older file may not read this one either. Raises
   * UsageError where the file cannot be made.
   */
  constructor(output: Output, mode = 0o666) {
    const { file } = output;
    const folder = path.dirname(path.resolve(file));
    this.output = output;
    this.temporary = path.join(folder, `.${path.basename(file)}.${process.pid}.tmp`);
    try {
      const older = statOf(file)?.mode ?? mode;
      this.descriptor = fs.openSync(this.temporary, 'wx', (mode & older) | 0o600);
    } catch (error) {
      throw unwritable(output, error);
    }
  }

  /** Raises UsageError where there is no room; the file is then given up. */
  write(content: Uint8Array | string): void {
    const octets = typeof content === 'string' ? Buffer.from(content) : content;
    try {
      for (let at = 0; at < octets.length; ) at += fs.writeSync(this.descriptor, octets, at);
    } catch (error) {
      this.discard();
      throw unwritable(this.output, error);
    }
  }

  /** Puts the whole file in its place. */
  finish(): void {
    try {
      this.close();
      fs.renameSync(this.temporary, this.output.file);
    } catch (error) {
      this.discard();
      throw unwritable(this.output, error);
    }
  }

  /** Leaves nothing behind, as far as that can be; what stood in its place stays. */
  discard(): void {
    attempt(() => this.close());
    attempt(() => fs.rmSync(this.temporary, { force: true }));
  }

  private close(): void {
    if (!this.isOpen) return;
    // Also where closing fails, which some file systems do that only now find no room.
    this.isOpen = false;
    fs.closeSync(this.descriptor);
  }
}

/** Whoever gives a file up has something else to tell than what fails here. */
function attempt(step: () => void): void {
  try {
    step();
  } catch {
    // What cannot be removed stays.
  }
}

function checkPlace({ option, file }: Output): void {
  if (file === '-') {
    throw new UsageError(`--${option} - is no file`, 'name one; standard output is for the report');
  }
  const folder = path.dirname(path.resolve(file));
  if (statOf(folder)?.isDirectory() !== true) {
    throw new UsageError(`--${option}: ${folder}: no such folder`, 'make it, or name another file');
  }
  const there = statOf(file);
  if (there?.isDirectory() === true) {
    throw new UsageError(`--${option} ${file} is a directory`, 'name a file in it');
  }
  if (there?.isFile() === false) {
    throw new UsageError(`--${option}: ${file} is no ordinary file`, 'name another file');
  }
}

/** The link itself would be replaced, be it /dev/stdout, and what it leads to stay as it is. */
function refuseLink({ option, file }: Output): void {
  if (statOf(file, fs.lstatSync)?.isSymbolicLink() !== true) return;
  const mend = 'name the file that it leads to, or another';
  throw new UsageError(`--${option}: ${file} is a symbolic link`, mend);
}

/** Whether both are names of one file that is there. */
export function isSame(file: string, input: string): boolean {
  const there = statOf(file);
  const other = statOf(input);
  if (there === undefined || other === undefined) return false;
  return there.dev === other.dev && there.ino === other.ino;
}

function unwritable({ option, file }: Output, error: unknown): UsageError {
  const { message } = error as Error;
  return new UsageError(`--${option}: ${file} cannot be written: ${message}`, 'name another file');
}

/** Undefined where there is nothing, or nothing that we may look at. */
function statOf(file: string, stat: fs.StatSyncFn = fs.statSync): fs.Stats | undefined {
  try {
    return stat(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
