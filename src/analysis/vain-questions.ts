import {
  ARP_REQUEST,
  readOperation,
  readSenderProtocolAddress,
  readTargetProtocolAddress,
} from '../arp/arp.ts';
import { CARRIES_ARP, type Classifier } from '../dataplane/classifier.ts';
import { formatIpv4 } from '../wire/ip-address.ts';
import type { Analysis } from './analysis.ts';
import type { VainQuestion } from './asides.ts';
import type { Clock } from './clock.ts';
import { COPY_TIME } from './request-memory.ts';

/**
 * Who has that address? Questions by ARP that one host repeats every few seconds, as nobody does
 * who is answered, even where the answer would pass elsewhere. Of each address the one who asks is
 * kept who began first; whatever its owner sends ends the matter. A bounded table: one that is full
 * forgets what was not asked again in time, as after a scan.
 */
const ADDRESSES_MAX = 1024;
const ASKS_MIN = 5;
const PAUSE_MAX = 5e9;
/** Whoever asked so lately asks to the end of the capture. */
const END = 3e9;
const SHOWN_MAX = 3;
/** Networks stand above the 32 bits of an address. */
const NETWORK_UNIT = 2 ** 32;

interface Question {
  readonly network: number;
  readonly address: number;
  asker: number;
  asks: number;
  last: number;
}

export class VainQuestions {
  private readonly clock: Clock;
  private readonly questions = new Map<number, Question>();
  private lastCleared = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Every ARP and ND frame, in order. */
  onResolution(view: DataView, seen: Classifier): void {
    if (seen.carries !== CARRIES_ARP) return;
    const { network, packet } = seen;
    const sender = readSenderProtocolAddress(view, packet);
    const target = readTargetProtocolAddress(view, packet);
    if (sender === 0) return;
    if (this.questions.size > 0) this.questions.delete(network * NETWORK_UNIT + sender);
    if (sender !== target && readOperation(view, packet) === ARP_REQUEST) {
      this.ask(network, target, sender);
    }
  }

  /** At the end: those of an address that is virtual, or that may be, and that nobody had. */
  entries(analysis: Analysis): VainQuestion[] {
    const found: VainQuestion[] = [];
    for (const question of this.questions.values()) {
      const { network, address, asker, asks, last } = question;
      if (asks < ASKS_MIN) continue;
      const { owner, routers, tracks } = analysis;
      const entry = owner.addresses4.find(network, address);
      if (entry >= 0 && owner.addresses4.mac(entry) !== 0) continue;
      const isHavip = entry >= 0 && tracks[owner.addresses4.tag(entry)]?.isVirtual === true;
      const bare = routers.routers.find(
        (router) => router.network === network && router.addresses.length === 0,
      );
      if (!isHavip && bare === undefined) continue;
      found.push({
        ip: formatIpv4(address),
        vlan: network === 0 ? null : owner.classifier.vlanOf(network),
        asker: formatIpv4(asker),
        asks,
        isToTheEnd: this.clock.now - last <= END,
        vrid: isHavip ? null : (bare?.vrid ?? null),
      });
    }
    return found.sort((a, b) => b.asks - a.asks).slice(0, SHOWN_MAX);
  }

  private ask(network: number, address: number, asker: number): void {
    const { questions } = this;
    const { now } = this.clock;
    const key = network * NETWORK_UNIT + address;
    const known = questions.get(key);
    if (known === undefined) {
      if (questions.size === ADDRESSES_MAX && !this.makeRoom(now)) return;
      questions.set(key, { network, address, asker, asks: 1, last: now });
      return;
    }
    const since = now - known.last;
    if (since > PAUSE_MAX) {
      known.asker = asker;
      known.asks = 1;
    } else if (known.asker !== asker || since <= COPY_TIME) {
      return;
    } else known.asks++;
    known.last = now;
  }

  /** Looks through all of them, and so not at every question of a scan. */
  private makeRoom(now: number): boolean {
    const { questions } = this;
    if (now - this.lastCleared <= PAUSE_MAX) return false;
    this.lastCleared = now;
    for (const [key, { asks, last }] of questions) {
      if (asks < ASKS_MIN && now - last > PAUSE_MAX) questions.delete(key);
    }
    return questions.size < ADDRESSES_MAX;
  }
}
