// VIP ports and NIC ports: created, shown, renamed, deleted, in both versions of the API.
import { describe, expect, it } from 'vitest';
import { huawei } from '../../../src/api/huawei/huawei.ts';
import { account } from '../account.ts';
import { ask, makeVip, PROJECT, requestOf, setPairs, VIP } from './ask.ts';

/** Fields of the vendor's Port and NeutronPort models. */
const BOTH = [
  'id',
  'name',
  'status',
  'admin_state_up',
  'fixed_ips',
  'mac_address',
  'network_id',
  'tenant_id',
  'device_id',
  'device_owner',
  'security_groups',
  'allowed_address_pairs',
  'extra_dhcp_opts',
  'binding:vnic_type',
  'binding:vif_details',
  'binding:profile',
  'port_security_enabled',
  'dns_assignment',
  'dns_name',
];
const V1_ONLY = ['instance_id', 'instance_type', 'zone_id', 'enable_efi', 'ipv6_bandwidth_id'];
const V2_ONLY = ['project_id', 'created_at', 'updated_at'];

describe.each([
  { version: 'v1', base: '{p}/ports', created: 200, only: V1_ONLY },
  { version: 'v2.0', base: '/v2.0/ports', created: 201, only: V2_ONLY },
])('VIP ports by $version', ({ base, created, only }) => {
  it('are made with an address of their own, and have every field', async () => {
    const lab = account('huawei');
    const fixed_ips = [{ subnet_id: 'vsw-1', ip_address: '192.168.0.88' }];
    const port = { network_id: 'vsw-1', device_owner: VIP, name: 'web', fixed_ips };
    const answer = await ask(lab, `POST ${base}`, { port });
    expect(answer.status).toBe(created);
    expect(answer.headers['x-request-id']).toMatch(/./);
    expect(Object.keys(answer.body.port).sort()).toEqual([...BOTH, ...only].sort());
    expect(answer.body.port).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      name: 'web',
      status: 'DOWN',
      admin_state_up: true,
      network_id: 'vsw-1',
      fixed_ips,
      device_id: '',
      device_owner: VIP,
      tenant_id: PROJECT,
      mac_address: expect.stringMatching(/^fa:16:3e(:[0-9a-f]{2}){3}$/),
      allowed_address_pairs: [],
    });
    expect(lab.changes).toMatchObject([
      { command: 'add-havip', havip: { subnet: 'vsw-1', address: '192.168.0.88' } },
    ]);
    const shown = await ask(lab, `GET ${base}/${answer.body.port.id}`);
    expect(shown).toMatchObject({ status: 200, body: { port: answer.body.port } });
  });

  it('take the first free address where none is named', async () => {
    const lab = account('huawei');
    // Huawei keeps the first two of a block for itself.
    for (const expected of ['192.168.0.2', '192.168.0.3']) {
      const port = { network_id: 'vsw-1', device_owner: '', fixed_ips: [{ ip_address: '' }] };
      const { body } = await ask(lab, `POST ${base}`, { port });
      expect(body.port.fixed_ips[0].ip_address).toBe(expected);
    }
  });

  it('stay DOWN when they are bound and held', async () => {
    const lab = account('huawei');
    const id = await makeVip(lab, { address: '192.168.0.88', pairs: ['192.168.0.11'] });
    lab.holders.set(id, '00:16:3e:00:00:01');
    const { body } = await ask(lab, `GET ${base}/${id}`);
    expect(body.port.status).toBe('DOWN');
  });

  it('are renamed', async () => {
    const lab = account('huawei');
    const id = await makeVip(lab, { name: 'old' });
    const answer = await ask(lab, `PUT ${base}/${id}`, { port: { name: 'new' } });
    expect(answer).toMatchObject({ status: 200, body: { port: { id, name: 'new' } } });
    expect((await ask(lab, `GET ${base}/${id}`)).body.port.name).toBe('new');
  });

  it('are deleted, and their address is free again', async () => {
    const lab = account('huawei');
    const id = await makeVip(lab, { address: '192.168.0.88' });
    expect(await ask(lab, `DELETE ${base}/${id}`)).toMatchObject({ status: 204, body: '' });
    expect((await ask(lab, `GET ${base}/${id}`)).status).toBe(404);
    await expect(makeVip(lab, { address: '192.168.0.88' })).resolves.toMatch(/./);
  });

  it.each([
    ['an unknown network', { network_id: 'vsw-9' }, 404, 'VPC.0202'],
    ['no network', {}, 400, 'VPC.2500'],
    ['another owner', { network_id: 'vsw-1', device_owner: 'compute:x' }, 400, 'VPC.2500'],
    ['a port that is down', { network_id: 'vsw-1', admin_state_up: false }, 400, 'VPC.2500'],
    [
      'two addresses',
      {
        network_id: 'vsw-1',
        fixed_ips: [{ ip_address: '192.168.0.8' }, { ip_address: '192.168.0.9' }],
      },
      400,
      'VPC.2500',
    ],
    [
      'the subnet of another network',
      { network_id: 'vsw-1', fixed_ips: [{ subnet_id: 'vsw-2' }] },
      400,
      'VPC.0705',
    ],
    ['an address in use', fixed('192.168.0.11'), 409, 'VPC.0701'],
    ['an address outside', fixed('192.168.1.8'), 400, 'VPC.0705'],
    ['a reserved address', fixed('192.168.0.255'), 400, 'VPC.0705'],
    ['no address at all', fixed('192.168.0'), 400, 'VPC.0705'],
    ['a name that is no text', { network_id: 'vsw-1', name: 7 }, 400, 'VPC.2500'],
  ])('are refused for %s', async (_why, port, status, code) => {
    const lab = account('huawei');
    const answer = await ask(lab, `POST ${base}`, { port });
    expect(answer).toMatchObject({ status, body: { code } });
    expect(lab.plane.inventory.count('havip')).toBe(0);
    expect(lab.changes).toEqual([]);
  });

  it.each([
    '',
    '{"port":',
    '[]',
    '{"port":[]}',
    '{"__proto__":{"port":{}}}',
    'null',
    '{}',
  ])('are refused for the body %j', async (body) => {
    const answer = await ask(account('huawei'), `POST ${base}`, body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'VPC.2500' } });
  });

  it.each([
    ['network_id', 'vsw-2'],
    ['fixed_ips', [{ ip_address: '192.168.0.9' }]],
    ['device_id', 'i-1'],
    ['admin_state_up', false],
  ])('keep their %s', async (field, value) => {
    const lab = account('huawei');
    const id = await makeVip(lab);
    const answer = await ask(lab, `PUT ${base}/${id}`, { port: { [field]: value } });
    expect(answer).toMatchObject({ status: 400, body: { code: 'VPC.2500' } });
  });

  it.each(['GET', 'PUT', 'DELETE'])('are not found by %s where there is none', async (method) => {
    const code = method === 'GET' ? 'VPC.2502' : 'VPC.2500'; // as the vendor's tables say
    const answer = await ask(account('huawei'), `${method} ${base}/gone`, { port: {} });
    expect(answer).toMatchObject({ status: 404, body: { code, message: 'Port gone not found' } });
  });
});

describe('fields of a port', () => {
  it('that are not kept are taken, and named in the advice', async () => {
    const lab = account('huawei');
    const port = { network_id: 'vsw-1', security_groups: ['sg-1'], extra_dhcp_opts: [] };
    const answer = await ask(lab, 'POST /v2.0/ports', { port });
    expect(answer.status).toBe(201);
    expect(answer.headers['x-havip-advice']).toContain('security_groups');
    expect(answer.headers['x-havip-advice']).not.toContain('extra_dhcp_opts');
  });

  it('tell when a VIP was made, in UTC', async () => {
    const lab = account('huawei');
    const id = await makeVip(lab);
    const { body } = await ask(lab, `GET /v2.0/ports/${id}`);
    expect(body.port).toMatchObject({ created_at: '2026-11-21T12:00:00', project_id: PROJECT });
  });

  it('keep the same MAC whenever they are read', async () => {
    const lab = account('huawei');
    const [first, second] = [await makeVip(lab), await makeVip(lab)];
    const mac = async (id: string): Promise<string> =>
      (await ask(lab, `GET {p}/ports/${id}`)).body.port.mac_address;
    expect(await mac(first)).toBe(await mac(first));
    expect(await mac(first)).not.toBe(await mac(second));
  });
});

describe('NIC ports', () => {
  it('are the ENIs, with the instance as their device', async () => {
    const lab = account('huawei');
    const { body } = await ask(lab, 'GET /v2.0/ports/i-1.eth1');
    expect(body.port).toMatchObject({
      id: 'i-1.eth1',
      status: 'ACTIVE',
      device_id: 'i-1',
      device_owner: 'compute:local',
      mac_address: '00:16:3e:00:01:01',
      fixed_ips: [{ subnet_id: 'vsw-1', ip_address: '192.168.0.21' }],
      allowed_address_pairs: [],
    });
  });

  it('are not deleted while they are in an instance', async () => {
    const lab = account('huawei');
    const answer = await ask(lab, 'DELETE {p}/ports/i-1.eth1');
    expect(answer).toMatchObject({ status: 400, body: { code: 'VPC.2500' } });
    expect(answer.body.message).toContain("Port's device_id is not empty");
    expect((await ask(lab, 'GET {p}/ports/i-1.eth1')).status).toBe(200);
  });

  it('are DOWN and may be deleted once they are detached', async () => {
    const lab = account('huawei');
    const caller = { dialect: 'native', call: 'detach', requestId: 'r' };
    await lab.plane.submit({ kind: 'detach-eni', eni: 'i-1.eth1' }, caller);
    const { body } = await ask(lab, 'GET {p}/ports/i-1.eth1');
    expect(body.port).toMatchObject({ status: 'DOWN', device_id: '', device_owner: '' });
    expect((await ask(lab, 'DELETE {p}/ports/i-1.eth1')).status).toBe(204);
    expect((await ask(lab, 'GET {p}/ports/i-1.eth1')).status).toBe(404);
  });

  it('keep the name that the lab file gave them', async () => {
    const lab = account('huawei');
    const renamed = await ask(lab, 'PUT {p}/ports/i-1.eth0', { port: { name: 'front' } });
    expect(renamed).toMatchObject({ status: 400, body: { code: 'VPC.2500' } });
    const same = await ask(lab, 'PUT {p}/ports/i-1.eth0', { port: { name: 'eth0' } });
    expect(same.status).toBe(200);
  });
});

describe('deletion of a VIP port', () => {
  it('takes its bindings with it', async () => {
    const lab = account('huawei');
    const id = await makeVip(lab, { pairs: ['192.168.0.11'] });
    expect((await ask(lab, `DELETE {p}/ports/${id}`)).status).toBe(204);
  });

  it('waits for its EIP to be unbound', async () => {
    const lab = account('huawei');
    const id = await makeVip(lab);
    const { body } = await ask(lab, 'POST {p}/publicips', { publicip: { type: '5_bgp' } });
    const eip = `{p}/publicips/${body.publicip.id}`;
    await ask(lab, `PUT ${eip}`, { publicip: { port_id: id } });
    const refused = await ask(lab, `DELETE /v2.0/ports/${id}`);
    expect(refused).toMatchObject({ status: 409, body: { NeutronError: { type: 'PortInUse' } } });
    await ask(lab, `PUT ${eip}`, { publicip: { port_id: '' } });
    expect((await ask(lab, `DELETE /v2.0/ports/${id}`)).status).toBe(204);
  });
});

describe('a request', () => {
  it.each([
    ['/v1/p/ports', true],
    ['/v2.0/ports', true],
    ['//v1/p/ports', true],
    ['/api/v1/havips', false],
    ['/', false],
    ['/v1', false],
    ['/v3/p/vpc', false],
  ])('to %s is told from the others', (path, isMine) => {
    expect(huawei.isMine({ ...requestOf('GET /'), path })).toBe(isMine);
  });

  it.each([
    'GET /v1/p1234/nothing',
    'PATCH /v1/p1234/ports/x',
    'GET /v2.0/networks',
    'GET /v1/p1234/ports/x/y',
    'GET /v1/',
    'POST /v1/p1234/ports/x',
    'GET /v1/p1234/cloudservers/nics',
    'GET /v2.0/publicips/%zz',
  ])('%s is for no API that is served', async (line) => {
    const answer = await ask(account('huawei'), line);
    expect(answer).toMatchObject({ status: 404, body: { error_code: 'APIGW.0101' } });
  });

  it('may have an endpoint with a slash behind', async () => {
    const lab = account('huawei');
    expect((await ask(lab, `GET //v1/${PROJECT}/ports`)).status).toBe(200);
    expect((await ask(lab, 'GET {p}/ports/')).status).toBe(200);
  });

  it('for another project than its header is refused', async () => {
    const headers = { 'x-project-id': 'other' };
    const answer = await ask(account('huawei'), 'GET {p}/ports', undefined, headers);
    expect(answer).toMatchObject({ status: 400, body: { code: 'VPC.0007' } });
  });

  it('that fails has its error in every shape a client may read', async () => {
    const lab = account('huawei');
    const v1 = (await ask(lab, 'GET {p}/ports/gone')).body;
    const { code, message } = v1;
    expect(v1).toMatchObject({ error_code: code, error_msg: message });
    expect(v1).not.toHaveProperty('NeutronError');
    const v2 = (await ask(lab, 'GET /v2.0/ports/gone')).body;
    expect(v2).toMatchObject({ code, error_code: code });
    expect(v2.NeutronError).toEqual({ type: 'PortNotFound', message, detail: '' });
  });

  it("carries its vendor's call into the history", async () => {
    const lab = account('huawei');
    const calls: string[] = [];
    const { submit } = lab.plane;
    lab.plane.submit = (operation, caller, token) => {
      calls.push(`${caller.dialect} ${caller.call} ${caller.requestId}`);
      return submit.call(lab.plane, operation, caller, token);
    };
    const made = await ask(lab, 'POST /v2.0/ports', { port: { network_id: 'vsw-1' } });
    await setPairs(lab, made.body.port.id, ['192.168.0.11']);
    expect(calls[0]).toBe(`huawei NeutronCreatePort ${made.headers['x-request-id']}`);
    expect(calls[1]).toMatch(/^huawei NeutronUpdatePort /);
  });

  it.each([
    ['throttled', 429, 'APIGW.0308'],
    ['other-provider', 403, 'VPC.2701'],
  ] as const)('that the server refuses as %s is answered in this shape', (why, status, code) => {
    const { context } = account('huawei');
    const refused = huawei.refuse?.(requestOf('GET {p}/ports'), context, { why, message: 'no' });
    expect(refused).toMatchObject({ status, body: { code, error_code: code, message: 'no' } });
  });
});

function fixed(address: string): object {
  return { network_id: 'vsw-1', fixed_ips: [{ ip_address: address }] };
}
