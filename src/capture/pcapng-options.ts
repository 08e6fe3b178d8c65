/**
 * pcapng options: code 2, length 2, value padded to a multiple of 4 (draft section 3.5).
 *
 * A malformed list is reported and the rest of it ignored; the block's own data is kept.
 */
import type { CaptureNotes } from './capture-notes.ts';

export const OPT_ENDOFOPT = 0;
export const OPT_COMMENT = 1;
export const IF_NAME = 2;
export const IF_DESCRIPTION = 3;
export const IF_TSRESOL = 9;
export const IF_FCSLEN = 13;
export const IF_TSOFFSET = 14;
export const EPB_FLAGS = 2;
export const EPB_DROPCOUNT = 4;
export const ISB_IFDROP = 5;
export const ISB_OSDROP = 7;

/** An option's value is `[at, at + length)` of the window. */
export type OptionVisitor = (code: number, at: number, length: number) => void;

export interface OptionList {
  readonly view: DataView;
  readonly littleEndian: boolean;
  readonly at: number;
  readonly end: number;
  /** Offset in the capture of the block that holds the list, for warnings. */
  readonly offset: number;
}

/** Calls `visit` for each well-formed option up to opt_endofopt or the end of the block. */
export function visitOptions(list: OptionList, notes: CaptureNotes, visit: OptionVisitor): void {
  const { view, littleEndian, end, offset } = list;
  let at = list.at;
  while (end - at >= 4) {
    const code = view.getUint16(at, littleEndian);
    const length = view.getUint16(at + 2, littleEndian);
    if (code === OPT_ENDOFOPT) {
      if (length !== 0) notes.warn('option-damaged', offset);
      return;
    }
    // Blocks end on a multiple of 4, so the padding is inside where the value is.
    if (length > end - at - 4) {
      notes.warn('option-damaged', offset);
      return;
    }
    visit(code, at + 4, length);
    at += 4 + ((length + 3) & ~3);
  }
}

const UTF8 = new TextDecoder('utf-8');

/** The text of an option; octets that are not UTF-8 become U+FFFD, a trailing NUL is dropped. */
export function optionText(view: DataView, at: number, length: number): string {
  const octets = new Uint8Array(view.buffer, view.byteOffset + at, length);
  return UTF8.decode(octets).replace(/\0+$/, '');
}

/** An unsigned 64-bit option value; exact below 2^53. */
export function optionUint64(view: DataView, at: number, littleEndian: boolean): number {
  const high = view.getUint32(at + (littleEndian ? 4 : 0), littleEndian);
  return high * 0x1_0000_0000 + view.getUint32(at + (littleEndian ? 0 : 4), littleEndian);
}

/** A signed 64-bit option value; exact between -2^53 and 2^53. */
export function optionInt64(view: DataView, at: number, littleEndian: boolean): number {
  const high = view.getInt32(at + (littleEndian ? 4 : 0), littleEndian);
  return high * 0x1_0000_0000 + view.getUint32(at + (littleEndian ? 0 : 4), littleEndian);
}
