// What a VIP has to do with beside its port: EIPs, route tables, the compute service's old call,
// subnets, quotas.
import { describe, expect, it } from 'vitest';
import { type Account, account } from '../account.ts';
import { type Answer, ask, makeVip, pairsOf } from './ask.ts';

async function makeEip(lab: Account, ip_address?: string): Promise<string> {
  const { body } = await ask(lab, 'POST {p}/publicips', {
    publicip: { type: '5_bgp', ip_address },
  });
  return body.publicip.id;
}

function bindEip(lab: Account, eip: string, port_id?: string | null): Promise<Answer> {
  return ask(lab, `PUT {p}/publicips/${eip}`, { publicip: { port_id } });
}

describe('an EIP', () => {
  it('is bound to the port of a VIP, and shown with it', async () => {
    const lab = account('huawei');
    const [vip, eip] = [await makeVip(lab, { address: '192.168.0.88' }), await makeEip(lab)];
    const bound = await bindEip(lab, eip, vip);
    const seen = { status: 'ACTIVE', port_id: vip, private_ip_address: '192.168.0.88' };
    expect(bound).toMatchObject({ status: 200, body: { publicip: { id: eip, ...seen } } });
    const shown = await ask(lab, `GET {p}/publicips/${eip}`);
    expect(shown.body).toEqual(bound.body);
    const listed = await ask(lab, `GET {p}/publicips?port_id=${vip}`);
    expect(listed.body.publicips).toEqual([bound.body.publicip]);
  });

  it.each([[''], [undefined], [null]])('is unbound by the port_id %j', async (port_id) => {
    const lab = account('huawei');
    const [vip, eip] = [await makeVip(lab), await makeEip(lab)];
    await bindEip(lab, eip, vip);
    const { status, body } = await bindEip(lab, eip, port_id);
    expect(status).toBe(200);
    expect(body.publicip).toMatchObject({ status: 'DOWN' });
    expect(body.publicip).not.toHaveProperty('port_id');
    expect(body.publicip).not.toHaveProperty('private_ip_address');
    expect((await bindEip(lab, eip, port_id)).status).toBe(200);
  });

  it('has the codes of the vendor where it cannot be bound', async () => {
    const lab = account('huawei');
    const [first, second] = [await makeVip(lab), await makeVip(lab)];
    const [eip, other] = [await makeEip(lab), await makeEip(lab)];
    await bindEip(lab, eip, first);
    const codeOf = async (answer: Promise<Answer>): Promise<string> => {
      const { status, body } = await answer;
      return `${status} ${body.code}`;
    };
    expect(await codeOf(bindEip(lab, eip, second))).toBe('409 VPC.0510');
    expect(await codeOf(bindEip(lab, other, first))).toBe('409 VPC.0511');
    expect(await codeOf(bindEip(lab, 'gone', first))).toBe('404 VPC.0504');
    expect(await codeOf(bindEip(lab, other, 'gone'))).toBe('404 VPC.0508');
    expect(await codeOf(bindEip(lab, other, 'i-1.eth0'))).toBe('400 VPC.0508');
    expect(await codeOf(ask(lab, 'GET {p}/publicips/gone'))).toBe('404 VPC.0504');
    expect(await codeOf(ask(lab, `DELETE {p}/publicips/${eip}`))).toBe('409 VPC.0517');
    expect(await codeOf(ask(lab, 'DELETE {p}/publicips/gone'))).toBe('404 VPC.0504');
  });

  it('is released once it is free', async () => {
    const lab = account('huawei');
    const eip = await makeEip(lab);
    expect((await ask(lab, 'GET {p}/publicips')).body.publicips).toHaveLength(1);
    expect((await ask(lab, `DELETE {p}/publicips/${eip}`)).status).toBe(204);
    expect((await ask(lab, 'GET {p}/publicips')).body).toEqual({ publicips: [] });
  });
});

describe('a route table', () => {
  const destination = '10.9.0.0/16';

  function change(lab: Account, routes: object): Promise<Answer> {
    return ask(lab, 'PUT {p}/routetables/rtb-vpc-1', { routetable: { routes } });
  }

  it('takes routes whose next hop is the address of a VIP, and gives them back', async () => {
    const lab = account('huawei');
    await makeVip(lab, { address: '192.168.0.88' });
    const route = { type: 'vip', destination, nexthop: '192.168.0.88' };
    const added = await change(lab, { add: [route] });
    expect(added.status).toBe(200);
    expect(added.body.routetable).toMatchObject({
      id: 'rtb-vpc-1',
      vpc_id: 'vpc-1',
      default: true,
      subnets: [{ id: 'vsw-1' }, { id: 'vsw-2' }],
      routes: [route],
    });
    expect((await ask(lab, 'GET {p}/routetables/rtb-vpc-1')).body).toEqual(added.body);
    const gone = await change(lab, { del: [route] });
    expect(gone.body.routetable.routes).toEqual([]);
  });

  it('changes the next hop of a route', async () => {
    const lab = account('huawei');
    await makeVip(lab, { address: '192.168.0.88' });
    await makeVip(lab, { address: '192.168.0.99' });
    const route = { type: 'vip', destination, nexthop: '192.168.0.88' };
    await change(lab, { add: [route] });
    const { body } = await change(lab, { mod: [{ ...route, nexthop: '192.168.0.99' }] });
    expect(body.routetable.routes).toMatchObject([{ destination, nexthop: '192.168.0.99' }]);
  });

  it('is changed as a whole or not at all', async () => {
    const lab = account('huawei');
    await makeVip(lab, { address: '192.168.0.88' });
    const route = { type: 'vip', destination, nexthop: '192.168.0.88' };
    await change(lab, { add: [route] });
    const refused = await change(lab, {
      del: [{ destination }],
      add: [
        { ...route, destination: '10.8.0.0/16' },
        { ...route, destination: '10.8.0.0/16' },
      ],
    });
    expect(refused).toMatchObject({ status: 400, body: { code: 'VPC.2809' } });
    const { body } = await ask(lab, 'GET {p}/routetables/rtb-vpc-1');
    expect(body.routetable.routes).toMatchObject([route]);
  });

  it.each([
    ['another type', { type: 'ecs', destination, nexthop: '192.168.0.11' }, 'VPC.2500'],
    [
      'a next hop that is no VIP',
      { type: 'vip', destination, nexthop: '192.168.0.11' },
      'VPC.2809',
    ],
    ['the id of a VIP', { type: 'vip', destination, nexthop: 'web' }, 'VPC.2809'],
    ['no block', { type: 'vip', destination: 'x', nexthop: '192.168.0.88' }, 'VPC.2809'],
    ['no destination', { type: 'vip', nexthop: '192.168.0.88' }, 'VPC.2809'],
    ['a VIP of another VPC', { type: 'vip', destination, nexthop: '10.0.0.88' }, 'VPC.2809'],
  ])('refuses a route with %s', async (_what, route, code) => {
    const lab = account('huawei');
    await makeVip(lab, { address: '192.168.0.88' });
    await makeVip(lab, { subnet: 'vsw-3', address: '10.0.0.88' });
    expect(await change(lab, { add: [route] })).toMatchObject({ status: 400, body: { code } });
    expect(lab.plane.inventory.count('route')).toBe(0);
  });

  it('refuses to delete a route that it has not', async () => {
    const answer = await change(account('huawei'), { del: [{ destination }] });
    expect(answer).toMatchObject({ status: 400, body: { code: 'VPC.2809' } });
  });

  it('is listed by its VPC, its subnet or its id', async () => {
    const lab = account('huawei');
    const ids = async (query: string): Promise<string[]> => {
      const { body } = await ask(lab, `GET {p}/routetables?${query}`);
      return body.routetables.map((table: { id: string }) => table.id);
    };
    expect(await ids('')).toEqual(['rtb-vpc-1', 'rtb-vpc-2']);
    expect(await ids('vpc_id=vpc-2')).toEqual(['rtb-vpc-2']);
    expect(await ids('subnet_id=vsw-2')).toEqual(['rtb-vpc-1']);
    expect(await ids('id=rtb-vpc-1')).toEqual(['rtb-vpc-1']);
    expect(await ids('limit=1&marker=rtb-vpc-1')).toEqual(['rtb-vpc-2']);
    const gone = await ask(lab, 'GET {p}/routetables/gone');
    expect(gone).toMatchObject({ status: 404, body: { code: 'VPC.2808' } });
  });
});

describe("the compute service's old call", () => {
  const line = 'PUT {p}/cloudservers/nics/i-1.eth0';
  const nic = { subnet_id: 'vsw-1', ip_address: '192.168.0.88', reverse_binding: true };

  it('binds the NIC to the VIP of an address, twice as well as once', async () => {
    const lab = account('huawei');
    const id = await makeVip(lab, { address: '192.168.0.88' });
    for (let time = 0; time < 2; time++) {
      const answer = await ask(lab, line, { nic });
      expect(answer).toMatchObject({ status: 200, body: { port_id: 'i-1.eth0' } });
      expect(await pairsOf(lab, id)).toEqual(['192.168.0.11']);
    }
  });

  it('unbinds it from all of them, and leaves the others bound', async () => {
    const lab = account('huawei');
    const both = ['192.168.0.11', '192.168.0.12'];
    const [first, second] = [
      await makeVip(lab, { pairs: both }),
      await makeVip(lab, { pairs: both }),
    ];
    const answer = await ask(lab, line, { nic: { subnet_id: '', ip_address: '' } });
    expect(answer).toMatchObject({ status: 200, body: { port_id: 'i-1.eth0' } });
    expect(await pairsOf(lab, first)).toEqual(['192.168.0.12']);
    expect(await pairsOf(lab, second)).toEqual(['192.168.0.12']);
  });

  it.each([
    ['without reverse_binding', { ...nic, reverse_binding: false }, 400],
    ['to an address without VIP', { ...nic, ip_address: '192.168.0.77' }, 404],
    ['in an unknown subnet', { ...nic, subnet_id: 'vsw-9' }, 404],
  ])('%s binds nothing', async (_how, asked, status) => {
    const lab = account('huawei');
    const id = await makeVip(lab, { address: '192.168.0.88' });
    expect((await ask(lab, line, { nic: asked })).status).toBe(status);
    expect(await pairsOf(lab, id)).toEqual([]);
  });

  it('is refused for a NIC that is not there', async () => {
    const answer = await ask(account('huawei'), 'PUT {p}/cloudservers/nics/gone', { nic });
    expect(answer.status).toBe(404);
  });
});

describe('the account', () => {
  it('shows its subnets, with one id for network and subnet', async () => {
    const lab = account('huawei');
    const { body } = await ask(lab, 'GET {p}/subnets/vsw-1');
    expect(body.subnet).toMatchObject({
      id: 'vsw-1',
      cidr: '192.168.0.0/24',
      gateway_ip: '192.168.0.1',
      vpc_id: 'vpc-1',
      status: 'ACTIVE',
      neutron_network_id: 'vsw-1',
      neutron_subnet_id: 'vsw-1',
    });
    const listed = await ask(lab, 'GET {p}/subnets?vpc_id=vpc-1');
    expect(listed.body.subnets.map(({ id }: { id: string }) => id)).toEqual(['vsw-1', 'vsw-2']);
    const gone = await ask(lab, 'GET {p}/subnets/gone');
    expect(gone).toMatchObject({ status: 404, body: { code: 'VPC.0202' } });
  });

  it('has no quota for VIPs, as the vendor has none', async () => {
    const lab = account('huawei');
    await makeVip(lab);
    const { body } = await ask(lab, 'GET {p}/quotas');
    const types = body.quotas.resources.map(({ type }: { type: string }) => type);
    expect(types).toEqual(['vpc', 'subnet', 'publicIp', 'routetable']);
    const [subnets] = (await ask(lab, 'GET {p}/quotas?type=subnet')).body.quotas.resources;
    expect(subnets).toMatchObject({ type: 'subnet', used: 3, quota: -1 });
    expect((await ask(lab, 'GET {p}/quotas?type=vip')).body.quotas.resources).toEqual([]);
  });
});
