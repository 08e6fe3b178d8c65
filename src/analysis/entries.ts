import { FORM_NAMES } from '../arp/claim.ts';
import { meaningless } from '../arp/receiver-profiles.ts';
import type { AddressBook } from '../dataplane/address-book.ts';
import type { Site } from '../dataplane/address-plan.ts';
import { DROP_REASON_NAMES } from '../dataplane/drop-reason.ts';
import { CLAIM_REFUSED, CLAIM_VERDICT_NAMES } from '../dataplane/verdict.ts';
import { formatIpv4, formatIpv6, type Ipv6Words } from '../wire/ip-address.ts';
import { formatMac, isVirtualMac } from '../wire/mac.ts';
import type { AdvertsOf } from './asides.ts';
import type { Clients } from './clients.ts';
import { failoverAsides } from './failover-asides.ts';
import type { FrameOrigins } from './frame-origins.ts';
import * as log from './logs.ts';
import { CLAIM, FAILOVER, type Logs, OUTAGE, TIMELINE } from './logs.ts';
import { outageAsides } from './outage-asides.ts';
import { receiversOf } from './receiver-texts.ts';
import { firstParts, RECEPTION } from './receivers.ts';
import type { RecordLog } from './record-log.ts';
import type {
  ClaimEntry,
  FailoverEntry,
  FrameOrigin,
  Moment,
  OutageEntry,
  Party,
  TimelineEntry,
  Vantage,
} from './result.ts';
import type { Stillness } from './stillness.ts';
import { secondsOf, type TimeBase } from './time-base.ts';
import type { Track } from './track.ts';
import type { VainBeginnings } from './vain-beginnings.ts';
import type { Speaker } from './virtual-router.ts';

/**
 * From numeric records to the entries of the result: the one place where addresses, names and
 * times become text, for the document and for a listener alike.
 */
export interface EntrySources {
  readonly logs: Logs;
  readonly times: TimeBase;
  readonly book: AddressBook;
  readonly site: Site | null;
  readonly clients: Clients;
  readonly beginnings: VainBeginnings;
  readonly tracks: readonly (Track | undefined)[];
  readonly speakers: readonly Speaker[];
  /** Who followed a failover when, by its sequence number. */
  readonly receptions: RecordLog;
  readonly stillness: Stillness;
  vlanOf(network: number): number;
}

export class Entries {
  private readonly from: EntrySources;
  private vantage: Vantage = 'switch';
  /** Whether silence in the capture means silence on the network. */
  private seesAll = true;
  /** Where the frames of several merged captures stood; null where there is but one. */
  origins: FrameOrigins | null = null;

  constructor(sources: EntrySources) {
    this.from = sources;
  }

  /**
   * Where the capture was taken, and whether all frames passed there, once that is known; entries
   * made before are of a capture that sees everything.
   */
  stand(vantage: Vantage, seesFrames: boolean): void {
    this.vantage = vantage;
    this.seesAll = seesFrames && vantage !== 'arp-only';
  }

  ip(id: number): string {
    const { book } = this.from;
    if (book.family(id) === 4) return formatIpv4(book.word(id, 3));
    return formatIpv6(book.word(id, 0), book.word(id, 1), book.word(id, 2), book.word(id, 3));
  }

  vlan(id: number): number | null {
    const network = this.from.book.network(id);
    return network === 0 ? null : this.from.vlanOf(network);
  }

  name(mac: number): string | null {
    return this.from.site === null ? null : this.from.site.nameOf(mac);
  }

  /** A virtual MAC is whoever's that is master: its adverts come from an address of its own. */
  speakerName(mac: number, speaker: number): string | null {
    const ip = isVirtualMac(mac) ? this.speakerIp(speaker) : null;
    const { site } = this.from;
    return ip === null || site === null ? this.name(mac) : site.nameAt(ip);
  }

  speakerIp(index: number): string | null {
    const speaker = this.from.speakers[index];
    if (speaker === undefined) return null;
    return this.ipOf(speaker.router.family, speaker.words);
  }

  /** The IP source of the adverts that come from this MAC; null where none do, or of several. */
  speakerWithMac(mac: number): string | null {
    const ips = new Set<string | null>();
    for (const speaker of this.from.speakers) {
      if (speaker.mac === mac) ips.add(this.speakerIp(speaker.index));
    }
    const [only = null] = ips;
    return ips.size === 1 && !isVirtualMac(mac) ? only : null;
  }

  /** An IPv4 address is in the last word. */
  ipOf(family: 4 | 6, words: Ipv6Words): string {
    return family === 4 ? formatIpv4(words[3]) : formatIpv6(...words);
  }

  clientIp(client: number): string {
    const { clients, book } = this.from;
    const word = (index: number): number => clients.word(client, index);
    const family = book.family(clients.addressId(client)) === 4 ? 4 : 6;
    return this.ipOf(family, [word(0), word(1), word(2), word(3)]);
  }

  /** A frame by its number and its time, NaN where it has none. */
  moment(stamp: number, frame: number): Moment {
    const { times } = this.from;
    return {
      time: times.format(stamp, frame),
      t: times.sinceFirst(stamp),
      frame,
      ...this.originOf(frame),
    };
  }

  originOf(frame: number | null): FrameOrigin | null {
    return this.origins === null || frame === null ? null : this.origins.origin(frame);
  }

  claim(sequence: number): ClaimEntry {
    const { claims } = this.from.logs;
    const id = claims.get(sequence, CLAIM.ID);
    const mac = claims.get(sequence, CLAIM.MAC);
    const source = claims.get(sequence, CLAIM.SOURCE);
    const verdict = claims.get(sequence, CLAIM.VERDICT);
    const reason = claims.get(sequence, CLAIM.REASON);
    const entry = {
      ...this.momentOf(claims, sequence, CLAIM.STAMP, CLAIM.FRAME),
      vlan: this.vlan(id),
      ip: this.ip(id),
      mac: formatMac(mac),
      name: this.name(mac),
      form: FORM_NAMES[claims.get(sequence, CLAIM.FORM)] as string,
      verdict: CLAIM_VERDICT_NAMES[verdict] as ClaimEntry['verdict'],
      reason: verdict === CLAIM_REFUSED ? (DROP_REASON_NAMES[reason] as string) : null,
    };
    return Number.isNaN(source) ? entry : { ...entry, ethernetSource: formatMac(source) };
  }

  timeline(sequence: number): TimelineEntry {
    const { timeline } = this.from.logs;
    const mac = timeline.get(sequence, TIMELINE.MAC);
    const speaker = timeline.get(sequence, TIMELINE.SPEAKER);
    return {
      ...this.momentOf(timeline, sequence, TIMELINE.STAMP, TIMELINE.FRAME),
      mac: macOrNull(mac),
      name: this.speakerName(mac, speaker),
      speaker: this.speakerIp(speaker),
      cause: log.CAUSES[timeline.get(sequence, TIMELINE.CAUSE)] ?? 'announcement',
      ...this.meanwhile(sequence),
    };
  }

  private meanwhile(sequence: number): Pick<TimelineEntry, 'meanwhile'> {
    const { timeline } = this.from.logs;
    const speaker = this.from.speakers[timeline.get(sequence, TIMELINE.OTHER)];
    if (speaker === undefined) return {};
    const frame = timeline.get(sequence, TIMELINE.OTHER_FRAME);
    return { meanwhile: this.adverts(speaker, frame, timeline.get(sequence, TIMELINE.OTHER_LAST)) };
  }

  adverts(speaker: Speaker, frame: number, lastFrame: number): AdvertsOf {
    const party = this.party(speaker.mac, speaker.index);
    return { ...party, frame, ...this.originOf(frame), lastFrame };
  }

  failover(sequence: number): FailoverEntry {
    const { logs, receptions, times, book } = this.from;
    const { failovers } = logs;
    const field = (index: number): number => failovers.get(sequence, index);
    const frame = (index: number): number | null => field(index) || null;
    const id = field(FAILOVER.ID);
    const moment = this.momentOf(failovers, sequence, FAILOVER.STAMP, FAILOVER.FRAME);
    return {
      ip: this.ip(id),
      vlan: this.vlan(id),
      ...moment,
      from: this.party(field(FAILOVER.FROM_MAC), field(FAILOVER.FROM_SPEAKER)),
      to: this.party(field(FAILOVER.TO_MAC), field(FAILOVER.TO_SPEAKER)),
      cause: log.CAUSES[field(FAILOVER.CAUSE)] ?? 'announcement',
      // Without time, two moments are no stretch of it.
      detectionSeconds: moment.t === null ? null : duration(field(FAILOVER.DETECTION)),
      outageSeconds: this.outageSeconds(sequence),
      masterDownIntervalSeconds: duration(field(FAILOVER.MASTER_DOWN)),
      evidence: {
        vantage: this.from.tracks[id]?.isRewritten === true ? 'rewritten' : this.vantage,
        lastAdvertFrame: frame(FAILOVER.LAST_ADVERT),
        lastServiceFrame: frame(FAILOVER.LAST_SERVICE),
        firstClaimFrame: frame(FAILOVER.FIRST_CLAIM),
        firstAdvertFrame: frame(FAILOVER.FIRST_ADVERT),
        firstServiceFrame: frame(FAILOVER.FIRST_SERVICE),
      },
      receivers: receiversOf(receptions, sequence, times, { family: book.family(id), ...moment }),
      ...failoverAsides(sequence, this.from, this),
    };
  }

  /** `failoverIndex` gives a failover's place in the printed list, or null. */
  outage(sequence: number, failoverIndex: (sequence: number) => number | null): OutageEntry {
    const { logs, clients } = this.from;
    const field = (index: number): number => logs.outages.get(sequence, index);
    const id = field(OUTAGE.ID);
    const before = field(OUTAGE.BEFORE_MAC);
    const after = field(OUTAGE.AFTER_MAC);
    const firstServiceFrame = field(OUTAGE.FIRST_SERVICE) || null;
    const failover = field(OUTAGE.FAILOVER);
    const cause = logs.failovers.get(failover, FAILOVER.CAUSE);
    const { time, t } = this.momentOf(logs.outages, sequence, OUTAGE.END_STAMP, OUTAGE.END_FRAME);
    const client = field(OUTAGE.CLIENT);
    const mac = clients.mac(client);
    return {
      ip: this.ip(id),
      vlan: this.vlan(id),
      client: {
        mac: mac === 0 ? null : formatMac(mac),
        ip: this.clientIp(client),
      },
      time,
      t,
      seconds: t === null ? null : duration(field(OUTAGE.END) - field(OUTAGE.START)),
      unanswered: field(OUTAGE.UNANSWERED),
      lastServiceFrame: field(OUTAGE.LAST_SERVICE),
      firstServiceFrame,
      before: { mac: macOrNull(before), name: this.name(before) },
      after: firstServiceFrame === null ? null : { mac: macOrNull(after), name: this.name(after) },
      failover: failover < 0 ? null : failoverIndex(failover),
      cause: log.CAUSES[cause] ?? log.OUTAGE_CAUSES[field(OUTAGE.CAUSE)] ?? 'unknown',
      ...outageAsides(sequence, this.from, this),
    };
  }

  /** Whether receivers of all these profiles, a bit mask, believed a failover's first claim. */
  areConvinced(failover: number, profiles: number): boolean {
    const { logs, receptions, book } = this.from;
    const first = firstParts(receptions.get(failover, RECEPTION.FIRST));
    const family = book.family(logs.failovers.get(failover, FAILOVER.ID)) === 4 ? 4 : 6;
    return first.isSame || (profiles & ~meaningless(family) & ~first.profiles) === 0;
  }

  /** How long the outage was that holds a failover; null where the capture cannot tell. */
  outageSeconds(failover: number): number | null {
    const { failovers } = this.from.logs;
    if (Number.isNaN(failovers.get(failover, FAILOVER.STAMP))) return null;
    const outage = failovers.get(failover, FAILOVER.OUTAGE);
    if (outage > 0) return duration(outage);
    // Some client was without an answer, nobody knows since when.
    if (this.from.beginnings.has(failover)) return null;
    if (!Number.isNaN(outage)) return duration(outage);
    const track = this.from.tracks[failovers.get(failover, FAILOVER.ID)];
    if (track === undefined || (track.isRewritten && !track.isAsked)) return null;
    // Whom nobody answered before cannot have missed an answer; who is answered later has not.
    const claim = failovers.get(failover, FAILOVER.NOW);
    const isServed = track.firstAnswer < claim && track.lastHeard > claim;
    return isServed && this.seesAll ? 0 : null;
  }

  private party(mac: number, speaker: number): Party {
    const name = this.speakerName(mac, speaker);
    return { mac: formatMac(mac), name, speaker: this.speakerIp(speaker) };
  }

  private momentOf(
    records: RecordLog,
    sequence: number,
    stampField: number,
    frameField: number,
  ): Moment {
    return this.moment(records.get(sequence, stampField), records.get(sequence, frameField));
  }
}

function duration(nanoseconds: number): number | null {
  return Number.isNaN(nanoseconds) ? null : secondsOf(nanoseconds);
}

function macOrNull(mac: number): string | null {
  return mac === 0 ? null : formatMac(mac);
}
