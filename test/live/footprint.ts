/** What a lab takes of the machine: to be the same before and after, and nothing at the end. */
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { processesIn } from '../../src/lab/namespace.ts';
import type { LabProcess } from './lab-process.ts';
import { run } from './netns.ts';

const NAMESPACES = '/run/netns';
const RECORDS = '/run/havip';
/** Clock ticks a second, of all Linux on the processors that Node runs on. */
const TICKS = 100;

export interface Footprint {
  /** Namespaces of the lab, and of each its interfaces and its number of processes. */
  namespaces: Record<string, { interfaces: string[]; processes: number }>;
  /** Open descriptors of `havip up`. */
  descriptors: number;
  /** Resident memory of `havip up`, in MiB. */
  memory: number;
}

export function footprintOf(lab: LabProcess): Footprint {
  const { pid } = lab.process;
  const own = namespacesOf(lab).map((name) => {
    const links = JSON.parse(run('ip', '-n', name, '-j', 'link')) as { ifname: string }[];
    const interfaces = links.map(({ ifname }) => ifname).sort();
    return [name, { interfaces, processes: processesIn(name).length }];
  });
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return {
    namespaces: Object.fromEntries(own),
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    memory: Number(kilobytes) / 1024,
  };
}

/** Whatever there still is of a lab: namespaces, its record, processes that run in its folder. */
export function remainsOf(lab: LabProcess): string[] {
  const record = `${RECORDS}/${lab.name}`;
  const processes = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && runsIn(entry, lab.folder))
    .map((pid) => `process ${pid}`);
  return [...namespacesOf(lab), ...(existsSync(record) ? [record] : []), ...processes];
}

/** Seconds of processor time that `havip up` has taken so far, in all its threads. */
export function processorTime(lab: LabProcess): number {
  const stat = readFileSync(`/proc/${lab.process.pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // proc_pid_stat(5): utime and stime.
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

function namespacesOf(lab: LabProcess): string[] {
  return readdirSync(NAMESPACES).filter((name) => name.startsWith(`${lab.name}-`));
}

function runsIn(pid: string, folder: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
  } catch {
    return false;
  }
}
