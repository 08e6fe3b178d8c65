// Huawei's own SDK against the local endpoint: the whole life of a virtual IP, and its errors.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { huawei } from '../../src/api/huawei/huawei.ts';
import { type Account, account } from '../api/account.ts';
import { type Served, serve } from '../api/server-client.ts';
import { isInstalled, sdk } from './sdk.ts';

const KEY = 'AKtest';
const SECRET = 'SKtest';
const VIP = 'neutron:VIP_PORT';

/** It writes into the home and the current folder: both are a scratch one. */
let scratch: string;
const before = { home: process.env.HOME, folder: process.cwd() };
let served: Served | undefined;

beforeAll(() => {
  if (!isInstalled) return;
  scratch = mkdtempSync(join(tmpdir(), 'havip-huawei-'));
  process.env.HOME = scratch;
  process.chdir(scratch);
  // It prints every failure with the whole request to stdout.
  const logger = '@huaweicloud/huaweicloud-sdk-core/logger/log4jLogger';
  sdk(logger).Logger4jInstance.level = 'off';
});

afterEach(async () => {
  await served?.close();
  served = undefined;
});

afterAll(() => {
  if (!isInstalled) return;
  process.chdir(before.folder);
  if (before.home === undefined) delete process.env.HOME;
  else process.env.HOME = before.home;
  rmSync(scratch, { recursive: true, force: true });
});

interface Client {
  lab: Account;
  /** The SDK's methods with plain objects: `ask('createPort', {..})`. */
  // biome-ignore lint/suspicious/noExplicitAny: the SDK's answers are plain objects.
  ask(method: string, request: Record<string, unknown>): Promise<any>;
  /** A call of a service whose package is not installed, signed and sent by the SDK's core. */
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  send(method: string, url: string, data?: object): Promise<any>;
}

interface Asking {
  /** Configured in the server; none: nothing is verified. */
  keys?: [string, string][];
  secret?: string;
  endpoint?: (url: string) => string;
  now?: number;
}

async function start(asking: Asking = {}): Promise<Client> {
  const lab = account('huawei', asking.keys ?? []);
  lab.time.now = asking.now ?? Date.now();
  served = await serve(lab, { dialects: [huawei] });
  const core = sdk('@huaweicloud/huaweicloud-sdk-core');
  const { VpcClient } = sdk('@huaweicloud/huaweicloud-sdk-vpc/v2/public-api');
  const credentials = new core.BasicCredentials()
    .withAk(KEY)
    .withSk(asking.secret ?? SECRET)
    .withProjectId('p1234');
  const endpoint = asking.endpoint?.(served.url) ?? served.url;
  const client = VpcClient.newBuilder().withCredential(credentials).withEndpoint(endpoint).build();
  const send: Client['send'] = (method, url, data) => {
    const contentType = 'application/json';
    const parts = { queryParams: {}, pathParams: {}, headers: {}, data };
    return client.hcClient.sendRequest({ method, url, contentType, ...parts });
  };
  return { lab, ask: (method, request) => client[method](request), send };
}

/** A request that failed, as the SDK throws it. */
interface Thrown {
  name: string;
  errorCode: string;
  errorMsg: string;
  httpStatusCode: number;
  requestId: string;
}

async function thrown(asked: Promise<unknown>): Promise<Thrown> {
  try {
    await asked;
  } catch (error) {
    const { errorCode, errorMsg, httpStatusCode, requestId } = error as Thrown;
    const { name } = (error as object).constructor;
    return { name, errorCode, errorMsg, httpStatusCode, requestId };
  }
  throw new Error('nothing was thrown');
}

const portOf = (ip_address: string, name = '') => ({
  port: {
    network_id: 'vsw-1',
    device_owner: VIP,
    name,
    fixed_ips: [{ subnet_id: 'vsw-1', ip_address }],
  },
});

const pairs = (...addresses: string[]) => ({
  port: { allowed_address_pairs: addresses.map((ip_address) => ({ ip_address })) },
});

describe.skipIf(!isInstalled).each([
  { version: 'v1', by: (name: string) => `${name}Port`, lists: 'listPorts', created: 200 },
  {
    version: 'v2.0',
    by: (name: string) => `neutron${name[0]?.toUpperCase()}${name.slice(1)}Port`,
    lists: 'neutronListPorts',
    created: 201,
  },
])("Huawei's SDK, $version, with keys", ({ by, lists, created }) => {
  it('makes, lists, binds, unbinds and deletes a VIP', async () => {
    const { lab, ask } = await start({ keys: [[KEY, SECRET]] });
    const made = await ask(by('create'), { body: portOf('192.168.0.88', 'web') });
    expect(made.httpStatusCode).toBe(created);
    const { id } = made.port;
    expect(made.port).toMatchObject({ status: 'DOWN', device_owner: VIP, name: 'web' });

    const fixed_ips = ['ip_address=192.168.0.88'];
    const found = await ask(lists, { device_owner: VIP, network_id: 'vsw-1', fixed_ips });
    expect(found.ports).toMatchObject([{ id }]);
    const nics = await ask(lists, { device_id: 'i-2', network_id: 'vsw-1' });
    const [{ ip_address }] = nics.ports[0].fixed_ips;

    const bound = await ask(by('update'), { port_id: id, body: pairs('192.168.0.11', ip_address) });
    expect(bound.port.allowed_address_pairs).toMatchObject([
      { ip_address: '192.168.0.11' },
      { ip_address: '192.168.0.12' },
    ]);
    expect(lab.changes.map(({ command }) => command)).toEqual(['add-havip', 'bind', 'bind']);
    const unbound = await ask(by('update'), { port_id: id, body: pairs() });
    expect(unbound.port.allowed_address_pairs).toEqual([]);

    const deleted = await ask(by('delete'), { port_id: id });
    expect(deleted.httpStatusCode).toBe(204);
    const gone = await thrown(ask(by('show'), { port_id: id }));
    expect(gone).toMatchObject({ name: 'ClientRequestException', httpStatusCode: 404 });
  });

  it('reads all pages', async () => {
    const { ask } = await start({ keys: [[KEY, SECRET]] });
    for (const host of [81, 82, 83, 84, 85]) {
      await ask(by('create'), { body: portOf(`192.168.0.${host}`) });
    }
    const seen: string[] = [];
    for (let page = 0; page < 3; page++) {
      const marker = page === 0 ? {} : { marker: seen.at(-1) };
      const { ports } = await ask(lists, { device_owner: VIP, limit: 2, ...marker });
      seen.push(...ports.map((port: { id: string }) => port.id));
    }
    expect(new Set(seen).size).toBe(5);
  });

  it('switches the source/destination check of a NIC off and on', async () => {
    const { lab, ask } = await start({ keys: [[KEY, SECRET]] });
    await ask(by('update'), { port_id: 'i-1.eth0', body: pairs('1.1.1.1/0') });
    expect(lab.plane.inventory.eni('i-1.eth0')?.sourceDestCheck).toBe(false);
    await ask(by('update'), { port_id: 'i-1.eth0', body: pairs() });
    expect(lab.plane.inventory.eni('i-1.eth0')?.sourceDestCheck).toBe(true);
  });

  it('gets typed errors with code, message, status and request id', async () => {
    const { ask } = await start({ keys: [[KEY, SECRET]] });
    const taken = await thrown(ask(by('create'), { body: portOf('192.168.0.11') }));
    expect(taken).toEqual({
      name: 'ClientRequestException',
      errorCode: 'VPC.0701',
      errorMsg: expect.stringContaining('192.168.0.11'),
      httpStatusCode: 409,
      requestId: expect.stringMatching(/./),
    });
    const outside = await thrown(ask(by('create'), { body: portOf('10.9.9.9') }));
    expect(outside).toMatchObject({ errorCode: 'VPC.0705', httpStatusCode: 400 });
    const { port } = await ask(by('create'), { body: portOf('192.168.0.88') });
    const turned = ask(by('update'), { port_id: 'i-1.eth0', body: pairs('192.168.0.88') });
    const around = await thrown(turned);
    expect(around).toMatchObject({ errorCode: 'VPC.2500', httpStatusCode: 400 });
    expect(around.errorMsg).toContain(port.id);
  });
});

describe.skipIf(!isInstalled)("Huawei's SDK", () => {
  it('routes to the address of a VIP', async () => {
    const { ask } = await start({ keys: [[KEY, SECRET]] });
    await ask('createPort', { body: portOf('192.168.0.88') });
    const { routetables } = await ask('listRouteTables', { vpc_id: 'vpc-1' });
    const [{ id: routetable_id }] = routetables;
    const route = { type: 'vip', destination: '10.9.0.0/16', nexthop: '192.168.0.88' };
    const body = { routetable: { routes: { add: [route] } } };
    await ask('updateRouteTable', { routetable_id, body });
    const { routetable } = await ask('showRouteTable', { routetable_id });
    expect(routetable.routes).toMatchObject([route]);
  });

  it('binds an EIP to a VIP and unbinds it, with the calls of the EIP service', async () => {
    const { ask, send } = await start({ keys: [[KEY, SECRET]] });
    const { port } = await ask('createPort', { body: portOf('192.168.0.88') });
    const eips = '/v1/{project_id}/publicips';
    const made = await send('POST', eips, { publicip: { type: '5_bgp' } });
    const eip = `${eips}/${made.publicip.id}`;
    const bound = await send('PUT', eip, { publicip: { port_id: port.id } });
    expect(bound.publicip).toMatchObject({ status: 'ACTIVE', private_ip_address: '192.168.0.88' });
    const twice = await thrown(send('PUT', eip, { publicip: { port_id: port.id } }));
    expect(twice).toMatchObject({ errorCode: 'VPC.0510', httpStatusCode: 409 });
    const kept = await thrown(ask('deletePort', { port_id: port.id }));
    expect(kept).toMatchObject({ errorCode: 'VPC.2500', httpStatusCode: 409 });
    const unbound = await send('PUT', eip, { publicip: {} });
    expect(unbound.publicip).toMatchObject({ status: 'DOWN' });
    expect((await ask('deletePort', { port_id: port.id })).httpStatusCode).toBe(204);
  });

  it("binds by the compute service's old call", async () => {
    const { lab, ask, send } = await start({ keys: [[KEY, SECRET]] });
    const { port } = await ask('createPort', { body: portOf('192.168.0.88') });
    const nic = { subnet_id: 'vsw-1', ip_address: '192.168.0.88', reverse_binding: true };
    await send('PUT', '/v1/{project_id}/cloudservers/nics/i-2.eth0', { nic });
    expect(lab.plane.inventory.havip(port.id)?.members).toEqual([{ eni: 'i-2.eth0' }]);
  });

  it('reads subnets and quotas', async () => {
    const { ask } = await start({ keys: [[KEY, SECRET]] });
    const { subnet } = await ask('showSubnet', { subnet_id: 'vsw-1' });
    expect(subnet.cidr).toBe('192.168.0.0/24');
    const { quotas } = await ask('showQuota', { type: 'subnet' });
    expect(quotas.resources).toMatchObject([{ type: 'subnet', used: 3 }]);
  });

  it('is refused with a wrong key, and told so', async () => {
    const { lab, ask } = await start({ keys: [[KEY, SECRET]], secret: 'wrong' });
    const refused = await thrown(ask('createPort', { body: portOf('192.168.0.88') }));
    expect(refused).toMatchObject({ errorCode: 'APIGW.0301', httpStatusCode: 401 });
    expect(lab.plane.inventory.count('havip')).toBe(0);
  });

  it('is refused with a signature that is an hour old', async () => {
    const { ask } = await start({ keys: [[KEY, SECRET]], now: Date.now() + 3_600_000 });
    const refused = await thrown(ask('listPorts', {}));
    expect(refused).toMatchObject({ errorCode: 'APIGW.0301', httpStatusCode: 401 });
  });

  it('needs no right key where none is configured', async () => {
    const { ask } = await start({ secret: 'whatever' });
    expect((await ask('listPorts', { device_owner: VIP })).ports).toEqual([]);
  });

  it('may be given an endpoint with a slash behind, of which it signs another path', async () => {
    const { ask } = await start({ keys: [[KEY, SECRET]], endpoint: (url) => `${url}/` });
    expect((await ask('listPorts', { device_owner: VIP, name: 'a b*' })).ports).toEqual([]);
  });
});
