/**
 * A client's ping as it runs: the second source for every outage. It prints the time of each
 * answer itself (`ping -D`), so that nothing here depends on when its output was read.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Answer {
  sequence: number;
  /** Seconds since 1970. */
  time: number;
}

export interface Gap {
  /** Seconds from the answer before it to the answer after it. */
  seconds: number;
  /** Seconds since 1970 of those two answers. */
  from: number;
  to: number;
  /** Requests between them that got no answer. */
  unanswered: number;
}

const ANSWER = /^\[(\d+\.\d+)\] \d+ bytes from .*icmp_seq=(\d+) /;
const LOOK_MS = 20;

export class PingLog {
  /** Seconds between two requests. */
  readonly interval: number;
  readonly answers: Answer[] = [];
  /** What ping says of requests that cannot be answered (redirects, unreachable hosts). */
  readonly remarks: string[] = [];
  private readonly child: ChildProcess;
  private readonly ended: Promise<void>;

  /** Starts at once; `more` are further words for ping, such as -6. */
  constructor(namespace: string, target: string, interval = 0.02, more: readonly string[] = []) {
    this.interval = interval;
    const words = ['ping', '-D', '-n', '-i', String(interval), ...more, target];
    // It is the measure: others shall wait for it, not it for them.
    this.child = spawn('nice', ['-n', '-10', 'ip', 'netns', 'exec', namespace, ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { stdout, stderr } = this.child;
    for (const stream of [stdout!, stderr!]) {
      createInterface({ input: stream }).on('line', (line) => this.read(line));
    }
    this.ended = new Promise((resolve) => this.child.once('close', () => resolve()));
  }

  /** Waits until so many more answers have come. */
  async more(count: number, seconds = 20): Promise<void> {
    const wanted = this.answers.length + count;
    const deadline = performance.now() + seconds * 1000;
    while (this.answers.length < wanted) {
      if (performance.now() > deadline || this.child.exitCode !== null) {
        const last = this.remarks.slice(-5).join('; ');
        throw new Error(`ping: ${this.answers.length} answers, ${wanted} wanted; ${last}`);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** The longest time between two answers, from second `since` (since 1970) on. */
  longestGap(since = 0): Gap {
    const { answers } = this;
    let longest: Gap = { seconds: 0, from: 0, to: 0, unanswered: 0 };
    for (let i = 1; i < answers.length; i++) {
      const [before, after] = [answers[i - 1]!, answers[i]!];
      const seconds = after.time - before.time;
      if (before.time < since || seconds <= longest.seconds) continue;
      const unanswered = after.sequence - before.sequence - 1;
      longest = { seconds, from: before.time, to: after.time, unanswered };
    }
    return longest;
  }

  /** Requests between the first answer and the last that got none. */
  get lost(): number {
    const { answers } = this;
    const seen = new Set(answers.map(({ sequence }) => sequence));
    const first = answers[0]?.sequence ?? 0;
    const last = Math.max(first, ...seen);
    return last - first + 1 - seen.size;
  }

  /** Ends it; all that it printed has been read when this resolves. */
  async stop(): Promise<void> {
    if (this.child.exitCode === null) this.child.kill('SIGKILL');
    await this.ended;
  }

  private read(line: string): void {
    const found = ANSWER.exec(line);
    if (found === null) this.remarks.push(line);
    else this.answers.push({ time: Number(found[1]), sequence: Number(found[2]) });
  }
}
