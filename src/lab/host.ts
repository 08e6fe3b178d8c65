/**
 * A host of the lab: its processes in its namespaces. What a real one does when it loses power is
 * done to it by `kill`; what it says goes line by line to whoever wants it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Topology } from '../havip/topology.ts';
import { launcherPath } from '../ports/native-binding.ts';
import { commandWords } from './command-words.ts';
import { killGroup, killProcesses, namespaceHandle, signalProcesses } from './namespace.ts';
import { readLines } from './program-lines.ts';

/** A line that a host's program printed, or one about it. */
export type LineSink = (host: string, line: string) => void;

const LINE_MAX = 4096;

export class Host {
  readonly name: string;
  /** Indexes of its ENIs in the topology; only those that are attached. */
  readonly enis: readonly number[];
  readonly namespaces: readonly string[];
  /** Words of each command. */
  private readonly commands: readonly string[][];
  private readonly folder: string;
  private readonly sink: LineSink;
  private readonly children = new Set<ChildProcess>();
  private hasPower = true;
  /** Grows with each start, so that an old process's end says nothing about a new one. */
  private life = 0;

  /**
   * `command`: the words that start this very command, which is what `havip` in a `run` line means,
   * installed or not. Throws LabError where a `run` line cannot be understood.
   */
  constructor(
    topology: Topology,
    name: string,
    folder: string,
    command: readonly string[],
    sink: LineSink,
  ) {
    this.name = name;
    this.folder = folder;
    this.sink = sink;
    const enis = topology.enis.map((eni, index) => ({ eni, index }));
    const own = enis.filter(({ eni }) => eni.instance === name && eni.attach !== null);
    this.enis = own.map(({ index }) => index);
    const names = own.flatMap(({ eni }) =>
      eni.attach !== null && 'netns' in eni.attach ? [eni.attach.netns] : [],
    );
    this.namespaces = [...new Set(names)];
    this.commands = (topology.run[name] ?? []).map((line) => {
      const words = commandWords(line);
      return words[0] === 'havip' ? [...command, ...words.slice(1)] : words;
    });
  }

  get isRun(): boolean {
    return this.commands.length > 0;
  }

  /** Whether it was killed and has not been started since. */
  get isDead(): boolean {
    return !this.hasPower;
  }

  /** Starts what `run` names; returns the processes' numbers. */
  start(): number[] {
    this.life++;
    this.hasPower = true;
    const [namespace] = this.namespaces;
    if (namespace === undefined) return [];
    return this.commands.flatMap((words) => this.launch(namespace, words));
  }

  /** As when the power fails: nothing is told, nothing is cleaned up. */
  async kill(): Promise<void> {
    this.life++;
    this.hasPower = false;
    for (const namespace of this.namespaces) await killProcesses(namespace);
    // Where somebody has taken the namespace its name, they are still in there.
    for (const { pid } of this.children) if (pid !== undefined) killGroup(pid);
  }

  /** Asks what `run` started to end, and ends it where it does not listen. */
  async stop(milliseconds: number): Promise<void> {
    this.life++;
    const ends = [...this.children].map(
      (child) => new Promise<void>((resolve) => child.once('exit', () => resolve())),
    );
    for (const child of this.children) child.kill('SIGTERM');
    await Promise.race([
      Promise.all(ends),
      new Promise((resolve) => setTimeout(resolve, milliseconds).unref()),
    ]);
    for (const { pid } of this.children) if (pid !== undefined) killGroup(pid);
  }

  pause(): number {
    return this.namespaces.reduce((sum, name) => sum + signalProcesses(name, 'SIGSTOP'), 0);
  }

  resume(): number {
    return this.namespaces.reduce((sum, name) => sum + signalProcesses(name, 'SIGCONT'), 0);
  }

  private launch(namespace: string, words: string[]): number[] {
    const place = ['--netns', namespaceHandle(namespace), '--chdir', this.folder, '--run-tmpfs'];
    const args = [...place, '--', ...words];
    const child = spawn(launcherPath(), args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.children.add(child);
    const { life } = this;
    for (const stream of [child.stdout, child.stderr]) {
      readLines(stream, LINE_MAX, (line) => this.sink(this.name, line));
    }
    child.once('error', (error) => {
      this.children.delete(child);
      this.sink(this.name, `${words[0]}: ${error.message}`);
    });
    child.once('exit', (code, signal) => {
      this.children.delete(child);
      if (life !== this.life) return;
      const how = signal === null ? `ended with status ${code}` : `was ended by ${signal}`;
      this.sink(this.name, `${words[0]} ${how}`);
    });
    return child.pid === undefined ? [] : [child.pid];
  }
}
