/**
 * A lab as a user runs it: the built `havip up` as a process, with a name and namespaces that no
 * other lab has, its events as they come, and the commands that it obeys. Whatever becomes of a
 * test, `removeLabs` leaves nothing behind; what a killed test left the next one removes.
 */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import type { LabEvent, LabStatus } from '../../src/analysis/live-events.ts';
import { PingLog } from './ping-log.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const PROGRAM = join(ROOT, 'dist/cli/main.js');
const LAB_FILE = 'lab.yaml';
const PREFIX = 'havip-test-lab-';
const RECORDS = '/run/havip';
const READY_MS = 60_000;
const END_MS = 30_000;
const EVENT_MS = 30_000;

/** Why no lab can run here; null where one can. */
export function whyNoLab(): string | null {
  if (process.getuid?.() !== 0) return 'not root';
  if (!existsSync('/dev/net/tun')) return 'no /dev/net/tun';
  return existsSync(PROGRAM) ? null : 'not built';
}

type EventOf<K extends LabEvent['event']> = Extract<LabEvent, { event: K }>;

export interface Outcome {
  status: number;
  output: string;
  errors: string;
}

/** Runs the built command to its end. */
export function havip(...words: string[]): Promise<Outcome> {
  return new Promise((resolve_) => {
    execFile(process.execPath, [PROGRAM, ...words], { cwd: ROOT }, (error, output, errors) => {
      const status = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve_({ status, output, errors });
    });
  });
}

const running = new Set<LabProcess>();
let made = 0;

/** Ends every lab of this test file and removes what is left of it; for `afterEach`. */
export async function removeLabs(): Promise<void> {
  await Promise.all([...running].map((lab) => lab.remove()));
}

export class LabProcess {
  readonly name: string;
  /** The lab's own copy of its folder. */
  readonly folder: string;
  readonly events: LabEvent[] = [];
  /** What the hosts printed, and what havip wrote to its standard error: `host | line`. */
  readonly lines: string[] = [];
  /** The process of `havip up`; its status once it has ended. */
  process!: ChildProcess;
  status: number | null = null;
  private ended!: Promise<void>;
  private readonly pings: PingLog[] = [];
  private readonly namespaces: Record<string, string>;

  private constructor(folder: string) {
    if (made === 0) removeOrphans();
    this.name = `${PREFIX}${process.pid}-${made++}`;
    this.folder = folder;
    const file = join(folder, LAB_FILE);
    const lab = parse(readFileSync(file, 'utf8')) as LabText;
    this.namespaces = rename(lab, this.name);
    writeFileSync(file, stringify(lab));
    running.add(this);
  }

  /** A copy of a folder with a lab.yaml (`examples/alibaba`), not running yet. */
  static ofFolder(source: string): LabProcess {
    const folder = temporary();
    cpSync(resolve(ROOT, source), folder, { recursive: true });
    return new LabProcess(folder);
  }

  /** A lab from its text and that of further files by name, not running yet. */
  static ofText(lab: string, files: Readonly<Record<string, string>> = {}): LabProcess {
    const folder = temporary();
    for (const [name, text] of Object.entries({ ...files, [LAB_FILE]: lab })) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    return new LabProcess(folder);
  }

  /** `havip up --json` with further words; resolves when the lab says that it is ready. */
  async up(...words: string[]): Promise<EventOf<'ready'>> {
    const from = this.events.length;
    this.start(...words);
    return this.event('ready', () => true, { from, milliseconds: READY_MS });
  }

  /** As `up`, without waiting for anything. */
  start(...words: string[]): void {
    this.status = null;
    const args = [PROGRAM, 'up', join(this.folder, LAB_FILE), '--json', ...words];
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    this.process = child;
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.events.push(JSON.parse(line) as LabEvent);
    });
    createInterface({ input: child.stderr }).on('line', (line) => this.lines.push(line));
    this.ended = new Promise((resolve_) =>
      child.once('close', (code) => {
        this.status = code ?? -1;
        resolve_();
      }),
    );
  }

  /** The first such event from number `from` of `events` on; waits for it where need be. */
  async event<K extends LabEvent['event']>(
    kind: K,
    where: (event: EventOf<K>) => boolean = () => true,
    { from = 0, milliseconds = EVENT_MS }: { from?: number; milliseconds?: number } = {},
  ): Promise<EventOf<K>> {
    const wanted = (one: LabEvent): boolean => one.event === kind && where(one as EventOf<K>);
    const find = (): LabEvent | undefined => this.events.slice(from).find(wanted);
    await this.until(() => find() !== undefined, `a ${kind} event`, milliseconds);
    return find() as EventOf<K>;
  }

  /** All events of a kind so far. */
  eventsOf<K extends LabEvent['event']>(kind: K, from = 0): EventOf<K>[] {
    return this.events.slice(from).filter((one): one is EventOf<K> => one.event === kind);
  }

  /** Waits until something holds; fails with what was waited for and what the lab said last. */
  async until(
    holds: () => boolean | Promise<boolean>,
    what: string,
    milliseconds = EVENT_MS,
  ): Promise<void> {
    const deadline = performance.now() + milliseconds;
    while (!(await holds())) {
      const hasEnded = this.status !== null;
      if (hasEnded || performance.now() > deadline) {
        const said = [...this.events.slice(-6).map((one) => JSON.stringify(one))];
        const why = hasEnded ? `the lab ended with ${this.status}` : `waited ${milliseconds} ms`;
        const last = [...said, ...this.lines.slice(-12)].join('\n  ');
        throw new Error(`no ${what} (${why}):\n  ${last}`);
      }
      await new Promise((resolve_) => setTimeout(resolve_, 20));
    }
  }

  /** `havip COMMAND ...` for this lab, which must succeed; gives what it printed. */
  async command(...words: string[]): Promise<string> {
    const { status, output, errors } = await havip(...words, '--lab', this.name);
    if (status !== 0) throw new Error(`havip ${words.join(' ')}: status ${status}: ${errors}`);
    return output;
  }

  async labStatus(): Promise<LabStatus> {
    return JSON.parse(await this.command('status', '--json')) as LabStatus;
  }

  /** Of the host's card. */
  async portState(host: string): Promise<string | undefined> {
    return (await this.labStatus()).ports.find(({ name }) => name === `${host}/eth0`)?.state;
  }

  /** The namespace of a host. */
  namespace(host: string): string {
    const name = this.namespaces[host];
    if (name === undefined) throw new Error(`${host} has no namespace`);
    return name;
  }

  /** Runs a program in a host to its end, whatever its status; gives all that it printed. */
  exec(host: string, ...words: string[]): Promise<string> {
    const args = ['netns', 'exec', this.namespace(host), ...words];
    return new Promise((resolve_) => {
      execFile('ip', args, (_error, output, errors) => resolve_(output + errors));
    });
  }

  /** A ping from a host, `interval` seconds apart, that runs until it or the lab ends. */
  ping(host: string, target: string, interval = 0.02, more: readonly string[] = []): PingLog {
    const log = new PingLog(this.namespace(host), target, interval, more);
    this.pings.push(log);
    return log;
  }

  /** `havip down`; resolves with the status of `havip up` when that has ended. */
  async down(): Promise<number> {
    await this.command('down');
    await this.ended;
    return this.status ?? -1;
  }

  /** Ends and removes everything, whatever state it is in; never fails. */
  async remove(): Promise<void> {
    running.delete(this);
    for (const ping of this.pings) await ping.stop();
    if (this.process !== undefined && this.status === null) {
      await havip('down', '--lab', this.name);
      const killing = setTimeout(() => this.process.kill('SIGKILL'), END_MS);
      await this.ended;
      clearTimeout(killing);
    }
    removeLeft(this.name);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

interface LabText {
  name?: string;
  instances?: Record<string, { enis: Record<string, { attach?: { netns?: string } }> }>;
}

/** Gives the lab the name, and each namespace one that begins with it; these, by host. */
function rename(lab: LabText, name: string): Record<string, string> {
  lab.name = name;
  const namespaces: Record<string, string> = {};
  for (const [host, { enis }] of Object.entries(lab.instances ?? {})) {
    for (const { attach } of Object.values(enis)) {
      if (attach?.netns === undefined) continue;
      attach.netns = `${name}-${attach.netns}`;
      namespaces[host] ??= attach.netns;
    }
  }
  return namespaces;
}

function temporary(): string {
  return mkdtempSync(join(tmpdir(), PREFIX));
}

/** What `havip down` could not remove, or was never told to. */
function removeLeft(lab: string): void {
  if (existsSync(join(RECORDS, lab))) {
    spawnSync(process.execPath, [PROGRAM, 'down', '--lab', lab]);
    rmSync(join(RECORDS, lab), { recursive: true, force: true });
  }
  for (const name of namesIn('/run/netns').filter((one) => one.startsWith(`${lab}-`))) {
    spawnSync('ip', ['netns', 'delete', name]);
  }
}

/** Labs whose test does not run any more. */
function removeOrphans(): void {
  for (const lab of namesIn(RECORDS).filter((one) => one.startsWith(PREFIX))) {
    const pid = lab.slice(PREFIX.length).split('-')[0]!;
    if (!existsSync(`/proc/${pid}`)) removeLeft(lab);
  }
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
