import { type CaptureReader, LINKTYPE_ETHERNET, RecordBatch } from '../capture/index.ts';
import type { Site } from '../dataplane/address-plan.ts';
import { Analysis } from './analysis.ts';
import { factsOf, type ReplayTally } from './capture-facts.ts';
import { documentOf } from './document.ts';
import { FileEnds } from './file-ends.ts';
import { FrameOrigins } from './frame-origins.ts';
import { hasSeveralInterfaces, Interleaver } from './interleaver.ts';
import type { LaneCollector } from './lane-collector.ts';
import { announce } from './listening.ts';
import { keptFor } from './logs.ts';
import type { ReplayListener, ReplayResult } from './result.ts';
import { StepsBack } from './steps-back.ts';
import { StraightWay } from './straight-way.ts';
import type { TimeBase, TimePoint } from './time-base.ts';
import { unmeasuredOf } from './unmeasured.ts';

/**
 * A replay: the records of a capture, one after the other, through the switch and the analysers.
 * It owns the frame numbers and the clock of the analysis, and nothing of what they mean. Memory
 * does not grow with the capture.
 */
export interface ReplayOptions {
  /** The compiled lab; null observes without refusing anything. */
  readonly site: Site | null;
  readonly allClaims: boolean;
  /** Whether the clients' neighbor tables are followed. */
  readonly caches?: boolean;
  /** Entries kept from the start and from the end of each list; 0 keeps all. */
  readonly limit: number;
  /** Frames outside [from, to] are counted in `frame` and otherwise ignored. */
  readonly from: TimePoint | null;
  readonly to: TimePoint | null;
  readonly listener: ReplayListener | null;
  /** Collect what a picture is made from. */
  readonly lanes?: boolean;
}

/** How far a replay has come. */
export interface ReplayProgress {
  readonly bytesRead: number;
  /** Octets in all, or null where nobody can know. */
  readonly size: number | null;
  readonly frames: number;
}

const BATCH = 256;

export class Replay {
  /** What a picture is made from, once `result` was asked for; null where nobody wants one. */
  readonly lanes: LaneCollector | null;
  private readonly options: ReplayOptions;
  private readonly files: readonly string[];
  private readonly analysis: Analysis;
  private readonly times: TimeBase;
  private readonly origins: FrameOrigins | null;
  private readonly ends: FileEnds;
  private interleaver: Interleaver | null = null;
  private readonly linkTypes = new Set<number>();
  private lastLinkType = -1;
  private position = 0;
  private frames = 0;
  private bytes = 0;
  private firstStamp = Number.NaN;
  private firstFrame = 0;
  private lastStamp = Number.NaN;
  private lastFrame = 0;
  private fromNow = Number.NEGATIVE_INFINITY;
  private toNow = Number.POSITIVE_INFINITY;
  private readonly looksAtEach: boolean;
  /** Null before the first frame that has a time, and where each frame must be looked at. */
  private straight: StraightWay | null = null;
  private isStopped = false;
  private isFinished = false;
  private capture: CaptureReader | null = null;
  private readonly stepped = new StepsBack();

  constructor(options: ReplayOptions, files: readonly string[]) {
    this.options = options;
    this.files = files;
    const { site, limit, allClaims, caches = false } = options;
    this.analysis = new Analysis(site, keptFor(limit), allClaims, { keepsCaches: caches });
    this.times = this.analysis.times;
    this.origins = files.length > 1 ? new FrameOrigins(files) : null;
    this.analysis.entries.origins = this.origins;
    this.ends = new FileEnds(files.length);
    const isLimited = options.from !== null || options.to !== null;
    this.looksAtEach = isLimited || options.lanes === true;
    if (options.listener !== null) announce(this.analysis, options.listener);
    this.lanes = options.lanes === true ? this.analysis.collectLanes() : null;
  }

  /**
   * Replays the capture to its end (or until `stop`). `breathe` is called after each stretch of
   * input and awaited, for progress, pacing and a chance for the process to do other things.
   */
  async run(
    capture: CaptureReader,
    breathe: ((progress: ReplayProgress) => void | Promise<void>) | null = null,
  ): Promise<void> {
    this.capture = capture;
    const batch = new RecordBatch(BATCH);
    do {
      this.chooseWay(capture);
      while (!this.isStopped && this.step(batch, capture));
      if (this.interleaver !== null) this.drain(false);
      this.analysis.failovers.settle();
      if (breathe !== null) {
        const { bytesRead, size } = capture;
        const turn = breathe({ bytesRead, size, frames: this.position });
        if (turn !== undefined) await turn;
      }
    } while (!this.isStopped && (await capture.fill()));
    while (!this.isStopped && this.step(batch, capture));
    if (this.interleaver !== null) this.drain(true);
  }

  stop(): void {
    this.isStopped = true;
  }

  /** The document; the replay has ended when this is called. */
  result(): ReplayResult {
    if (!this.isFinished) this.analysis.finish();
    this.isFinished = true;
    const { analysis, options } = this;
    const facts = factsOf(analysis, this.times, this.tally());
    analysis.entries.stand(facts.vantage, facts.unseen === null);
    return documentOf(analysis, options.site, facts, options.limit);
  }

  /** Failovers and outages whose length the capture cannot tell; to be read after `result`. */
  get unmeasured(): number {
    return unmeasuredOf(this.analysis);
  }

  /** Several interfaces are merged into one view; until then frames go straight through. */
  private chooseWay(capture: CaptureReader): void {
    if (this.interleaver !== null) return;
    if (hasSeveralInterfaces(capture)) this.interleaver = new Interleaver();
  }

  /** Some of the records that are in memory; false where there is none left. */
  private step(batch: RecordBatch, capture: CaptureReader): boolean {
    if (this.goStraight(capture)) return true;
    if (capture.read(batch) === 0) return false;
    // A batch of a merged capture is of one file.
    if (this.origins !== null) this.origins.pass(batch.file[0]!, batch.count);
    this.take(batch, capture);
    this.ends.pass(batch, this.position, this.times);
    return true;
  }

  /** The usual way, as far as it goes; false where it goes nowhere. */
  private goStraight(capture: CaptureReader): boolean {
    const straight = this.straightWay();
    if (straight === null || capture.visit === undefined) return false;
    const shown = capture.visit(straight);
    if (shown === 0) return false;
    this.noteShown(straight, shown);
    this.ends.note(0, this.position, this.lastStamp);
    return true;
  }

  private take(batch: RecordBatch, capture: CaptureReader): void {
    if (Number.isNaN(this.times.base)) this.begin(batch);
    if (this.interleaver === null && capture.interfaces.length > 1) this.chooseWay(capture);
    const straight = this.straightWay();
    if (straight?.visit(batch, this.lastStamp) === true) this.noteShown(straight, batch.count);
    else this.takeApart(batch);
  }

  /** Ready to be shown what comes next; null where frames go another way. */
  private straightWay(): StraightWay | null {
    const { straight } = this;
    this.analysis.owner.setNow(this.lastStamp);
    if (straight === null || this.interleaver !== null) return null;
    if (this.lastLinkType !== LINKTYPE_ETHERNET) return null;
    straight.number = this.position;
    return straight;
  }

  private noteShown(straight: StraightWay, shown: number): void {
    straight.count(shown);
    this.lastStamp = straight.now;
    this.analysis.clock.now = this.lastStamp;
    this.analysis.clock.isTimed = true;
    this.bytes += straight.octets;
    straight.octets = 0;
    this.position += shown;
    this.lastFrame = this.position;
    this.frames += shown;
  }

  /** With limits, several interfaces, or times out of order: each frame by itself. */
  private takeApart(batch: RecordBatch): void {
    const { view, at, end, wireLength, linkType, seconds, nanoseconds, count } = batch;
    const { clock, owner } = this.analysis;
    for (let i = 0; i < count; i++) {
      const frame = ++this.position;
      const now = this.times.nowOf(seconds[i]!, nanoseconds[i]!, frame);
      if (now < this.fromNow || now > this.toNow) continue;
      if (linkType[i] !== this.lastLinkType) this.noteLinkType(linkType[i]!);
      this.frames++;
      this.bytes += wireLength[i]!;
      this.lastStamp = this.noteUnusual(now, frame, this.lastStamp);
      this.lastFrame = frame;
      if (this.interleaver !== null) {
        this.interleave(batch, i, now, frame);
        continue;
      }
      clock.frame = frame;
      owner.classifier.isCut = wireLength[i]! > end[i]! - at[i]!;
      this.analysis.onFrame(view, at[i]!, end[i]!, linkType[i]!);
    }
  }

  /** Sets the clock for a frame without time, out of order, or far away; gives the latest time. */
  private noteUnusual(now: number, frame: number, last: number): number {
    const { clock } = this.analysis;
    clock.isTimed = !Number.isNaN(now);
    if (!clock.isTimed) return last;
    clock.now = now;
    if (Number.isNaN(this.firstStamp)) {
      this.firstStamp = now;
      this.firstFrame = frame;
    }
    if (now < last) this.stepped.note(frame, now, last - now);
    return now;
  }

  private interleave(batch: RecordBatch, i: number, now: number, frame: number): void {
    const interleaver = this.interleaver as Interleaver;
    const isTimed = !Number.isNaN(now);
    interleaver.push(batch.view, batch.at[i]!, batch.end[i]!, {
      now: isTimed ? now : this.analysis.clock.now,
      isTimed,
      frame,
      linkType: batch.linkType[i]!,
      isCut: batch.wireLength[i]! > batch.end[i]! - batch.at[i]!,
      file: batch.file[i]!,
      interfaceId: batch.interfaceId[i]!,
    });
    this.drain(false);
  }

  private drain(isFinal: boolean): void {
    const interleaver = this.interleaver as Interleaver;
    const { clock, owner } = this.analysis;
    for (let next = interleaver.take(isFinal); next !== null; next = interleaver.take(isFinal)) {
      const { view, linkType } = next;
      owner.classifier.isCut = next.isCut;
      if (next.isDuplicate) {
        this.analysis.onCopy(view, 0, view.byteLength, linkType);
        continue;
      }
      clock.frame = next.frame;
      clock.isTimed = next.isTimed;
      if (next.isTimed) clock.now = next.now;
      this.analysis.onFrame(view, 0, view.byteLength, linkType);
    }
  }

  private noteLinkType(linkType: number): void {
    this.lastLinkType = linkType;
    this.linkTypes.add(linkType);
  }

  /** The base of all times is that of the first frame which has one; limits count from it. */
  private begin(batch: RecordBatch): void {
    for (let i = 0; i < batch.count; i++) {
      this.times.nowOf(batch.seconds[i]!, batch.nanoseconds[i]!, 0);
    }
    if (Number.isNaN(this.times.base)) return;
    const { from, to } = this.options;
    if (from !== null) this.fromNow = this.times.nowAt(from);
    if (to !== null) this.toNow = this.times.nowAt(to);
    this.analysis.clock.start = Math.max(this.times.first, this.fromNow);
    if (!this.looksAtEach) this.straight = new StraightWay(this.analysis, this.times.base);
  }

  private tally(): ReplayTally {
    return {
      files: this.files,
      capture: this.capture,
      linkTypes: this.linkTypes,
      position: this.position,
      ends: this.ends,
      frames: this.frames,
      bytes: this.bytes,
      firstStamp: this.firstStamp,
      firstFrame: this.firstFrame,
      lastStamp: this.lastStamp,
      lastFrame: this.lastFrame,
      duplicates: this.interleaver === null ? 0 : this.interleaver.duplicates,
      steppedBack: this.stepped,
    };
  }
}
