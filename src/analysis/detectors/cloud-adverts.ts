import { isHavipPolicy } from '../../dataplane/address-book.ts';
import type { Site } from '../../dataplane/address-plan.ts';
import type { Switch } from '../../dataplane/switch.ts';
import { PRIORITY_OWNER } from '../../vrrp/advert.ts';
import { isVirtualMac, macHigh } from '../../wire/mac.ts';
import type { Clock, Sighting } from '../clock.ts';
import type { FindingLog } from '../finding-log.ts';
import type { Track } from '../track.ts';
import { FAULT_CHECKSUM, type Router, type Speaker } from '../virtual-router.ts';
import type { RouterWords } from './router-words.ts';

/**
 * Adverts that a cloud does not let through, or that its manual forbids: multicast where it is
 * not carried, frames from a virtual MAC that no network card has, and the HaVip as the source of
 * the heartbeat. The first two depend on the provider; without one nothing is said of them.
 */
const UNKNOWN_MACS_MAX = 4096;

export interface CloudParts {
  readonly clock: Clock;
  readonly log: FindingLog;
  readonly words: RouterWords;
  readonly site: Site | null;
  readonly owner: Switch;
  readonly tracks: readonly (Track | undefined)[];
  /** All speakers of the capture, growing. */
  readonly speakers: readonly Speaker[];
}

export class CloudAdverts {
  private readonly parts: CloudParts;
  private readonly multicast = new Set<Router>();
  private readonly virtual = new Set<Router>();
  private readonly virtualMacs = new Set<number>();
  private readonly fromHavip = new Set<Speaker>();

  constructor(parts: CloudParts) {
    this.parts = parts;
  }

  onRunStart(speaker: Speaker, priority: number): void {
    const { site } = this.parts;
    if (site !== null && site.provider !== null) {
      if (!site.carriesMulticast && speaker.router.multicast) this.raiseMulticast(speaker, site);
      if (isVirtualMac(speaker.mac) && this.isForeign(speaker, site)) this.raiseVirtual(speaker);
    }
    this.judgeSource(speaker, priority, this.parts.clock);
  }

  /** An address that a speaker sends from may have turned out to be virtual after its run began. */
  finish(): void {
    const { clock, speakers } = this.parts;
    for (const speaker of speakers) {
      const run = speaker.observer.newestFirst()[0];
      const isHeeded = (speaker.faults[FAULT_CHECKSUM] as number) < speaker.adverts;
      if (run === undefined || !isHeeded) continue;
      const stamp = clock.isTimed ? run.start : Number.NaN;
      this.judgeSource(speaker, run.priority, { frame: run.startFrame, stamp });
    }
  }

  /** A claim that was refused because it names a virtual MAC; `source` is its Ethernet source. */
  onRefusedVirtual(id: number, mac: number, source: number): void {
    const router = this.parts.tracks[id]?.routers[0];
    const speaker = router?.lastSpeaker ?? null;
    // Anybody can write such a MAC: a speaker has that of its VRID, and sends from it or its own.
    const isOfVrid = mac % 256 === router?.vrid;
    if (speaker !== null && isOfVrid && (source === mac || source === speaker.mac)) {
      this.raiseVirtual(speaker, mac);
      return;
    }
    if (this.virtualMacs.has(mac) || this.virtualMacs.size >= UNKNOWN_MACS_MAX) return;
    this.virtualMacs.add(mac);
    this.raise('vrrp-virtual-mac', id, [
      `${this.parts.words.list([id])} is claimed for the virtual MAC ` +
        `${this.parts.words.mac(mac)}, which no network card of this cloud has: it is dropped.`,
      'Remove `use_vmac` from the vrrp_instance of keepalived.conf.',
    ]);
  }

  private isForeign(speaker: Speaker, { plan }: Site): boolean {
    const { mac, macLow, router } = speaker;
    if (!plan.rules.enforces || plan.enis.find(macHigh(mac), macLow >>> 0) >= 0) return false;
    return !router.addresses.some((id) => plan.book.hasMember(id, mac));
  }

  private raiseMulticast(speaker: Speaker, site: Site): void {
    const { words } = this.parts;
    const { router } = speaker;
    if (this.multicast.has(router)) return;
    this.multicast.add(router);
    const [peer] = router.speakers.filter((one) => one !== speaker);
    const peerIp = peer === undefined ? 'PEER' : words.ip(peer);
    this.raise('vrrp-multicast', words.idOf(router), [
      `${words.speaker(speaker)} sends adverts of ${words.router(router)} to a multicast group, ` +
        `which ${site.provider} does not carry: no backup hears them, so every node becomes ` +
        'master.',
      `Write \`unicast_src_ip ${words.ip(speaker)}\` and \`unicast_peer { ${peerIp} }\` in its ` +
        'vrrp_instance, and the reverse on the peer.',
    ]);
  }

  private raiseVirtual(speaker: Speaker, mac = speaker.mac): void {
    const { words } = this.parts;
    const { router } = speaker;
    if (this.virtual.has(router)) return;
    this.virtual.add(router);
    this.raise('vrrp-virtual-mac', words.idOf(router), [
      `${words.speaker(speaker)} uses the virtual MAC ${words.mac(mac)} for ` +
        `${words.router(router)}, which no network card of this cloud has: its frames are dropped.`,
      'Remove `use_vmac` (and `vmac_xmit_base`) from the vrrp_instance on all nodes: the cloud ' +
        'binds the HaVip to the MAC of the network card itself.',
    ]);
  }

  /** RFC 9568 lets the owner of the address (priority 255) send from it; a cloud does not. */
  private judgeSource(speaker: Speaker, priority: number, at: Sighting): void {
    const { log, site, words } = this.parts;
    const { router } = speaker;
    const id = this.idOfSource(speaker);
    const track = id === 0 ? undefined : this.parts.tracks[id];
    if (track === undefined || this.fromHavip.has(speaker)) return;
    const isCloud = site?.plan.rules.enforces === true && isHavipPolicy(site.plan.book.policy(id));
    const isListed = track.routers.length > 0;
    if (!isCloud && (!isListed || priority === PRIORITY_OWNER)) return;
    if (this.fromHavip.size >= UNKNOWN_MACS_MAX) return;
    this.fromHavip.add(speaker);
    const own = site?.addressesOf(speaker.mac)[0] ?? 'OWN-ADDRESS';
    log.raise({
      code: 'heartbeat-from-havip',
      severity: 'error',
      id,
      frame: at.frame,
      stamp: at.stamp,
      message:
        `The adverts of VRID ${router.vrid} come from ${words.ip(speaker)}, the virtual address ` +
        `itself (${words.mac(speaker.mac)}): after a failover both nodes would send from it, and ` +
        'a node without it cannot send at all.',
      advice:
        `Write \`unicast_src_ip ${own}\` (multicast: \`mcast_src_ip ${own}\`) with the own ` +
        'address of the instance, never the HaVip.',
    });
  }

  private idOfSource({ router, words: [w0, w1, w2, w3] }: Speaker): number {
    const { addresses4, addresses6 } = this.parts.owner;
    const { network } = router;
    if (router.family === 4) {
      const entry = addresses4.find(network, w3);
      return entry < 0 ? 0 : addresses4.tag(entry);
    }
    const entry = addresses6.find(network, w0, w1, w2, w3);
    return entry < 0 ? 0 : addresses6.tag(entry);
  }

  private raise(code: string, id: number, [message, advice]: [string, string]): void {
    this.parts.log.raiseNow({ code, severity: 'error', id, message, advice });
  }
}
