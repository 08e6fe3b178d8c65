/**
 * Does what a speaker wants done: adverts, announcements, and the virtual addresses on the
 * interface. Whatever takes time is done one after the other, in the order in which it was asked
 * for: a resignation leaves after the addresses have gone, an announcement after they have come.
 */
import { announcementFrame } from '../../arp/announcement.ts';
import type { Address } from '../../vrrp/address.ts';
import type { AdvertFields } from '../../vrrp/advert.ts';
import { emitAdvertPacket } from '../../vrrp/advert-packet.ts';
import type { SpeakerOutput, StateChange } from '../../vrrp/speaker.ts';
import { formatIpv4, formatIpv6 } from '../../wire/ip-address.ts';

export interface VirtualAddress {
  readonly address: Address;
  readonly prefixLength: number;
}

/** The way to the interface. */
export interface SpeakerTransport {
  /** An IP packet with its header, to an address as text (with a zone where it needs one). */
  sendPacket(packet: Uint8Array, destination: string): Promise<void>;
  /** Ethernet frames. */
  sendFrames(frames: readonly Uint8Array[]): void;
  addAddresses(addresses: readonly VirtualAddress[]): Promise<void>;
  removeAddresses(addresses: readonly VirtualAddress[]): Promise<void>;
}

export interface SpeakerHostSettings {
  readonly interfaceName: string;
  readonly mac: number;
  /** Whether the host forwards IPv6. */
  readonly isRouter: boolean;
  /** All but the priority. */
  readonly advert: Omit<AdvertFields, 'priority'>;
  readonly source: Address;
  readonly destinations: readonly Address[];
  /** Announced by a master: all of them. */
  readonly announced: readonly Address[];
  /** Put on the interface and taken from it: all but those that are the host's own anyway. */
  readonly adopted: readonly VirtualAddress[];
}

export interface SpeakerHostEvents {
  onState(change: StateChange): void;
  /** Something could not be done; `what` is one line. */
  onTrouble(what: string): void;
}

export class SpeakerHost implements SpeakerOutput {
  private readonly settings: SpeakerHostSettings;
  private readonly transport: SpeakerTransport;
  private readonly events: SpeakerHostEvents;
  private last: Promise<void> = Promise.resolve();

  constructor(
    settings: SpeakerHostSettings,
    transport: SpeakerTransport,
    events: SpeakerHostEvents,
  ) {
    this.settings = settings;
    this.transport = transport;
    this.events = events;
  }

  /** Resolves when everything that was asked for so far is done. */
  get idle(): Promise<void> {
    return this.last;
  }

  sendAdvert(priority: number): void {
    const { advert, source, destinations } = this.settings;
    for (const destination of destinations) {
      const packet = emitAdvertPacket({ ...advert, priority }, source, destination);
      const to = this.textOf(destination);
      this.after(`advert to ${to}`, () => this.transport.sendPacket(packet, to));
    }
  }

  adoptAddresses(): void {
    const { adopted } = this.settings;
    if (adopted.length > 0) this.after('address', () => this.transport.addAddresses(adopted));
  }

  dropAddresses(): void {
    const { adopted } = this.settings;
    if (adopted.length > 0) this.after('address', () => this.transport.removeAddresses(adopted));
  }

  announceAddresses(times: number): void {
    const { announced, mac, isRouter } = this.settings;
    const frames = announced.map((address) => announcementFrame(address, mac, isRouter));
    this.after('announcement', () => {
      for (let i = 0; i < times; i++) this.transport.sendFrames(frames);
    });
  }

  onState(change: StateChange): void {
    this.events.onState(change);
  }

  private after(what: string, act: () => void | Promise<void>): void {
    this.last = this.last.then(act).catch((error: Error) => {
      this.events.onTrouble(`${what}: ${error.message}`);
    });
  }

  /** A link-local or multicast IPv6 address means something with its interface only. */
  private textOf(address: Address): string {
    if (typeof address === 'number') return formatIpv4(address);
    const isScoped = address[0] >>> 22 === 0xfe80 >>> 6 || address[0] >>> 24 === 0xff;
    return formatIpv6(...address) + (isScoped ? `%${this.settings.interfaceName}` : '');
  }
}
