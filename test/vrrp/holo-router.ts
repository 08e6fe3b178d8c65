/**
 * Drives one `Instance` with the event logs of holo's VRRP conformance tests and records, in
 * holo's own words, what it sends and what it does to its interface.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Address, addressText } from '../../src/vrrp/address.ts';
import {
  addressAt,
  emitAdvert,
  readAddressCount,
  readPriority,
  readVrid,
} from '../../src/vrrp/advert.ts';
import { Instance } from '../../src/vrrp/instance.ts';
import { DISCARD_VERSION, type Discard } from '../../src/vrrp/instance-settings.ts';
import { formatIpv4, formatIpv6At, parseIpv4, parseIpv6 } from '../../src/wire/ip-address.ts';

// biome-ignore lint/suspicious/noExplicitAny: foreign JSON of many shapes
export type Json = any;
const SECOND = 1e9;
const CENTISECOND = 1e7;
/** Virtual addresses live on a macvlan of their own. */
const isMacvlan = (name: string) => name.startsWith('mvlan');

export function jsonLines(path: string): Json[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

export function parseAddress(text: string): Address {
  return text.includes(':') ? (parseIpv6(text) as Address) : parseIpv4(text);
}

export class HoloRouter {
  readonly instance: Instance;
  readonly family: 4 | 6;
  /** Sent since the last `take`: `advert PRIORITY ADDRESS,...` and `announce ADDRESS`. */
  sent: string[] = [];
  /** `add ADDRESS` and `del ADDRESS` on the interface since the last `take`. */
  moved: string[] = [];
  lastDiscard: Discard = 0;
  now = 0;
  readonly #interval: number;

  constructor(folder: string) {
    const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
    const eth = config['ietf-interfaces:interfaces'].interface[0];
    const v6 = eth['ietf-ip:ipv6']?.['ietf-vrrp:vrrp'];
    const vrrp = (v6 ?? eth['ietf-ip:ipv4']['ietf-vrrp:vrrp'])['vrrp-instance'][0];
    this.family = v6 ? 6 : 4;
    const version = v6 || vrrp.version === 'vrrp-v3' ? 3 : 2;
    this.#interval = vrrp['advertise-interval-sec'] ?? vrrp['advertise-interval-centi-sec'];
    const list = vrrp[`virtual-ipv${this.family}-addresses`][`virtual-ipv${this.family}-address`];
    const addresses = list.map((entry: Json) => parseAddress(entry[`ipv${this.family}-address`]));
    const log = (verb: string, to: string[]) => (each: readonly Address[]) => {
      for (const address of each) to.push(`${verb} ${addressText(address)}`);
    };
    this.instance = new Instance(
      {
        version,
        vrid: vrrp.vrid,
        priority: vrrp.priority,
        advertInterval: this.#interval * (version === 2 ? SECOND : CENTISECOND),
        preempt: vrrp.preempt?.enabled ?? true,
        primaryAddress: this.family === 4 ? 0 : [0, 0, 0, 0],
        addresses,
      },
      {
        sendAdvert: (priority) => this.sent.push(this.#advertAsSent(priority)),
        announceAddresses: (each) => log('announce', this.sent)(each),
        adoptAddresses: (each) => log('add', this.moved)(each),
        dropAddresses: (each) => log('del', this.moved)(each),
      },
    );
  }

  /** Through the bytes: what a peer would read. */
  #advertAsSent(priority: number): string {
    const view = new DataView(new ArrayBuffer(8 + 16 * 8));
    const { version, vrid, addresses } = this.instance.settings;
    emitAdvert(view, 0, {
      version,
      family: this.family,
      vrid,
      priority,
      interval: this.#interval,
      addresses,
    });
    const list: string[] = [];
    for (let i = 0; i < readAddressCount(view, 0); i++) {
      const at = addressAt(0, i, this.family);
      list.push(this.family === 4 ? formatIpv4(view.getUint32(at)) : formatIpv6At(view, at));
    }
    return `advert ${readVrid(view, 0)} ${readPriority(view, 0)} ${list.join(',')}`;
  }

  take(): { sent: string[]; moved: string[] } {
    const taken = { sent: this.sent, moved: this.moved };
    this.sent = [];
    this.moved = [];
    return taken;
  }

  event(event: Json): void {
    this.now += 1e6;
    if (event.Ibus) this.#onBus(event.Ibus);
    else this.#onProtocol(event.Protocol ?? event);
  }

  #onBus(event: Json): void {
    const update = event.InterfaceUpd;
    const added = event.InterfaceAddressAdd;
    if (added?.ifname === 'eth-sw1') this.#setPrimary(added.addr.split('/')[0]);
    if (!update || update.ifname === 'lo') return;
    if (!update.flags.includes('OPERATIVE')) this.instance.onInterfaceDown();
    else if (isMacvlan(update.ifname)) this.instance.onStartup(this.now);
  }

  #setPrimary(text: string): void {
    const isOurs = this.family === 4 ? !text.includes(':') : text.startsWith('fe80:');
    if (isOurs) this.instance.settings.primaryAddress = parseAddress(text);
  }

  #onProtocol(event: Json): void {
    if (event.MasterDownTimer) {
      this.now = Math.max(this.now, this.instance.deadline);
      this.instance.poll(this.now);
      return;
    }
    const { src, packet } = event.VrrpNetRxPacket;
    const ok = packet.Ok;
    // The decoder's refusal never reaches a state machine; ours has the same word for it.
    if (packet.Err?.VersionError) this.lastDiscard = DISCARD_VERSION;
    if (!ok) return;
    const version = ok.version === 'V2' ? 2 : 3;
    this.lastDiscard = this.instance.onAdvert(
      {
        version,
        vrid: ok.vrid,
        priority: ok.priority,
        interval: ok.adver_int * (version === 2 ? SECOND : CENTISECOND),
        source: parseAddress(src),
        addresses: ok.ip_addresses.map(parseAddress),
      },
      this.now,
    );
  }
}

/** holo's protocol output in the words of `HoloRouter.sent`. */
export function expectedSent(lines: Json[]): string[] {
  return lines.map(({ NetTxPacket: packet }) => {
    if (packet.Arp) return `announce ${packet.Arp.arp_hdr.sender_proto_address}`;
    if (packet.NAdv) return `announce ${packet.NAdv.nadv_hdr.target_address}`;
    const { vrid, priority, ip_addresses } = packet.Vrrp.packet.vrrp;
    return `advert ${vrid} ${priority} ${ip_addresses.join(',')}`;
  });
}

/** holo's requests to its interface in the words of `HoloRouter.moved`. */
export function expectedMoved(lines: Json[]): string[] {
  return lines.flatMap((line) => {
    if (line.InterfaceIpAddRequest) return [`add ${line.InterfaceIpAddRequest.addr.split('/')[0]}`];
    if (line.InterfaceIpDelRequest) return [`del ${line.InterfaceIpDelRequest.addr.split('/')[0]}`];
    return [];
  });
}

/** State by VRID from a northbound state document. */
export function expectedStates(document: Json): Map<number, string> {
  const states = new Map<number, string>();
  for (const each of document['ietf-interfaces:interfaces'].interface ?? []) {
    for (const family of ['ietf-ip:ipv4', 'ietf-ip:ipv6']) {
      for (const vrrp of each[family]?.['ietf-vrrp:vrrp']?.['vrrp-instance'] ?? []) {
        states.set(vrrp.vrid, vrrp.state);
      }
    }
  }
  return states;
}
