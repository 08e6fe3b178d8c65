import type { Classifier } from '../../dataplane/classifier.ts';
import { readIntervalNanoseconds } from '../../vrrp/advert.ts';
import {
  advertChecksum,
  CHECKSUM_BAD,
  CHECKSUM_PLAIN,
  CHECKSUM_PSEUDO_HEADER,
} from '../../vrrp/checksum.ts';
import { readIpv4TimeToLive } from '../../wire/ipv4.ts';
import { readIpv6HopLimit } from '../../wire/ipv6.ts';
import type { FindingLog } from '../finding-log.ts';
import type { Finding } from '../result.ts';
import { FAULT_CHECKSUM, FAULT_TTL, type Router } from '../virtual-router.ts';
import type { RouterWords } from './router-words.ts';
import type { SpeakerWatch, SpeakerWatches } from './speaker-watch.ts';

/**
 * Adverts that receivers discard or misread by themselves, whatever the others send: a checksum
 * or TTL that is wrong, an interval of zero, a checksum convention that a peer does not share.
 * One finding a speaker; how many adverts it was is added at the end.
 */
const COMPLETED_MAX = 1000;

const CONVENTION_TEXTS: readonly string[] = [
  'over the message alone',
  'with the IPv4 pseudo-header',
  'with a pseudo-header that names 224.0.0.18',
];

export class AdvertFaults {
  private readonly log: FindingLog;
  private readonly words: RouterWords;
  private readonly watches: SpeakerWatches;
  private readonly mixed = new Set<Router>();
  private readonly bad: { watch: SpeakerWatch; finding: Finding }[] = [];

  constructor(log: FindingLog, words: RouterWords, watches: SpeakerWatches) {
    this.log = log;
    this.words = words;
    this.watches = watches;
  }

  /** False where the octets of the advert cannot be trusted. */
  onAdvert(watch: SpeakerWatch, view: DataView, seen: Classifier): boolean {
    const { faults, router } = watch.speaker;
    const checksum = faults[FAULT_CHECKSUM] as number;
    if (checksum !== watch.checksumFaults) {
      watch.checksumFaults = checksum;
      if (checksum === 1) this.raiseChecksum(watch);
      return false;
    }
    const ttl = faults[FAULT_TTL] as number;
    if (ttl !== watch.ttlFaults) {
      watch.ttlFaults = ttl;
      if (ttl === 1) this.raiseTtl(watch, view, seen);
    }
    const interval = readIntervalNanoseconds(view, seen.upperAt);
    if (interval === 0 && watch.interval !== 0) this.raiseZero(watch);
    watch.interval = interval;
    if (router.conventions !== watch.conventions) this.judgeConvention(watch, view, seen);
    return true;
  }

  finish(): void {
    for (const { watch, finding } of this.bad) {
      const { speaker, checksumFaults } = watch;
      finding.message =
        `${this.words.speaker(speaker)} sent ${speaker.adverts} adverts of VRID ` +
        `${speaker.router.vrid}, ${checksumFaults} of them with a checksum that is right under ` +
        'no convention: every receiver discards those.';
      if (checksumFaults < speaker.adverts) finding.severity = 'warning';
    }
  }

  private raiseChecksum(watch: SpeakerWatch): void {
    const { speaker } = watch;
    const finding = this.log.raiseNow({
      code: 'vrrp-bad-checksum',
      severity: 'error',
      id: this.words.idOf(speaker.router),
      message:
        `${this.words.speaker(speaker)} sends adverts of VRID ${speaker.router.vrid} whose ` +
        'checksum is right under no convention: every receiver discards them.',
      advice:
        'If all its adverts are bad, update the VRRP software of the sender; if only some are, ' +
        'look for a damaged cable, a faulty network card or a device that rewrites packets.',
    });
    if (this.bad.length < COMPLETED_MAX) this.bad.push({ watch, finding });
  }

  private raiseTtl({ speaker }: SpeakerWatch, view: DataView, seen: Classifier): void {
    const isIpv4 = speaker.router.family === 4;
    const ttl = isIpv4
      ? readIpv4TimeToLive(view, seen.packet)
      : readIpv6HopLimit(view, seen.packet);
    this.log.raiseNow({
      code: 'vrrp-bad-ttl',
      severity: 'error',
      id: this.words.idOf(speaker.router),
      message:
        `${this.words.speaker(speaker)} sends multicast adverts of VRID ${speaker.router.vrid} ` +
        `with ${isIpv4 ? 'TTL' : 'hop limit'} ${ttl}: receivers discard all but 255.`,
      advice:
        'A router or a tunnel between them lowers it, or somebody forges adverts from afar. ' +
        'Multicast VRRP needs one network; across networks use `unicast_peer { ... }`.',
    });
  }

  private raiseZero({ speaker }: SpeakerWatch): void {
    const isVersion2 = speaker.router.version === 2;
    this.log.raiseNow({
      code: 'interval-zero',
      severity: 'warning',
      id: this.words.idOf(speaker.router),
      message:
        `${this.words.speaker(speaker)} announces an advert interval of 0 for VRID ` +
        `${speaker.router.vrid}${isVersion2 ? ' (VRRPv2 has whole seconds only)' : ''}: a backup ` +
        'that believes it waits for its skew time alone and takes over by mistake.',
      advice: isVersion2
        ? 'Write `advert_int 1`, or `vrrp_version 3` in global_defs for intervals below 1 s.'
        : 'Write an interval of 0.01 s or more, for instance `advert_int 0.1`.',
    });
  }

  /** Only where the router's set of conventions has changed: this advert is looked at again. */
  private judgeConvention(watch: SpeakerWatch, view: DataView, seen: Classifier): void {
    const { speaker } = watch;
    const { router } = speaker;
    watch.conventions = router.conventions;
    if (router.version !== 3 || router.family !== 4) return;
    const { packet, upperAt, upperEnd } = seen;
    watch.convention = advertChecksum(view, packet, upperAt, upperEnd, 4);
    for (const one of router.speakers) {
      const other = this.watches.of(one);
      const differs = other.convention >= 0 && other.convention !== watch.convention;
      if (differs && other.convention !== CHECKSUM_BAD && watch.convention !== CHECKSUM_BAD) {
        this.raiseConvention(watch, other);
        return;
      }
    }
  }

  private raiseConvention(watch: SpeakerWatch, other: SpeakerWatch): void {
    const { router } = watch.speaker;
    if (this.mixed.has(router)) return;
    this.mixed.add(router);
    const isStrict = watch.convention === CHECKSUM_PLAIN || other.convention === CHECKSUM_PLAIN;
    const how = (one: SpeakerWatch): string =>
      `${this.words.speaker(one.speaker)} ${CONVENTION_TEXTS[one.convention]}`;
    const plain = watch.convention === CHECKSUM_PLAIN ? other : watch;
    const peer = plain.convention === CHECKSUM_PSEUDO_HEADER ? plain : watch;
    this.log.raiseNow({
      code: 'vrrp-checksum-convention',
      severity: isStrict ? 'error' : 'warning',
      id: this.words.idOf(router),
      message:
        `VRID ${router.vrid}: ${how(watch)}, ${how(other)} computes the checksum of VRRPv3 ` +
        'adverts. Who does not accept the other form discards them, and both become master.',
      advice: isStrict
        ? `Write \`v3_checksum_as_v2\` in the vrrp_instance of ${this.words.ip(peer.speaker)} ` +
          `(FRR: \`no vrrp ${router.vrid} checksum-with-ipv4-pseudoheader\`): ` +
          'RFC 9568 has no pseudo-header.'
        : 'Update the older keepalived: 1.3.6 and before put 224.0.0.18 into unicast checksums.',
    });
  }
}
