/**
 * Network namespaces by name, as `ip netns` keeps them, and the processes inside. A process is in
 * a namespace when its own handle shows the same inode; nothing is ever ended by its name.
 */
import fs from 'node:fs';
import path from 'node:path';
import { runProgram } from './program.ts';

const HANDLES = '/run/netns';
/** Rounds of killing: a process may start another one meanwhile. */
const KILL_ROUNDS = 20;
/** What `ip netns add` says where the name is taken. */
const TAKEN = /File exists/;

export function namespaceHandle(name: string): string {
  return path.join(HANDLES, name);
}

export function namespaceExists(name: string): boolean {
  return fs.existsSync(namespaceHandle(name));
}

/** False where there is one of that name already. Throws LabError where none can be made. */
export async function createNamespace(name: string): Promise<boolean> {
  try {
    await runProgram('ip', ['netns', 'add', name]);
  } catch (error) {
    if (TAKEN.test((error as Error).message)) return false;
    throw error;
  }
  await runProgram('ip', ['-n', name, 'link', 'set', 'dev', 'lo', 'up']);
  return true;
}

export async function deleteNamespace(name: string): Promise<void> {
  if (namespaceExists(name)) await runProgram('ip', ['netns', 'delete', name]);
}

/** Whether it is a name of the namespace in which this process is, as most of the machine's are. */
export function isOwnNamespace(name: string): boolean {
  const inode = inodeNamed(name);
  return inode !== null && inode === inodeOf(process.pid);
}

/**
 * Processes whose network namespace is this one; none where it does not exist, or is our own: what
 * is in there is no host's.
 */
export function processesIn(name: string): number[] {
  const inode = inodeNamed(name);
  if (inode === null || inode === inodeOf(process.pid)) return [];
  return fs
    .readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => inodeOf(pid) === inode);
}

/** Sends the signal to every process of the namespace; returns their number. */
export function signalProcesses(name: string, signal: NodeJS.Signals): number {
  const pids = processesIn(name);
  for (const pid of pids) send(pid, signal);
  return pids.length;
}

/** Kills every process of the namespace, also those that start meanwhile. */
export async function killProcesses(name: string): Promise<void> {
  for (let round = 0; round < KILL_ROUNDS; round++) {
    if (signalProcesses(name, 'SIGKILL') === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 5 * (round + 1)));
  }
}

/** Kills a program that the launcher started, with what shares its process group. */
export function killGroup(pid: number): void {
  send(-pid, 'SIGKILL');
  // It may not lead its group yet.
  send(pid, 'SIGKILL');
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself in the meantime.
  }
}

function inodeNamed(name: string): number | null {
  return fs.statSync(namespaceHandle(name), { throwIfNoEntry: false })?.ino ?? null;
}

function inodeOf(pid: number): number | null {
  try {
    return fs.statSync(`/proc/${pid}/ns/net`).ino;
  } catch {
    return null;
  }
}
