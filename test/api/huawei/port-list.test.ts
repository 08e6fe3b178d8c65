// Filters and pages of port lists, in both versions of the API.
import { beforeAll, describe, expect, it } from 'vitest';
import { type Account, account } from '../account.ts';
import { ask, makeVip } from './ask.ts';

const NICS = ['i-1.eth0', 'i-1.eth1', 'i-2.eth0', 'i-3.eth0', 'i-far.eth0'];

let lab: Account;
let web: string;
let db: string;
let far: string;

beforeAll(async () => {
  lab = account('huawei');
  web = await makeVip(lab, { name: 'web', address: '192.168.0.88' });
  db = await makeVip(lab, { name: 'db', address: '192.168.0.99' });
  far = await makeVip(lab, { name: 'web', subnet: 'vsw-2', address: '192.168.1.88' });
});

async function idsOf(query: string): Promise<string[]> {
  const both: string[][] = [];
  for (const base of ['{p}/ports', '/v2.0/ports']) {
    const { status, body } = await ask(lab, `GET ${base}?${query}`);
    expect(status).toBe(200);
    both.push(body.ports.map((port: { id: string }) => port.id).sort());
  }
  expect(both[0]).toEqual(both[1]);
  return both[0] ?? [];
}

describe('a list of ports', () => {
  it('has VIP ports and NIC ports', async () => {
    expect(await idsOf('')).toEqual([web, db, far, ...NICS].sort());
  });

  it('of VIPs, of one network', async () => {
    const vips = 'device_owner=neutron:VIP_PORT';
    expect(await idsOf(vips)).toEqual([web, db, far].sort());
    expect(await idsOf(`${vips}&network_id=vsw-1`)).toEqual([web, db].sort());
  });

  it("of an instance's NICs", async () => {
    expect(await idsOf('device_id=i-1&network_id=vsw-1')).toEqual(['i-1.eth0', 'i-1.eth1']);
    expect(await idsOf('device_owner=compute:local')).toEqual(NICS);
  });

  it('by name, status and MAC', async () => {
    expect(await idsOf('name=web')).toEqual([web, far].sort());
    expect(await idsOf('status=ACTIVE')).toEqual(NICS);
    expect(await idsOf('mac_address=00:16:3e:00:00:02')).toEqual(['i-2.eth0']);
    expect(await idsOf('admin_state_up=true&name=db')).toEqual([db]);
    expect(await idsOf('admin_state_up=false')).toEqual([]);
    expect(await idsOf('security_groups=sg-1')).toEqual([]);
  });

  it('by address, as the SDK writes the filter', async () => {
    expect(await idsOf('fixed_ips=ip_address%3D192.168.0.88')).toEqual([web]);
  });

  it('by one of several addresses or ids', async () => {
    const either = 'fixed_ips=ip_address%3D192.168.0.88&fixed_ips=ip_address%3D192.168.0.11';
    expect(await idsOf(either)).toEqual([web, 'i-1.eth0'].sort());
    expect(await idsOf(`${either}&fixed_ips=subnet_id%3Dvsw-2`)).toEqual([]);
    expect(await idsOf(`id=${web}&id=${db}`)).toEqual([web, db].sort());
  });

  it('that fits nothing is empty, not absent', async () => {
    const v2 = await ask(lab, 'GET /v2.0/ports?name=nobody');
    expect(v2.body).toEqual({ ports: [], ports_links: [] });
    expect((await ask(lab, 'GET {p}/ports?name=nobody')).body).toEqual({ ports: [] });
  });

  it('of another project is empty', async () => {
    expect((await ask(lab, 'GET /v2.0/ports?tenant_id=other')).body.ports).toEqual([]);
  });

  it.each([
    'fixed_ips=192.168.0.88',
    'limit=many',
    'limit=-1',
  ])('for %s is refused', async (query) => {
    const answer = await ask(lab, `GET {p}/ports?${query}`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'VPC.2500' } });
  });
});

describe('pages', () => {
  it('give every port once, by limit and marker', async () => {
    const seen: string[] = [];
    let marker = '';
    for (let page = 0; page < 4; page++) {
      const { body } = await ask(lab, `GET {p}/ports?limit=3&marker=${marker}`);
      expect(body.ports.length).toBe([3, 3, 2, 0][page]);
      seen.push(...body.ports.map((port: { id: string }) => port.id));
      marker = seen.at(-1) ?? '';
    }
    expect([...seen].sort()).toEqual(await idsOf(''));
  });

  it('of v2.0 name the next one, which keeps the filters', async () => {
    const line = 'GET /v2.0/ports?device_owner=neutron:VIP_PORT&limit=2';
    const first = await ask(lab, line);
    expect(first.body.ports).toHaveLength(2);
    const [{ rel, href }] = first.body.ports_links;
    expect(rel).toBe('next');
    const next = new URL(href);
    expect(next.host).toBe('127.0.0.1:8080');
    const second = await ask(lab, `GET ${next.pathname}${next.search}`);
    expect(second.body.ports).toHaveLength(1);
    expect(second.body.ports_links).toEqual([]);
    const ids = [...first.body.ports, ...second.body.ports].map((port) => port.id);
    expect(ids.sort()).toEqual([web, db, far].sort());
  });

  it('stay right where the port of the marker is gone', async () => {
    const own = account('huawei');
    const vips = await Promise.all(Array.from({ length: 4 }, () => makeVip(own)));
    const [first, second, third, fourth] = vips.sort();
    await ask(own, `DELETE {p}/ports/${second}`);
    const filter = 'device_owner=neutron:VIP_PORT';
    const { body } = await ask(own, `GET {p}/ports?${filter}&marker=${second}`);
    expect(body.ports.map((port: { id: string }) => port.id)).toEqual([third, fourth]);
    expect(first).toBeDefined();
  });

  it('have 2000 ports at most', async () => {
    const own = account('huawei');
    const template = own.plane.inventory.eni('i-1.eth0');
    if (template === undefined) throw new Error('the account has no i-1.eth0');
    const upserts = Array.from({ length: 2100 }, (_, n) => ({
      ...template,
      id: `n-${n}`,
      addresses: [],
      mac: null,
    }));
    own.plane.inventory.apply({ deletes: [], upserts });
    for (const query of ['', '?limit=0', '?limit=5000']) {
      expect((await ask(own, `GET {p}/ports${query}`)).body.ports).toHaveLength(2000);
    }
  });
});
