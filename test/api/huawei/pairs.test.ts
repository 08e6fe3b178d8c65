// allowed_address_pairs, in Huawei's direction: a VIP port names the NICs, a NIC port 1.1.1.1/0.
import { describe, expect, it } from 'vitest';
import { account } from '../account.ts';
import { ask, makeVip, pairsOf, setPairs } from './ask.ts';

const NIC_1 = '192.168.0.11';
const NIC_1_SECOND = '192.168.0.21';
const NIC_2 = '192.168.0.12';
const NIC_3 = '192.168.0.13';

describe('pairs of a VIP port', () => {
  it('bind the NICs that have the addresses', async () => {
    const lab = account('huawei');
    const id = await makeVip(lab, { address: '192.168.0.88' });
    const answer = await setPairs(lab, id, [NIC_1, NIC_2]);
    expect(answer.status).toBe(200);
    const mac = answer.body.port.mac_address;
    expect(answer.body.port.allowed_address_pairs).toEqual([
      { ip_address: NIC_1, mac_address: mac },
      { ip_address: NIC_2, mac_address: mac },
    ]);
    expect(answer.headers).not.toHaveProperty('x-havip-advice');
    expect(lab.changes.slice(1)).toEqual([
      { command: 'bind', havip: id, member: 'i-1/eth0' },
      { command: 'bind', havip: id, member: 'i-2/eth0' },
    ]);
  });

  it('are the whole list: who is left out is unbound', async () => {
    const lab = account('huawei');
    const id = await makeVip(lab, { pairs: [NIC_1, NIC_2] });
    lab.changes.length = 0;
    expect((await setPairs(lab, id, [NIC_2, NIC_3])).status).toBe(200);
    expect(lab.changes).toMatchObject([
      { command: 'bind', havip: id, member: 'i-3/eth0' },
      { command: 'unbind', havip: id, member: 'i-1/eth0', spareHolder: false },
    ]);
    expect((await setPairs(lab, id, [])).status).toBe(200);
    expect(await pairsOf(lab, id)).toEqual([]);
  });

  it('are taken at creation, all of them or none', async () => {
    const lab = account('huawei');
    const id = await makeVip(lab, { pairs: [NIC_1, NIC_1_SECOND] });
    expect(await pairsOf(lab, id)).toEqual([NIC_1, NIC_1_SECOND]);
    await expect(makeVip(lab, { pairs: [NIC_1, '192.168.1.11'] })).rejects.toThrow(/VPC\.2500/);
    expect(lab.plane.inventory.count('havip')).toBe(1);
  });

  it('unbind the holder without asking, and nobody holds it then', async () => {
    const lab = account('huawei');
    const id = await makeVip(lab, { pairs: [NIC_1, NIC_2] });
    lab.holders.set(id, '00:16:3e:00:00:01');
    expect((await setPairs(lab, id, [NIC_2])).status).toBe(200);
    expect(lab.plane.holderOf(id)).toBeNull();
  });

  it('may say one address twice, or as a block of one', async () => {
    const lab = account('huawei');
    const id = await makeVip(lab);
    expect((await setPairs(lab, id, [NIC_1, `${NIC_1}/32`])).status).toBe(200);
    expect(await pairsOf(lab, id)).toEqual([NIC_1]);
  });

  it('with an address that no NIC has are advised against, not refused', async () => {
    const lab = account('huawei');
    const id = await makeVip(lab, { address: '192.168.0.88' });
    const answer = await setPairs(lab, id, [NIC_1, '192.168.0.77', '192.168.0.88']);
    expect(answer.status).toBe(200);
    expect(answer.headers['x-havip-advice']).toContain('192.168.0.77, 192.168.0.88');
    expect(await pairsOf(lab, id)).toEqual([NIC_1]);
  });

  it.each([
    ['a NIC of another subnet', ['192.168.1.11']],
    ['a block', ['192.168.0.0/24']],
    ['everything', ['0.0.0.0/0']],
    ['everything in IPv6', ['::/0']],
    ['what belongs to a NIC port', ['1.1.1.1/0']],
    ['no address', ['192.168.0']],
    ['no prefix', ['192.168.0.11/33']],
  ])('with %s are refused, and nothing changes', async (_what, addresses) => {
    const lab = account('huawei');
    const id = await makeVip(lab, { pairs: [NIC_2] });
    const answer = await setPairs(lab, id, [NIC_1, ...addresses]);
    expect(answer).toMatchObject({ status: 400, body: { code: 'VPC.2500' } });
    expect(await pairsOf(lab, id)).toEqual([NIC_2]);
  });

  it('with a detached NIC are refused', async () => {
    const lab = account('huawei');
    const caller = { dialect: 'native', call: 'detach', requestId: 'r' };
    await lab.plane.submit({ kind: 'detach-eni', eni: 'i-1.eth1' }, caller);
    const answer = await setPairs(lab, await makeVip(lab), [NIC_1_SECOND]);
    expect(answer).toMatchObject({ status: 400, body: { code: 'VPC.2500' } });
  });

  it.each([
    ['a pair without address', [{ mac_address: 'fa:16:3e:00:00:01' }]],
    ['a pair that is a text', ['192.168.0.11']],
    ['one pair, not a list', { ip_address: NIC_1 }],
    ['an address that is a number', [{ ip_address: 1 }]],
  ])('that are %s are refused', async (_what, pairs) => {
    const lab = account('huawei');
    const id = await makeVip(lab);
    const port = { allowed_address_pairs: pairs };
    const answer = await ask(lab, `PUT /v2.0/ports/${id}`, { port });
    expect(answer).toMatchObject({ status: 400, body: { NeutronError: { type: 'BadRequest' } } });
  });

  it('are all or nothing together with a name', async () => {
    const lab = account('huawei');
    const id = await makeVip(lab, { name: 'old', pairs: [NIC_1] });
    const port = { name: 'new', allowed_address_pairs: [{ ip_address: '192.168.1.11' }] };
    expect((await ask(lab, `PUT /v2.0/ports/${id}`, { port })).status).toBe(400);
    const { body } = await ask(lab, `GET /v2.0/ports/${id}`);
    expect(body.port.name).toBe('old');
    expect(await pairsOf(lab, id)).toEqual([NIC_1]);
  });

  it('leave a whole instance bound as it is, so that it keeps what it holds', async () => {
    const lab = account('huawei');
    const caller = { dialect: 'native', call: 'associate', requestId: 'r' };
    const id = await makeVip(lab);
    await lab.plane.submit({ kind: 'associate', havip: id, member: { instance: 'i-1' } }, caller);
    lab.holders.set(id, '00:16:3e:00:00:01');
    expect(await pairsOf(lab, id)).toEqual([NIC_1, NIC_1_SECOND]);
    await setPairs(lab, id, [NIC_1, NIC_1_SECOND, NIC_2]);
    expect(lab.plane.holderOf(id)?.eni).toBe('i-1.eth0');
    expect(await pairsOf(lab, id)).toEqual([NIC_1, NIC_1_SECOND, NIC_2]);
  });
});

describe('pairs of an IPv6 VIP', () => {
  it('name one NIC, by its IPv6 address', async () => {
    const lab = account('huawei');
    const { inventory } = lab.plane;
    const subnet = inventory.subnet('vsw-1');
    const enis = ['i-2.eth0', 'i-3.eth0'].flatMap((id) => inventory.eni(id) ?? []);
    if (subnet === undefined) throw new Error('the account has no vsw-1');
    inventory.apply({
      deletes: [],
      upserts: [
        { ...subnet, cidrs: [...subnet.cidrs, 'fd00:1::/64'] },
        ...enis.map((eni, n) => ({ ...eni, addresses: [...eni.addresses, `fd00:1::1${n}`] })),
      ],
    });
    const id = await makeVip(lab, { address: 'fd00:1::88' });
    // Any form of the address that is one.
    expect((await setPairs(lab, id, ['FD00:1:0::10'])).status).toBe(200);
    expect(await pairsOf(lab, id)).toEqual(['fd00:1::10']);
    const { body } = await ask(lab, 'GET {p}/ports?fixed_ips=ip_address%3Dfd00:1:0::88');
    expect(body.ports).toMatchObject([{ id }]);
    const two = await setPairs(lab, id, ['fd00:1::10', 'fd00:1::11']);
    expect(two).toMatchObject({ status: 409, body: { NeutronError: { type: 'OverQuota' } } });
    expect(await pairsOf(lab, id)).toEqual(['fd00:1::10']);
  });
});

describe('advice', () => {
  it('comes with the eleventh host of a VIP, which is bound all the same', async () => {
    const lab = account('huawei');
    const enis = Array.from({ length: 11 }, (_, n) => `192.168.0.${100 + n}`);
    lab.plane.inventory.apply({
      deletes: [],
      upserts: enis.flatMap((address, n) => [
        { kind: 'instance', id: `h-${n}`, name: '', status: 'running' } as const,
        {
          ...(lab.plane.inventory.eni('i-2.eth0') as NonNullable<unknown>),
          kind: 'eni',
          id: `h-${n}.eth0`,
          instance: `h-${n}`,
          home: `h-${n}`,
          name: 'eth0',
          subnet: 'vsw-1',
          addresses: [address],
          mac: null,
          sourceDestCheck: true,
          isPrimary: true,
        } as const,
      ]),
    });
    const id = await makeVip(lab);
    const ten = await setPairs(lab, id, enis.slice(0, 10));
    expect(ten.headers).not.toHaveProperty('x-havip-advice');
    const eleven = await setPairs(lab, id, enis);
    expect(eleven.status).toBe(200);
    expect(eleven.headers['x-havip-advice']).toMatch(/at most 10/);
    expect(await pairsOf(lab, id)).toEqual(enis);
  });

  it('comes with the ninth VIP of a host', async () => {
    const lab = account('huawei');
    for (let n = 0; n < 8; n++) {
      const answer = await setPairs(lab, await makeVip(lab), [NIC_1]);
      expect(answer.headers).not.toHaveProperty('x-havip-advice');
    }
    const ninth = await setPairs(lab, await makeVip(lab), [NIC_1]);
    expect(ninth.status).toBe(200);
    expect(ninth.headers['x-havip-advice']).toMatch(/at most 8/);
  });
});

describe('pairs of a NIC port', () => {
  it('switch the source/destination check off and on', async () => {
    const lab = account('huawei');
    const off = await setPairs(lab, 'i-1.eth0', ['1.1.1.1/0']);
    expect(off.status).toBe(200);
    expect(off.body.port.allowed_address_pairs).toEqual([
      { ip_address: '1.1.1.1/0', mac_address: '00:16:3e:00:00:01' },
    ]);
    expect(lab.plane.inventory.eni('i-1.eth0')?.sourceDestCheck).toBe(false);
    expect(lab.plane.inventory.eni('i-1.eth1')?.sourceDestCheck).toBe(true);
    await setPairs(lab, 'i-1.eth0', []);
    expect(lab.plane.inventory.eni('i-1.eth0')?.sourceDestCheck).toBe(true);
    expect(lab.changes).toMatchObject([
      { command: 'set-eni', eni: { name: 'i-1/eth0', sourceDestCheck: false } },
      { command: 'set-eni', eni: { name: 'i-1/eth0', sourceDestCheck: true } },
    ]);
  });

  it('are left alone by the binding: a VIP does not switch the check off by itself', async () => {
    const lab = account('huawei');
    await makeVip(lab, { pairs: [NIC_1] });
    expect(await pairsOf(lab, 'i-1.eth0')).toEqual([]);
  });

  it('with a virtual IP, the plain OpenStack way round, are refused and explained', async () => {
    const lab = account('huawei');
    const id = await makeVip(lab, { address: '192.168.0.88' });
    const answer = await setPairs(lab, 'i-1.eth0', ['192.168.0.88']);
    expect(answer).toMatchObject({ status: 400, body: { code: 'VPC.2500' } });
    expect(answer.body.message).toContain(`VIP port ${id}`);
    expect(answer.body.message).toContain(NIC_1);
    expect(await pairsOf(lab, id)).toEqual([]);
  });

  it.each(['0.0.0.0/0', '192.168.0.77', '10.1.0.0/16'])('with %s are refused', async (pair) => {
    const lab = account('huawei');
    const answer = await setPairs(lab, 'i-1.eth0', [pair]);
    expect(answer).toMatchObject({ status: 400, body: { code: 'VPC.2500' } });
    expect(lab.plane.inventory.eni('i-1.eth0')?.sourceDestCheck).toBe(true);
  });
});
