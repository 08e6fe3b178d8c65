/**
 * What a lab made on this machine, in `/run/havip/LAB/`: written before each thing is made, so
 * that after a crash, at any instant, `havip down` finds everything.
 */
import fs from 'node:fs';
import path from 'node:path';
import { LabError } from './lab-error.ts';

/** Where labs keep their records, unless another folder is named. */
export const LABS = '/run/havip';

export interface LabRecord {
  lab: string;
  /** Path of the lab file. */
  file: string;
  /** Where it listens for commands. */
  control: string;
  /** The process that runs the lab, and when it started (clock ticks since boot). */
  pid: number;
  started: string;
  /** Namespaces that the lab made; those that were there before are not listed. */
  namespaces: string[];
  /** What the hosts were told to run; each leads a process group. */
  processes: { pid: number; started: string }[];
}

function labFolder(lab: string, root = LABS): string {
  return path.join(root, lab);
}

/** Where a lab listens for commands unless it is told otherwise. */
export function controlPath(lab: string, root = LABS): string {
  return path.join(labFolder(lab, root), 'control');
}

/** Labs that run or left something behind. */
export function knownLabs(root = LABS): string[] {
  if (!fs.existsSync(root)) return [];
  return fs
    .readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && fs.existsSync(recordPath(entry.name, root)))
    .map((entry) => entry.name)
    .sort();
}

/** Null where the lab made nothing, or all of it is gone. */
export function readLabRecord(lab: string, root = LABS): LabRecord | null {
  const file = recordPath(lab, root);
  if (!fs.existsSync(file)) return null;
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as LabRecord;
  } catch (error) {
    throw new LabError(`${file}: ${(error as Error).message}`, 'remove it and what it made');
  }
}

/**
 * A new name takes the old one's place at once: no crash leaves half a record. Throws LabError
 * where nothing can be written, which is how most users learn that a lab needs root.
 */
export function writeLabRecord(record: LabRecord, root = LABS): void {
  const file = recordPath(record.lab, root);
  const fresh = `${file}.new`;
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o755 });
    fs.writeFileSync(fresh, `${JSON.stringify(record, null, 2)}\n`);
    fs.renameSync(fresh, file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const isRights = code === 'EACCES' || code === 'EPERM';
    throw new LabError(message, isRights ? 'a lab needs root: sudo havip up LAB' : 'make room');
  }
}

export function removeLabRecord(lab: string, root = LABS): void {
  fs.rmSync(labFolder(lab, root), { recursive: true, force: true });
}

/** Whether the process that wrote the record still runs; a number used again does not count. */
export function isRunning(process_: { pid: number; started: string }): boolean {
  return processStart(process_.pid) === process_.started;
}

/** Field 22 of proc_pid_stat(5); null where there is no such process, or it is a zombie. */
export function processStart(pid: number): string | null {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

function recordPath(lab: string, root: string): string {
  return path.join(labFolder(lab, root), 'lab.json');
}
