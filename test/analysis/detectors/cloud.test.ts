/** What a cloud does not let through or forbids, by provider. */
import { describe, expect, test } from 'vitest';
import { compile } from '../../../src/havip/compile.ts';
import { parseLab } from '../../../src/lab/file/lab-file.ts';
import { arp } from '../../dataplane/frames.ts';
import { A, A_IP, B, B_IP, C, Scene, VIP, VMAC } from '../scene.ts';
import { codesOf, craft, master, NODE_A, NODE_B, routerFindings } from './craft.ts';

function siteOf(provider: string) {
  const text = [
    `provider: ${provider}`,
    'subnets:',
    '  one: { cidr: 192.168.0.0/24 }',
    'instances:',
    `  node1: { enis: { eth0: { subnet: one, ip: ${A_IP}, mac: "${A}" } } }`,
    `  node2: { enis: { eth0: { subnet: one, ip: ${B_IP}, mac: "${B}" } } }`,
    'havips:',
    `  web: { subnet: one, ip: ${VIP}, bind: [node1, node2] }`,
    '',
  ].join('\n');
  return compile(parseLab(text, 'lab.yaml'));
}

async function codes(provider: string | null, tell: (scene: Scene) => void): Promise<string[]> {
  const scene = new Scene();
  tell(scene);
  return codesOf(await scene.replay({ site: provider === null ? null : siteOf(provider) }));
}

describe('vrrp-multicast', () => {
  const multicast = (scene: Scene): void => void master(scene, 0, 5, NODE_A);
  const unicast = (scene: Scene): void => void master(scene, 0, 5, { ...NODE_A, to: B_IP });

  test.each(['alibaba', 'alibaba-2021', 'tencent', 'ucloud'])('%s', async (provider) => {
    expect(await codes(provider, multicast)).toEqual(['vrrp-multicast']);
    expect(await codes(provider, unicast)).toEqual([]);
  });

  test.each(['huawei', 'classic', null])('none for %s, which carries it', async (provider) => {
    expect(await codes(provider, multicast)).toEqual([]);
  });

  test('names the node by the lab file, and the lines to write', async () => {
    const scene = new Scene();
    const frame = master(scene, 0, 3, NODE_A);
    scene.at(3.5, craft({ ...NODE_A, priority: 0 }));
    const found = routerFindings(await scene.replay({ site: siteOf('alibaba') }));
    expect(found).toMatchObject([{ severity: 'error', frame, ip: VIP }]);
    expect(found[0]?.message).toContain(`node1 (${A_IP})`);
    expect(found[0]?.advice).toContain(`unicast_src_ip ${A_IP}`);
  });
});

describe('vrrp-virtual-mac', () => {
  const vmac = { ...NODE_A, source: VMAC, to: B_IP };

  test.each(['alibaba', 'tencent', 'huawei', 'ucloud'])('adverts from it: %s', async (provider) => {
    expect(await codes(provider, (scene) => void master(scene, 0, 5, vmac))).toEqual([
      'vrrp-virtual-mac',
    ]);
  });

  test('claims for it, adverts from the own MAC (vmac_xmit_base)', async () => {
    const tell = (scene: Scene): void => {
      for (let second = 0; second < 4; second++) scene.at(second, craft({ ...NODE_A, to: B_IP }));
      scene.announce(4, VMAC);
      scene.announce(5, VMAC);
    };
    expect(await codes('alibaba', tell)).toEqual(['vrrp-virtual-mac']);
  });

  test('a claim for it by another host accuses no node that speaks', async () => {
    const scene = new Scene();
    for (let second = 0; second < 4; second++) scene.at(second, craft({ ...NODE_A, to: B_IP }));
    scene.at(4, arp({ operation: 1, source: C, sha: VMAC, spa: VIP, tpa: VIP }));
    const [found] = routerFindings(await scene.replay({ site: siteOf('alibaba') }));
    expect(found?.code).toBe('vrrp-virtual-mac');
    expect(found?.message).toContain(VMAC);
    expect(found?.message).not.toContain(A_IP);
  });

  test.each(['classic', null])('none on a plain LAN: %s', async (provider) => {
    expect(await codes(provider, (scene) => void master(scene, 0, 5, vmac))).toEqual([]);
  });

  test('none for the MAC of the card', async () => {
    const own = { ...NODE_A, to: B_IP };
    expect(await codes('alibaba', (scene) => void master(scene, 0, 5, own))).toEqual([]);
  });
});

describe('heartbeat-from-havip', () => {
  const fromHavip = { ...NODE_B, ip: VIP, to: B_IP, source: A };

  test('adverts that come from the address they are about', async () => {
    const scene = new Scene();
    const frame = master(scene, 0, 5, fromHavip);
    const found = routerFindings(await scene.replay({ site: siteOf('alibaba') }));
    expect(found).toMatchObject([{ code: 'heartbeat-from-havip', frame, ip: VIP }]);
    expect(found[0]?.advice).toContain(`unicast_src_ip ${A_IP}`);
    expect(await codes(null, (one) => void master(one, 0, 5, fromHavip))).toEqual([
      'heartbeat-from-havip',
    ]);
  });

  test('none for the owner of the address on a LAN (priority 255); a cloud has no owners', async () => {
    const owner = { ...fromHavip, priority: 255 };
    expect(await codes(null, (scene) => void master(scene, 0, 5, owner))).toEqual([]);
    expect(await codes('ucloud', (scene) => void master(scene, 0, 5, owner))).toEqual([
      'heartbeat-from-havip',
    ]);
  });

  test('also where the address is known to be virtual only later', async () => {
    const scene = new Scene();
    const other = { ...fromHavip, vrid: 52, addresses: ['192.168.0.89'] };
    const frame = master(scene, 0, 5, other);
    master(scene, 5.5, 9, NODE_A);
    const found = routerFindings(await scene.replay());
    expect(found).toMatchObject([{ code: 'heartbeat-from-havip', frame, t: 0, ip: VIP }]);
  });

  test("none for an instance's own address", async () => {
    const own = { ...NODE_A, to: B_IP };
    expect(await codes('tencent', (scene) => void master(scene, 0, 5, own))).toEqual([]);
  });
});

describe('vmac-drawn-back', () => {
  const vmac = { ...NODE_A, source: VMAC };
  const answer = (destination: string): DataView =>
    arp({ operation: 2, source: VMAC, destination, spa: VIP, tha: destination, tpa: VIP });

  function preemption(scene: Scene, base: boolean): void {
    const old = { ...NODE_B, source: base ? B : VMAC };
    const next = base ? NODE_A : vmac;
    for (let second = 0; second < 5; second++) {
      scene.at(second, craft(old));
      if (second === 0) scene.announce(0.001, VMAC);
    }
    scene.at(5, craft(next));
    scene.announce(5.001, VMAC);
  }

  test('the old master answers the announcement of the new one from the same MAC', async () => {
    const scene = new Scene();
    preemption(scene, true);
    const frame = scene.at(5.0011, answer(VMAC));
    const found = routerFindings(await scene.replay());
    expect(found).toMatchObject([{ code: 'vmac-drawn-back', severity: 'warning', frame, ip: VIP }]);
    expect(found[0]?.message).toContain(`${B_IP} answered the announcement of ${VIP} by ${A_IP}`);
    expect(found[0]?.advice).toContain('vmac_xmit_base');
  });

  test('is a note where the adverts carry the virtual MAC and draw it back themselves', async () => {
    const scene = new Scene();
    preemption(scene, false);
    scene.at(5.0011, answer(VMAC));
    const found = routerFindings(await scene.replay());
    expect(found).toMatchObject([{ code: 'vmac-drawn-back', severity: 'info' }]);
  });

  test('none for an answer to a client, or an announcement in the form of a reply', async () => {
    const scene = new Scene();
    preemption(scene, true);
    scene.at(
      5.01,
      arp({ operation: 2, source: VMAC, destination: B, spa: VIP, tha: B, tpa: B_IP }),
    );
    scene.at(5.02, answer('ff:ff:ff:ff:ff:ff'));
    expect(codesOf(await scene.replay())).toEqual([]);
  });
});
