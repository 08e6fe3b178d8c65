/** What the live engine does beside forwarding: ports that are cut, held, gone; who is told what. */
import { describe, expect, test } from 'vitest';
import { ALLOWED, DROP_REASON_NAMES } from '../../src/dataplane/drop-reason.ts';
import { Engine } from '../../src/dataplane/engine.ts';
import { FrameBatch } from '../../src/dataplane/frame-batch.ts';
import type { Port } from '../../src/dataplane/port.ts';
import { LiveLab, labOf } from '../havip/live-lab.ts';
import { announcement, arp, packet } from './frames.ts';
import { CLIENT, GATEWAY, NODE1, NODE2, ROGUE, topologyOf, VIP, VIRTUAL } from './site.ts';

const CLIENT_IP = '192.168.0.10';
const toVip = (destination = '02:aa:aa:aa:aa:aa'): DataView =>
  packet({ source: CLIENT, destination, from: CLIENT_IP, to: VIP });

describe('a port that is cut', () => {
  test('neither gives nor gets, and what it sent meanwhile does not come later', () => {
    const lab = labOf('alibaba');
    const [node, client] = [lab.port(NODE1), lab.port(CLIENT)];
    lab.send(NODE1, announcement(NODE1, VIP));
    lab.engine.cut(node, true);
    lab.send(CLIENT, toVip());
    lab.send(NODE1, packet({ source: NODE1, from: VIP, to: CLIENT_IP, destination: CLIENT }));
    expect(lab.reached()).toEqual([]);
    expect(lab.dropped('port-cut')).toBe(2);
    expect(lab.droppedAt(node, 'port-cut')).toBe(2);
    lab.engine.cut(node, false);
    lab.engine.breathe(0);
    expect(lab.gotAt(client)).toEqual([]);
    lab.send(CLIENT, toVip());
    expect(lab.reached()).toEqual([node]);
  });
});

describe('a port that is held', () => {
  test('is not read; what it gets is lost and counted', () => {
    const lab = labOf('alibaba');
    const node = lab.port(NODE1);
    lab.send(NODE1, announcement(NODE1, VIP));
    expect(lab.engine.isRead(node)).toBe(true);
    lab.engine.hold(node, true);
    expect(lab.engine.isRead(node)).toBe(false);
    lab.send(CLIENT, toVip());
    lab.send(NODE1, packet({ source: NODE1, from: VIP, to: CLIENT_IP, destination: CLIENT }));
    expect(lab.reached()).toEqual([]);
    expect(lab.dropped('port-held')).toBe(1);
    lab.engine.hold(node, false);
    lab.engine.breathe(0);
    expect(lab.reached()).toEqual([lab.port(CLIENT)]);
  });

  test('is drained where it is cut as well, as when a paused host is killed', () => {
    const lab = labOf('alibaba');
    const node = lab.port(NODE1);
    lab.engine.hold(node, true);
    lab.engine.cut(node, true);
    lab.send(NODE1, announcement(NODE1, VIP));
    expect(lab.dropped('port-cut')).toBe(1);
  });
});

describe('a port that is gone or down', () => {
  test('loses what is for it, and another may take its number', () => {
    const lab = labOf('alibaba');
    const node = lab.port(NODE1);
    lab.send(NODE1, announcement(NODE1, VIP));
    const { port, taken } = recorder();
    lab.engine.setPort(node, null);
    expect(lab.engine.isRead(node)).toBe(false);
    lab.send(CLIENT, toVip());
    expect(lab.dropped('port-gone')).toBe(1);
    lab.engine.setPort(node, port);
    lab.send(CLIENT, toVip());
    expect(taken).toEqual(['transmit', 'flush']);
  });

  test.each([
    'queue-full',
    'port-down',
    'too-big',
  ])('what it refuses as %s counts as that', (why) => {
    const lab = labOf('alibaba');
    lab.send(NODE1, announcement(NODE1, VIP));
    const { port } = recorder(DROP_REASON_NAMES.indexOf(why));
    lab.engine.setPort(lab.port(NODE1), port);
    lab.send(CLIENT, toVip());
    expect([lab.dropped(why), lab.engine.framesOut[lab.port(NODE1)]]).toEqual([1, 0]);
  });
});

/** A port that says what is done with it. */
function recorder(why: number = ALLOWED): { port: Port; taken: string[] } {
  const taken: string[] = [];
  const port = {
    name: 'recorder',
    maximumFrame: 2000,
    receive: () => 0,
    transmit: (_batch: FrameBatch): number => {
      taken.push('transmit');
      return why;
    },
    flush: (): void => {
      taken.push('flush');
    },
  };
  return { port, taken };
}

function batchOf(frame: DataView): FrameBatch {
  return new FrameBatch(1).hold(frame, 0, frame.byteLength, 1);
}

/** A port with one frame to give. */
function reading(frame: DataView): Port {
  let given = 0;
  const receive = (batch: FrameBatch): number => {
    if (given++ > 0) return 0;
    batch.hold(frame, 0, frame.byteLength, 1);
    return 1;
  };
  return { ...recorder().port, receive };
}

describe('sending', () => {
  test('only ports that were given something are flushed, each once a batch', () => {
    const lab = labOf('alibaba');
    lab.send(NODE1, announcement(NODE1, VIP));
    const [one, two] = [recorder(), recorder()];
    lab.engine.setPort(lab.port(NODE1), one.port);
    lab.engine.setPort(lab.port(NODE2), two.port);
    lab.send(CLIENT, toVip());
    expect([one.taken, two.taken]).toEqual([['transmit', 'flush'], []]);
  });

  test('ports that share one way of sending share one flush', () => {
    const { live } = labOf('huawei');
    const { owner, forwarding, vlans, gatewayMac, responder } = live;
    const ports = live.portEnis.map(() => recorder());
    let flushed = 0;
    const engine = new Engine({
      owner,
      forwarding,
      vlans,
      gatewayMac,
      responder,
      ports: ports.map(({ port }) => port),
      flush: () => flushed++,
    });
    engine.setPort(0, reading(announcement(NODE1, VIP)));
    expect(engine.take(0, 0)).toBe(1);
    expect(flushed).toBe(1);
    expect(ports.slice(1, 4).map(({ taken }) => taken)).toEqual(Array(3).fill(['transmit']));
    expect(engine.take(1, 0)).toBe(0);
    expect(flushed).toBe(1);
  });

  test('one port is taken by itself', () => {
    const lab = labOf('alibaba');
    const [node, client] = [lab.port(NODE1), lab.port(CLIENT)];
    lab.hosts[node]!.transmit(batchOf(announcement(NODE1, VIP)), 0, 0);
    expect(lab.engine.take(client, 0)).toBe(0);
    expect(lab.engine.take(node, 0)).toBe(1);
    expect(lab.engine.take(node, 0)).toBe(0);
  });
});

describe('the observer', () => {
  test('hears of every frame that is dropped, where and why', () => {
    const lab = labOf('alibaba');
    lab.send(CLIENT, toVip());
    lab.send(ROGUE, announcement(ROGUE, VIP));
    lab.send(CLIENT, arp({ operation: 1, source: CLIENT, spa: CLIENT_IP, tpa: '192.168.0.200' }));
    expect(lab.journal.lines.filter((line) => line.startsWith('drop'))).toEqual([
      `drop no-holder of 60 at port ${lab.port(CLIENT)}`,
      `drop not-member of 60 at port ${lab.port(ROGUE)}`,
      `drop unknown-address of 60 at port ${lab.port(CLIENT)}`,
    ]);
    const { drops } = lab.live.owner;
    const sum = (counts: Float64Array): number => counts.reduce((all, n) => all + n);
    expect(sum(lab.engine.portDrops)).toBe(sum(drops));
  });

  test('hears of the first frame to a new holder, once', () => {
    const lab = labOf('alibaba');
    const told = (): string[] => lab.journal.lines.filter((line) => line.startsWith('repointed'));
    lab.send(NODE1, announcement(NODE1, VIP));
    lab.send(CLIENT, toVip());
    lab.send(CLIENT, toVip());
    expect(told().length).toBe(1);
    lab.send(NODE2, announcement(NODE2, VIP));
    lab.send(
      CLIENT,
      packet({ source: CLIENT, from: CLIENT_IP, to: '192.168.0.12', destination: NODE2 }),
    );
    expect(told().length).toBe(1);
    lab.send(CLIENT, toVip());
    expect(told()[1]).toMatch(new RegExp(`to port ${lab.port(NODE2)}$`));
  });

  test('by MAC, a frame that still goes to the old holder does not count', () => {
    const lab = labOf('huawei');
    const told = (): string[] => lab.journal.lines.filter((line) => line.startsWith('repointed'));
    lab.send(NODE1, announcement(NODE1, VIP));
    lab.send(NODE2, announcement(NODE2, VIP));
    lab.send(CLIENT, toVip(NODE1));
    expect(told()).toEqual([]);
    lab.send(CLIENT, toVip(NODE2));
    expect(told().length).toBe(1);
  });

  test('does not wait longer than two seconds for traffic', () => {
    const lab = labOf('alibaba');
    lab.send(NODE1, announcement(NODE1, VIP));
    lab.now = 2.1e9;
    lab.send(CLIENT, toVip());
    expect(lab.journal.lines.filter((line) => line.startsWith('repointed'))).toEqual([]);
    expect(lab.live.owner.moves.waiting).toBe(0);
  });
});

describe('a virtual MAC on a plain LAN', () => {
  test('takes its addresses along when it turns up behind another port', () => {
    const lab = labOf('classic');
    const [one, two] = [lab.port(NODE1), lab.port(NODE2)];
    const others = ['192.168.0.89', '192.168.0.90'];
    for (const ip of [VIP, ...others]) lab.sendAt(one, announcement(VIRTUAL, ip));
    lab.journal.lines = [];
    lab.sendAt(two, announcement(VIRTUAL, VIP));
    const { addresses4 } = lab.live.owner;
    for (const last of [88, 89, 90]) {
      expect(addresses4.port(addresses4.find(0, 0xc0a80000 + last))).toBe(two);
    }
    const lines = lab.journal.lines.filter((line) => / from port /.test(line));
    expect(lines[0]).toBe(`station 5e000133 of 0 from port ${one} to ${two}`);
    expect(lines.length).toBe(4);
  });

  test('takes them along, too, after another virtual MAC has moved with its own', () => {
    const lab = labOf('classic');
    const [one, two] = [lab.port(NODE1), lab.port(NODE2)];
    const second = '00:00:5e:00:01:34';
    lab.sendAt(one, announcement(VIRTUAL, VIP));
    lab.sendAt(one, announcement(second, '192.168.0.89'));
    const advert = (source: string): DataView =>
      packet({ source, from: '192.168.0.12', to: '224.0.0.18', destination: '01:00:5e:00:00:12' });
    const { addresses4 } = lab.live.owner;
    const ports = (): number[] =>
      [88, 89].map((last) => addresses4.port(addresses4.find(0, 0xc0a80000 + last)));
    lab.sendAt(two, advert(VIRTUAL));
    expect(ports()).toEqual([two, one]);
    lab.journal.lines = [];
    lab.sendAt(two, advert(second));
    expect(ports()).toEqual([two, two]);
    expect(lab.journal.lines.filter((line) => line.startsWith('address '))).toHaveLength(1);
  });

  test('leaves an address alone that somebody else has taken meanwhile', () => {
    const lab = labOf('classic');
    lab.send(NODE1, announcement(VIRTUAL, VIP));
    lab.sendAt(lab.port(NODE1), announcement(VIRTUAL, VIP));
    lab.send(ROGUE, announcement(ROGUE, VIP));
    lab.sendAt(lab.port(NODE2), announcement(VIRTUAL, '192.168.0.89'));
    const { addresses4 } = lab.live.owner;
    expect(addresses4.port(addresses4.find(0, 0xc0a80058))).toBe(lab.port(ROGUE));
  });
});

describe('a dry run', () => {
  test('reports what the guards refuse, and lets it pass', () => {
    const lab = new LiveLab(topologyOf('alibaba'), { dryRun: true });
    lab.send(NODE1, announcement(NODE1, VIP));
    lab.journal.lines = [];
    lab.send(ROGUE, announcement(ROGUE, VIP));
    expect(lab.journal.lines.slice(0, 3)).toEqual([
      `refused not-member: ${VIP} is ${ROGUE} by gratuitous-request`,
      `moved: ${VIP} is ${ROGUE} by gratuitous-request`,
      `passed not-member at port ${lab.port(ROGUE)}`,
    ]);
    lab.send(CLIENT, toVip());
    expect(lab.reached()).toEqual([lab.port(ROGUE)]);
    const spoofed = packet({
      source: ROGUE,
      destination: NODE1,
      from: '192.168.0.250',
      to: CLIENT_IP,
    });
    lab.send(ROGUE, spoofed);
    expect(lab.reached()).toEqual([lab.port(CLIENT)]);
    expect([lab.dropped('not-member'), lab.dropped('source-ip')]).toEqual([0, 0]);
    expect(lab.live.owner.passed.reduce((sum, n) => sum + n)).toBe(2);
  });
});

describe('floods', () => {
  test('a port that invents stations fills its share and no more', () => {
    const lab = labOf('classic');
    const rogue = lab.port(ROGUE);
    const { owner } = lab.live;
    const frame = packet({ source: ROGUE, destination: CLIENT, from: '1.1.1.1', to: '2.2.2.2' });
    const batch = batchOf(frame);
    for (let i = 0; i < 6000; i++) {
      frame.setUint32(8, i + 1);
      lab.hosts[rogue]!.transmit(batch, 0, 0);
      lab.engine.take(rogue, 0);
      if (i % 64 === 0) lab.reached();
    }
    expect(owner.stations.size).toBe(4096 + lab.live.networks.length);
    lab.send(NODE1, announcement(NODE1, VIP));
    lab.reached();
    lab.send(CLIENT, toVip(NODE1));
    expect(lab.reached()).toEqual([lab.port(NODE1)]);
  });

  test('a flood of claims neither evicts nor keeps out what is configured', () => {
    const lab = labOf('classic');
    const rogue = lab.port(ROGUE);
    const claim = announcement(ROGUE, '10.0.0.0');
    const batch = batchOf(claim);
    for (let i = 0; i < 140_000; i++) {
      claim.setUint32(28, 0x0a000000 + i);
      claim.setUint32(38, 0x0a000000 + i);
      lab.hosts[rogue]!.transmit(batch, 0, 0);
      lab.engine.take(rogue, i);
      if (i % 64 === 0) lab.reached();
    }
    lab.reached();
    const { addresses4, book } = lab.live.owner;
    for (const last of [88, 254, 10, 11, 12, 66]) {
      expect(addresses4.find(0, 0xc0a80000 + last)).toBeGreaterThanOrEqual(0);
    }
    expect(book.size).toBeLessThan(70_000);
    lab.send(NODE1, announcement(NODE1, VIP));
    lab.reached();
    lab.send(CLIENT, arp({ operation: 1, source: CLIENT, spa: CLIENT_IP, tpa: GATEWAY }));
    expect(lab.reached()).toContain(lab.port(CLIENT));
  });
});
