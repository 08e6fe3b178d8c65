/** The way from a speaker to a real interface: raw socket, packet socket, and `ip addr`. */
import fs from 'node:fs';
import { Announcer } from '../../ports/announcer.ts';
import { RawSender } from '../../ports/raw-sender.ts';
import { type Address, addressText } from '../../vrrp/address.ts';
import { vrrpGroup } from '../../vrrp/advert-packet.ts';
import { writeIpv6Words } from '../../wire/ip-address.ts';
import { runIpBatch } from '../program.ts';
import type { InterfaceFacts } from './interface-facts.ts';
import type { SpeakerTransport, VirtualAddress } from './speaker-host.ts';

/** Removed already, by somebody else's hand or with the interface. */
const IS_GONE = /Cannot assign|Address not found|Cannot find device/;

export class LiveTransport implements SpeakerTransport {
  private readonly interfaceName: string;
  private readonly sender: RawSender;
  private readonly announcer: Announcer;

  private constructor(interfaceName: string, sender: RawSender, announcer: Announcer) {
    this.interfaceName = interfaceName;
    this.sender = sender;
    this.announcer = announcer;
  }

  /** Throws NativeError where a socket cannot be opened. */
  static open(facts: InterfaceFacts, family: 4 | 6, isUnicast: boolean): LiveTransport {
    const { name, index } = facts;
    const announcer = new Announcer(name);
    try {
      const group = isUnicast ? null : octetsOf(vrrpGroup(family));
      const sender = RawSender.open({ family, interfaceName: name, interfaceIndex: index, group });
      return new LiveTransport(name, sender, announcer);
    } catch (error) {
      announcer.close();
      throw error;
    }
  }

  get mtu(): number {
    return this.announcer.mtu;
  }

  sendPacket(packet: Uint8Array, destination: string): Promise<void> {
    return this.sender.send(packet, destination);
  }

  sendFrames(frames: readonly Uint8Array[]): void {
    this.announcer.send(frames);
  }

  async addAddresses(addresses: readonly VirtualAddress[]): Promise<void> {
    const lines = addresses.map((address) => {
      // As keepalived: no detection of duplicates, which would take a second; a host address is
      // never chosen as the source of what the host itself begins.
      const isIpv6 = typeof address.address !== 'number';
      const isHostAddress = isIpv6 && address.prefixLength === 128;
      const flags = `${isIpv6 ? ' nodad' : ''}${isHostAddress ? ' preferred_lft 0' : ''}`;
      return this.ipCommand('replace', address) + flags;
    });
    const [complaint] = await runIpBatch(lines);
    if (complaint !== undefined) throw new Error(complaint);
  }

  async removeAddresses(addresses: readonly VirtualAddress[]): Promise<void> {
    const lines = addresses.map((address) => this.ipCommand('del', address));
    const complaints = await runIpBatch(lines);
    const complaint = complaints.find((line) => !IS_GONE.test(line));
    if (complaint !== undefined) throw new Error(complaint);
  }

  close(): void {
    this.sender.close();
    this.announcer.close();
  }

  private ipCommand(verb: string, { address, prefixLength }: VirtualAddress): string {
    return `addr ${verb} ${addressText(address)}/${prefixLength} dev ${this.interfaceName}`;
  }
}

/** Whether the host forwards IPv6 packets from that interface: the router flag says so. */
export function isIpv6Router(interfaceName: string): boolean {
  try {
    const setting = `/proc/sys/net/ipv6/conf/${interfaceName}/forwarding`;
    return fs.readFileSync(setting, 'utf8').trim() !== '0';
  } catch {
    return false;
  }
}

function octetsOf(address: Address): Uint8Array {
  const octets = new Uint8Array(typeof address === 'number' ? 4 : 16);
  const view = new DataView(octets.buffer);
  if (typeof address === 'number') view.setUint32(0, address);
  else writeIpv6Words(view, 0, address);
  return octets;
}
