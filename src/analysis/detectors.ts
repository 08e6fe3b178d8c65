import type { FindingLog } from './finding-log.ts';

/**
 * Those who look for findings while a capture is replayed. A detector is told what the analysers
 * learn, in order, keeps plain numbers, and raises a finding as soon as its evidence is complete;
 * what only the end of the capture can tell it raises in `finish`.
 */
export interface Detector {
  finish(): void;
}

export class Detectors {
  readonly log: FindingLog;
  private readonly all: Detector[] = [];

  constructor(log: FindingLog) {
    this.log = log;
  }

  add<D extends Detector>(detector: D): D {
    this.all.push(detector);
    return detector;
  }

  finish(): void {
    for (const detector of this.all) detector.finish();
  }
}
