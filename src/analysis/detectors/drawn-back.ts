import type { Claim } from '../../arp/claim.ts';
import { isVirtualMac } from '../../wire/mac.ts';
import type { Clock } from '../clock.ts';
import type { FindingLog } from '../finding-log.ts';
import { FAILOVER, type Logs } from '../logs.ts';
import type { Track } from '../track.ts';
import type { Router, Speaker } from '../virtual-router.ts';
import { type RouterWords, secondsText } from './router-words.ts';

/**
 * With use_vmac both nodes have one MAC. The newcomer announces an address that the old master
 * has not yet removed, whose kernel takes the announcement for a question and answers it: an ARP
 * reply from the virtual MAC to the virtual MAC. Every switch on its way then sends the MAC to
 * the old master again.
 */
export class DrawnBack {
  private readonly clock: Clock;
  private readonly log: FindingLog;
  private readonly words: RouterWords;
  private readonly logs: Logs;
  private readonly speakers: readonly Speaker[];
  private readonly raised = new Set<Router | number>();

  constructor(
    clock: Clock,
    log: FindingLog,
    words: RouterWords,
    logs: Logs,
    speakers: readonly Speaker[],
  ) {
    this.clock = clock;
    this.log = log;
    this.words = words;
    this.logs = logs;
    this.speakers = speakers;
  }

  /** A gratuitous reply from a virtual MAC to the same MAC. */
  onReply(claim: Claim, mac: number, track: Track): void {
    if (claim.link.destinationHigh !== claim.macHigh || claim.link.destinationLow !== claim.macLow)
      return;
    const router = track.routers[0];
    if (router === undefined || this.raised.has(router)) return;
    this.raised.add(router);
    const { failovers } = this.logs;
    const last = track.lastFailover;
    const known = last >= 0 && failovers.isKept(last);
    const from = known ? this.speakers[failovers.get(last, FAILOVER.FROM_SPEAKER)] : undefined;
    const to = known ? this.speakers[failovers.get(last, FAILOVER.TO_SPEAKER)] : undefined;
    const after = known ? this.clock.now - failovers.get(last, FAILOVER.NOW) : Number.NaN;
    const isRefreshed = to !== undefined && isVirtualMac(to.mac);
    const until = isRefreshed
      ? `within ${secondsText(to.observer.interval)}, since its adverts carry the virtual MAC`
      : 'at its next announcement, since its adverts carry its own MAC';
    this.log.raiseNow({
      code: 'vmac-drawn-back',
      severity: isRefreshed ? 'info' : 'warning',
      id: track.id,
      message:
        `${from === undefined ? 'The former master' : this.words.speaker(from)} answered the ` +
        `announcement of ${this.words.list([track.id])} by ` +
        `${to === undefined ? 'the new master' : this.words.speaker(to)}` +
        `${Number.isNaN(after) ? '' : ` ${secondsText(after)} later`} from the same virtual MAC ` +
        `${this.words.mac(mac)}: switches send it to the former master again. The new one draws ` +
        `it back ${until}.`,
      advice: isRefreshed
        ? 'No change is needed: its adverts set it right. Without `use_vmac` it cannot happen.'
        : 'Remove `vmac_xmit_base`, so that adverts keep the switches right, or `use_vmac`; else ' +
          'write `garp_master_delay 1` and `garp_master_refresh 5` to shorten it.',
    });
  }
}
