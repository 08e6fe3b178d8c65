import {
  PROFILE_FREEBSD,
  PROFILE_LINUX,
  PROFILE_NAMES,
  PROFILE_RFC826,
} from '../../arp/receiver-profiles.ts';
import { ANNOUNCED_LATE } from '../blind-takeovers.ts';
import type { FindingLog } from '../finding-log.ts';
import { FAILOVER, type Logs } from '../logs.ts';
import type { FailoverEntry } from '../result.ts';
import type { Track } from '../track.ts';
import type { AddressWords } from './address-words.ts';

/**
 * What the finished failovers show: `slow-takeover` (detection above masterDownInterval + 0.5 s),
 * `slow-recovery` (outage above detection + 1 s), and `announcement-ineffective` (receivers by
 * `linux`, `freebsd` or `rfc826` never follow).
 */
const TAKEOVER_SLACK = 0.5e9;
const RECOVERY_SLACK = 1e9;
/** Those of the profiles whose word this is; RFC 826 says nothing of IPv6. */
const JUDGES = (1 << PROFILE_LINUX) | (1 << PROFILE_FREEBSD) | (1 << PROFILE_RFC826);

export class TakeoverFindings {
  private readonly log: FindingLog;
  private readonly words: AddressWords;
  private readonly logs: Logs;
  private readonly tracks: readonly (Track | undefined)[];

  constructor(
    log: FindingLog,
    words: AddressWords,
    logs: Logs,
    tracks: readonly (Track | undefined)[],
  ) {
    this.log = log;
    this.words = words;
    this.logs = logs;
    this.tracks = tracks;
  }

  /** Who has not seen all adverts knows nothing of detection. */
  finish(seesAll: boolean): void {
    const { failovers } = this.logs;
    for (const sequence of failovers.kept()) {
      const id = failovers.get(sequence, FAILOVER.ID);
      if (this.tracks[id]?.isVirtual !== true || this.isInOrder(sequence)) continue;
      const entry = this.log.entries.failover(sequence);
      const about = {
        id,
        frame: entry.frame,
        stamp: failovers.get(sequence, FAILOVER.STAMP),
        to: this.words.host(failovers.get(sequence, FAILOVER.TO_MAC)),
      };
      const isSlow = seesAll && this.isSlow(sequence) && !this.hasNoInterval(id);
      if (isSlow) this.takeover(entry, about, failovers.get(sequence, FAILOVER.AHEAD));
      if (seesAll && this.isLate(sequence)) this.recovery(entry, about, this.afterClaim(sequence));
      this.effect(entry, about);
    }
  }

  /** By numbers alone, so that thousands of failovers without fault need no words. */
  private isInOrder(sequence: number): boolean {
    if (this.isSlow(sequence) || this.isLate(sequence)) return false;
    return this.log.entries.areConvinced(sequence, JUDGES);
  }

  private isSlow(sequence: number): boolean {
    const { failovers } = this.logs;
    const expected = failovers.get(sequence, FAILOVER.MASTER_DOWN);
    return failovers.get(sequence, FAILOVER.DETECTION) > expected + TAKEOVER_SLACK;
  }

  private isLate(sequence: number): boolean {
    const { failovers } = this.logs;
    const took = failovers.get(sequence, FAILOVER.DETECTION);
    const isLong = failovers.get(sequence, FAILOVER.OUTAGE) - took > RECOVERY_SLACK;
    return isLong && !this.hadRecovered(sequence);
  }

  /** Whether the new holder had answered when the outage began: it is the next failover's, then. */
  private hadRecovered(sequence: number): boolean {
    const { failovers } = this.logs;
    const before = failovers.get(sequence, FAILOVER.OUTAGE_BEFORE);
    return before !== 0 && before === failovers.get(sequence, FAILOVER.TO_MAC);
  }

  /** Nanoseconds from its claim to the end of its outage. */
  private afterClaim(sequence: number): number {
    const { failovers } = this.logs;
    return failovers.get(sequence, FAILOVER.OUTAGE_END) - failovers.get(sequence, FAILOVER.NOW);
  }

  /** Where 0 is announced, what backups wait for stands in their own files: see interval-zero. */
  private hasNoInterval(id: number): boolean {
    const routers = this.tracks[id]?.routers ?? [];
    return routers.some(({ speakers }) =>
      speakers.some(({ observer }) => observer.announcedInterval === 0),
    );
  }

  /** `ahead`: how long before its claim the new holder was heard as master, in nanoseconds. */
  private takeover(entry: FailoverEntry, { id, frame, stamp, to }: About, ahead: number): void {
    const { detectionSeconds: took, masterDownIntervalSeconds: expected } = entry;
    // Where the capture was blind, it does not hold the moment of the takeover.
    if (took === null || expected === null || entry.blind !== undefined) return;
    const isHeard = ahead > ANNOUNCED_LATE;
    this.log.raise({
      code: 'slow-takeover',
      severity: 'warning',
      id,
      frame,
      stamp,
      message:
        `${to} took ${this.words.ip(id)} ${took.toFixed(3)} s after the last advert of the old ` +
        `master; by its priority and the advert interval ${expected.toFixed(3)} s would do` +
        `${isHeard ? `. It was master by its adverts ${(ahead / 1e9).toFixed(3)} s earlier` : ''}.`,
      advice: isHeard
        ? 'Its announcements were late or lost, or taken back by another: write ' +
          '`garp_master_delay 1` and `garp_master_refresh 5`, and look for two masters.'
        : 'Look for what held it up: a loaded machine (`vrrp_rt_priority 50`, `vrrp_no_swap`), ' +
          'a track_script or `vrrp_startup_delay`, an interface that came up late.',
    });
  }

  private recovery(entry: FailoverEntry, { id, frame, stamp, to }: About, after: number): void {
    const { detectionSeconds: took, outageSeconds: outage } = entry;
    if (took === null || outage === null) return;
    // Whoever speaks no VRRP has no master's duties: a rogue's claim is no recovery.
    if (entry.masterDownIntervalSeconds === null) return;
    const parts =
      `the outage lasted ${outage.toFixed(3)} s, of which detection took ` + `${took.toFixed(3)} s`;
    // A service may die before its master, and clients may not ask for a while.
    const isBefore = after <= RECOVERY_SLACK;
    const still = Number.isFinite(after) ? after / 1e9 : outage - took;
    this.log.raise({
      code: 'slow-recovery',
      severity: 'warning',
      id,
      frame,
      stamp,
      message: isBefore
        ? `Clients had no answer long before ${to} claimed ${this.words.ip(id)}: ${parts}, and ` +
          `${(after / 1e9).toFixed(3)} s came after the claim.`
        : `After ${to} had claimed ${this.words.ip(id)}, clients still had no answer for ` +
          `${still.toFixed(1)} s: ${parts}.`,
      advice: isBefore
        ? 'Look at the requests before the last advert: where some were in vain, the service was ' +
          'dead while its master was well, and belongs in a `track_script`; where there are ' +
          'none, nobody asked.'
        : 'The announcement was lost or not believed, or the service started late (or nobody ' +
          'asked meanwhile). Write `garp_master_delay 1` and `garp_master_refresh 5`, and let ' +
          'the service run on both.',
    });
  }

  private effect(entry: FailoverEntry, { id, frame, stamp, to }: About): void {
    const isIpv6 = entry.ip.includes(':');
    const deaf = entry.receivers.filter(
      ({ profile, acceptedFrame }) =>
        acceptedFrame === null && isJudge(profile) && !(isIpv6 && profile === 'rfc826'),
    );
    const [first] = deaf;
    if (first === undefined) return;
    this.log.raise({
      code: 'announcement-ineffective',
      severity: 'error',
      id,
      frame,
      stamp,
      message:
        `Receivers as ${deaf.map(({ profile }) => profile).join(', ')} never followed ` +
        `${to} to ${this.words.ip(id)}: ${first.why}.`,
      advice: isIpv6
        ? 'Send unsolicited neighbor advertisements to ff02::1 with the override flag, as ' +
          'keepalived does, and repeat them: `garp_master_refresh 5`.'
        : 'Announce by broadcast ARP request (arping -U; keepalived does so), more than once and ' +
          'later than a second after the loser: `garp_master_delay 1`, `garp_master_refresh 5`.',
    });
  }
}

function isJudge(profile: string): boolean {
  return (JUDGES & (1 << PROFILE_NAMES.indexOf(profile))) !== 0;
}

interface About {
  readonly id: number;
  readonly frame: number;
  readonly stamp: number;
  readonly to: string;
}
