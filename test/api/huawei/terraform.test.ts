// The life of Terraform's huaweicloud_networking_vip and huaweicloud_networking_vip_associate,
// request by request in the order in which the provider sends them.
import { describe, expect, it } from 'vitest';
import { type Account, account } from '../account.ts';
import { type Answer, ask } from './ask.ts';

interface Pair {
  ip_address: string;
}

/** The provider stops at any other status. */
async function must(lab: Account, status: number, line: string, body?: unknown): Promise<Answer> {
  const answer = await ask(lab, line, body);
  expect(`${line}: ${answer.status}`).toBe(`${line}: ${status}`);
  return answer;
}

/** resourceNetworkingVipCreate, with its wait for DOWN or ACTIVE. */
async function createVip(lab: Account, network: string, name: string): Promise<string> {
  const { subnet } = (await must(lab, 200, `GET {p}/subnets/${network}`)).body;
  const fixed_ips = [{ subnet_id: subnet.neutron_subnet_id }];
  const port = { name, device_owner: 'neutron:VIP_PORT', network_id: network, fixed_ips };
  const { id } = (await must(lab, 200, 'POST {p}/ports', { port })).body.port;
  const { body } = await must(lab, 200, `GET {p}/ports/${id}`);
  expect(['DOWN', 'ACTIVE']).toContain(body.port.status);
  return id;
}

/** updateNetworkingVIPAssociate. */
async function associate(lab: Account, vip: string, nics: string[]): Promise<void> {
  await must(lab, 200, `GET /v2.0/ports/${vip}`);
  const pairs: Pair[] = [];
  for (const nic of nics) {
    const { port } = (await must(lab, 200, `GET /v2.0/ports/${nic}`)).body;
    pairs.push({ ip_address: port.fixed_ips[0].ip_address });
  }
  const update = { port: { allowed_address_pairs: pairs } };
  await must(lab, 200, `PUT /v2.0/ports/${vip}`, update);
  const unchecked = { port: { allowed_address_pairs: [{ ip_address: '1.1.1.1/0' }] } };
  for (const nic of nics) await must(lab, 200, `PUT /v2.0/ports/${nic}`, unchecked);
}

/** resourceNetworkingVIPAssociateV2Read: which NICs it finds associated. */
async function readAssociation(lab: Account, vip: string, nics: string[]): Promise<string[]> {
  const { port } = (await must(lab, 200, `GET /v2.0/ports/${vip}`)).body;
  expect(port.fixed_ips).toHaveLength(1);
  const allowed = port.allowed_address_pairs.map((pair: Pair) => pair.ip_address);
  const found: string[] = [];
  for (const nic of nics) {
    const { body } = await must(lab, 200, `GET /v2.0/ports/${nic}`);
    const own = body.port.fixed_ips.map((pair: Pair) => pair.ip_address);
    if (own.some((address: string) => allowed.includes(address))) found.push(nic);
  }
  return found;
}

describe("Terraform's resources", () => {
  const nics = ['i-1.eth0', 'i-2.eth0'];

  it('live: created, associated, changed, dissociated, deleted', async () => {
    const lab = account('huawei');
    const vip = await createVip(lab, 'vsw-1', 'web');
    await associate(lab, vip, nics);
    expect(await readAssociation(lab, vip, nics)).toEqual(nics);
    expect(lab.plane.inventory.eni('i-1.eth0')?.sourceDestCheck).toBe(false);

    await must(lab, 200, `PUT {p}/ports/${vip}`, { port: { name: 'www' } });
    expect((await must(lab, 200, `GET {p}/ports/${vip}`)).body.port.name).toBe('www');
    await associate(lab, vip, ['i-2.eth0', 'i-3.eth0']);
    expect(await readAssociation(lab, vip, [...nics, 'i-3.eth0'])).toEqual([
      'i-2.eth0',
      'i-3.eth0',
    ]);

    const none = { port: { allowed_address_pairs: [] } };
    await must(lab, 200, `PUT /v2.0/ports/${vip}`, none);
    expect(await readAssociation(lab, vip, nics)).toEqual([]);
    await must(lab, 204, `DELETE {p}/ports/${vip}`);
    await must(lab, 404, `GET {p}/ports/${vip}`);
  });

  it('find a VIP gone that was deleted beside them', async () => {
    const lab = account('huawei');
    const vip = await createVip(lab, 'vsw-1', '');
    await must(lab, 204, `DELETE /v2.0/ports/${vip}`);
    await must(lab, 404, `GET /v2.0/ports/${vip}`);
    await must(lab, 404, `GET {p}/ports/${vip}`);
  });

  it('stop where there is no such network', async () => {
    await must(account('huawei'), 404, 'GET {p}/subnets/vsw-9');
  });
});
