/** One record for a writer. */
export interface PacketRecord {
  /** Whole seconds since 1970-01-01T00:00:00Z; NaN for a record without time (pcapng only). */
  readonly seconds: number;
  /** 0 to 999,999,999, counted forward from `seconds`. */
  readonly nanoseconds: number;
  /** The captured octets. */
  readonly octets: Uint8Array;
  /** Octets once on the wire; default as many as were captured. */
  readonly wireLength?: number;
  /** Comments, one option each (pcapng only). */
  readonly comments?: readonly string[];
  /** Which way it went, seen from the interface (pcapng only). */
  readonly direction?: 'inbound' | 'outbound';
  /** epb_flags as another file has them, instead of `direction` (pcapng only). */
  readonly flags?: number | undefined;
}

/** Throws RangeError where a field is out of its range. */
export function checkRecord({ seconds, nanoseconds, wireLength = 0 }: PacketRecord): void {
  if (!Number.isNaN(seconds) && !Number.isSafeInteger(seconds)) {
    throw new RangeError(`${seconds} is no whole number of seconds`);
  }
  if (!Number.isInteger(nanoseconds) || nanoseconds < 0 || nanoseconds > 999_999_999) {
    throw new RangeError(`${nanoseconds} is not from 0 to 999,999,999 nanoseconds`);
  }
  if (!Number.isInteger(wireLength) || wireLength < 0 || wireLength > 0xffff_ffff) {
    throw new RangeError(`${wireLength} is no length of a frame`);
  }
}
