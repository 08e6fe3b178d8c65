import type { Site } from '../../dataplane/address-plan.ts';
import type { Classifier } from '../../dataplane/classifier.ts';
import { formatIpv4, formatIpv6, readIpv6Words } from '../../wire/ip-address.ts';
import { readIpv4Source } from '../../wire/ipv4.ts';
import { ipv6SourceAt } from '../../wire/ipv6.ts';
import { macFromHalves } from '../../wire/mac.ts';
import type { FindingLog } from '../finding-log.ts';
import type { AddressWords } from './address-words.ts';

/**
 * What the lab file itself shows (`quota-exceeded`, `reserved-address`), and IP sources that the
 * source guard would not let through (`spoofed-sender`).
 */
const SENDERS_MAX = 1000;

export class SiteFindings {
  private readonly log: FindingLog;
  private readonly words: AddressWords;
  private readonly site: Site | null;
  private readonly senders = new Set<string>();
  private lastMac = 0;
  private lastWord = 0;

  constructor(log: FindingLog, words: AddressWords, site: Site | null) {
    this.log = log;
    this.words = words;
    this.site = site;
  }

  onSpoofed(view: DataView, seen: Classifier): void {
    if (this.senders.size >= SENDERS_MAX) return;
    const { link, packet, family } = seen;
    const mac = macFromHalves(link.sourceHigh, link.sourceLow);
    // One sender makes many such packets: those like the last one cost no text.
    const word = view.getUint32(family === 4 ? packet + 12 : ipv6SourceAt(packet) + 12);
    if (family === 4 && mac === this.lastMac && word === this.lastWord) return;
    this.lastMac = family === 4 ? mac : 0;
    this.lastWord = word;
    const source =
      family === 4
        ? formatIpv4(readIpv4Source(view, packet))
        : formatIpv6(...readIpv6Words(view, ipv6SourceAt(packet)));
    const key = `${mac} ${source}`;
    if (this.senders.has(key)) return;
    this.senders.add(key);
    this.log.raiseNow({
      code: 'spoofed-sender',
      severity: 'warning',
      id: 0,
      message:
        `${this.words.host(mac)} sends from ${source}, which is none of its addresses: the cloud ` +
        'drops such packets.',
      advice:
        'Bind the address to that network interface, send from its own address, or, on Huawei ' +
        'Cloud, switch the source/destination check off.',
    });
  }

  finish(): void {
    for (const { code, message, remedy, advice } of this.site?.breaches ?? []) {
      this.log.raise({
        code,
        severity: advice ? 'warning' : 'error',
        id: 0,
        frame: 0,
        stamp: Number.NaN,
        message: `${message}.`,
        advice: `${remedy.charAt(0).toUpperCase()}${remedy.slice(1)}.`,
      });
    }
  }
}
