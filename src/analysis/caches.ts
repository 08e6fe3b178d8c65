import {
  ARP_REQUEST,
  readOperation,
  readSenderHardwareHigh,
  readSenderHardwareLow,
  readSenderProtocolAddress,
  readTargetProtocolAddress,
} from '../arp/arp.ts';
import type { Claim } from '../arp/claim.ts';
import { STATE_NAMES } from '../arp/linux-neighbor.ts';
import { isDuplicateAddressDetection, isSolicitation, neighborTargetAt } from '../arp/neighbor.ts';
import type { AddressBook } from '../dataplane/address-book.ts';
import { CARRIES_ARP, type Classifier } from '../dataplane/classifier.ts';
import { formatIpv4, formatIpv6, readIpv6Words } from '../wire/ip-address.ts';
import { ipv6SourceAt } from '../wire/ipv6.ts';
import { formatMac, isGroupMacHigh, macFromHalves } from '../wire/mac.ts';
import { CachedAddress } from './cached-address.ts';
import type { Clock } from './clock.ts';
import type { Entries } from './entries.ts';
import type { CacheEntry } from './result.ts';
import type { TimeBase } from './time-base.ts';
import type { Track } from './track.ts';

/**
 * The neighbor tables of the hosts that talk to virtual addresses, as Linux would keep them: made
 * only where it is asked for, because each ARP frame and each packet to an address is looked at.
 * Hosts are found by their questions and their packets. Bounded: pairs of address and host beyond
 * `PAIRS_MAX` are not followed.
 */
const PAIRS_MAX = 4096;

type Hosts = Map<number, CachedAddress>;
const NOBODY: Hosts = new Map();

export class Caches {
  private readonly clock: Clock;
  private readonly book: AddressBook;
  private readonly hosts = new Map<string, Hosts>();
  /** The same by the address's id, once it has been claimed. */
  private readonly byId: (Hosts | undefined)[] = [];
  private pairs = 0;

  constructor(clock: Clock, book: AddressBook) {
    this.clock = clock;
    this.book = book;
  }

  /** A claim that reaches hosts, not a refused one. */
  onClaim(claim: Claim, id: number): void {
    const mac = macFromHalves(claim.macHigh, claim.macLow);
    for (const host of this.hostsOf(id).values()) host.hear(claim, mac, this.clock);
  }

  /** Any ARP or ND frame: is it a question? */
  onResolution(view: DataView, seen: Classifier): void {
    if (seen.carries === CARRIES_ARP) this.onArp(view, seen);
    else this.onNeighbor(view, seen);
  }

  /** A packet to a claimed address. */
  onPacketTo(id: number, view: DataView, seen: Classifier): void {
    const { link } = seen;
    if (!link.hasSource || isGroupMacHigh(link.destinationHigh)) return;
    const at = seen.packet;
    const words =
      seen.family === 4
        ? [0, 0, 0, view.getUint32(at + 12)]
        : readIpv6Words(view, ipv6SourceAt(at));
    const mac = link.hasDestination ? macFromHalves(link.destinationHigh, link.destinationLow) : 0;
    const client = macFromHalves(link.sourceHigh, link.sourceLow);
    const host = this.hostOf(this.hostsOf(id), client, words);
    if (host === null) return;
    host.noteOwn(words[3] as number);
    host.send(mac, this.clock);
  }

  /** What the hosts of virtual addresses had, in order of address and host. */
  result(tracks: readonly (Track | undefined)[], entries: Entries, times: TimeBase): CacheEntry[] {
    const virtual = tracks.filter((track) => track?.isVirtual === true) as Track[];
    return virtual.flatMap(({ id }) =>
      [...this.hostsOf(id).values()]
        .filter(({ rows }) => rows.length > 0)
        .map((host) => entryOf(host, id, entries, times, this.book.family(id) === 4)),
    );
  }

  private onArp(view: DataView, seen: Classifier): void {
    const at = seen.packet;
    const sender = readSenderProtocolAddress(view, at);
    const target = readTargetProtocolAddress(view, at);
    const isQuestion = readOperation(view, at) === ARP_REQUEST && sender !== target;
    if (!isQuestion || sender === 0) return;
    const client = macFromHalves(readSenderHardwareHigh(view, at), readSenderHardwareLow(view, at));
    this.ask(seen, client, [0, 0, 0, sender], [0, 0, 0, target]);
  }

  private onNeighbor(view: DataView, seen: Classifier): void {
    const { packet, upperAt, link } = seen;
    if (!isSolicitation(view, upperAt)) return;
    if (isDuplicateAddressDetection(view, packet, upperAt) || !link.hasSource) return;
    const client = macFromHalves(link.sourceHigh, link.sourceLow);
    const words = readIpv6Words(view, ipv6SourceAt(packet));
    this.ask(seen, client, words, readIpv6Words(view, neighborTargetAt(upperAt)));
  }

  private ask(
    seen: Classifier,
    client: number,
    sender: readonly number[],
    target: readonly number[],
  ): void {
    const key = keyOf(seen.network, target);
    let hosts = this.hosts.get(key);
    if (hosts === undefined) {
      if (this.hosts.size >= PAIRS_MAX) return;
      hosts = new Map();
      this.hosts.set(key, hosts);
    }
    const host = this.hostOf(hosts, client, sender);
    if (host === null) return;
    host.noteOwn(sender[3] as number);
    const { link } = seen;
    const isUnicast = link.hasDestination ? !isGroupMacHigh(link.destinationHigh) : false;
    // Without a destination in the capture, a question from one who knows is a probe.
    host.ask(isUnicast || (!link.hasDestination && host.entry.isValid), this.clock);
  }

  private hostsOf(id: number): Hosts {
    const known = this.byId[id];
    if (known !== undefined) return known;
    if (id === 0) return NOBODY;
    const { book } = this;
    const words = [0, 1, 2, 3].map((index) => book.word(id, index));
    const key = keyOf(book.network(id), words);
    const hosts = this.hosts.get(key) ?? new Map<number, CachedAddress>();
    this.hosts.set(key, hosts);
    this.byId[id] = hosts;
    return hosts;
  }

  private hostOf(hosts: Hosts, client: number, words: readonly number[]): CachedAddress | null {
    const known = hosts.get(client);
    if (known !== undefined) return known;
    if (client === 0 || this.pairs >= PAIRS_MAX) return null;
    this.pairs++;
    const host = new CachedAddress(client, words);
    hosts.set(client, host);
    return host;
  }
}

/** IPv4 words are zero but for the last, as no IPv6 address's are that anybody asks for. */
function keyOf(network: number, words: readonly number[]): string {
  return `${network}/${words.join()}`;
}

function entryOf(
  host: CachedAddress,
  id: number,
  entries: Entries,
  times: TimeBase,
  isIpv4: boolean,
): CacheEntry {
  const [w0, w1, w2, w3] = host.words as [number, number, number, number];
  const rows = host.rows.map(({ stamp, frame, mac, state, why }, index) => {
    const next = host.rows[index + 1];
    return {
      ...entries.moment(stamp, frame),
      untilT: next === undefined ? null : times.sinceFirst(next.stamp),
      untilFrame: next === undefined ? null : next.frame,
      mac: mac === 0 ? null : formatMac(mac),
      name: mac === 0 ? null : entries.name(mac),
      state: STATE_NAMES[state] as string,
      why,
    };
  });
  return {
    ip: entries.ip(id),
    vlan: entries.vlan(id),
    client: {
      mac: formatMac(host.client),
      ip: isIpv4 ? formatIpv4(w3) : formatIpv6(w0, w1, w2, w3),
      name: entries.name(host.client),
    },
    elided: host.elided,
    entries: rows,
  };
}
