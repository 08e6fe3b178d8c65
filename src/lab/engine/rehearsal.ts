/**
 * A rehearsal before the first frame: a small lab that is made up lives through takeovers, refused
 * claims and traffic until the code of a frame's way is compiled. Without it the first takeovers of
 * a lab, which are the ones that somebody waits for, would be interpreted and take twice as long.
 */
import { MessageChannel } from 'node:worker_threads';
import { announcementFrame } from '../../arp/announcement.ts';
import { ARP_LENGTH, ARP_REQUEST, emitArp } from '../../arp/arp.ts';
import { RecordRing } from '../../dataplane/record-ring.ts';
import { ruleSet } from '../../havip/rule-sets.ts';
import type { Eni, ProviderName, Topology } from '../../havip/topology.ts';
import { NativeIo } from '../../ports/native-io.ts';
import { ScriptedDevices, type ScriptedFrame } from '../../ports/scripted-devices.ts';
import { emitAdvertPacket } from '../../vrrp/advert-packet.ts';
import { ethernetFrame } from '../../wire/ethernet.ts';
import { type Ipv6Words, parseIpv4, parseIpv6 } from '../../wire/ip-address.ts';
import { emitIpv4, IPV4_HEADER_LENGTH, PROTOCOL_UDP } from '../../wire/ipv4.ts';
import { ETHERNET_HEADER_LENGTH, ETHERTYPE_ARP, ETHERTYPE_IPV4 } from '../../wire/link.ts';
import { MAC_BROADCAST } from '../../wire/mac.ts';
import { emitVirtioHeader, GSO_NONE, VIRTIO_HEADER_LENGTH } from '../../wire/virtio-header.ts';
import { EngineLoop } from './engine-loop.ts';
import type { Rehearsal } from './engine-requests.ts';

/** How often each frame comes: after 3,000 times it takes as long as it ever will. */
const ROUNDS = 4_000;
const NANOSECONDS_PER_TURN = 1e6;
const RING_OCTETS = 1 << 16;
const MTU = 1500;

/** Addresses for documentation (RFC 5737, RFC 3849); ports in this order. */
const HOSTS = ['client', 'member-1', 'member-2'] as const;
const [CLIENT, ONE, TWO] = [0, 1, 2] as const;
const MACS = [0x026876ff0001, 0x026876ff0002, 0x026876ff0003] as const;
const addressOf = (host: number): string => `192.0.2.${11 + host}`;
const HAVIP = '192.0.2.100';
const HAVIP6 = '2001:db8::100';

/**
 * Runs a frame's way by the provider's rules, on nothing that is real: some half a second. `hear`
 * is given the ring at each record that the engine would have told.
 */
export function rehearse(
  { provider, dryRun }: Rehearsal,
  rounds = ROUNDS,
  hear: (told: RecordRing) => void = () => {},
): void {
  const { port1, port2 } = new MessageChannel();
  const events = RecordRing.memory(RING_OCTETS);
  const told = new RecordRing(events);
  const device = { kind: 'tap', fd: -1, hasOffload: true, mtu: MTU } as const;
  const devices = HOSTS.map((name, eni) => ({ ...device, name, eni }));
  const script = scriptOf(provider);
  const io = new NativeIo(new ScriptedDevices(script));
  let now = 0;
  const plain = { changes: [], capture: null, arpRate: null, busyPoll: false, base: 0 };
  const settings = { ...plain, topology: topologyOf(provider), devices, events, dryRun };
  const clock = () => (now += NANOSECONDS_PER_TURN);
  const loop = new EngineLoop(settings, io, port2, clock, null);
  for (let turn = rounds * script.length; turn > 0; turn--) {
    loop.turn();
    while (told.next()) hear(told);
  }
  port1.close();
  port2.close();
}

function topologyOf(provider: ProviderName): Topology {
  const enis = HOSTS.map((instance, host): Eni => {
    const addresses = [addressOf(host), `2001:db8::${11 + host}`];
    const rest = { vlan: null, sourceDestCheck: true, attach: { tap: instance } };
    return { instance, name: 'eth0', subnet: 'a', addresses, mac: MACS[host]!, mtu: MTU, ...rest };
  });
  const members = [ONE, TWO].map((host) => ({ instance: HOSTS[host], eni: null }));
  const bound = { subnet: 'a', members, memberMacs: [], checkAssociate: true };
  const subnet = { name: 'a', vpc: 'a', cidrs: ['192.0.2.0/24', '2001:db8::/64'], gateways: [] };
  return {
    ...{ name: 'rehearsal', provider, subnets: [subnet], enis, run: {}, quotas: {} },
    havips: [HAVIP, HAVIP6].map((address) => ({ name: address, address, ...bound })),
  };
}

/** Each member takes both addresses and is reached by them; the client claims in vain. */
function scriptOf(provider: ProviderName): ScriptedFrame[] {
  const { gatewayMac, forwarding } = ruleSet(provider);
  const script: ScriptedFrame[] = [];
  const come = (port: number, frame: Uint8Array, header: Uint8Array | null = null): void => {
    script.push({ port, frame, header });
  };
  for (const [member, other] of [
    [ONE, TWO],
    [TWO, ONE],
  ] as const) {
    const to = (host: number): number => (forwarding === 'by-ip' ? gatewayMac : MACS[host]!);
    come(member, announcementFrame(parseIpv4(HAVIP), MACS[member], false));
    come(CLIENT, packet(CLIENT, to(member), HAVIP));
    come(CLIENT, packet(CLIENT, to(member), HAVIP), openChecksum());
    come(member, announcementFrame(parseIpv6(HAVIP6) as Ipv6Words, MACS[member], false));
    come(CLIENT, announcementFrame(parseIpv4(HAVIP), MACS[CLIENT], false));
    come(member, advert(member, other, to(other)));
    come(member, packet(member, to(CLIENT), addressOf(CLIENT)), openChecksum());
    come(CLIENT, packet(CLIENT, to(other), addressOf(other)));
    come(CLIENT, question(HAVIP));
    come(CLIENT, question(addressOf(other)));
  }
  return script;
}

/** UDP with nothing in it to speak of. */
function packet(from: number, to: number, destination: string): Uint8Array {
  const totalLength = 46;
  const { octets, view } = ethernetFrame(totalLength, to, MACS[from]!, ETHERTYPE_IPV4);
  const header = { totalLength, timeToLive: 64, protocol: PROTOCOL_UDP };
  const ends = { source: parseIpv4(addressOf(from)), destination: parseIpv4(destination) };
  const udp = emitIpv4(view, ETHERNET_HEADER_LENGTH, { ...header, ...ends });
  view.setUint16(udp, 7000);
  view.setUint16(udp + 2, 7000);
  view.setUint16(udp + 4, totalLength - IPV4_HEADER_LENGTH);
  return octets;
}

function advert(from: number, to: number, mac: number): Uint8Array {
  const [source, destination, address] = [addressOf(from), addressOf(to), HAVIP].map(parseIpv4);
  const fields = { version: 2, family: 4, vrid: 51, priority: 100, interval: 1 } as const;
  const content = emitAdvertPacket({ ...fields, addresses: [address!] }, source!, destination!);
  const { octets } = ethernetFrame(content.length, mac, MACS[from]!, ETHERTYPE_IPV4);
  octets.set(content, ETHERNET_HEADER_LENGTH);
  return octets;
}

function question(target: string): Uint8Array {
  const { octets, view } = ethernetFrame(ARP_LENGTH, MAC_BROADCAST, MACS[CLIENT], ETHERTYPE_ARP);
  emitArp(view, ETHERNET_HEADER_LENGTH, {
    operation: ARP_REQUEST,
    senderHardwareAddress: MACS[CLIENT],
    senderProtocolAddress: parseIpv4(addressOf(CLIENT)),
    targetHardwareAddress: 0,
    targetProtocolAddress: parseIpv4(target),
  });
  return octets;
}

/** As Linux leaves the checksum of UDP to the device. */
function openChecksum(): Uint8Array {
  const octets = new Uint8Array(VIRTIO_HEADER_LENGTH);
  emitVirtioHeader(new DataView(octets.buffer), 0, {
    gsoType: GSO_NONE,
    gsoSize: 0,
    headerLength: 0,
    checksumStart: ETHERNET_HEADER_LENGTH + IPV4_HEADER_LENGTH,
    checksumOffset: 6,
  });
  return octets;
}
