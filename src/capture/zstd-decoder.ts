/**
 * The blocks of one zstd frame after another through fzstd, with a window of our own.
 *
 * fzstd allocates the window that a frame declares, and moves all of it after each block: tiny
 * frames or blocks with a large window would cost far more than they hold. Here the history grows
 * with what was decoded and moves once it is full; fzstd is lent it for each block. That reaches
 * into fzstd's state, so its version is pinned.
 */
import { Decompress } from 'fzstd';

/** RFC 8878 section 3.1.1.2.4. */
export const BLOCK_MAX = 1 << 17;
/**
 * What fzstd is told of each frame: a window of one block, no checksum. The empty dictionary and
 * content size make it so long that fzstd reads it at once.
 */
const HEADER = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0xc3, 0x38, ...new Array(12).fill(0));

/** fzstd's state: history, of which `e` octets count. */
interface DecoderState {
  w: Uint8Array;
  e: number;
}

export class ZstdDecoder {
  private readonly deliver: (piece: Uint8Array) => void;
  private frame = new Decompress();
  private state: DecoderState = { w: new Uint8Array(0), e: 0 };
  private windowLength = 0;
  private history = new Uint8Array(BLOCK_MAX * 2);
  private end = 0;

  constructor(deliver: (piece: Uint8Array) => void) {
    this.deliver = deliver;
  }

  /** Begins a frame that may refer back by `windowLength` octets. */
  start(windowLength: number): void {
    this.frame = new Decompress((piece) => this.keep(piece));
    this.frame.push(HEADER);
    this.state = (this.frame as unknown as { s: DecoderState }).s;
    this.windowLength = windowLength;
    this.end = 0;
  }

  /** A whole block with its header; fzstd keeps no reference to it. */
  block(octets: Uint8Array): void {
    this.state.w = this.history;
    this.state.e = this.end;
    this.frame.push(octets);
  }

  /** fzstd writes the piece to the end of its window: this is where it belongs in the history. */
  private keep(piece: Uint8Array): void {
    this.makeRoom(piece.length);
    this.state.w = this.history.subarray(this.end, this.end + piece.length);
    this.end += piece.length;
    this.deliver(piece);
  }

  private makeRoom(length: number): void {
    const { history, end, windowLength } = this;
    if (end + length <= history.length) return;
    // A quarter more than the window, so that it moves by a quarter at least.
    const most = windowLength + Math.max(windowLength >> 2, BLOCK_MAX);
    const kept = Math.min(end, windowLength);
    const isGrown = history.length < most;
    const next = isGrown ? new Uint8Array(Math.min(history.length * 2, most)) : history;
    next.set(history.subarray(end - kept, end));
    this.history = next;
    this.end = kept;
  }
}
