/**
 * What looks like a finding about an address and is none, and what hides behind such a look. Each
 * scene is a set-up that people run; the second source is what it is, told with it.
 */
import { describe, expect, test } from 'vitest';
import { compile } from '../../../src/havip/compile.ts';
import { announcement, arp, packet } from '../../dataplane/frames.ts';
import {
  CLIENT as GUEST,
  VIP as HAVIP,
  NODE1,
  NODE2,
  ROGUE,
  topologyOf,
} from '../../dataplane/site.ts';
import { A, B, C, CLIENT, CLIENT_IP, echo, Scene as Story, VIP } from '../scene.ts';
import { Concert, craft, found, heard, NODE_A, NODE_B } from './craft.ts';

const GATEWAY = 'ee:ff:ff:ff:ff:ff';
/** The other network card of node A. */
const A_INSIDE = '00:16:3e:00:01:01';
const B_INSIDE = '00:16:3e:00:01:02';

function reply(source: string, ip: string): DataView {
  const to = { destination: CLIENT, tha: CLIENT, tpa: CLIENT_IP };
  return arp({ operation: 2, source, spa: ip, ...to });
}

/** An announcement that no other host hears. */
function toOne(source: string): DataView {
  return arp({ operation: 1, source, spa: VIP, tpa: VIP, destination: CLIENT });
}

describe('stale-cache', () => {
  test('not where the master announces from another card than it advertises from', async () => {
    const scene = new Concert();
    heard(scene, 0, 6, NODE_A);
    scene.announce(0.001, A_INSIDE, VIP);
    scene.at(9.6, craft(NODE_B));
    scene.announce(9.601, B_INSIDE, VIP);
    heard(scene, 10.6, 16, NODE_B);
    expect(found(await scene.scene().replay(), 'stale-cache')).toEqual([]);
  });

  /** A rival whose adverts are lost before the capture, and who serves on: 09-split-brain. */
  const rivalled = async (answers: boolean) => {
    const scene = new Concert();
    scene.announce(0, A, VIP);
    heard(scene, 0, 12, NODE_A);
    scene.at(3.5, craft(NODE_B));
    scene.announce(3.501, B, VIP);
    for (let i = 0; i < 40; i++) {
      const second = 0.5 + i * 0.1;
      const server = second < 3.5 ? A : B;
      scene.at(second, echo(true, { sequence: i, server }));
      const isAnswered = second < 3.5 || answers;
      if (isAnswered) scene.at(second + 0.001, echo(false, { sequence: i, server }));
    }
    for (let i = 40; i < 60; i++) {
      scene.at(0.5 + i * 0.1, echo(true, { sequence: i, server: B }));
      if (answers) scene.at(0.501 + i * 0.1, echo(false, { sequence: i, server: B }));
    }
    scene.announce(5.5, A, VIP);
    return found(await scene.scene().replay(), 'stale-cache');
  };

  test('a rival silent for a while counts as gone only where it serves nobody', async () => {
    expect(await rivalled(true)).toEqual([]);
    expect(await rivalled(false)).toMatchObject([{ severity: 'error', ip: VIP }]);
  });
});

describe('announcement-missing', () => {
  test('not an address of the other side of a router pair, announced elsewhere', async () => {
    const scene = new Concert();
    const addresses = [VIP, '10.9.0.1'];
    scene.announce(0, A, VIP);
    heard(scene, 0, 4, { ...NODE_A, addresses });
    scene.at(7.6, craft({ ...NODE_B, addresses }));
    scene.announce(7.601, B, VIP);
    heard(scene, 8.6, 12.6, { ...NODE_B, addresses });
    expect(found(await scene.scene().replay(), 'announcement-missing')).toEqual([]);
  });
});

describe('zombie-holder', () => {
  test('not the owner of an ordinary address that somebody else announced', async () => {
    const scene = new Story();
    scene.announce(0, A);
    scene.announce(1, B);
    for (let i = 0; i < 5; i++) scene.ping(3 + i, { sequence: i });
    const said = found(await scene.replay(), 'zombie-holder');
    for (const { message } of said) expect(message).not.toContain('keepalived');
  });

  /** LVS in DR mode with directors that serve, too: the holder passes requests on to its backup. */
  test('not a backup director that answers what the holder passes on to it', async () => {
    const scene = new Concert();
    scene.announce(0, A, VIP);
    heard(scene, 0, 2, NODE_A);
    scene.at(2.2, craft({ ...NODE_A, priority: 0 }));
    scene.at(2.9, craft(NODE_B));
    scene.announce(2.901, B, VIP);
    heard(scene, 3.9, 12.9, NODE_B);
    for (let i = 0; i < 6; i++) {
      const about = { sequence: i, server: B };
      scene.at(6 + i, echo(true, about));
      scene.at(6.0001 + i, echo(true, { ...about, client: B, server: A }));
      scene.at(6.0002 + i, echo(false, { ...about, server: A }));
    }
    expect(found(await scene.scene().replay(), 'zombie-holder')).toEqual([]);
  });
});

describe('address-conflict', () => {
  test('not a proxy that answers for a host', async () => {
    const scene = new Story();
    const asks = { operation: 1, source: A, spa: '192.168.0.20', tpa: CLIENT_IP };
    scene.at(0, arp(asks));
    scene.at(1, reply(GATEWAY, '192.168.0.20'));
    scene.at(2, arp(asks));
    expect(found(await scene.replay(), 'address-conflict')).toEqual([]);
  });

  test('not a node that asks in the name of an address that its virtual MAC has', async () => {
    const scene = new Story();
    const VIRTUAL = '00:00:5e:00:01:33';
    scene.announce(0, VIRTUAL);
    scene.at(1, arp({ operation: 1, source: B, spa: VIP, tpa: CLIENT_IP }));
    scene.announce(2, VIRTUAL);
    expect(found(await scene.replay(), 'address-conflict')).toEqual([]);
  });

  test('on a plain LAN: another’s ordinary address is learned and reported', async () => {
    const site = compile(topologyOf('classic'));
    const scene = new Story();
    const frame = scene.at(0, announcement(NODE2, '192.168.0.11'));
    expect(found(await scene.replay({ site }), 'address-conflict')).toMatchObject([{ frame }]);
  });

  test('the address of the gateway is no ordinary one', async () => {
    const site = compile(topologyOf('alibaba'));
    const scene = new Story();
    const address = '192.168.0.254';
    const frame = scene.at(0, announcement(NODE1, address));
    const said = found(await scene.replay({ site }), 'address-conflict');
    expect(said).toMatchObject([{ frame }]);
    expect(said[0]?.message).toContain(`claims ${address}, the address of the gateway: `);
  });

  test('a host that speaks no VRRP and takes the address from the master that does', async () => {
    const scene = new Concert();
    scene.announce(0, A, VIP);
    heard(scene, 0, 10, NODE_A);
    scene.announce(4.5, C, VIP);
    scene.announce(5.5, A, VIP);
    const [finding, ...more] = found(await scene.scene().replay(), 'address-conflict');
    expect(finding).toMatchObject({ severity: 'error', ip: VIP });
    expect(finding?.message).toContain(C);
    expect(more).toEqual([]);
  });

  /** A is master to second 10; each of these answers a client's question for the address. */
  const answered = async (
    answers: readonly (readonly [number, string])[],
    more: (scene: Concert) => void = () => {},
  ) => {
    const scene = new Concert();
    scene.announce(0, A, VIP);
    heard(scene, 0, 10, NODE_A);
    for (const [second, source] of answers) scene.at(second, reply(source, VIP));
    more(scene);
    return found(await scene.scene().replay(), 'address-conflict');
  };

  test('a host that has the address configured, too: both answer one question', async () => {
    const asked = await answered([
      [4.5, C],
      [4.501, A],
      [6.5, C],
      [6.501, A],
    ]);
    expect(asked).toMatchObject([{ severity: 'error', ip: VIP, t: 4.5 }]);
    expect(asked[0]?.message).toContain(`${C} answered for ${VIP} at the same time`);
    const later = await answered([
      [4.5, A],
      [4.501, C],
    ]);
    expect(later).toMatchObject([{ t: 4.501 }]);
  });

  test('not a proxy, or a cloud, that answers in place of the holder', async () => {
    const asked = await answered([
      [2.5, A],
      [4.5, GATEWAY],
      [6.5, GATEWAY],
    ]);
    expect(asked).toEqual([]);
  });

  test('not the backup that is about to take over, nor a former master', async () => {
    const backup = (scene: Concert): void => heard(scene, 11, 14, NODE_B);
    const both = [
      [4.5, A],
      [4.501, B],
    ] as const;
    expect(await answered(both, backup)).toEqual([]);
    const back = (scene: Concert): void => {
      scene.announce(10.5, B, VIP);
      heard(scene, 10.5, 12.5, NODE_B);
      scene.at(12.8, craft({ ...NODE_A, priority: 200 }));
      scene.announce(12.8, A, VIP);
      scene.at(13, reply(A, VIP));
      scene.at(13.001, reply(B, VIP));
      heard(scene, 13.8, 16.8, { ...NODE_A, priority: 200 });
    };
    expect(await answered([], back)).toEqual([]);
  });

  test('not while the master is silent', async () => {
    const late = [
      [14, A],
      [14.001, C],
    ] as const;
    expect(await answered(late)).toEqual([]);
  });
});

describe('slow-recovery', () => {
  test('not of an address that was taken by a host without VRRP', async () => {
    const scene = new Concert();
    scene.announce(0, A, VIP);
    heard(scene, 0, 10, NODE_A);
    for (let i = 0; i < 60; i++) {
      const second = 1 + i * 0.1;
      scene.at(second, echo(true, { sequence: i }));
      if (second < 4 || second > 6) scene.at(second + 0.001, echo(false, { sequence: i }));
    }
    scene.announce(4.01, C, VIP);
    scene.announce(6, A, VIP);
    expect(found(await scene.scene().replay(), 'slow-recovery')).toEqual([]);
  });

  test('not where the new holder had answered: the outage is that of the next failover', async () => {
    const scene = new Concert();
    scene.announce(0, B, VIP);
    heard(scene, 0, 5, NODE_B);
    heard(scene, 5.5, 8.5, NODE_A);
    scene.announce(5.501, A, VIP);
    heard(scene, 12.2, 16.2, NODE_B);
    scene.announce(12.201, B, VIP);
    for (const [sequence, second] of [1, 3, 5, 7, 9, 11, 13.5, 15.5].entries()) {
      const server = second === 7 ? A : B;
      scene.at(second, echo(true, { sequence, server }));
      if (second !== 9 && second !== 11)
        scene.at(second + 0.001, echo(false, { sequence, server }));
    }
    const result = await scene.scene().replay();
    expect(result.failovers.map(({ outageSeconds }) => outageSeconds)).toEqual([6.5, 6.5]);
    const late = found(result, 'slow-recovery');
    expect(late.map(({ frame }) => frame)).toEqual([result.failovers[1]!.frame]);
    expect(late[0]?.message).toMatch(/^After .* clients still had no answer for 1\.3 s: /);
  });

  /** The claim, which one host alone hears, 3.69 s after the last advert of the old master. */
  const recovered = async (recovery: number) => {
    const scene = new Concert();
    scene.announce(0, A, VIP);
    heard(scene, 0, 4, NODE_A);
    scene.at(7.69, toOne(B));
    heard(scene, 7.7, 11, NODE_B);
    const back = 4.001 + 3.69 + recovery;
    const asked = [1, 2, 3, 4, 5, 6, 7, back - 0.001, back + 1, back + 2];
    for (const [sequence, second] of asked.entries()) {
      const server = second > 4 ? B : A;
      scene.at(second, echo(true, { sequence, server }));
      if (second > 4 && second < back - 0.1) continue;
      scene.at(second + 0.001, echo(false, { sequence, server }));
    }
    return found(await scene.scene().replay(), 'slow-recovery');
  };

  test('not a second to the nanosecond, believed or not', async () => {
    expect(await recovered(1)).toEqual([]);
    expect(await recovered(1.000_000_001)).toHaveLength(1);
  });
});

describe('slow-takeover', () => {
  /** Three intervals of 20 ms and the skew of priority 20 are 78.4375 ms. */
  const took = async (more: number) => {
    const scene = new Concert();
    const fast = { version: 3, interval: 2 } as const;
    scene.announce(0, A, VIP);
    for (let i = 0; i <= 50; i++) scene.at(i * 0.02, craft({ ...NODE_A, ...fast }));
    const claim = 1 + 0.078_437_5 + more;
    scene.at(claim, toOne(B));
    for (let i = 0; i <= 50; i++) {
      scene.at(claim + i * 0.02, craft({ ...NODE_B, ...fast, priority: 20 }));
    }
    return found(await scene.scene().replay(), 'slow-takeover');
  };

  test('not half a second to the nanosecond, believed or not', async () => {
    expect(await took(0.5)).toEqual([]);
    expect(await took(0.500_000_001)).toHaveLength(1);
  });
});

describe('lvs-dr-unsupported', () => {
  const site = compile(topologyOf('alibaba'));
  const from = (source: string) =>
    packet({ source, destination: GUEST, from: HAVIP, to: '192.168.0.10', protocol: 1 });

  test('not where a switch puts its own MAC on what it forwards', async () => {
    const scene = new Story();
    scene.at(0, announcement(NODE1, HAVIP));
    for (let i = 0; i < 5; i++) scene.at(2 + i, from(GATEWAY));
    expect(found(await scene.replay({ site }), 'lvs-dr-unsupported')).toEqual([]);
  });

  test('not a bound host whose claims are refused because of use_vmac', async () => {
    const scene = new Story();
    scene.at(0, announcement(NODE1, HAVIP));
    scene.at(1, announcement('00:00:5e:00:01:33', HAVIP));
    for (let i = 0; i < 5; i++) scene.at(2 + i, from(NODE2));
    expect(found(await scene.replay({ site }), 'lvs-dr-unsupported')).toEqual([]);
  });

  test('a director that passes requests on, where its real servers are out of view', async () => {
    const scene = new Story();
    scene.at(0, announcement(NODE1, HAVIP));
    for (let i = 0; i < 3; i++) {
      const about = { sequence: i, vip: HAVIP, client: GUEST };
      scene.at(2 + i, echo(true, { ...about, server: NODE1 }));
      scene.at(2.001 + i, echo(true, { ...about, client: NODE1, server: ROGUE }));
    }
    const said = found(await scene.replay({ site }), 'lvs-dr-unsupported');
    expect(said).toMatchObject([{ severity: 'error', frame: 3 }]);
    const onLan = compile(topologyOf('huawei'));
    expect(found(await scene.replay({ site: onLan }), 'lvs-dr-unsupported')).toEqual([]);
  });

  test('not a host that claimed the address and was refused', async () => {
    const scene = new Story();
    scene.at(0, announcement(NODE1, HAVIP));
    scene.at(1.5, announcement(ROGUE, HAVIP));
    for (let i = 0; i < 5; i++) scene.at(2 + i, from(ROGUE));
    const result = await scene.replay({ site });
    expect(found(result, 'lvs-dr-unsupported')).toEqual([]);
    expect(found(result, 'claim-refused')).toHaveLength(1);
  });
});
