/** Findings about addresses: for each a scene that raises it and a near miss that does not. */
import { describe, expect, test } from 'vitest';
import type { ReplayResult } from '../../../src/analysis/result.ts';
import { compile } from '../../../src/havip/compile.ts';
import { announcement, arp, BROADCAST, packet } from '../../dataplane/frames.ts';
import {
  eniOf,
  CLIENT as GUEST,
  VIP as HAVIP,
  havipOf,
  NODE1,
  NODE2,
  topologyOf,
} from '../../dataplane/site.ts';
import { A, A_IP, B, B_IP, C, CLIENT, echo, Scene, VIP } from '../scene.ts';
import { ADDRESS_CODES } from './address-codes.ts';
import { Concert, craft, found, heard, NODE_A, NODE_B } from './craft.ts';

const SECOND_VIP = '192.168.0.89';

function codes(result: ReplayResult): string[] {
  return result.findings.map(({ code }) => code).filter((code) => ADDRESS_CODES.includes(code));
}

/** Both announce in turn, so that the address is virtual and held by A in the end. */
function handedOver(scene: Scene): void {
  scene.announce(0, B);
  scene.announce(1, A);
}

describe('flapping', () => {
  const changing = async (seconds: readonly number[]) => {
    const scene = new Scene();
    for (const [i, second] of seconds.entries()) scene.announce(second, i % 2 === 0 ? A : B);
    return found(await scene.replay(), 'flapping');
  };

  test('four changes in 60 s, told at the fourth, once', async () => {
    const [finding, ...more] = await changing([0, 15, 30, 45, 75, 80]);
    expect(finding).toMatchObject({ severity: 'error', frame: 5, ip: VIP });
    expect(more).toEqual([]);
  });

  test('not three, and not four in more than 60 s', async () => {
    expect(await changing([0, 1, 2, 3])).toEqual([]);
    expect(await changing([0, 1, 21, 41, 61.5])).toEqual([]);
  });

  test('not four over hours, where the clock was set back meanwhile', async () => {
    expect(await changing([0, 4000, 8000, 12_000, 3900])).toEqual([]);
  });

  /** keepalived flapping by priority: the one that gives up announces last, and keeps silent. */
  test('whose last announcement lies leaves a stale cache', async () => {
    const scene = new Scene();
    scene.announce(0, A);
    heard(scene, 0, 3, NODE_A);
    for (const second of [3.2, 3.4, 3.6]) scene.announce(second, second === 3.4 ? A : B);
    scene.at(3.6, craft(NODE_B));
    scene.at(5.2, craft(NODE_A));
    // 2.5 intervals after the rival's last advert; with traffic it would be known sooner.
    const evidence = scene.at(6.2, craft(NODE_A));
    heard(scene, 7.2, 8.2, NODE_A);
    const result = await scene.replay();
    expect(codes(result)).toEqual(['stale-cache']);
    expect(found(result, 'stale-cache')[0]).toMatchObject({ frame: evidence, ip: VIP });
  });
});

describe('garp-storm', () => {
  const announced = async (count: number, apart: number) => {
    const scene = new Scene();
    for (let i = 0; i < count; i++) scene.announce(i * apart, A);
    return found(await scene.replay(), 'garp-storm');
  };

  test('31 announcements in 10 s', async () => {
    expect(await announced(31, 0.33)).toMatchObject([{ severity: 'warning', frame: 31 }]);
  });

  test('not 30, and not 31 in more than 10 s', async () => {
    expect(await announced(30, 0.1)).toEqual([]);
    expect(await announced(31, 0.34)).toEqual([]);
  });

  test('not 31 of which the last stands before the first', async () => {
    const scene = new Scene();
    for (let i = 0; i < 31; i++) scene.announce(1000 - i * 20, A);
    expect(found(await scene.replay(), 'garp-storm')).toEqual([]);
  });
});

describe('stale-cache', () => {
  test('not while a rival still advertises, nor in the moment of a takeover', async () => {
    const scene = new Scene();
    scene.announce(0, A);
    heard(scene, 0, 8, NODE_A);
    scene.announce(3.1, B);
    for (let second = 3.05; second < 8; second++) scene.at(second, craft(NODE_B));
    expect(found(await scene.replay(), 'stale-cache')).toEqual([]);
    const crash = new Scene();
    crash.announce(0, A);
    heard(crash, 0, 3, NODE_A);
    crash.at(6.6, craft(NODE_B));
    crash.announce(6.6005, B);
    heard(crash, 7.6, 9.6, NODE_B);
    expect(codes(await crash.replay())).toEqual([]);
  });
});

describe('announcement-missing', () => {
  const both = [VIP, SECOND_VIP];
  const takeover = async (announced: readonly string[]) => {
    const scene = new Scene();
    for (const ip of both) scene.announce(0, A, ip);
    heard(scene, 0, 4, { ...NODE_A, addresses: both });
    scene.at(7.6, craft({ ...NODE_B, addresses: both }));
    for (const ip of announced) scene.announce(7.601, B, ip);
    heard(scene, 8.6, 12.6, { ...NODE_B, addresses: both });
    return found(await scene.replay(), 'announcement-missing');
  };

  test('one of two addresses', async () => {
    const [finding, ...more] = await takeover([VIP]);
    expect(finding).toMatchObject({ severity: 'error', ip: SECOND_VIP });
    expect(finding?.message).toContain('1 of its 2 addresses');
    expect(more).toEqual([]);
  });

  test('not where both were announced, or none (that is claim-missing)', async () => {
    expect(await takeover(both)).toEqual([]);
    expect(await takeover([])).toEqual([]);
  });
});

describe('announcement-ineffective', () => {
  /** A reply whose target MAC is not the sender's, right after the old holder's word. */
  const taken = async (fields: { operation: number; tha: string; destination?: string }) => {
    const scene = new Scene();
    scene.announce(0, B);
    scene.announce(5, A);
    const { destination = BROADCAST } = fields;
    scene.at(5.5, arp({ ...fields, source: B, spa: VIP, tpa: VIP, destination }));
    return found(await scene.replay(), 'announcement-ineffective');
  };

  test('a reply that Linux does not call gratuitous, within its locktime', async () => {
    const [finding] = await taken({ operation: 2, tha: BROADCAST });
    expect(finding).toMatchObject({ severity: 'error', frame: 3, ip: VIP });
    expect(finding?.message).toContain('linux');
  });

  test('not a request, and not a reply to itself', async () => {
    expect(await taken({ operation: 1, tha: BROADCAST })).toEqual([]);
    expect(await taken({ operation: 2, tha: B })).toEqual([]);
  });
});

interface Killed {
  isUnicast?: boolean;
  /** When the killed node announces the address again, and whether its advert comes ahead. */
  backAt?: number;
  isHeardBack?: boolean;
}

describe('zombie-holder', () => {
  const killed = async (answers: boolean, resumes: boolean, more: Killed = {}) => {
    const { isUnicast = false, backAt = Number.NaN, isHeardBack = true } = more;
    const scene = new Concert();
    scene.announce(0, A, VIP);
    heard(scene, 0, 4, isUnicast ? { ...NODE_A, to: B_IP } : NODE_A);
    const successor = isUnicast ? { ...NODE_B, to: A_IP } : NODE_B;
    for (let i = 0; i < 30; i++) {
      const second = 1 + i * 0.2;
      scene.at(second, echo(true, { sequence: i }));
      if (answers || second < 4) scene.at(second + 0.001, echo(false, { sequence: i }));
    }
    if (resumes) scene.at(7.2, craft(NODE_A));
    scene.at(7.6, craft(successor));
    scene.announce(7.601, B, VIP);
    heard(scene, 8.6, 12.6, successor);
    if (backAt > 0) {
      if (isHeardBack) scene.at(backAt - 0.001, craft(NODE_A));
      scene.announce(backAt, A, VIP);
    }
    return found(await scene.scene().replay(), 'zombie-holder');
  };

  test('one whose host refuses no advert that is sent to it is stuck rather than dead', async () => {
    const [sent] = await killed(true, false, { isUnicast: true });
    expect(sent?.message).toContain('its keepalived was stuck rather than dead');
    const [group] = await killed(true, false);
    expect(group?.message).toContain('its keepalived was dead or stuck');
  });

  test('one that holds the address again is no longer to be stopped', async () => {
    const [gone] = await killed(true, false);
    expect(gone?.message).toContain('clients that ask by ARP may get it');
    expect(gone?.advice).toMatch(/^Stop the machine/);
    const [back] = await killed(true, false, { backAt: 13 });
    expect(back?.message).toContain('It holds the address again.');
    expect(back?.advice).toMatch(/^Leave it now\./);
  });

  test('one that announces the address without a single advert lives, and is not heard', async () => {
    const [unheard] = await killed(true, false, { backAt: 7.7, isHeardBack: false });
    expect(unheard?.message).toMatch(
      /announced the address, too \(frame \d+\), as a keepalived does/,
    );
    expect(unheard?.advice).toContain('IP protocol 112');
    const [heardAgain] = await killed(true, false, { backAt: 7.7 });
    expect(heardAgain?.message).toContain('its keepalived was dead or stuck');
  });

  test('a dead master goes on answering until another takes over', async () => {
    const [finding] = await killed(true, false);
    expect(finding).toMatchObject({ severity: 'error', ip: VIP });
    expect(finding?.message).toContain(A);
    // 2.5 intervals after its last advert at second 4.
    expect(finding?.t).toBeGreaterThan(6.5);
    expect(finding?.t).toBeLessThan(6.8);
  });

  test('not one that stopped answering, and not one that advertises again', async () => {
    expect(await killed(false, false)).toEqual([]);
    expect(await killed(true, true)).toEqual([]);
  });

  test('a former holder that still answers ARP', async () => {
    const scene = new Scene();
    handedOver(scene);
    for (const second of [3, 4]) {
      const fields = { operation: 2, source: B, spa: VIP, destination: CLIENT };
      scene.at(second, arp({ ...fields, tha: CLIENT, tpa: '192.168.0.10' }));
    }
    expect(found(await scene.replay(), 'zombie-holder')).toMatchObject([{ frame: 3 }]);
  });
});

describe('address-conflict', () => {
  function inTurn(scene: Scene, turns: readonly (readonly [second: number, mac: string])[]): void {
    for (const [second, mac] of turns) scene.announce(second, mac);
  }

  test('an address that goes there and back, and there again within five seconds', async () => {
    const scene = new Scene();
    inTurn(scene, [
      [0, A],
      [1, B],
      [4, A],
      [8, B],
    ]);
    const [conflict] = found(await scene.replay(), 'address-conflict');
    expect(conflict).toMatchObject({ frame: 4, ip: VIP });
    // Masters whose unicast adverts pass elsewhere do that, too.
    expect(conflict?.message).toMatch(/ claim 192\.168\.0\.88 in turn: .* or one of two masters/);
    expect(conflict?.advice).toContain('IP protocol 112');
  });

  test('an address that is defended at once', async () => {
    const scene = new Scene();
    inTurn(scene, [
      [0, A],
      [8, B],
      [8.2, A],
    ]);
    expect(found(await scene.replay(), 'address-conflict')).toMatchObject([{ frame: 3 }]);
  });

  test('not a master that preempts and is stopped at once, where no advert is in view', async () => {
    const scene = new Scene();
    inTurn(scene, [
      [0, A],
      [8, B],
      [8.61, A],
    ]);
    expect(found(await scene.replay(), 'address-conflict')).toEqual([]);
  });

  test('not a keepalived that was started anew, and preempts, where no advert is in view', async () => {
    const scene = new Scene();
    inTurn(scene, [
      [0, A],
      [8, B],
      [12, A],
      [20, B],
      [24, A],
    ]);
    expect(found(await scene.replay(), 'address-conflict')).toEqual([]);
  });

  test('not an address that moves with a master whose adverts do not list it', async () => {
    const scene = new Scene();
    const other = { addresses: ['192.168.0.99'] };
    heard(scene, 0, 2, { ...NODE_B, ...other });
    inTurn(scene, [[2.1, B]]);
    heard(scene, 2.5, 2.5, { ...NODE_A, ...other });
    inTurn(scene, [[2.6, A]]);
    heard(scene, 5, 5, { ...NODE_B, ...other });
    inTurn(scene, [[5.1, B]]);
    expect(found(await scene.replay(), 'address-conflict')).toEqual([]);
  });

  test('is one of an ordinary address where adverts are in view and none lists it', async () => {
    const scene = new Scene();
    scene.at(0, craft({ ...NODE_A, addresses: ['192.168.0.99'] }));
    inTurn(scene, [
      [0, A],
      [1, B],
      [4, A],
    ]);
    const [conflict] = found(await scene.replay(), 'address-conflict');
    expect(conflict?.message).toMatch(/claims 192\.168\.0\.88, an ordinary address that /);
  });

  test('not a failover by script and the way back later', async () => {
    const scene = new Scene();
    inTurn(scene, [
      [0, A],
      [1, B],
      [7, A],
    ]);
    expect(found(await scene.replay(), 'address-conflict')).toEqual([]);
  });

  test('not an address of a virtual router', async () => {
    const scene = new Scene();
    heard(scene, 0, 2, NODE_A);
    scene.at(2.5, craft(NODE_B));
    inTurn(scene, [
      [3, A],
      [4, B],
      [5, A],
    ]);
    expect(found(await scene.replay(), 'address-conflict')).toEqual([]);
  });
});

describe('slow-takeover', () => {
  const took = async (second: number) => {
    const scene = new Scene();
    scene.announce(0, A);
    heard(scene, 0, 4, NODE_A);
    scene.at(second, craft(NODE_B));
    scene.announce(second + 0.001, B);
    heard(scene, second + 1, second + 4, NODE_B);
    return found(await scene.replay(), 'slow-takeover');
  };

  test('half a second above masterDownInterval, 3.609 s for priority 100', async () => {
    expect(await took(8.2)).toMatchObject([{ severity: 'warning', ip: VIP }]);
    expect(await took(8.05)).toEqual([]);
  });

  test('of a master by its adverts in time the announcement is late, and not the takeover', async () => {
    const scene = new Scene();
    scene.announce(0, A);
    heard(scene, 0, 4, NODE_A);
    for (let second = 5; second < 10; second++) scene.announce(second, C, '192.168.0.13');
    heard(scene, 7.6, 12.6, NODE_B);
    scene.announce(9.7, B);
    const [finding] = found(await scene.replay(), 'slow-takeover');
    expect(finding?.message).toContain('It was master by its adverts 2.100 s earlier.');
    expect(finding?.advice).toContain('`garp_master_delay 1`');
  });

  test('none where the host saw nothing meanwhile, and the other as master already', async () => {
    const scene = new Scene();
    scene.announce(0, A);
    heard(scene, 0, 4, NODE_A);
    const first = scene.frames + 1;
    heard(scene, 11.5, 13.5, NODE_B);
    scene.announce(13.51, B);
    heard(scene, 14.5, 16.5, NODE_B);
    const result = await scene.replay();
    expect(found(result, 'slow-takeover')).toEqual([]);
    expect(result.failovers).toMatchObject([
      { cause: 'crash', evidence: { firstAdvertFrame: first }, blind: { t: 4, seconds: 7.5 } },
    ]);
  });

  test('but where frames show that the host was not cut off', async () => {
    const scene = new Scene();
    scene.announce(0, A);
    heard(scene, 0, 4, NODE_A);
    for (let second = 5; second < 11; second++) scene.announce(second, C, '192.168.0.13');
    heard(scene, 11.5, 13.5, NODE_B);
    scene.announce(13.51, B);
    const result = await scene.replay();
    expect(found(result, 'slow-takeover')).toHaveLength(1);
    expect(result.failovers[0]?.blind).toBeUndefined();
  });

  test('none by an interval of 0, which nobody waits for', async () => {
    const scene = new Scene();
    scene.announce(0, A);
    for (let i = 0; i < 10; i++) scene.at(0.1 + i * 0.4, craft({ ...NODE_A, interval: 0 }));
    for (let i = 0; i < 10; i++) {
      scene.at(5.5 + i * 0.4, craft({ ...NODE_B, interval: 0 }));
      if (i === 0) scene.announce(5.501, B);
    }
    const result = await scene.replay();
    expect(result.failovers).toMatchObject([{ masterDownIntervalSeconds: 0.609375 }]);
    expect(found(result, 'slow-takeover')).toEqual([]);
  });
});

describe('slow-recovery', () => {
  /** A answers until second `dies`, and advertises to second 4; B answers from this second on. */
  const recovered = async (second: number, dies = 4) => {
    const scene = new Concert();
    scene.announce(0, A, VIP);
    heard(scene, 0, 4, NODE_A);
    for (let i = 0; i < 75; i++) {
      const at = 1 + i * 0.2;
      scene.at(at, echo(true, { sequence: i }));
      if (at < dies) scene.at(at + 0.001, echo(false, { sequence: i }));
      else if (at > second) scene.at(at + 0.001, echo(false, { sequence: i, server: B }));
    }
    scene.at(7.6, craft(NODE_B));
    scene.announce(7.601, B, VIP);
    heard(scene, 8.6, 16.6, NODE_B);
    return found(await scene.scene().replay(), 'slow-recovery');
  };

  test('a second and more between the claim and the first answer', async () => {
    expect(await recovered(9)).toMatchObject([{ severity: 'warning', ip: VIP }]);
    expect(await recovered(8.2)).toEqual([]);
    const [finding] = await recovered(9);
    expect(finding?.message).toMatch(/^After .* clients still had no answer for 1\.\d s: /);
  });

  test('of a service that had died before its master did', async () => {
    const [finding] = await recovered(7.7, 2);
    expect(finding?.message).toMatch(/^Clients had no answer long before /);
    expect(finding?.message).toContain('0.200 s came after the claim');
    expect(finding?.advice).toContain('track_script');
  });
});

describe('with a lab', () => {
  const site = compile(topologyOf('alibaba'));
  const from = (source: string, address: string) =>
    packet({ source, destination: GUEST, from: address, to: '192.168.0.10', protocol: 1 });

  test('spoofed-sender: an address that is none of the sender, once', async () => {
    const scene = new Scene();
    scene.at(0, from(NODE1, '192.168.0.11'));
    scene.at(1, from(NODE1, HAVIP));
    const frame = scene.at(2, from(NODE1, '192.168.0.77'));
    scene.at(3, from(NODE1, '192.168.0.77'));
    const result = await scene.replay({ site });
    expect(found(result, 'spoofed-sender')).toMatchObject([{ severity: 'warning', frame }]);
    expect(found(result, 'spoofed-sender')[0]?.message).toContain('192.168.0.77');
  });

  const directed = async (provider: 'alibaba' | 'huawei', packets: number) => {
    const scene = new Scene();
    scene.at(0, announcement(NODE1, HAVIP));
    for (let i = 0; i < packets; i++) scene.at(2 + i, from(GUEST, HAVIP));
    const result = await scene.replay({ site: compile(topologyOf(provider)) });
    return found(result, 'lvs-dr-unsupported');
  };

  test('lvs-dr-unsupported: a host that never held the HaVip answers from it', async () => {
    expect(await directed('alibaba', 3)).toMatchObject([{ severity: 'error', frame: 2 }]);
    expect(await directed('alibaba', 2)).toEqual([]);
    expect(await directed('huawei', 3)).toEqual([]);
  });

  test('address-conflict: the claim of another’s ordinary address', async () => {
    const scene = new Scene();
    const frame = scene.at(0, announcement(NODE2, '192.168.0.11'));
    const own = new Scene();
    own.at(0, announcement(NODE1, '192.168.0.11'));
    expect(found(await scene.replay({ site }), 'address-conflict')).toMatchObject([{ frame }]);
    expect(found(await own.replay({ site }), 'address-conflict')).toEqual([]);
  });

  const inventory = async (more: Parameters<typeof topologyOf>[1], code: string) => {
    const scene = new Scene();
    scene.at(0, announcement(NODE1, HAVIP));
    return found(await scene.replay({ site: compile(topologyOf('alibaba-2021', more)) }), code);
  };

  test('quota-exceeded: six HaVips of one instance where five are allowed', async () => {
    const havips = (count: number) =>
      Array.from({ length: count }, (_, i) => havipOf(`192.168.0.${100 + i}`, [NODE1]));
    const [finding] = await inventory({ havips: havips(6) }, 'quota-exceeded');
    expect(finding).toMatchObject({ severity: 'error', frame: null, time: null });
    expect(await inventory({ havips: havips(5) }, 'quota-exceeded')).toEqual([]);
  });

  test('reserved-address: the last three of a subnet are the cloud’s', async () => {
    const at = (ip: string) => ({ havips: [havipOf(ip, [NODE1])], enis: [eniOf(NODE1)] });
    const [finding] = await inventory(at('192.168.0.253'), 'reserved-address');
    expect(finding).toMatchObject({ severity: 'error' });
    expect(await inventory(at('192.168.0.252'), 'reserved-address')).toEqual([]);
  });
});

test('a quiet network has none of them', async () => {
  const scene = new Scene();
  scene.announce(0, A);
  heard(scene, 0, 20, NODE_A);
  for (let i = 0; i < 50; i++) scene.ping(1 + i * 0.3, { sequence: i });
  scene.at(3, announcement(B, B_IP));
  scene.at(4, announcement(C, A_IP.replace('11', '13')));
  expect(codes(await scene.replay())).toEqual([]);
});

describe('an address that a reload took out of the adverts', () => {
  test('is not missed by the next master, nor is that its master', async () => {
    const scene = new Concert();
    const both = { ...NODE_A, addresses: [VIP, SECOND_VIP] };
    heard(scene, 0, 4, both);
    for (const ip of [VIP, SECOND_VIP]) scene.announce(0.1, A, ip);
    heard(scene, 5, 9, NODE_A);
    heard(scene, 12.6, 20.6, NODE_B);
    scene.announce(12.601, B, VIP);
    const result = await scene.scene().replay();
    expect(result.failovers).toMatchObject([{ ip: VIP, cause: 'crash' }]);
    expect(codes(result)).toEqual([]);
    expect(result.havips.map(({ laterMaster }) => laterMaster)).toEqual([undefined, undefined]);
  });
});
