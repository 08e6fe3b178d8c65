/** Outages as a client counts them: from the last answer before to the first answer after. */

import { describe, expect, test } from 'vitest';
import { Clients } from '../../src/analysis/clients.ts';
import { Replay } from '../../src/analysis/replay.ts';
import type { OutageEntry, ReplayResult } from '../../src/analysis/result.ts';
import { topologyOf as topologyAsked } from '../../src/cli/topology.ts';
import { compile } from '../../src/havip/compile.ts';
import type { Topology } from '../../src/havip/topology.ts';
import { parseLab } from '../../src/lab/file/lab-file.ts';
import { announcement, neighbor } from '../dataplane/frames.ts';
import { ROGUE, topologyOf, VIP6 } from '../dataplane/site.ts';
import {
  A,
  B,
  C,
  CLIENT,
  CLIENT_IP,
  CLIENT2,
  CLIENT2_IP,
  echo,
  held,
  RST_ACK,
  reply,
  Scene,
  SYN,
  SYN_ACK,
  tcp,
  VIP,
} from './scene.ts';

function only<T>(list: readonly T[]): T {
  expect(list).toHaveLength(1);
  return list[0] as T;
}

/** A announces at second 0 and answers sequence numbers 1 to 3 at 1.0, 1.1 and 1.2 s. */
function served(): Scene {
  const scene = held();
  for (let i = 1; i <= 3; i++) scene.ping(0.9 + i / 10, { sequence: i });
  return scene;
}

function asked(scene: Scene, second: number, sequence: number): number {
  return scene.at(second, echo(true, { sequence }));
}

describe('echo', () => {
  test('an outage is from the last answer to the first answer after', async () => {
    const scene = served();
    const last = scene.frames;
    asked(scene, 1.3, 4);
    asked(scene, 1.4, 5);
    const first = scene.ping(1.5, { sequence: 6 });
    scene.announce(5, A);
    const outage = only((await scene.replay()).outages);
    expect(outage).toMatchObject({
      client: { mac: CLIENT, ip: CLIENT_IP },
      seconds: 0.3,
      unanswered: 2,
      t: 1.501,
      time: '2023-11-14T22:13:21.501000000Z',
      lastServiceFrame: last,
      firstServiceFrame: first,
      before: { mac: A },
      after: { mac: A },
      failover: null,
      cause: 'unknown',
    });
  });

  test('a late answer cancels the outage', async () => {
    const scene = served();
    asked(scene, 1.3, 4);
    scene.ping(1.4, { sequence: 5 });
    scene.at(1.6, echo(false, { sequence: 4 }));
    scene.announce(5, A);
    expect((await scene.replay()).outages).toEqual([]);
  });

  test('a late answer to one of two requests leaves the other unanswered', async () => {
    const scene = served();
    asked(scene, 1.3, 4);
    asked(scene, 1.4, 5);
    scene.ping(1.5, { sequence: 6 });
    scene.at(1.6, echo(false, { sequence: 4 }));
    scene.announce(5, A);
    expect(only((await scene.replay()).outages).unanswered).toBe(1);
  });

  test.each([
    ['10 ms', 0.01, 0],
    ['more than 10 ms', 0.02, 1],
  ])('an answer that stands %s before its request in the file', async (_, early, outages) => {
    const scene = served();
    scene.at(1.3 - early, echo(false, { sequence: 4 }));
    asked(scene, 1.3, 4);
    scene.ping(1.4, { sequence: 5 });
    scene.announce(5, A);
    expect((await scene.replay()).outages).toHaveLength(outages);
  });

  test('no outage without an answer before', async () => {
    const scene = held();
    asked(scene, 1, 1);
    asked(scene, 1.1, 2);
    scene.ping(1.2, { sequence: 3 });
    scene.announce(5, A);
    expect((await scene.replay()).outages).toEqual([]);
  });

  test('requests of the last second are no evidence', async () => {
    const scene = served();
    asked(scene, 1.3, 4);
    asked(scene, 1.4, 5);
    scene.announce(2.2, A);
    expect((await scene.replay()).outages).toEqual([]);
  });

  test('an outage that does not end has the time of its last request', async () => {
    const scene = served();
    for (let i = 4; i <= 9; i++) asked(scene, i, i);
    scene.announce(11, A);
    const outage = only((await scene.replay()).outages);
    expect(outage).toMatchObject({ firstServiceFrame: null, after: null, t: 9, unanswered: 6 });
    expect(outage.seconds).toBeCloseTo(9 - 1.201, 9);
  });

  test('two clients are judged alone', async () => {
    const scene = served();
    const other = { client: CLIENT2, clientIp: CLIENT2_IP };
    scene.ping(1.25, { sequence: 1, ...other });
    asked(scene, 1.3, 4);
    scene.ping(1.35, { sequence: 2, ...other });
    asked(scene, 1.4, 5);
    scene.ping(1.45, { sequence: 3, ...other });
    scene.ping(1.5, { sequence: 6 });
    scene.announce(5, A);
    expect(only((await scene.replay()).outages).client.ip).toBe(CLIENT_IP);
  });

  test('an answer that is sent to the gateway is for the client that asked', async () => {
    const scene = held();
    const gateway = 'ee:ff:ff:ff:ff:ff';
    for (let i = 1; i <= 9; i++) {
      scene.at(i, echo(true, { sequence: i }));
      const isAnswered = i < 4 || i > 6;
      if (isAnswered) scene.at(i + 0.001, echo(false, { sequence: i, client: gateway }));
    }
    scene.announce(11, A);
    const { client, unanswered, seconds } = only((await scene.replay()).outages);
    expect([client.mac, unanswered, seconds]).toEqual([CLIENT, 3, 4]);
  });

  test('an answer to the gateway makes no client of its own', () => {
    const clients = new Clients();
    const gateway = 0xeeffffffffff;
    const asker = clients.of(1, 0, 0, 0, 7, 0x00163e00000a);
    clients.noteAsked(asker);
    expect(clients.answered(1, 0, 0, 0, 7, gateway)).toBe(asker);
    expect(clients.size).toBe(1);
    // Of an address that nobody was seen to ask for.
    expect(clients.answered(2, 0, 0, 0, 7, gateway)).not.toBe(asker);
    expect(clients.size).toBe(2);
  });

  test('a client whose MAC is learned later keeps its number, however many there are', () => {
    const clients = new Clients();
    const mac = 0x00163e000000;
    const numbers = Array.from({ length: 300 }, (_, i) => clients.of(1, 0, 0, 0, i, 0));
    expect(numbers.map((_, i) => clients.of(1, 0, 0, 0, i, mac + i))).toEqual(numbers);
    for (const [i, number] of numbers.entries()) {
      clients.noteAsked(number);
      expect(clients.of(1, 0, 0, 0, i, 0)).toBe(number);
      expect(clients.mac(number)).toBe(mac + i);
    }
    expect(clients.size).toBe(300);
  });

  test('the same IP with another MAC is another client', async () => {
    const scene = served();
    scene.at(1.3, echo(true, { sequence: 4, client: CLIENT2 }));
    scene.ping(1.4, { sequence: 5 });
    scene.announce(5, A);
    expect((await scene.replay()).outages).toEqual([]);
  });

  test('IPv6', async () => {
    const site = compile(topologyOf('alibaba'));
    const vip = VIP6;
    const clientIp = '2001:db8::10';
    const scene = new Scene();
    const flags = 0x20;
    const about = { source: A, type: 136, flags, from: vip, target: vip, option: A } as const;
    scene.at(0, neighbor(about));
    scene.ping(1, { sequence: 1, vip, clientIp });
    scene.at(1.1, echo(true, { sequence: 2, vip, clientIp }));
    scene.ping(1.2, { sequence: 3, vip, clientIp });
    scene.at(5, neighbor(about));
    const outage = only((await scene.replay({ site })).outages);
    expect(outage).toMatchObject({ ip: vip, client: { mac: CLIENT, ip: clientIp }, seconds: 0.2 });
  });
});

describe('TCP', () => {
  function opened(answer: number): Scene {
    const scene = held();
    scene.at(1, tcp({ flags: SYN, sequence: 100 }));
    scene.at(1.001, tcp({ flags: answer, sequence: 100 }));
    return scene;
  }

  test.each([
    ['SYN with ACK', SYN_ACK],
    ['a reset', RST_ACK],
  ])('%s is an answer', async (_, flags) => {
    const scene = opened(flags);
    scene.at(2, tcp({ flags: SYN, sequence: 200, clientPort: 50_001 }));
    scene.at(3, tcp({ flags: SYN, sequence: 300, clientPort: 50_002 }));
    scene.at(3.001, tcp({ flags, sequence: 300, clientPort: 50_002 }));
    scene.announce(9, A);
    expect(only((await scene.replay()).outages)).toMatchObject({ seconds: 2, unanswered: 1 });
  });

  test('a SYN that is sent again and then answered was lost once', async () => {
    const scene = opened(SYN_ACK);
    scene.at(2, tcp({ flags: SYN, sequence: 200, clientPort: 50_001 }));
    scene.at(3, tcp({ flags: SYN, sequence: 200, clientPort: 50_001 }));
    scene.at(3.001, tcp({ flags: SYN_ACK, sequence: 200, clientPort: 50_001 }));
    scene.announce(9, A);
    expect(only((await scene.replay()).outages)).toMatchObject({ seconds: 2, unanswered: 1 });
  });

  test('a service that never answered is no evidence', async () => {
    const scene = opened(SYN_ACK);
    for (let i = 2; i < 6; i++) scene.at(i, tcp({ flags: SYN, sequence: i, port: 25 }));
    scene.announce(9, A);
    expect((await scene.replay()).outages).toEqual([]);
  });

  test('sequence numbers at the end of their range', async () => {
    const scene = opened(SYN_ACK);
    scene.at(2, tcp({ flags: SYN, sequence: 0xffffffff, clientPort: 50_001 }));
    scene.at(2.001, tcp({ flags: SYN_ACK, sequence: 0xffffffff, clientPort: 50_001 }));
    scene.announce(9, A);
    expect((await scene.replay()).outages).toEqual([]);
  });
});

describe('cause and failover', () => {
  function dead(scene: Scene): void {
    asked(scene, 1.3, 4);
    asked(scene, 1.4, 5);
    scene.ping(1.5, { sequence: 6 });
    scene.announce(9, A);
  }

  test('claim: another MAC claimed it within the second before', async () => {
    const scene = held();
    scene.at(0.5, reply(C, VIP));
    for (let i = 1; i <= 3; i++) scene.ping(0.9 + i / 10, { sequence: i });
    dead(scene);
    const claim = { mac: C, name: null, frame: 3 };
    expect(only((await scene.replay()).outages)).toMatchObject({ cause: 'claim', claim });
  });

  test('unknown: the claim was more than a second before', async () => {
    const scene = held();
    scene.at(0.25, reply(C, VIP));
    for (let i = 1; i <= 3; i++) scene.ping(0.9 + i / 10, { sequence: i });
    dead(scene);
    const outage = only((await scene.replay()).outages);
    expect(outage.cause).toBe('unknown');
    expect(outage).not.toHaveProperty('claim');
  });

  test('claim: a rogue that goes on claiming does not hide its first claim', async () => {
    const scene = held();
    scene.at(0.5, reply(C, VIP));
    for (let i = 1; i <= 3; i++) scene.ping(0.9 + i / 10, { sequence: i });
    asked(scene, 1.3, 4);
    for (let i = 0; i < 9; i++) scene.at(1.31 + i / 100, reply(C, VIP));
    scene.ping(1.5, { sequence: 6 });
    scene.announce(9, A);
    const claim = { mac: C, frame: 3 };
    expect(only((await scene.replay()).outages)).toMatchObject({ cause: 'claim', claim });
  });

  test('refused-claim: a claim that the cloud refuses came before', async () => {
    const scene = held();
    scene.at(0.5, announcement(ROGUE, VIP));
    for (let i = 1; i <= 3; i++) scene.ping(0.9 + i / 10, { sequence: i });
    dead(scene);
    const site = compile(topologyOf('alibaba'));
    expect(only((await scene.replay({ site })).outages).cause).toBe('refused-claim');
  });

  test('a failover lies in the outage that holds its first claim', async () => {
    const scene = served();
    asked(scene, 1.3, 4);
    scene.announce(1.35, B);
    asked(scene, 1.4, 5);
    scene.ping(1.5, { sequence: 6, server: B });
    scene.announce(9, B);
    const { outages, failovers } = await scene.replay();
    expect(only(outages)).toMatchObject({ failover: 0, cause: 'announcement', after: { mac: B } });
    expect(only(failovers)).toMatchObject({ outageSeconds: 0.3, cause: 'announcement' });
  });

  test('a failover has the longest of the outages that hold it', async () => {
    const scene = served();
    const other = { client: CLIENT2, clientIp: CLIENT2_IP };
    scene.ping(1.25, { sequence: 1, ...other });
    scene.at(1.3, echo(true, { sequence: 2, ...other }));
    asked(scene, 1.3, 4);
    scene.announce(1.35, B);
    scene.ping(1.4, { sequence: 5, server: B });
    scene.ping(3, { sequence: 3, server: B, ...other });
    scene.announce(9, B);
    const { outages, failovers } = await scene.replay();
    expect(outages).toHaveLength(2);
    expect(only(failovers).outageSeconds).toBeCloseTo(1.75, 9);
  });

  test('0 where traffic shows no outage, null without traffic', async () => {
    const move = (scene: Scene): Promise<ReplayResult> => {
      scene.announce(1.35, B);
      scene.ping(1.4, { sequence: 4, server: B });
      scene.announce(9, B);
      return scene.replay();
    };
    expect(only((await move(served())).failovers).outageSeconds).toBe(0);
    const quiet = held();
    quiet.at(0.5, echo(true, { sequence: 1, vip: '192.168.0.77' }));
    quiet.announce(1, B);
    expect(only((await quiet.replay()).failovers).outageSeconds).toBeNull();
  });
});

describe('before the first claim', () => {
  /** A answers from the start; nobody announces before B does at second 5. */
  function unclaimed(): Scene {
    const scene = new Scene();
    for (let i = 1; i <= 3; i++) scene.ping(i / 10, { sequence: i });
    for (let i = 4; i <= 40; i++) asked(scene, i / 10, i);
    scene.announce(5, B);
    scene.ping(5.1, { sequence: 41, server: B });
    return scene;
  }
  const text = [
    'provider: alibaba',
    'subnets: { s: { cidr: 192.168.0.0/24 } }',
    'instances:',
    `  node1: { enis: { eth0: { subnet: s, ip: 192.168.0.11, mac: "${A}" } } }`,
    `  node2: { enis: { eth0: { subnet: s, ip: 192.168.0.12, mac: "${B}" } } }`,
    `havips: { web: { subnet: s, ip: ${VIP}, bind: [node1, node2] } }`,
  ];

  test('a HaVip that the lab names is judged from the first frame on', async () => {
    const outage = only(
      (await unclaimed().replay({ site: compile(parseLab(text.join('\n'), 'lab.yaml')) })).outages,
    );
    expect(outage).toMatchObject({ ip: VIP, unanswered: 37, firstServiceFrame: 46 });
    expect(outage.seconds).toBeCloseTo(4.8, 6);
  });

  const memberMacs = [A, B].map((mac) => Number.parseInt(mac.replaceAll(':', ''), 16));
  const havip = { name: 'web', subnet: null, address: VIP, members: [], memberMacs };
  const bare = { lab: null, provider: null, havips: [{ ...havip, checkAssociate: false }] };

  test('so is one of --havip, where most packets are passed over', async () => {
    const site = compile((await topologyAsked(bare)) as Topology);
    expect(only((await unclaimed().replay({ site })).outages)).toMatchObject({ unanswered: 37 });
  });
});

test('a listener hears of an outage that never ends, too', async () => {
  const scene = served();
  for (let i = 4; i <= 40; i++) asked(scene, 1 + i / 10, i);
  const heard: (number | null)[] = [];
  const ignore = (): void => undefined;
  const told = { onClaim: ignore, onTimeline: ignore, onFailover: ignore, onFinding: ignore };
  const listener = { ...told, onOutage: ({ seconds }: OutageEntry) => void heard.push(seconds) };
  const all = { site: null, allClaims: false, limit: 0, from: null, to: null, listener };
  const replay = new Replay(all, ['x.pcap']);
  await scene.run(replay);
  const { outages } = replay.result();
  expect(heard).toEqual([only(outages).seconds]);
  expect(only(outages).firstServiceFrame).toBeNull();
});
