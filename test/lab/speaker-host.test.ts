/**
 * Routers on a LAN of memory: what one sends is what the others receive, octet for octet, and time
 * passes as the test says. Of any three routers one is master, the one that RFC 9568 elects.
 */
import { describe, expect, test } from 'vitest';
import {
  SpeakerHost,
  type SpeakerTransport,
  type VirtualAddress,
} from '../../src/lab/speaker/speaker-host.ts';
import { type Address, addressText } from '../../src/vrrp/address.ts';
import { AUTH_NONE } from '../../src/vrrp/advert.ts';
import { vrrpGroup } from '../../src/vrrp/advert-packet.ts';
import { type ReceptionTerms, receiveAdvert } from '../../src/vrrp/advert-reception.ts';
import { STATE_NAMES } from '../../src/vrrp/instance.ts';
import { Speaker } from '../../src/vrrp/speaker.ts';
import { parseIpv4, parseIpv6 } from '../../src/wire/ip-address.ts';
import { exactView } from '../wire/octets.ts';

const SECOND = 1e9;
const STEP = 1e7;

class MemoryRouter implements SpeakerTransport {
  readonly done: string[] = [];
  readonly held = new Set<string>();
  readonly announced: Uint8Array[] = [];
  isCut = false;
  failure: Error | null = null;
  readonly host: SpeakerHost;
  readonly speaker: Speaker;
  readonly terms: ReceptionTerms;
  private readonly lan: MemoryLan;

  constructor(lan: MemoryLan, version: 2 | 3, own: Address, priority: number, vips: Address[]) {
    this.lan = lan;
    const family = typeof own === 'number' ? 4 : 6;
    this.terms = { family, vrid: 51, source: own, peers: [], password: null };
    const advert = { version, family, vrid: 51, addresses: vips, authType: AUTH_NONE } as const;
    this.host = new SpeakerHost(
      {
        ...{ interfaceName: 'eth0', mac: 0x00163e000000 + priority, isRouter: false },
        advert: { ...advert, interval: version === 2 ? 1 : 100 },
        ...{ source: own, destinations: [vrrpGroup(family)], announced: vips },
        adopted: vips.map((address) => ({ address, prefixLength: 32 })),
      },
      this,
      {
        onState: ({ to, reason }) => void this.done.push(`${STATE_NAMES[to]}: ${reason}`),
        onTrouble: (what) => void this.done.push(`trouble: ${what}`),
      },
    );
    const instance = { version, vrid: 51, priority, advertInterval: SECOND, addresses: vips };
    const announcements = { repeat: 2, delay: 0, refresh: 0, refreshRepeat: 1 };
    const rules = { primaryAddress: own, checkAddresses: true, answerLosing: true };
    const settings = { instance: { ...instance, ...rules }, preempt: true, preemptDelay: 0 };
    this.speaker = new Speaker({ ...settings, announcements }, this.host);
  }

  get state(): string {
    return STATE_NAMES[this.speaker.state] ?? '';
  }

  sendPacket(packet: Uint8Array): Promise<void> {
    if (this.failure !== null) return Promise.reject(this.failure);
    this.lan.carry(this, packet);
    return Promise.resolve();
  }

  sendFrames(frames: readonly Uint8Array[]): void {
    this.announced.push(...frames);
  }

  addAddresses(addresses: readonly VirtualAddress[]): Promise<void> {
    for (const { address } of addresses) this.held.add(addressText(address));
    return Promise.resolve();
  }

  removeAddresses(addresses: readonly VirtualAddress[]): Promise<void> {
    for (const { address } of addresses) this.held.delete(addressText(address));
    return Promise.resolve();
  }
}

class MemoryLan {
  readonly routers: MemoryRouter[] = [];
  now = 0;

  add(version: 2 | 3, own: string, priority: number, ...vips: string[]): MemoryRouter {
    const of = (text: string): Address => parseIpv6(text) ?? parseIpv4(text);
    const router = new MemoryRouter(this, version, of(own), priority, vips.map(of));
    this.routers.push(router);
    router.speaker.onStartup(this.now);
    return router;
  }

  carry(from: MemoryRouter, packet: Uint8Array): void {
    const type = packet[0]! >>> 4 === 4 ? [0x08, 0x00] : [0x86, 0xdd];
    const view = exactView(Uint8Array.of(...new Uint8Array(12), ...type, ...packet));
    for (const to of this.routers) {
      if (to === from || to.isCut || from.isCut) continue;
      const reception = receiveAdvert(view, 0, view.byteLength, to.terms);
      expect(reception?.refusal).toBeNull();
      if (reception?.advert) to.speaker.onAdvert(reception.advert, this.now);
    }
  }

  async pass(seconds: number): Promise<void> {
    const end = this.now + seconds * SECOND;
    for (; this.now < end; this.now += STEP) {
      for (const { speaker } of this.routers) speaker.poll(this.now);
      await this.idle();
    }
  }

  async idle(): Promise<void> {
    for (let i = 0; i < 4; i++) for (const { host } of this.routers) await host.idle;
  }
}

const FAMILIES: [2 | 3, string, string[]][] = [
  [2, '192.168.0.', ['192.168.0.88']],
  [3, '192.168.0.', ['192.168.0.88', '192.168.0.89']],
  [3, 'fe80::', ['fe80::88', 'fd00::88']],
];

describe.each(FAMILIES)('version %s, %s', (version, prefix, vips) => {
  test('the highest priority is master; the next takes over; it comes back', async () => {
    const lan = new MemoryLan();
    const [a, b, c] = [150, 100, 50].map((priority, i) =>
      lan.add(version, `${prefix}${i + 1}`, priority, ...vips),
    ) as [MemoryRouter, MemoryRouter, MemoryRouter];
    const states = () => [a.state, b.state, c.state];
    await lan.pass(5);
    expect(states()).toEqual(['master', 'backup', 'backup']);
    expect([...a.held]).toEqual(vips);
    expect(b.held.size).toBe(0);
    expect(a.announced).toHaveLength(2 * vips.length);

    a.isCut = true;
    await lan.pass(5);
    expect(states()).toEqual(['master', 'master', 'backup']);
    a.isCut = false;
    await lan.pass(2);
    expect(states()).toEqual(['master', 'backup', 'backup']);
    expect(b.held.size).toBe(0);

    a.speaker.onShutdown(lan.now);
    await lan.pass(1);
    expect(states()).toEqual(['initialize', 'master', 'backup']);
    expect(a.held.size).toBe(0);
    expect(b.done.at(-1)).toBe('master: resignation');
    expect([...b.held]).toEqual(vips);
  });

  test('of equal priorities the higher address stays master', async () => {
    const lan = new MemoryLan();
    const [a, b] = [1, 2].map((i) => lan.add(version, `${prefix}${i}`, 100, ...vips));
    await lan.pass(5);
    expect([a!.state, b!.state]).toEqual(['backup', 'master']);
  });
});

describe('order and trouble', () => {
  test('a resignation leaves after the addresses have gone', async () => {
    const lan = new MemoryLan();
    const router = lan.add(2, '192.168.0.1', 255, '192.168.0.88');
    await lan.idle();
    expect(router.held.size).toBe(1);
    const held: number[] = [];
    lan.carry = (from) => void held.push(from.held.size);
    router.speaker.onShutdown(0);
    await lan.idle();
    expect(held).toEqual([0]);
  });

  test('what cannot be sent is told, and the rest is done all the same', async () => {
    const lan = new MemoryLan();
    const router = lan.add(2, '192.168.0.1', 100, '192.168.0.88');
    router.failure = new Error('Network is unreachable');
    await lan.pass(4);
    expect(router.done).toContain('trouble: advert to 224.0.0.18: Network is unreachable');
    expect([...router.held]).toEqual(['192.168.0.88']);
    expect(router.announced).toHaveLength(2);
  });
});
