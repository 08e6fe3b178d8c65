/**
 * Outages where a client has only established TCP connections, or asks by DNS. What Linux does when
 * nobody answers is the second source: it sends the same again after 0.2, 0.4, 0.8 s (RFC 6298
 * section 5.5), and a host that does not know the connection resets it (RFC 9293 section 3.5.2).
 */
import { describe, expect, test } from 'vitest';
import type { OutageEntry } from '../../src/analysis/result.ts';
import { FLAG_OVERRIDE } from '../../src/arp/neighbor.ts';
import { neighbor, packet } from '../dataplane/frames.ts';
import {
  A,
  B,
  CLIENT,
  CLIENT_IP,
  echo,
  held,
  type Scene,
  SYN,
  SYN_ACK,
  tcp,
  VIP,
} from './scene.ts';

const FIN_ACK = 0x11;
const RST = 0x04;
const ACK = 0x10;
const PORT = 40_000;

interface Said {
  /** Octets from this sequence number on. */
  start?: number;
  length?: number;
  /** What has arrived from the other side. */
  acknowledged?: number;
  flags?: number;
  server?: string;
  port?: number;
  client?: string;
  clientIp?: string;
  vip?: string;
}

/** A segment between the client's port and 443 of the address, from one or the other. */
function segment(isToServer: boolean, said: Said): DataView {
  const { start = 1, length = 0, acknowledged = 1, flags = ACK, port = PORT } = said;
  const { server = A, client = CLIENT, clientIp = CLIENT_IP, vip = VIP } = said;
  const view = packet({
    source: isToServer ? client : server,
    destination: isToServer ? server : client,
    from: isToServer ? clientIp : vip,
    to: isToServer ? vip : clientIp,
    protocol: 6,
    payload: 20 + length,
  });
  const at = vip.includes(':') ? 54 : 34;
  view.setUint16(at, isToServer ? port : 443);
  view.setUint16(at + 2, isToServer ? 443 : port);
  view.setUint32(at + 4, start);
  view.setUint32(at + 8, acknowledged);
  view.setUint8(at + 12, 0x50);
  view.setUint8(at + 13, flags);
  return view;
}

const sent = (said: Said): DataView => segment(true, said);
const got = (said: Said): DataView => segment(false, said);
const FIRST = { start: 1, length: 100 };
const SECOND = { start: 101, length: 100 };
const REPEATS = [2.2, 2.6, 3.4];

function told(frames: readonly (readonly [number, DataView])[], scene = held()): Scene {
  for (const [second, view] of frames) scene.at(second, view);
  return scene;
}

/** An exchange at 1 s; what is sent at 2 s is not answered, and repeated. */
function cutOff(repeats: readonly number[], more: Said = {}, scene = held()): Scene {
  const frames: [number, DataView][] = [
    [1, sent({ ...FIRST, ...more })],
    [1.001, got({ acknowledged: 101, ...more })],
    [2, sent({ ...SECOND, ...more })],
    ...repeats.map((second): [number, DataView] => [second, sent({ ...SECOND, ...more })]),
  ];
  return told(frames, scene);
}

async function outagesOf(scene: Scene, last = 9): Promise<OutageEntry[]> {
  // A capture goes on for a while.
  scene.at(last, packet({ source: CLIENT, from: CLIENT_IP, to: '192.168.0.77' }));
  return (await scene.replay()).outages;
}

describe('a client that repeats itself', () => {
  test('had an outage from the last answer to the reset by the new holder', async () => {
    const scene = cutOff([2.2, 2.6]);
    scene.announce(3.1, B);
    scene.at(3.4, sent(SECOND));
    const first = scene.at(3.4001, got({ start: 1, flags: RST, server: B }));
    expect(await outagesOf(scene)).toMatchObject([
      {
        ip: VIP,
        client: { mac: CLIENT, ip: CLIENT_IP },
        t: 3.4001,
        seconds: 2.3991,
        unanswered: 4,
        lastServiceFrame: 4,
        firstServiceFrame: first,
        before: { mac: A },
        after: { mac: B },
        failover: 0,
        cause: 'announcement',
      },
    ]);
  });

  test('had one, too, where the connection goes on', async () => {
    const scene = cutOff(REPEATS);
    scene.at(3.401, got({ acknowledged: 201 }));
    expect(await outagesOf(scene)).toMatchObject([{ seconds: 2.4, unanswered: 4 }]);
  });

  test('to the end of the capture has one that is open', async () => {
    expect(await outagesOf(cutOff(REPEATS))).toMatchObject([
      { t: 3.4, unanswered: 4, firstServiceFrame: null, after: null },
    ]);
    expect(await outagesOf(cutOff(REPEATS), 3.5)).toEqual([]);
  });

  test('of a FIN, and by IPv6', async () => {
    const fin = { length: 0, flags: FIN_ACK };
    expect(await outagesOf(cutOff(REPEATS, fin))).toMatchObject([{ unanswered: 4 }]);
    const vip = '2001:db8::88';
    const claim = { type: 136 as const, flags: FLAG_OVERRIDE, from: vip, target: vip };
    const scene = held();
    scene.at(0.2, neighbor({ ...claim, source: B, option: B }));
    scene.at(0.5, neighbor({ ...claim, source: A, option: A }));
    cutOff(REPEATS, { vip, clientIp: '2001:db8::10' }, scene);
    expect(await outagesOf(scene)).toMatchObject([{ ip: vip, unanswered: 4 }]);
  });

  test('is known by the IP header where a snap length cuts the data off', async () => {
    const scene = held();
    const whole: [number, DataView][] = [
      [1, sent(FIRST)],
      [1.001, got({ acknowledged: 101 })],
      [2, sent(SECOND)],
      ...REPEATS.map((second): [number, DataView] => [second, sent(SECOND)]),
      [3.401, got({ acknowledged: 201 })],
    ];
    for (const [second, view] of whole) {
      const cut = new DataView(view.buffer.slice(0, 54));
      scene.at(second, cut, view.byteLength);
    }
    expect(await outagesOf(scene)).toMatchObject([{ seconds: 2.4 }]);
  });

  test('had one outage where it also pings, not two', async () => {
    const scene = held();
    for (let i = 0; i < 60; i++) {
      const second = 1 + i / 10;
      const isDown = second > 2 && second < 4.05;
      scene.at(second, echo(true, { sequence: i }));
      if (!isDown) scene.at(second + 0.001, echo(false, { sequence: i }));
      if (i === 0) scene.at(second + 0.01, sent(FIRST));
      if (i === 0) scene.at(second + 0.011, got({ acknowledged: 101 }));
      if ([11, 13, 17, 25].includes(i)) scene.at(second + 0.05, sent(SECOND));
    }
    scene.at(7, got({ acknowledged: 201 }));
    expect(await outagesOf(scene)).toMatchObject([{ seconds: 2.1, unanswered: 20 }]);
  });
});

describe('no outage', () => {
  const none = async (scene: Scene): Promise<void> => expect(await outagesOf(scene)).toEqual([]);

  test('is one that is lost once', async () => {
    const scene = cutOff([2.2]);
    scene.at(2.201, got({ acknowledged: 201 }));
    await none(scene);
  });

  test('is of a service that never answered this client', async () => {
    const never = [1, 1.2, 1.6, 2.4, 4].map((second) => [second, sent(FIRST)] as const);
    await none(told(never));
  });

  test('are copies of one segment within less than a sender waits', async () => {
    const scene = cutOff([2.0001, 2.0002, 2.05, 2.09]);
    scene.at(2.3, got({ acknowledged: 201 }));
    await none(scene);
  });

  test('is what a host that lives has lost: it says again what it has', async () => {
    const scene = cutOff([2.2]);
    scene.at(2.3, got({ acknowledged: 101 }));
    for (const second of [2.6, 3.4]) {
      scene.at(second, sent(SECOND));
      scene.at(second + 0.001, got({ acknowledged: 101 }));
    }
    await none(scene);
  });

  test('is an upload of which a part is acknowledged now and then', async () => {
    const scene = told([
      [1, sent(FIRST)],
      [1.001, got({ acknowledged: 101 })],
    ]);
    for (let i = 0; i < 40; i++) {
      scene.at(2 + i / 10, sent({ start: 101 + i * 1000, length: 2000 }));
      scene.at(2.05 + i / 10, got({ acknowledged: 101 + i * 1000 }));
    }
    await none(scene);
  });

  test('is between connections that use the same ports', async () => {
    const scene = cutOff([]);
    scene.at(2.001, got({ acknowledged: 201 }));
    const ports = { clientPort: PORT, port: 443 };
    scene.at(3, tcp({ ...ports, flags: SYN, sequence: 10 }));
    scene.at(3.001, tcp({ ...ports, flags: SYN_ACK, sequence: 10 }));
    for (const second of [3.2, 3.4, 3.6, 3.8]) {
      scene.at(second, sent({ start: 11 + second * 10, length: 1 }));
    }
    scene.at(3.9, got({ acknowledged: 60 }));
    await none(scene);
  });

  test('is where the address answers something else of the same client', async () => {
    const scene = cutOff([2.2]);
    scene.ping(2.4, { sequence: 1 });
    scene.at(2.6, sent(SECOND));
    scene.ping(2.8, { sequence: 2 });
    scene.at(3.4, sent(SECOND));
    scene.ping(3.5, { sequence: 3 });
    await none(scene);
  });
});

test('data from a host that hears the client no more are no answer', async () => {
  const scene = cutOff([2.2, 2.6]);
  scene.at(3, got({ start: 1, length: 50, acknowledged: 101 }));
  scene.at(3.4, sent(SECOND));
  scene.at(3.401, got({ start: 51, acknowledged: 201 }));
  expect(await outagesOf(scene)).toMatchObject([{ seconds: 2.4, unanswered: 4 }]);
});

describe('DNS', () => {
  interface Asked {
    id: number;
    from?: number;
    to?: number;
    isResponse?: boolean;
  }

  function dns({ id, from = 50_000, to = 53, isResponse = false }: Asked): DataView {
    const view = packet({
      source: isResponse ? A : CLIENT,
      destination: isResponse ? CLIENT : A,
      from: isResponse ? VIP : CLIENT_IP,
      to: isResponse ? CLIENT_IP : VIP,
      payload: 8 + 12,
    });
    view.setUint16(34, isResponse ? to : from);
    view.setUint16(36, isResponse ? from : to);
    view.setUint16(42, id);
    view.setUint8(44, isResponse ? 0x81 : 0x01);
    return view;
  }

  /** A query each half second; those in (2, 4) are not answered. */
  function asked(about: Partial<Asked>, answers = (second: number) => second <= 2 || second >= 4) {
    const scene = held();
    for (let i = 0; i < 10; i++) {
      const second = 1 + i / 2;
      const query = { id: 100 + i, from: 50_000 + i, ...about };
      scene.at(second, dns(query));
      if (answers(second)) scene.at(second + 0.002, dns({ ...query, isResponse: true }));
    }
    return scene;
  }

  test('queries that nobody answers are an outage', async () => {
    expect(await outagesOf(asked({}))).toMatchObject([
      { seconds: 2, unanswered: 3, lastServiceFrame: 8, firstServiceFrame: 13 },
    ]);
  });

  test('also of a client that uses one port', async () => {
    expect(await outagesOf(asked({ from: 53 }))).toMatchObject([{ seconds: 2, unanswered: 3 }]);
  });

  test('not another port, and not one that never answered', async () => {
    expect(await outagesOf(asked({ to: 5353 }))).toEqual([]);
    expect(await outagesOf(asked({}, (second) => second > 4))).toEqual([]);
  });

  test('an answer to another query is none', async () => {
    const scene = asked({});
    scene.at(3, dns({ id: 7, from: 50_003, isResponse: true }));
    expect(await outagesOf(scene)).toMatchObject([{ unanswered: 3 }]);
  });
});
