/** Adverts that receivers discard or misread, and speakers that do not agree. */
import { describe, expect, test } from 'vitest';
import {
  CHECKSUM_PLAIN,
  CHECKSUM_PSEUDO_HEADER,
  CHECKSUM_PSEUDO_HEADER_MULTICAST,
} from '../../../src/vrrp/checksum.ts';
import { A_IP, B_IP, Scene, VIP } from '../scene.ts';
import { type Craft, codesOf, craft, master, NODE_A, NODE_B, routerFindings } from './craft.ts';

const SECOND = '192.168.0.89';

/** A is master and stops; B, which is made otherwise, takes over. */
function takeover(scene: Scene, a: Craft, b: Craft, step = 1): void {
  master(scene, 0, 4, { ...NODE_A, ...a });
  scene.at(4.5, craft({ ...NODE_A, ...a, priority: 0 }));
  master(scene, 5.1, 9, { ...NODE_B, ...b }, step);
}

async function afterTakeover(a: Craft, b: Craft, step = 1) {
  const scene = new Scene();
  takeover(scene, a, b, step);
  return routerFindings(await scene.replay());
}

describe('vrrp-bad-checksum', () => {
  test('a sender whose adverts are all bad, and how many', async () => {
    const scene = new Scene();
    const frame = master(scene, 0, 5, { ...NODE_A, isCorrupt: true });
    const found = routerFindings(await scene.replay());
    expect(found).toMatchObject([{ code: 'vrrp-bad-checksum', severity: 'error', frame }]);
    expect(found[0]?.message).toContain('6 adverts of VRID 51, 6 of them');
  });

  test('a single damaged advert is a warning, and starts no other finding', async () => {
    const scene = new Scene();
    master(scene, 0, 5, NODE_A);
    const frame = scene.at(5.5, craft({ ...NODE_A, interval: 9, isCorrupt: true }));
    const found = routerFindings(await scene.replay());
    expect(found).toMatchObject([{ code: 'vrrp-bad-checksum', severity: 'warning', frame }]);
  });

  test.each([
    CHECKSUM_PLAIN,
    CHECKSUM_PSEUDO_HEADER,
    CHECKSUM_PSEUDO_HEADER_MULTICAST,
  ])('none under convention %i', async (convention) => {
    const scene = new Scene();
    master(scene, 0, 5, { ...NODE_A, version: 3, to: B_IP, convention });
    expect(codesOf(await scene.replay())).toEqual([]);
  });
});

describe('vrrp-checksum-convention', () => {
  test('one with, one without the pseudo-header', async () => {
    const plain = { version: 3 as const, convention: CHECKSUM_PLAIN };
    const pseudo = { version: 3 as const, convention: CHECKSUM_PSEUDO_HEADER };
    const found = await afterTakeover(plain, pseudo);
    expect(found).toMatchObject([{ code: 'vrrp-checksum-convention', severity: 'error' }]);
    expect(found[0]?.message).toContain(`${B_IP} with the IPv4 pseudo-header`);
    expect(found[0]?.advice).toContain(`v3_checksum_as_v2\` in the vrrp_instance of ${B_IP}`);
    expect(await afterTakeover(pseudo, pseudo)).toEqual([]);
    expect(await afterTakeover(plain, plain)).toEqual([]);
  });
});

describe('vrrp-bad-ttl', () => {
  test('a multicast advert with another TTL than 255', async () => {
    const scene = new Scene();
    const frame = master(scene, 0, 5, { ...NODE_A, ttl: 64 });
    const found = routerFindings(await scene.replay());
    expect(found).toMatchObject([{ code: 'vrrp-bad-ttl', frame }]);
    expect(found[0]?.message).toContain('TTL 64');
  });

  test('a unicast advert may have any', async () => {
    const scene = new Scene();
    master(scene, 0, 5, { ...NODE_A, to: B_IP, ttl: 64 });
    expect(codesOf(await scene.replay())).toEqual([]);
  });
});

describe('interval-zero', () => {
  test('version 2 with an interval below one second', async () => {
    const scene = new Scene();
    const frame = master(scene, 0, 3, { ...NODE_A, interval: 0 }, 0.5);
    const found = routerFindings(await scene.replay());
    expect(found).toMatchObject([{ code: 'interval-zero', frame }]);
    expect(found[0]?.advice).toContain('vrrp_version 3');
  });

  test('none for a hundredth of a second in version 3', async () => {
    const scene = new Scene();
    master(scene, 0, 0.5, { ...NODE_A, version: 3, interval: 1 }, 0.01);
    expect(codesOf(await scene.replay())).toEqual([]);
  });
});

describe('vrrp-auth-mismatch', () => {
  test('different passwords, which are not shown', async () => {
    const scene = new Scene();
    takeover(scene, { password: 'hushhush' }, { password: 'whisper1' });
    const result = await scene.replay();
    const found = routerFindings(result);
    expect(found).toMatchObject([{ code: 'vrrp-auth-mismatch', severity: 'error' }]);
    expect(found[0]?.message).toContain(`${B_IP} and ${A_IP} use different passwords`);
    expect(JSON.stringify(result)).not.toMatch(/hushhush|whisper1/);
  });

  test('a password against none', async () => {
    const found = await afterTakeover({ password: 'hushhush' }, {});
    expect(found.map(({ code }) => code)).toEqual(['vrrp-auth-mismatch']);
    expect(found[0]?.message).toContain(`${A_IP} with a password`);
  });

  test('none with one password', async () => {
    expect(await afterTakeover({ password: 'hushhush' }, { password: 'hushhush' })).toEqual([]);
  });
});

describe('vrrp-address-list-mismatch', () => {
  test('one node lists an address that the other lacks', async () => {
    const found = await afterTakeover({ addresses: [VIP, SECOND] }, { addresses: [VIP] });
    expect(found).toMatchObject([{ code: 'vrrp-address-list-mismatch', severity: 'error' }]);
    expect(found[0]?.message).toContain(`only ${A_IP} lists ${SECOND}`);
  });

  test('none where only the order differs', async () => {
    const lists = [{ addresses: [VIP, SECOND] }, { addresses: [SECOND, VIP] }] as const;
    expect(await afterTakeover(...(lists as unknown as [Craft, Craft]))).toEqual([]);
  });

  test('none where a list grew while the other node had long been silent', async () => {
    const scene = new Scene();
    takeover(scene, {}, {});
    for (let second = 9; second < 40; second++) scene.at(second, craft(NODE_B));
    scene.announce(40, NODE_B.source as string, SECOND);
    for (let second = 40; second < 45; second++) {
      scene.at(second, craft({ ...NODE_B, addresses: [VIP, SECOND] }));
    }
    expect(codesOf(await scene.replay())).toEqual([]);
  });
});

describe('vrrp-interval-mismatch', () => {
  test('is an error in version 2, where receivers discard', async () => {
    const found = await afterTakeover({ interval: 1 }, { interval: 2 });
    expect(found[0]).toMatchObject({ code: 'vrrp-interval-mismatch', severity: 'error' });
    expect(found[0]?.advice).toContain('advert_int 2');
  });

  test('is a note in version 3, where a backup follows the master', async () => {
    const version = 3;
    const found = await afterTakeover({ version, interval: 100 }, { version, interval: 50 }, 0.5);
    expect(found).toMatchObject([{ code: 'vrrp-interval-mismatch', severity: 'info' }]);
  });

  test('where a master changes its own while another is master, too', async () => {
    const scene = new Scene();
    for (let second = 0; second < 8; second++) {
      scene.at(second, craft(NODE_A));
      scene.at(second + 0.5, craft({ ...NODE_B, interval: second < 4 ? 1 : 2 }));
    }
    const found = routerFindings(await scene.replay());
    const mismatches = found.filter(({ code }) => code === 'vrrp-interval-mismatch');
    expect(mismatches).toMatchObject([{ severity: 'error', frame: 10 }]);
  });

  test('none where both agree', async () => {
    expect(await afterTakeover({ interval: 1 }, { interval: 1 })).toEqual([]);
  });
});
