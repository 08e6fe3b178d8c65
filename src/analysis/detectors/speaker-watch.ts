import type { Speaker } from '../virtual-router.ts';

/**
 * What the detectors remember of one speaker from advert to advert: plain numbers, so that an
 * advert that is like the one before costs a few comparisons. It is no place for what a report
 * shows; that is in `Speaker`.
 */
export interface SpeakerWatch {
  readonly speaker: Speaker;
  /** How many of its adverts had a bad checksum, or a TTL below 255, when last looked at. */
  checksumFaults: number;
  ttlFaults: number;
  /** The checksum conventions of its router when last looked at, and its own. */
  conventions: number;
  convention: number;
  /** Interval of its last advert, nanoseconds, 0 included; NaN before the first. */
  interval: number;
  authType: number;
  /** The interval and the digests that were last compared with those of the others. */
  comparedInterval: number;
  addressDigest: number;
  authDigest: number;
  /** Time of the last advert of priority above 0; NaN after a resignation. */
  lastAdvert: number;
  /** Last announcement of an address of its router; NaN before one. */
  announced: number;
  /** First frame of the run that has been judged as settled; 0 for none. */
  settledFrame: number;
  /** Whether the present run began as that of a new master. */
  isTakeover: boolean;
  /** Who began to speak in the midst of this speaker's run. */
  challenger: Speaker | null;
}

/** Watches by the speakers' index. */
export class SpeakerWatches {
  private readonly all: (SpeakerWatch | undefined)[] = [];

  of(speaker: Speaker): SpeakerWatch {
    return this.all[speaker.index] ?? this.add(speaker);
  }

  private add(speaker: Speaker): SpeakerWatch {
    const watch: SpeakerWatch = {
      speaker,
      checksumFaults: 0,
      ttlFaults: 0,
      conventions: 0,
      convention: -1,
      interval: Number.NaN,
      authType: 0,
      comparedInterval: Number.NaN,
      addressDigest: 0,
      authDigest: 0,
      lastAdvert: Number.NaN,
      announced: Number.NaN,
      settledFrame: 0,
      isTakeover: false,
      challenger: null,
    };
    this.all[speaker.index] = watch;
    return watch;
  }
}
