/**
 * `havip replay`: captures in, a report out. Opens the captures, runs the replay, prints what is
 * known as it happens where that is asked for, and the report in the end.
 */

import type { ReplayProgress } from '../analysis/replay.ts';
import type { ClaimEntry, ReplayListener, ReplayResult } from '../analysis/result.ts';
import type { CaptureReader } from '../capture/index.ts';
import type { Look } from '../report/page.ts';
import { Conditions } from './conditions.ts';
import type { Engine, ReplayRun } from './engine.ts';
import { Interrupts } from './interrupts.ts';
import { lookOf } from './look.ts';
import { noticeLine } from './notice.ts';
import { Pacer } from './pacer.ts';
import { ProgressLine } from './progress.ts';
import { type ReplayRequest, readReplayRequest } from './replay-spec.ts';
import {
  type Clock,
  STATUS_CONDITION,
  STATUS_DONE,
  STATUS_INTERRUPTED,
  type Streams,
} from './streams.ts';
import { topologyOf } from './topology.ts';
import { UsageError } from './usage-error.ts';
import { unknownHosts, warningLines } from './warnings.ts';

/** How long input and signals may wait. */
const TURN_MS = 50;
/** Octets of the report that may wait to be read before the capture waits, too. */
const WAITING_MAX = 1 << 20;

const UNSEEN = '--from leaves out what came before, which may have been what caused a failover';

const loadEngine = async (): Promise<Engine> => (await import('./engine.ts')).engine;

/** Raises UsageError, CaptureError or LabFileError where there is nothing to report. */
export async function replay(
  arguments_: readonly string[],
  streams: Streams,
  clock: Clock,
  load: () => Promise<Engine> = loadEngine,
): Promise<number> {
  const request = readReplayRequest(arguments_);
  if (request.captures.includes('-') && streams.input.isTerminal) {
    const mend = 'pipe a capture into it, such as tcpdump -U -w - | havip replay -';
    throw new UsageError('standard input is a terminal', mend);
  }
  return runReplay(request, streams, clock, await load());
}

/** The replay itself; its first capture may be a live one, which `engine` then opens. */
export function runReplay(
  request: ReplayRequest,
  streams: Streams,
  clock: Clock,
  engine: Engine,
): Promise<number> {
  return new Session(request, streams, clock, engine).run();
}

class Session {
  readonly #request: ReplayRequest;
  readonly #streams: Streams;
  readonly #clock: Clock;
  readonly #engine: Engine;
  readonly #look: Look;
  readonly #conditions: Conditions;
  readonly #progress: ProgressLine;
  readonly #pacer: Pacer;
  /** Whether lines are printed as things happen. */
  readonly #isFollowing: boolean;
  #turnedAt: number;

  constructor(request: ReplayRequest, streams: Streams, clock: Clock, engine: Engine) {
    this.#request = request;
    this.#streams = streams;
    this.#clock = clock;
    this.#engine = engine;
    this.#look = lookOf(streams.output, streams, request.isColorRefused);
    this.#conditions = new Conditions(request);
    this.#progress = new ProgressLine(streams.errors, clock);
    const isText = request.format === 'text';
    this.#isFollowing = isText && (request.captures.includes('-') || request.speed !== null);
    const from = request.from === null ? 0 : startOf(request.from);
    const pace = { factor: isText ? request.speed : null, from };
    this.#pacer = new Pacer((line) => this.#writeLine(line), clock, pace);
    this.#turnedAt = clock.now();
  }

  async run(): Promise<number> {
    const { captures, allClaims, caches, limit, from, to, html } = this.#request;
    await this.#checkOutputs();
    const topology = await topologyOf(this.#request);
    const readers = await this.#open(captures);
    const [only] = readers;
    const isSingle = only !== undefined && readers.length === 1;
    const capture = isSingle ? only : this.#engine.mergeCaptures(readers);
    const listener = await this.#listener();
    const files = readers.map((reader) => reader.name);
    const lanes = html !== null;
    const options = { topology, allClaims, caches, limit, from, to, listener, lanes };
    const run = await this.#engine.createReplay(options, files);
    const interrupts = new Interrupts(this.#request, this.#streams, this.#clock, () => {
      run.stop();
      this.#pacer.end();
      void capture.close();
    });
    try {
      await run.run(capture, (progress) => this.#breathe(progress, run));
      if (interrupts.areFinal && !captures.includes('-')) return STATUS_INTERRUPTED;
      const result = run.result();
      const status = await this.#finish(run, result, readers);
      const strangers = topology === null ? null : unknownHosts(topology, result);
      if (strangers !== null) this.#warn(`warning: ${strangers}`);
      const isLate = from !== null && startOf(from) !== 0;
      if (isLate && result.failovers.length > 0) this.#warn(`warning: ${UNSEEN}`);
      await this.#annotate(result, () => interrupts.areFinal);
      if (html !== null) {
        const { writeHtmlFile } = await import('./html-file.ts');
        await writeHtmlFile(html, result, run.lanes?.document() ?? null);
      }
      return interrupts.areFinal ? STATUS_INTERRUPTED : status;
    } finally {
      this.#progress.erase();
      interrupts.end();
      await capture.close();
    }
  }

  async #checkOutputs(): Promise<void> {
    const { captures, lab, annotate, html } = this.#request;
    if (annotate === null && html === null) return;
    const { checkOutputs } = await import('./whole-file.ts');
    if (html !== null) (await import('./html-file.ts')).checkPageBuilt();
    const outputs = [];
    if (annotate !== null) {
      (await import('./annotated-file.ts')).checkReadTwice(captures);
      outputs.push({ option: 'annotate', file: annotate });
    }
    if (html !== null) outputs.push({ option: 'html', file: html });
    checkOutputs(outputs, lab === null ? captures : [...captures, lab]);
  }

  async #annotate(result: ReplayResult, isStopped: () => boolean): Promise<void> {
    const { annotate, captures } = this.#request;
    if (annotate === null) return;
    const { writeAnnotated } = await import('./annotated-file.ts');
    const lacks = await writeAnnotated(captures, annotate, result, isStopped);
    if (lacks === null) return;
    for (const what of lacks) this.#warn(`warning: ${annotate}: ${what}`);
    const { unmarked } = await import('../report/annotate.ts');
    const left = unmarked(result);
    if (left === 0) return;
    const what = `${left} entries of long lists have no comment; --limit 0 keeps all`;
    this.#warn(`warning: ${annotate}: ${what}`);
  }

  async #open(captures: string[]): Promise<CaptureReader[]> {
    const readers: CaptureReader[] = [];
    try {
      for (const path of captures) readers.push(await this.#engine.openCapture(path));
    } catch (error) {
      for (const reader of readers) await reader.close();
      throw error;
    }
    return readers;
  }

  async #listener(): Promise<ReplayListener | null> {
    const conditions = this.#conditions;
    if (!this.#isFollowing) return conditions.areAsked ? new Quiet(conditions) : null;
    const { Follower } = await import('../report/follow.ts');
    const follower = new Follower(this.#look, (line, t) => this.#pacer.push(line, t));
    return {
      onClaim: (claim) => {
        conditions.onClaim(claim);
        follower.onClaim(claim);
      },
      onTimeline: (ip, vlan, entry) => follower.onTimeline(ip, vlan, entry),
      onFailover: (failover) => follower.onFailover(failover),
      onOutage: (outage) => {
        conditions.onOutage(outage);
        follower.onOutage(outage);
      },
      onFinding: (finding) => {
        conditions.onFinding(finding);
        follower.onFinding(finding);
      },
    };
  }

  /** Between two batches: draws, writes what is due, and now and then lets signals in. */
  #breathe(progress: ReplayProgress, run: ReplayRun): void | Promise<void> {
    const { output } = this.#streams;
    if (output.isClosed) run.stop();
    this.#progress.update(progress);
    if (output.waiting > WAITING_MAX) return output.drained();
    if (this.#pacer.isWaiting) return this.#pacer.release();
    const now = this.#clock.now();
    if (now - this.#turnedAt < TURN_MS) return;
    this.#turnedAt = now;
    return this.#clock.turn();
  }

  #warn(text: string): void {
    this.#streams.errors.write(noticeLine(`havip ${this.#request.command}`, text));
  }

  #writeLine(line: string): void {
    this.#progress.erase();
    this.#streams.output.write(line);
  }

  async #finish(run: ReplayRun, result: ReplayResult, readers: CaptureReader[]): Promise<number> {
    await this.#pacer.release();
    const { durationSeconds } = result.capture;
    if (this.#isFollowing && durationSeconds !== null) await this.#pacer.until(durationSeconds);
    this.#progress.erase();
    await this.#report(result);
    for (const line of warningLines(readers)) this.#warn(`warning: ${line}`);
    const { holds, lines } = this.#conditions.judge(result, run.unmeasured);
    for (const line of lines) this.#warn(line);
    return holds ? STATUS_CONDITION : STATUS_DONE;
  }

  async #report(result: ReplayResult): Promise<void> {
    const { output } = this.#streams;
    if (this.#request.format === 'text') {
      const { textReport } = await import('../report/text.ts');
      output.write((this.#isFollowing ? '\n' : '') + textReport(result, this.#look));
      return;
    }
    const { jsonReport } = await import('../report/json.ts');
    for (const piece of jsonReport(result)) {
      if (output.isClosed) return;
      output.write(piece);
      await output.drained();
    }
  }
}

/** Where a paced report starts; null where only its first line will tell. */
function startOf(from: NonNullable<ReplayRequest['from']>): number | null {
  return 'seconds' in from ? from.seconds : null;
}

/** Hears what the conditions need, and nothing else. */
class Quiet implements ReplayListener {
  readonly #conditions: Conditions;

  constructor(conditions: Conditions) {
    this.#conditions = conditions;
  }

  onClaim(claim: ClaimEntry): void {
    this.#conditions.onClaim(claim);
  }

  onTimeline(): void {}
  onFailover(): void {}

  onOutage(outage: Parameters<ReplayListener['onOutage']>[0]): void {
    this.#conditions.onOutage(outage);
  }

  onFinding(finding: Parameters<ReplayListener['onFinding']>[0]): void {
    this.#conditions.onFinding(finding);
  }
}
