import type { Clock, Sighting } from '../clock.ts';
import type { FindingLog } from '../finding-log.ts';
import { FAILOVER, type Logs } from '../logs.ts';
import type { Track } from '../track.ts';
import type { AddressWatch } from './address-watch.ts';
import type { AddressWords } from './address-words.ts';

/**
 * `flapping`: four changes of holder in 60 s. `garp-storm`: more than 30 announcements of one
 * address in 10 s. Each is said once for as long as it lasts.
 */
const CHANGES = 4;
const FLAPPING_WINDOW = 60e9;
const STORM_ANNOUNCEMENTS = 31;
const STORM_WINDOW = 10e9;

/** When an address got another holder. */
export interface Moment extends Sighting {
  readonly now: number;
}

export class Flapping {
  private readonly clock: Clock;
  private readonly log: FindingLog;
  private readonly words: AddressWords;
  private readonly logs: Logs;
  private readonly tracks: readonly (Track | undefined)[];

  constructor(
    clock: Clock,
    log: FindingLog,
    words: AddressWords,
    logs: Logs,
    tracks: readonly (Track | undefined)[],
  ) {
    this.clock = clock;
    this.log = log;
    this.words = words;
    this.logs = logs;
    this.tracks = tracks;
  }

  /** The address went from MAC to MAC; its changes are told in their order. */
  onChange(watch: AddressWatch, id: number, from: number, to: number, at: Moment): void {
    const { now } = at;
    watch.changes ??= new Float64Array(CHANGES).fill(Number.NaN);
    const { changes } = watch;
    changes[3] = changes[2]!;
    changes[2] = changes[1]!;
    changes[1] = changes[0]!;
    changes[0] = now;
    if (!isWithin(now - changes[CHANGES - 1]!, FLAPPING_WINDOW)) return;
    const isNews = now > watch.flappingUntil;
    watch.flappingUntil = now + FLAPPING_WINDOW;
    if (!isNews) return;
    const seconds = (now - changes[CHANGES - 1]!) / 1e9;
    this.log.raise({
      code: 'flapping',
      severity: 'error',
      id,
      frame: at.frame,
      stamp: at.stamp,
      message:
        `${this.words.ip(id)} changed its holder four times in ${seconds.toFixed(1)} s, ` +
        `lastly from ${this.words.host(from)} to ${this.words.host(to)}: ` +
        'clients follow whoever announced it last.',
      advice:
        'Find out why both want it (lost adverts, a check script that fails now and then, a host ' +
        `that must not claim it). In keepalived ${this.remedy(id)}, and \`fall 3\`, ` +
        '`rise 3` in the vrrp_script, calm it down.',
    });
  }

  /** A check that lowers a priority moves nothing any more where nobody preempts. */
  private remedy(id: number): string {
    const { failovers } = this.logs;
    let sequence = this.tracks[id]?.lastFailover ?? -1;
    for (let i = 0; i < CHANGES && sequence >= 0; i++) {
      if (failovers.get(sequence, FAILOVER.LOWERED_FRAME) > 0) return '`preempt_delay 60`';
      sequence = failovers.get(sequence, FAILOVER.PREVIOUS);
    }
    return '`preempt_delay 60` or `nopreempt` with `state BACKUP` on both';
  }

  onAnnouncement(watch: AddressWatch, id: number): void {
    const { now } = this.clock;
    const previous = watch.lastAnnounced;
    watch.lastAnnounced = now;
    if (watch.announcements === null) {
      // Most hosts announce once: only a second announcement soon after makes a ring worth it.
      if (!(now - previous <= STORM_WINDOW)) return;
      watch.announcements = new Float64Array(STORM_ANNOUNCEMENTS).fill(Number.NaN);
      watch.announcements[0] = previous;
      watch.announced = 1;
    }
    const ring = watch.announcements;
    const at = watch.announced++ % STORM_ANNOUNCEMENTS;
    ring[at] = now;
    const oldest = ring[(at + 1) % STORM_ANNOUNCEMENTS]!;
    if (!isWithin(now - oldest, STORM_WINDOW)) return;
    const isNews = now > watch.stormUntil;
    watch.stormUntil = now + STORM_WINDOW;
    if (!isNews) return;
    const seconds = ((now - oldest) / 1e9).toFixed(1);
    this.log.raiseNow({
      code: 'garp-storm',
      severity: 'warning',
      id,
      message:
        `${this.words.ip(id)} was announced ${STORM_ANNOUNCEMENTS} times in ${seconds} s: ` +
        'switches that police ARP drop what is above their rate, and with it announcements ' +
        'that matter.',
      advice:
        'Announce less: `garp_master_repeat 2`, `garp_master_refresh_repeat 1`, ' +
        '`garp_lower_prio_repeat 1` (for each advert of a lower priority that is heard), and ' +
        'where there are many addresses `vrrp_garp_interval 0.01` in global_defs.',
    });
  }
}

/** Not where there is no such past (NaN), nor where the clock was set back meanwhile. */
function isWithin(span: number, window: number): boolean {
  return span >= 0 && span <= window;
}
