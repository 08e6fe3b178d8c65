/**
 * The Interface Description Block: what packets of this interface mean (draft section 4.2).
 */
import type { CaptureNotes } from './capture-notes.ts';
import { isKnownLinkType } from './link-types.ts';
import {
  IF_DESCRIPTION,
  IF_FCSLEN,
  IF_NAME,
  IF_TSOFFSET,
  IF_TSRESOL,
  OPT_COMMENT,
  type OptionList,
  optionInt64,
  optionText,
  visitOptions,
} from './pcapng-options.ts';
import { type CaptureInterface, FCS_MAX } from './record-decoder.ts';
import {
  isResolutionReadable,
  RESOLUTION_MICROSECONDS,
  RESOLUTION_NANOSECONDS,
} from './timestamp.ts';

/** One shape for every interface, so that the packet loop stays monomorphic. */
export class PcapngInterface implements CaptureInterface {
  readonly linkType: number;
  readonly snapLength: number;
  readonly section: number;
  name: string | undefined = undefined;
  description: string | undefined = undefined;
  fcsLength = 0;
  timeResolution = RESOLUTION_MICROSECONDS;
  timeOffset = 0;
  /** False where if_tsresol cannot be held in 64 bits: its packets have no lawful time. */
  readable = true;
  /**
   * For pcapng-ordinary.ts: nanoseconds of a unit and units of a second, both 0 where its short way
   * does not hold, and the captured length that calls for no remark.
   */
  ordinaryUnit = 0;
  ordinaryPerSecond = 0;
  ordinaryMax = 0;
  /** Packets lost, as the packets say and as the statistics say: two accounts of the same loss. */
  dropsByPackets = 0;
  dropsByStatistics = 0;

  constructor(linkType: number, snapLength: number, section: number) {
    this.linkType = linkType;
    this.snapLength = snapLength;
    this.section = section;
  }
}

/** Octets that each single-valued option must have; names may have any. */
const LENGTHS: ReadonlyMap<number, number> = new Map([
  [IF_TSRESOL, 1],
  [IF_FCSLEN, 1],
  [IF_TSOFFSET, 8],
]);

const SINGLE: ReadonlySet<number> = new Set([
  IF_NAME,
  IF_DESCRIPTION,
  IF_TSRESOL,
  IF_FCSLEN,
  IF_TSOFFSET,
]);

/**
 * Reads a block of at least 20 octets whose length has been checked; `list` is its options and
 * `interfaceId` the number it gets in this file.
 */
export function readInterface(
  list: OptionList,
  at: number,
  place: { section: number; interfaceId: number },
  notes: CaptureNotes,
): PcapngInterface {
  const { view, littleEndian, offset } = list;
  const linkType = view.getUint16(at + 8, littleEndian);
  const snapLength = view.getUint32(at + 12, littleEndian);
  const described = new PcapngInterface(
    linkType,
    snapLength === 0xffffffff ? 0 : snapLength,
    place.section,
  );
  if (!isKnownLinkType(linkType)) notes.warn('link-type-unknown', offset);
  const seen = new Set<number>();
  visitOptions(list, notes, (code, valueAt, length) => {
    if (code === OPT_COMMENT) {
      const text = optionText(view, valueAt, length);
      const { interfaceId } = place;
      notes.comment({ scope: 'interface', record: null, interfaceId, text }, offset);
      return;
    }
    const lawful = LENGTHS.get(code);
    if (lawful !== undefined && length !== lawful) {
      notes.warn('option-length', offset);
      return;
    }
    if (SINGLE.has(code)) {
      if (seen.has(code)) {
        notes.warn('option-repeated', offset);
        return;
      }
      seen.add(code);
    }
    applyOption(described, list, code, { at: valueAt, length }, notes);
  });
  described.readable = isResolutionReadable(described.timeResolution);
  prepareOrdinary(described);
  return described;
}

function prepareOrdinary(described: PcapngInterface): void {
  const { timeResolution, timeOffset, fcsLength, snapLength } = described;
  if (timeOffset !== 0 || fcsLength !== 0) return;
  if (timeResolution !== RESOLUTION_MICROSECONDS && timeResolution !== RESOLUTION_NANOSECONDS)
    return;
  described.ordinaryUnit = 10 ** (9 - timeResolution);
  described.ordinaryPerSecond = 10 ** timeResolution;
  described.ordinaryMax = snapLength > 0 ? snapLength : 0xffff_ffff;
}

function applyOption(
  described: PcapngInterface,
  list: OptionList,
  code: number,
  value: { at: number; length: number },
  notes: CaptureNotes,
): void {
  const { view, littleEndian } = list;
  const { at, length } = value;
  if (code === IF_NAME) described.name = optionText(view, at, length);
  else if (code === IF_DESCRIPTION) described.description = optionText(view, at, length);
  else if (code === IF_TSRESOL) described.timeResolution = view.getUint8(at);
  else if (code === IF_FCSLEN) described.fcsLength = fcsOctets(view.getUint8(at), list, notes);
  else if (code === IF_TSOFFSET) described.timeOffset = optionInt64(view, at, littleEndian);
}

/**
 * The draft says that if_fcslen counts bits and gives '4' as its example, which is octets; writers
 * do both. No link layer has an FCS of 5 octets or more, and none has one of 8 bits or fewer.
 */
function fcsOctets(value: number, { offset }: OptionList, notes: CaptureNotes): number {
  const octets = value > 8 ? value >>> 3 : value;
  if (octets <= FCS_MAX) return octets;
  notes.warn('fcs-length', offset);
  return 0;
}
