/** What the detectors of addresses remember of one: plain numbers. */
export class AddressWatch {
  /** `Track.moved` when it was looked at last. */
  moved = 0;
  /** Moments of the last changes of holder, the newest first. */
  changes: Float64Array | null = null;
  flappingUntil = Number.NEGATIVE_INFINITY;
  /** Moments of the last announcements, as a ring; made with the second within its window. */
  announcements: Float64Array | null = null;
  lastAnnounced = Number.NaN;
  announced = 0;
  stormUntil = Number.NEGATIVE_INFINITY;
  /** Who claims it now, since when, and who did before. */
  claimant = 0;
  claimedSince = Number.NaN;
  claimantBefore = 0;
  /** How often in a row the one before took it back within seconds. */
  turns = 0;
  /** Whether something was said already of the present holder. */
  staleHolder = 0;
  conflicted = false;
  /** Who took it from a master that goes on advertising, and has not been judged yet. */
  takerFrame = 0;
  takerStamp = Number.NaN;
  taker = 0;
  takenFrom = 0;
  /** When its holder answered a question for it last, and another host, who is no speaker. */
  answered = Number.NaN;
  answererSince = Number.NaN;
  answerer = 0;
  answererFrame = 0;
  answererStamp = Number.NaN;
  /** Whether both have answered the same one. */
  isDoubled = false;
  /** Whoever claimed it last and was refused. */
  refusedMac = 0;
  /** How many changes of holders there had been when its router was found in order. */
  orderlyAt = -1;
  orderlySpeaker = -1;
  /** Run of the speaker whose announcements were counted last, by the frame of its start. */
  countedRun = 0;
  /** First and last sign of a former master that goes on answering, and how many there were. */
  zombieFrame = 0;
  zombieLastFrame = 0;
  zombieStamp = Number.NaN;
  zombieMac = 0;
  zombieSigns = 0;
  /** The first announcement by whoever answers so, although its adverts were missing. */
  unheardFrame = 0;
  unheardMac = 0;
  /** The same of a holder that sends no adverts, until it is known what it is. */
  suspectFrame = 0;
  suspectLastFrame = 0;
  suspectStamp = Number.NaN;
  suspectMac = 0;
  suspectSigns = 0;
  /** The same of a host that answers for it and never held it. */
  strangerFrame = 0;
  strangerStamp = Number.NaN;
  strangerMac = 0;
  strangerSigns = 0;
  /** Whether LVS in DR mode was told of. */
  isDirectorTold = false;
  /** Whoever held it before the present holder. */
  former = 0;
  holder = 0;
  heldSince = Number.NaN;
}

/** One watch an address, made when the address is first claimed. */
export class AddressWatches {
  private readonly watches: (AddressWatch | undefined)[] = [];

  of(id: number): AddressWatch {
    const known = this.watches[id];
    if (known !== undefined) return known;
    const watch = new AddressWatch();
    this.watches[id] = watch;
    return watch;
  }

  forEach(visit: (watch: AddressWatch, id: number) => void): void {
    this.watches.forEach((watch, id) => {
      if (watch !== undefined) visit(watch, id);
    });
  }
}
