/** The whole engine between ports in memory: what one host sends, another gets. */
import { describe, expect, test } from 'vitest';
import { ALLOWED } from '../../src/dataplane/drop-reason.ts';
import { Engine, type EngineOptions, type Responder } from '../../src/dataplane/engine.ts';
import { Forwarding } from '../../src/dataplane/forwarding.ts';
import { FrameBatch } from '../../src/dataplane/frame-batch.ts';
import { TAG_KEEP } from '../../src/dataplane/port.ts';
import { Switch } from '../../src/dataplane/switch.ts';
import { compile } from '../../src/havip/compile.ts';
import { ruleSet } from '../../src/havip/rule-sets.ts';
import type { ProviderName } from '../../src/havip/topology.ts';
import { type MemoryPort, memoryPortPair } from '../../src/ports/memory-port.ts';
import { formatMac, readMac } from '../../src/wire/mac.ts';
import { announcement, arp, BROADCAST, packet } from './frames.ts';
import {
  attach,
  CLIENT,
  GATEWAY,
  introduce,
  Journal,
  NODE1,
  NODE2,
  PORTS,
  ROGUE,
  topologyOf,
  VIP,
} from './site.ts';

const CLIENT_IP = '192.168.0.10';

function sendFrom(host: MemoryPort, frame: DataView): boolean {
  const batch = new FrameBatch(1).hold(frame, 0, frame.byteLength, 1);
  return host.transmit(batch, 0, TAG_KEEP) === ALLOWED;
}

/** The hosts of the test network, each at the far end of a cable, and the switch between. */
class Lab {
  readonly owner: Switch;
  readonly engine: Engine;
  readonly journal = new Journal();
  private readonly hosts: MemoryPort[] = [];
  now = 0;

  constructor(provider: ProviderName, more: Partial<EngineOptions> = {}, slots = 64) {
    const topology = topologyOf(provider);
    const site = compile(topology);
    attach(site, topology);
    const rules = ruleSet(provider);
    const isByIp = rules.forwarding === 'by-ip';
    const forwards = { byIp: isByIp, carriesMulticast: rules.carriesMulticast };
    const forwarding = new Forwarding(
      forwards,
      PORTS.map(() => 1500),
    );
    const { journal } = this;
    this.owner = new Switch({ observer: journal, plan: site.plan, forwarding, policer: null });
    introduce(this.owner, topology);
    const ports = PORTS.map((name) => {
      const [near, far] = memoryPortPair([name, `host ${name}`], { slots, maximumFrame: 1600 });
      this.hosts.push(far);
      return near;
    });
    const { owner } = this;
    const { gatewayMac } = rules;
    this.engine = new Engine({ owner, forwarding, ports, gatewayMac, responder: null, ...more });
  }

  host(mac: string): MemoryPort {
    return this.hosts[PORTS.indexOf(mac)] as MemoryPort;
  }

  /** The host sends; the engine breathes once. */
  send(mac: string, frame: DataView): void {
    expect(sendFrom(this.host(mac), frame)).toBe(true);
    this.engine.breathe(this.now);
  }

  /** What waits for a host: "destination < source, length". */
  got(mac: string): string[] {
    const batch = new FrameBatch();
    const frames: string[] = [];
    while (this.host(mac).receive(batch) > 0) {
      for (let i = 0; i < batch.count; i++) {
        const at = batch.at[i]!;
        const [to, from] = [readMac(batch.view, at), readMac(batch.view, at + 6)];
        frames.push(`${formatMac(to)} < ${formatMac(from)}, ${batch.end[i]! - at}`);
      }
    }
    return frames;
  }

  /** Who has got something, by MAC. */
  reached(): string[] {
    return PORTS.filter((mac) => this.got(mac).length > 0);
  }
}

const toVip = (destination = '02:aa:aa:aa:aa:aa'): DataView =>
  packet({ source: CLIENT, destination, from: CLIENT_IP, to: VIP });

describe('a cloud that forwards by IP', () => {
  test('traffic follows the last authorised announcement', () => {
    const lab = new Lab('alibaba');
    lab.send(CLIENT, toVip());
    expect(lab.reached()).toEqual([]);
    for (const node of [NODE1, NODE2, NODE1]) {
      lab.send(node, announcement(node, VIP));
      expect(lab.reached()).toEqual([]);
      lab.send(CLIENT, toVip());
      expect(lab.got(node)).toEqual([`${node} < ee:ff:ff:ff:ff:ff, 60`]);
      expect(lab.reached()).toEqual([]);
    }
  });

  test("a rogue's announcement moves nothing", () => {
    const lab = new Lab('alibaba');
    lab.send(NODE1, announcement(NODE1, VIP));
    lab.send(ROGUE, announcement(ROGUE, VIP));
    lab.send(CLIENT, toVip());
    expect(lab.reached()).toEqual([NODE1]);
    expect(lab.journal.lines.filter((line) => line.startsWith('refused'))).toEqual([
      `refused not-member: ${VIP} is ${ROGUE} by gratuitous-request`,
    ]);
  });

  test('the packet itself is untouched: the TTL stays, only MACs change', () => {
    const lab = new Lab('ucloud');
    const frame = packet({
      source: CLIENT,
      destination: BROADCAST,
      from: CLIENT_IP,
      to: '192.168.0.11',
    });
    frame.setUint8(0, 0x02);
    const before = new Uint8Array(frame.buffer.slice(14));
    lab.send(CLIENT, frame);
    const batch = new FrameBatch();
    expect(lab.host(NODE1).receive(batch)).toBe(1);
    const { view, at, end } = batch;
    expect(new Uint8Array(view.buffer.slice(at[0]! + 14, end[0]!))).toEqual(before);
  });

  test('what the switch would answer goes to the responder, whose answer goes back', () => {
    const asked: string[] = [];
    const responder: Responder = {
      respond: (owner, view, answer, answerAt) => {
        const length = owner.classifier.frameEnd - owner.at;
        asked.push(`${length} octets from ${formatMac(readMac(view, owner.at + 6))}`);
        if (asked.length > 1) return 0;
        for (let i = 0; i < 60; i++) answer.setUint8(answerAt + i, 0x42);
        return 60;
      },
      report: () => 0,
    };
    const lab = new Lab('alibaba', { responder });
    const question = arp({ operation: 1, source: CLIENT, spa: CLIENT_IP, tpa: GATEWAY });
    lab.send(CLIENT, question);
    expect(asked).toEqual([`60 octets from ${CLIENT}`]);
    expect(lab.got(CLIENT)).toEqual(['42:42:42:42:42:42 < 42:42:42:42:42:42, 60']);
    lab.send(CLIENT, packet({ source: CLIENT, destination: NODE1, from: CLIENT_IP, to: GATEWAY }));
    expect(asked.length).toBe(2);
    expect(lab.reached()).toEqual([]);
    expect(lab.owner.drops[18]).toBe(1);
  });

  test('without a responder such frames are counted as not delivered', () => {
    const lab = new Lab('alibaba');
    lab.send(CLIENT, arp({ operation: 1, source: CLIENT, spa: CLIENT_IP, tpa: GATEWAY }));
    expect(lab.reached()).toEqual([]);
    expect(lab.owner.drops[18]).toBe(1);
  });
});

describe('a cloud that forwards by MAC', () => {
  test('an accepted announcement is flooded, to all but its sender', () => {
    const lab = new Lab('huawei');
    lab.send(NODE1, announcement(NODE1, VIP));
    expect(lab.reached()).toEqual(PORTS.filter((mac) => mac !== NODE1));
  });

  test('a refused one goes nowhere and teaches nothing', () => {
    const lab = new Lab('huawei');
    lab.send(ROGUE, announcement(ROGUE, VIP));
    expect(lab.reached()).toEqual([]);
    lab.send(CLIENT, toVip(ROGUE));
    expect(lab.reached()).toEqual([NODE1, NODE2, ROGUE, PORTS[4]]);
  });

  test('a known station gets its frames alone, with the MACs as sent', () => {
    const lab = new Lab('huawei');
    lab.send(NODE1, announcement(NODE1, VIP));
    lab.reached();
    lab.send(CLIENT, toVip(NODE1));
    expect(lab.got(NODE1)).toEqual([`${NODE1} < ${CLIENT}, 60`]);
    expect(lab.reached()).toEqual([]);
  });

  test('a full queue drops and counts, and holds up nobody else', () => {
    const lab = new Lab('classic', {}, 4);
    for (let i = 0; i < 6; i++) {
      lab.send(NODE1, announcement(NODE1, VIP));
      expect(lab.got(NODE2).length).toBe(1);
    }
    expect(lab.got(CLIENT).length).toBe(4);
    expect(lab.owner.drops[20]).toBe(6);
  });

  test('a frame longer than the port takes is too big', () => {
    const lab = new Lab('classic');
    const long = packet({ source: NODE1, from: CLIENT_IP, to: VIP, payload: 1570 });
    const [near, far] = memoryPortPair(['a', 'b'], { maximumFrame: 2000 });
    const ports = [near, memoryPortPair(['c', 'd'])[0]];
    const { owner } = lab;
    const forwarding = new Forwarding({ byIp: false, carriesMulticast: true }, [1500, 1500]);
    const engine = new Engine({ owner, forwarding, ports, gatewayMac: 0, responder: null });
    sendFrom(far, long);
    engine.breathe(0);
    expect(owner.drops[17]).toBe(1);
  });
});

describe('one breath', () => {
  test('takes a batch from each port and says how many frames it took', () => {
    const lab = new Lab('classic', {}, 128);
    for (let i = 0; i < 70; i++) {
      const frame = announcement(NODE1, VIP);
      sendFrom(lab.host(NODE1), frame);
      if (i < 3) sendFrom(lab.host(NODE2), frame);
    }
    expect(lab.engine.breathe(0)).toBe(64 + 3);
    expect(lab.engine.breathe(0)).toBe(6);
    expect(lab.engine.breathe(0)).toBe(0);
    expect([...lab.engine.framesIn]).toEqual([70, 3, 0, 0, 0]);
    expect([...lab.engine.octetsIn]).toEqual([4200, 180, 0, 0, 0]);
    expect([...lab.engine.framesOut]).toEqual([3, 70, 73, 73, 73]);
    expect([...lab.engine.octetsOut]).toEqual([180, 4200, 4380, 4380, 4380]);
  });
});

describe('ageing', () => {
  const second = 1e9;

  /** Whether a frame to NODE1 is sent to it alone. */
  function isKnown(lab: Lab): boolean {
    lab.send(CLIENT, toVip(NODE1));
    return lab.reached().length === 1;
  }

  function breatheUntil(lab: Lab, seconds: number): void {
    for (; lab.now <= seconds * second; lab.now += second / 10) lab.engine.breathe(lab.now);
  }

  test('a station is forgotten 300 s after its last frame (IEEE 802.1Q 8.8.3)', () => {
    const lab = new Lab('huawei');
    lab.send(NODE1, announcement(NODE1, VIP));
    lab.reached();
    breatheUntil(lab, 299);
    expect(isKnown(lab)).toBe(true);
    breatheUntil(lab, 340);
    expect(isKnown(lab)).toBe(false);
  });

  test('who speaks stays known, and a shorter age may be set', () => {
    const lab = new Lab('huawei', { stationAgeMax: 10 });
    for (const at of [0, 8, 16, 24]) {
      breatheUntil(lab, at);
      lab.send(NODE1, announcement(NODE1, VIP));
      lab.reached();
    }
    breatheUntil(lab, 30);
    expect(isKnown(lab)).toBe(true);
    breatheUntil(lab, 70);
    expect(isKnown(lab)).toBe(false);
  });

  test('a holder stays the holder however long it is silent: nobody else announced', () => {
    const lab = new Lab('alibaba');
    lab.send(NODE1, announcement(NODE1, VIP));
    breatheUntil(lab, 1000);
    lab.send(CLIENT, toVip());
    expect(lab.reached()).toEqual([NODE1]);
  });

  test('a pause of hours is one breath like others', () => {
    const lab = new Lab('huawei');
    lab.send(NODE1, announcement(NODE1, VIP));
    lab.reached();
    lab.now = 1e5 * second;
    lab.engine.breathe(lab.now);
    expect(isKnown(lab)).toBe(false);
  });
});
