/**
 * What the two formats share: the decoder's shape, an interface, and the rare things of a record.
 */
import type { CaptureNotes } from './capture-notes.ts';
import { LINKTYPE_ETHERNET } from './link-types.ts';
import type { RecordBatch } from './record-batch.ts';
import type { RecordVisitor } from './record-visitor.ts';
import type { Window } from './window.ts';

export interface CaptureInterface {
  readonly linkType: number;
  /** Octets kept of each packet; 0 where there is no limit. */
  readonly snapLength: number;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  /** Octets of frame check sequence that the reader takes off the end of each frame. */
  readonly fcsLength: number;
  /** if_tsresol as it stands in the file (6 is microseconds, 9 nanoseconds); see timestamp.ts. */
  readonly timeResolution: number;
  /** if_tsoffset: whole seconds that have been added to every time. */
  readonly timeOffset: number;
  /** Section of the file from 0; a pcap file is one section. */
  readonly section: number;
}

export interface RecordDecoder {
  readonly format: 'pcap' | 'pcapng';
  readonly interfaces: readonly CaptureInterface[];
  /** Decodes complete records of the window into the batch; 0 when none is complete. */
  decode(window: Window, batch: RecordBatch): number;
  /** Shows records to a visitor instead; 0 where the next one is not of those that are shown. */
  visit?(window: Window, visitor: RecordVisitor): number;
  /** Tells, at the end of input, what the remaining octets are. */
  finish(window: Window): void;
}

/** Original lengths of 2 GiB and more; 0xFFFFFFFF is seen where a writer did not know. */
export const WIRE_LENGTH_MAX = 0x7fffffff;
/** Octets of an Ethernet header: fewer are a runt. */
export const ETHERNET_HEADER = 14;

/** Counts and warns; called only for a record in which something is out of the ordinary. */
export function noteLengths(
  notes: CaptureNotes,
  from: CaptureInterface,
  record: { captured: number; wire: number; offset: number },
): void {
  const { captured, wire, offset } = record;
  if (captured === 0) {
    notes.counts.empty++;
    notes.warn('empty-record', offset);
  } else if (captured < ETHERNET_HEADER && from.linkType === LINKTYPE_ETHERNET) {
    notes.counts.runts++;
    notes.warn('runt', offset);
  }
  if (captured > wire) notes.warn('capture-above-wire', offset);
  if (wire > WIRE_LENGTH_MAX) notes.warn('wire-length-implausible', offset);
  if (from.snapLength > 0 && captured > from.snapLength) {
    notes.warn('capture-above-snaplen', offset);
  }
}

/** No link layer has a longer frame check sequence. */
export const FCS_MAX = 4;

/** Octets of the captured ones that are frame check sequence; a cut frame holds less of it. */
export function fcsCaptured(fcs: number, captured: number, wire: number): number {
  const missing = wire > captured ? wire - captured : 0;
  return missing >= fcs ? 0 : Math.min(fcs - missing, captured);
}
