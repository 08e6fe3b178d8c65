import { type CaptureReader, LINKTYPE_LINUX_SLL2 } from '../capture/index.ts';
import { Link, readLink } from '../wire/link.ts';

/**
 * One view out of several interfaces: frames in order of time within a window of one second, and
 * each frame once. A duplicate is a frame whose octets after the link header were already seen on
 * another interface: the n-th copy on each interface is one frame, and frames of one interface
 * never are duplicates of each other. What stands in a file has no copy in another that begins only
 * later: the files of a rotated capture follow each other on one interface, and repeat each advert.
 * Only captures with several interfaces go through here.
 */
const WINDOW = 1e9;
/** Frames and octets that wait at most; beyond them the oldest goes on early. */
const FRAMES_MAX = 65_536;
const OCTETS_MAX = 64 << 20;
/** What a generation of copies holds at most, and what its entries and interfaces cost, roughly. */
const COPIES_MAX = 32 << 20;
const ENTRY_COST = 256;
const INTERFACE_COST = 64;
const INTERFACES_MAX = 65_536;

export interface WaitingFrame {
  view: DataView;
  now: number;
  isTimed: boolean;
  frame: number;
  linkType: number;
  /** Less of it is there than was on the wire. */
  isCut: boolean;
  /** Known when it is taken. */
  isDuplicate: boolean;
  order: number;
  /** Where the octets begin that copies share. */
  payload: number;
  /** The index of its file, and of its interface in that file. */
  file: number;
  interfaceId: number;
}

/** What is told of a frame. */
export type FrameFacts = Pick<
  WaitingFrame,
  'now' | 'isTimed' | 'frame' | 'linkType' | 'isCut' | 'file' | 'interfaceId'
>;

interface Copies {
  /** How often each interface has shown it, and how often it was passed on. */
  seen: Map<number, number>;
  passed: number;
  /** How often before each of the files began that came later; null for no such file. */
  passedBefore: Map<number, number> | null;
  /** When it was seen last. */
  now: number;
}

/** As far as is known yet; a frame of a cooked capture may itself say of which it is. */
export function hasSeveralInterfaces({ files }: CaptureReader): boolean {
  const interfaces = files.flatMap((file) => file.interfaces);
  return interfaces.length > 1 || interfaces.some((one) => one.linkType === LINKTYPE_LINUX_SLL2);
}

export class Interleaver {
  duplicates = 0;
  private readonly link = new Link();
  private readonly heap: WaitingFrame[] = [];
  private octets = 0;
  private order = 0;
  private newest = Number.NEGATIVE_INFINITY;
  private copies = new Map<string, Copies>();
  private olderCopies = new Map<string, Copies>();
  private copiesCost = 0;
  private turned = Number.NEGATIVE_INFINITY;
  private readonly begun = new Set<number>();
  private readonly numbers = new Map<number, number>();

  /** Takes a copy of the frame. */
  push(view: DataView, at: number, end: number, about: FrameFacts): void {
    const octets = new Uint8Array(end - at);
    octets.set(new Uint8Array(view.buffer, view.byteOffset + at, end - at));
    const copy = new DataView(octets.buffer);
    readLink(copy, 0, end - at, about.linkType, this.link);
    const { now, isTimed, frame, linkType, isCut, file } = about;
    this.newest = Math.max(this.newest, now);
    const { payload, interfaceIndex } = this.link;
    const interfaceId = this.numberOf(file, about.interfaceId) * 2 ** 32 + interfaceIndex;
    const order = this.order++;
    const isDuplicate = false;
    const waiting = { view: copy, now, isTimed, frame, linkType, isCut, isDuplicate, order };
    this.insert({ ...waiting, payload, file, interfaceId });
    this.octets += octets.length;
  }

  /** The next frame that need not wait any longer, or null; `isFinal` lets all go. */
  take(isFinal: boolean): WaitingFrame | null {
    const first = this.heap[0];
    if (first === undefined) return null;
    const isFull = this.heap.length > FRAMES_MAX || this.octets > OCTETS_MAX;
    if (!isFinal && !isFull && this.newest - first.now <= WINDOW) return null;
    this.octets -= first.view.byteLength;
    this.removeFirst();
    this.turn(first.now);
    if (!this.begun.has(first.file)) this.begin(first.file);
    // Judged in order of time, so that the earliest copy stands for the frame.
    first.isDuplicate = this.isCopy(first);
    if (first.isDuplicate) this.duplicates++;
    return first;
  }

  /** Two generations are remembered, each of a window at most and of no more than fits. */
  private turn(now: number): void {
    // A clock may step back as well as on.
    if (Math.abs(now - this.turned) <= WINDOW && this.copiesCost <= COPIES_MAX) return;
    this.turned = now;
    this.olderCopies = this.copies;
    this.copies = new Map();
    this.copiesCost = 0;
  }

  /** What was passed on before the file began cannot be in it. */
  private begin(file: number): void {
    this.begun.add(file);
    for (const copies of [...this.copies.values(), ...this.olderCopies.values()]) {
      copies.passedBefore ??= new Map();
      if (!copies.passedBefore.has(file)) this.copiesCost += INTERFACE_COST;
      copies.passedBefore.set(file, copies.passed);
    }
  }

  /** Of an interface of a file, among all: small, so that an index has its place beside it. */
  private numberOf(file: number, interfaceId: number): number {
    const key = file * INTERFACES_MAX + interfaceId;
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    const number = this.numbers.size;
    this.numbers.set(key, number);
    return number;
  }

  private isCopy({ view, payload, file, interfaceId, now }: WaitingFrame): boolean {
    const copies = this.copiesOf(Buffer.from(view.buffer, payload).toString('latin1'), now);
    const seen = copies.seen.get(interfaceId);
    if (seen === undefined) this.copiesCost += INTERFACE_COST;
    const times = 1 + (seen ?? copies.passedBefore?.get(file) ?? 0);
    copies.seen.set(interfaceId, times);
    copies.now = now;
    if (times <= copies.passed) return true;
    copies.passed = times;
    return false;
  }

  /** Copies further apart than a window are not copies: what was seen before that starts anew. */
  private copiesOf(key: string, now: number): Copies {
    const present = this.copies.get(key);
    const known = present ?? this.olderCopies.get(key);
    const isFresh = known !== undefined && Math.abs(now - known.now) <= WINDOW;
    if (present !== undefined && isFresh && present.seen.size < INTERFACES_MAX) return present;
    const copies = known !== undefined && isFresh && known !== present ? known : startOf(now);
    this.copies.set(key, copies);
    this.copiesCost += ENTRY_COST + key.length + copies.seen.size * INTERFACE_COST;
    return copies;
  }

  private insert(frame: WaitingFrame): void {
    const heap = this.heap;
    heap.push(frame);
    let child = heap.length - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!isBefore(frame, heap[parent] as WaitingFrame)) break;
      heap[child] = heap[parent] as WaitingFrame;
      child = parent;
    }
    heap[child] = frame;
  }

  private removeFirst(): void {
    const heap = this.heap;
    const last = heap.pop() as WaitingFrame;
    if (heap.length === 0) return;
    let parent = 0;
    for (;;) {
      let child = parent * 2 + 1;
      if (child >= heap.length) break;
      const right = child + 1;
      if (right < heap.length && isBefore(heap[right] as WaitingFrame, heap[child] as WaitingFrame))
        child = right;
      if (!isBefore(heap[child] as WaitingFrame, last)) break;
      heap[parent] = heap[child] as WaitingFrame;
      parent = child;
    }
    heap[parent] = last;
  }
}

function startOf(now: number): Copies {
  return { seen: new Map(), passed: 0, passedBefore: null, now };
}

function isBefore(a: WaitingFrame, b: WaitingFrame): boolean {
  return a.now < b.now || (a.now === b.now && a.order < b.order);
}
