import * as reason from './drop-reason.ts';
import type { FrameBatch } from './frame-batch.ts';
import type { FrameTap } from './frame-tap.ts';
import type { Port } from './port.ts';
import type { Switch } from './switch.ts';

/**
 * The one place that sends. It knows which ports are there, cut or held, sends a frame or counts
 * why not, and lets those ports send that were given something. What a port that is cut, held or
 * gone would have got is lost: a paused host finds nothing of the time in which it was paused.
 */
const CUT = 1;
const HELD = 2;
const REASONS = reason.DROP_REASON_NAMES.length;

export class Egress {
  /** Frames and octets by port. */
  readonly framesOut: Float64Array;
  readonly octetsOut: Float64Array;
  /** Frames dropped, by port × reason: index `port * DROP_REASON_NAMES.length + reason`. */
  readonly drops: Float64Array;
  readonly ports: (Port | null)[];
  /** Null where nobody looks. */
  tap: FrameTap | null = null;
  private readonly owner: Switch;
  private readonly states: Uint8Array;
  private readonly given: Uint8Array;
  private isGiven = false;
  private readonly flushAll: (() => void) | null;

  /** `flushAll` stands for the flush of every port at once, where ports share one. */
  constructor(owner: Switch, ports: readonly (Port | null)[], flushAll: (() => void) | null) {
    this.owner = owner;
    this.ports = [...ports];
    this.flushAll = flushAll;
    this.framesOut = new Float64Array(ports.length);
    this.octetsOut = new Float64Array(ports.length);
    this.drops = new Float64Array(ports.length * REASONS);
    this.states = new Uint8Array(ports.length);
    this.given = new Uint8Array(ports.length);
  }

  setCut(port: number, on: boolean): void {
    this.states[port] = on ? this.states[port]! | CUT : this.states[port]! & ~CUT;
  }

  setHeld(port: number, on: boolean): void {
    this.states[port] = on ? this.states[port]! | HELD : this.states[port]! & ~HELD;
  }

  isCut(port: number): boolean {
    return (this.states[port]! & CUT) !== 0;
  }

  /** Whether frames are to be taken from the port: it is there, and not held unless it is cut. */
  isRead(port: number): boolean {
    return this.ports[port] !== null && this.states[port] !== HELD;
  }

  /** Sends frame `index` of `batch`, or counts why not. */
  send(egress: number, batch: FrameBatch, index: number, tag: number): void {
    const port = this.ports[egress]!;
    const at = batch.at[index]!;
    const end = batch.end[index]!;
    if (this.states[egress] !== 0) {
      this.drop(this.isCut(egress) ? reason.PORT_CUT : reason.PORT_HELD, batch, index, egress);
    } else if (port === null) {
      this.drop(reason.PORT_GONE, batch, index, egress);
    } else if (end - at > port.maximumFrame && batch.offload[index] === -1) {
      this.drop(reason.TOO_BIG, batch, index, egress);
    } else {
      const why = port.transmit(batch, index, tag);
      if (why !== reason.ALLOWED) {
        this.drop(why, batch, index, egress);
        return;
      }
      this.framesOut[egress]!++;
      this.octetsOut[egress]! += end - at;
      this.given[egress] = 1;
      this.isGiven = true;
      if (this.tap !== null) this.tap.onSent(batch, index, egress, tag);
    }
  }

  /** Drops the first `count` frames of a batch; returns `count`. */
  dropAll(why: number, batch: FrameBatch, count: number, port: number): number {
    for (let i = 0; i < count; i++) this.drop(why, batch, i, port);
    return count;
  }

  /** Counts a frame that goes no further, for the switch and at `port`, and tells the observer. */
  drop(why: number, batch: FrameBatch, index: number, port: number): void {
    this.owner.drops[why]!++;
    this.note(why, batch, index, port);
  }

  /** The same for a drop that the switch itself has counted. */
  note(why: number, batch: FrameBatch, index: number, port: number): void {
    this.drops[port * REASONS + why]!++;
    const { observer } = this.owner;
    if (observer.onDrop === undefined) return;
    observer.onDrop(why, batch.view, batch.at[index]!, batch.end[index]!, port);
  }

  /** Lets the ports send what they were given. */
  flush(): void {
    if (!this.isGiven) return;
    this.isGiven = false;
    if (this.flushAll !== null) {
      this.flushAll();
      return;
    }
    for (let i = 0; i < this.ports.length; i++) {
      if (this.given[i] === 0) continue;
      this.given[i] = 0;
      this.ports[i]?.flush();
    }
  }
}
