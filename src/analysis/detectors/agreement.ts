import type { Clock } from '../clock.ts';
import type { FindingLog } from '../finding-log.ts';
import type { Severity } from '../result.ts';
import { type Router, type Speaker, wasHeardLately } from '../virtual-router.ts';
import type { RouterWords } from './router-words.ts';
import { secondsText } from './router-words.ts';
import type { SpeakerWatch, SpeakerWatches } from './speaker-watch.ts';

/**
 * In what the speakers of one router must agree: authentication, address list, interval. Compared
 * when a speaker begins to speak or changes its mind, and only with those who spoke just before.
 */
const AUTH_TEXTS = ['without authentication', 'with a password', 'with an AH header'] as const;

export class Agreement {
  private readonly clock: Clock;
  private readonly log: FindingLog;
  private readonly words: RouterWords;
  private readonly watches: SpeakerWatches;
  private readonly raised = {
    auth: new Set<Router>(),
    list: new Set<Router>(),
    interval: new Set<Router>(),
  };

  constructor(clock: Clock, log: FindingLog, words: RouterWords, watches: SpeakerWatches) {
    this.clock = clock;
    this.log = log;
    this.words = words;
    this.watches = watches;
  }

  compare(watch: SpeakerWatch): void {
    const { speaker } = watch;
    const { router } = speaker;
    for (const other of router.speakers) {
      if (other === speaker || !wasHeardLately(other, this.clock.now)) continue;
      const mine = speaker.authDigest;
      if (mine !== 0 && other.authDigest !== 0 && other.authDigest !== mine) {
        this.raiseAuth(watch, this.watches.of(other));
      }
      if (this.watches.of(other).interval !== watch.interval) {
        this.raiseInterval(watch, this.watches.of(other));
      }
      const hasLists = speaker.addressDigest !== 0 && other.addressDigest !== 0;
      if (hasLists && other.addressDigest !== speaker.addressDigest)
        this.judgeLists(speaker, other);
    }
  }

  private raiseAuth(watch: SpeakerWatch, other: SpeakerWatch): void {
    const isSame = watch.authType === other.authType;
    const what = isSame
      ? `${this.words.speaker(watch.speaker)} and ${this.words.speaker(other.speaker)} use ` +
        'different passwords'
      : `${this.words.speaker(watch.speaker)} sends ${authText(watch.authType)}, ` +
        `${this.words.speaker(other.speaker)} ${authText(other.authType)}`;
    this.raise('auth', watch.speaker.router, {
      code: 'vrrp-auth-mismatch',
      severity: 'error',
      message:
        `VRID ${watch.speaker.router.vrid}: ${what}. Each discards the other's adverts, so both ` +
        'become master.',
      advice: isSame
        ? 'Write the same `auth_pass` (8 characters count) in the authentication block of both.'
        : 'Write the same `authentication { auth_type ... }` block on both, or remove it on both.',
    });
  }

  private raiseInterval(watch: SpeakerWatch, other: SpeakerWatch): void {
    // Before its first whole advert a speaker has no interval to compare.
    if (Number.isNaN(other.interval) || Number.isNaN(watch.interval)) return;
    const { router } = watch.speaker;
    const isVersion2 = router.version === 2;
    const announces = (one: SpeakerWatch): string =>
      `${this.words.speaker(one.speaker)} announces ${secondsText(one.interval)}`;
    const longer = Math.max(watch.interval, other.interval) / 1e9;
    this.raise('interval', router, {
      code: 'vrrp-interval-mismatch',
      severity: isVersion2 ? 'error' : 'info',
      message:
        `VRID ${router.vrid}: ${announces(watch)}, ${announces(other)} as its interval. ` +
        (isVersion2
          ? "VRRPv2 discards the other's adverts then, so both become master."
          : 'A backup follows the master, so a failover takes longer or shorter by who is master.'),
      advice: `Write the same interval on both, for instance \`advert_int ${longer || 1}\`.`,
    });
  }

  private judgeLists(speaker: Speaker, other: Speaker): void {
    const { router } = speaker;
    if (this.raised.list.has(router)) return;
    const onlyMine = speaker.addresses.filter((id) => !other.addresses.includes(id));
    const onlyTheirs = other.addresses.filter((id) => !speaker.addresses.includes(id));
    // Two disjoint lists are two routers: see vrid-collision.
    const shared = speaker.addresses.length - onlyMine.length;
    if (shared === 0 && speaker.addresses.length > 0 && other.addresses.length > 0) return;
    const differences = [[speaker, onlyMine] as const, [other, onlyTheirs] as const].flatMap(
      ([one, ids]) =>
        ids.length === 0 ? [] : [`only ${this.words.speaker(one)} lists ${this.words.list(ids)}`],
    );
    if (differences.length === 0) return;
    this.raise('list', router, {
      code: 'vrrp-address-list-mismatch',
      severity: router.version === 2 ? 'error' : 'warning',
      message:
        `VRID ${router.vrid}: ${differences.join(', and ')}. ` +
        (router.version === 2 ? 'keepalived discards such adverts, so both become master; ' : '') +
        'an address that one of them lacks is dead while that one is master.',
      advice: 'Make the `virtual_ipaddress { ... }` blocks of all nodes the same.',
    });
  }

  private raise(
    kind: keyof Agreement['raised'],
    router: Router,
    text: { code: string; severity: Severity; message: string; advice: string },
  ): void {
    if (this.raised[kind].has(router)) return;
    this.raised[kind].add(router);
    this.log.raiseNow({ id: this.words.idOf(router), ...text });
  }
}

function authText(type: number): string {
  return AUTH_TEXTS[type] ?? `with authentication type ${type}`;
}
