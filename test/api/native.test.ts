// The native REST as its callers see it: every route, every refusal's status, keys, client tokens,
// pages and batches. What is answered is held against the OpenAPI document in openapi.test.ts.
import { afterEach, describe, expect, it } from 'vitest';
import type { ProviderName } from '../../src/havip/topology.ts';
import { type Account, account } from './account.ts';
import { type Served, serve } from './server-client.ts';

let served: Served | undefined;
let there: Account;

afterEach(async () => {
  await served?.close();
  served = undefined;
});

async function start(
  provider: ProviderName = 'ucloud',
  keys: [string, string][] = [],
): Promise<Account> {
  there = account(provider, keys);
  served = await serve(there);
  return there;
}

interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the API says
  body: any;
}

async function ask(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const answer = await fetch(`${served?.url}${path}`, {
    method,
    headers: body === undefined ? headers : { 'Content-Type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  const isJson = /json/.test(answer.headers.get('content-type') ?? '');
  return {
    status: answer.status,
    headers: answer.headers,
    body: isJson && text !== '' ? JSON.parse(text) : text,
  };
}

const V1 = '/api/v1';
const create = (body: object = {}): Promise<Answer> =>
  ask('POST', `${V1}/havips`, { subnet: 'vsw-1', ...body });

describe('a HaVip', () => {
  it('is created, shown, edited, bound, unbound and deleted', async () => {
    await start();
    const made = await create({ name: 'web', address: '192.168.0.88', description: 'front' });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      name: 'web',
      description: 'front',
      address: '192.168.0.88',
      subnet: 'vsw-1',
      vpc: 'vpc-1',
      status: 'available',
      holder: null,
      members: [],
      createdAt: '2026-11-21T12:00:00.000Z',
    });
    const path = `${V1}/havips/${made.body.id}`;
    expect(made.headers.get('location')).toBe(path);
    expect((await ask('GET', path)).body).toEqual(made.body);
    const edited = await ask('PATCH', path, { name: 'new name' });
    expect(edited.body).toEqual({ ...made.body, name: 'new name' });
    const bound = await ask('POST', `${path}/members`, { instance: 'i-1' });
    expect(bound.body).toMatchObject({ members: ['i-1'], status: 'in-use' });
    const both = await ask('PUT', `${path}/members`, {
      members: [{ instance: 'i-2' }, { instance: 'i-3' }],
    });
    expect(both.body.members).toEqual(['i-2', 'i-3']);
    const one = await ask('DELETE', `${path}/members/i-3`);
    expect([one.status, one.body.members]).toEqual([200, ['i-2']]);
    expect((await ask('DELETE', path)).status).toBe(204);
    expect((await ask('GET', path)).status).toBe(404);
    expect(there.changes.map(({ command }) => command)).toContain('remove-havip');
  });

  it('is given the first free address where none is named', async () => {
    await start();
    const [one, two] = [await create(), await create({ address: null })];
    expect(one.body.address).toMatch(/^192\.168\.0\.\d+$/);
    expect(two.body.address).not.toBe(one.body.address);
  });

  it('is not taken from its holder without force', async () => {
    const { holders, plane } = await start('alibaba');
    const { body } = await create({ members: [{ instance: 'i-1' }] });
    holders.set(plane.inventory.havip(body.id)?.lane ?? '', '00:16:3e:00:00:01');
    const shown = await ask('GET', `${V1}/havips/${body.id}`);
    expect(shown.body.holder).toMatchObject({ instance: 'i-1', mac: '00:16:3e:00:00:01' });
    const path = `${V1}/havips/${body.id}/members/i-1`;
    const refused = await ask('DELETE', path);
    expect([refused.status, refused.body.code]).toEqual([409, 'is-holder']);
    expect((await ask('DELETE', `${path}?force=true`)).body.members).toEqual([]);
  });
});

describe('a list', () => {
  it('has pages, filters, an order, and the number of all', async () => {
    await start('classic');
    for (let i = 0; i < 7; i++) await create({ name: `vip ${i}`, address: `192.168.0.${100 + i}` });
    await ask('POST', `${V1}/havips`, { subnet: 'vsw-3', name: 'far', address: '10.0.0.100' });
    const page = await ask('GET', `${V1}/havips?limit=3&offset=6&sort=address&order=desc`);
    expect(page.body).toMatchObject({ total: 8, limit: 3, offset: 6 });
    expect(page.body.items.map(({ name }: { name: string }) => name)).toEqual(['vip 0', 'far']);
    const found = await ask('GET', `${V1}/havips?q=VIP%20.104`);
    expect(found.body.items.map(({ name }: { name: string }) => name)).toEqual(['vip 4']);
    expect((await ask('GET', `${V1}/havips?vpc=vpc-2`)).body.total).toBe(1);
    expect((await ask('GET', `${V1}/havips?offset=99`)).body).toMatchObject({
      items: [],
      total: 8,
    });
  });

  it.each([
    ['vpcs', 'vpc-1', 2],
    ['subnets', 'vsw-1', 3],
    ['instances', 'i-1', 4],
    ['enis', 'i-1.eth1', 5],
    ['route-tables', 'rtb-vpc-1', 2],
  ])('of %s has what the lab brought, each shown by its id', async (name, id, total) => {
    await start();
    const all = await ask('GET', `${V1}/${name}`);
    expect(all.body.total).toBe(total);
    const one = all.body.items.find((item: { id: string }) => item.id === id);
    expect((await ask('GET', `${V1}/${name}/${id}`)).body).toEqual(one);
    expect((await ask('GET', `${V1}/${name}?q=${id.toUpperCase()}`)).body.items).toContainEqual(
      one,
    );
    expect((await ask('GET', `${V1}/${name}?q=nobody`)).body.items).toEqual([]);
    const missing = await ask('GET', `${V1}/${name}/nobody`);
    expect(missing.status).toBe(404);
    expect(missing.body.code).toMatch(/-not-found$/);
  });

  it('is narrowed by what belongs together', async () => {
    await start();
    expect((await ask('GET', `${V1}/subnets?vpc=vpc-2`)).body.items).toHaveLength(1);
    expect((await ask('GET', `${V1}/enis?instance=i-1`)).body.items).toHaveLength(2);
    expect((await ask('GET', `${V1}/enis?subnet=vsw-2`)).body.items).toHaveLength(1);
    expect((await ask('GET', `${V1}/instances?status=stopped`)).body.items).toEqual([]);
    expect((await ask('GET', `${V1}/route-tables?vpc=vpc-1`)).body.items).toHaveLength(1);
  });

  it.each([
    'limit=0',
    'limit=1001',
    'limit=x',
    'limit=0x10',
    'limit=1e1',
    'offset=',
    'offset=-1',
    'offset=1.5',
    'sort=colour',
    'colour=red',
    'q=a&q=b',
  ])('is refused with ?%s', async (query) => {
    await start();
    const { status, body, headers } = await ask('GET', `${V1}/havips?${query}`);
    expect([status, body.code]).toEqual([422, 'malformed']);
    expect(headers.get('content-type')).toBe('application/problem+json');
  });
});

describe('instances and ENIs', () => {
  it('are stopped, detached, attached and deleted', async () => {
    await start('alibaba');
    const stopped = await ask('PATCH', `${V1}/instances/i-1`, { status: 'stopped' });
    expect(stopped.body.status).toBe('stopped');
    const eni = `${V1}/enis/i-1.eth1`;
    expect((await ask('PATCH', eni, { instance: null })).body.instance).toBeNull();
    expect((await ask('PATCH', eni, { instance: 'i-1' })).body.instance).toBe('i-1');
    const primary = await ask('PATCH', `${V1}/enis/i-1.eth0`, { instance: null });
    expect([primary.status, primary.body.code]).toEqual([409, 'primary-eni']);
    expect((await ask('DELETE', eni)).status).toBe(204);
    expect((await ask('DELETE', `${V1}/instances/i-1`)).status).toBe(204);
    expect((await ask('GET', `${V1}/instances/i-1`)).status).toBe(404);
  });

  it('may be told not to check where packets come from, where the cloud has that', async () => {
    await start('huawei');
    const { body } = await ask('PATCH', `${V1}/enis/i-1.eth0`, { sourceDestCheck: false });
    expect(body.sourceDestCheck).toBe(false);
  });
});

describe('EIPs and routes', () => {
  it('lead to a HaVip, which stays until they are gone', async () => {
    await start('alibaba');
    const { body: havip } = await create();
    const { body: eip, status } = await ask('POST', `${V1}/eips`, {});
    expect([status, eip.havip]).toEqual([201, null]);
    const bound = await ask('PATCH', `${V1}/eips/${eip.id}`, { havip: havip.id });
    expect(bound.body.havip).toBe(havip.id);
    expect((await ask('GET', `${V1}/eips?havip=${havip.id}`)).body.items).toEqual([bound.body]);
    const made = await ask('POST', `${V1}/routes`, {
      table: 'rtb-vpc-1',
      destination: '172.16.0.0/16',
      havip: havip.id,
    });
    expect(made.status).toBe(201);
    const shown = (await ask('GET', `${V1}/havips/${havip.id}`)).body;
    expect(shown.eips).toEqual([{ id: eip.id, address: eip.address }]);
    expect(shown.routes).toEqual([made.body.id]);
    expect((await ask('GET', `${V1}/route-tables/rtb-vpc-1`)).body.routes).toEqual([made.body.id]);
    const refused = await ask('DELETE', `${V1}/havips/${havip.id}`);
    expect(refused.status).toBe(409);
    expect(['has-eip', 'has-route']).toContain(refused.body.code);
    expect((await ask('PATCH', `${V1}/eips/${eip.id}`, { havip: null })).body.havip).toBeNull();
    expect((await ask('DELETE', `${V1}/eips/${eip.id}`)).status).toBe(204);
    expect((await ask('GET', `${V1}/routes/${made.body.id}`)).body).toEqual(made.body);
    expect((await ask('DELETE', `${V1}/routes/${made.body.id}`)).status).toBe(204);
    expect((await ask('DELETE', `${V1}/havips/${havip.id}`)).status).toBe(204);
  });
});

describe('quotas', () => {
  it('are shown, and raised where the vendor raises them', async () => {
    await start('alibaba-2021');
    const all = (await ask('GET', `${V1}/quotas`)).body.items as { id: string }[];
    expect(all).toContainEqual(
      expect.objectContaining({ id: 'hostsPerHavip', most: 2, isAdjustable: false }),
    );
    const raised = await ask('PATCH', `${V1}/quotas/havipsPerVpc`, { most: 9 });
    expect(raised.body).toMatchObject({ most: 9, default: 5, isAdjustable: true });
    const fixed = await ask('PATCH', `${V1}/quotas/hostsPerHavip`, { most: 9 });
    expect([fixed.status, fixed.body.code]).toEqual([403, 'quota-fixed']);
    expect((await ask('PATCH', `${V1}/quotas/wishes`, { most: 3 })).status).toBe(404);
  });

  it('refuse what is above them, for good', async () => {
    await start('alibaba-2021');
    for (let i = 0; i < 5; i++) expect((await create()).status).toBe(201);
    const sixth = await create();
    expect(sixth.status).toBe(403);
    expect(sixth.body.code).toMatch(/^too-many-havips/);
  });
});

describe('a refusal', () => {
  it.each([
    [{ subnet: 'nowhere' }, 404, 'subnet-not-found'],
    [{ address: '192.168.1.7' }, 422, 'address-outside'],
    [{ address: '192.168.0.0' }, 422, 'address-reserved'],
    [{ address: '192.168.0.11' }, 409, 'address-in-use'],
    [{ address: 'here' }, 422, 'address-malformed'],
    [{ vpc: 'vpc-2' }, 422, 'vpc-mismatch'],
    [{ members: [{ instance: 'i-nobody' }] }, 404, 'instance-not-found'],
    [{ members: [{ instance: 'i-far' }] }, 422, 'wrong-subnet'],
  ])('of %j is problem details: %i %s', async (body, status, code) => {
    await start();
    const refused = await create(body);
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
    expect(refused.body).toMatchObject({ type: 'about:blank', status, code });
    expect(refused.body.title).toMatch(/^[A-Z]/);
    expect(refused.body.detail.length).toBeGreaterThan(10);
    expect(refused.status).toBe(status);
    expect((await ask('GET', `${V1}/havips`)).body.total).toBe(0);
  });

  it.each([
    [{ colour: 'red' }, 'body'],
    [{ name: 7 }, 'body.name'],
    [{ members: [{}] }, 'body.members.0'],
    [{ tags: [{ key: 'a' }] }, 'body.tags.0.value'],
    [{ name: 'x'.repeat(3000) }, 'body.name'],
  ])('of %.40j says which field is meant', async (body, field) => {
    await start();
    const refused = await create(body);
    expect([refused.status, refused.body.code]).toEqual([422, 'malformed']);
    expect(refused.body.faults.map((fault: { field: string }) => fault.field)).toContain(field);
  });

  it.each([
    ['{', 'application/json'],
    ['', 'application/json'],
    ['{"subnet":"vsw-1"}', 'text/plain'],
    ['subnet=vsw-1', 'application/x-www-form-urlencoded'],
    ['null', 'application/json'],
    ['[]', 'application/json'],
  ])('of the body %j as %s changes nothing', async (body, type) => {
    await start();
    const refused = await ask('POST', `${V1}/havips`, body, { 'Content-Type': type });
    expect([400, 422]).toContain(refused.status);
    expect((await ask('GET', `${V1}/havips`)).body.total).toBe(0);
  });

  it('does not let a body reach into objects', async () => {
    await start();
    const body = '{"subnet":"vsw-1","__proto__":{"polluted":1},"constructor":{}}';
    expect((await ask('POST', `${V1}/havips`, body)).status).toBe(422);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    for (const id of ['__proto__', 'constructor', 'toString']) {
      expect((await ask('GET', `${V1}/havips/${id}`)).status).toBe(404);
      expect((await ask('PATCH', `${V1}/quotas/${id}`, { most: 1 })).status).toBe(404);
    }
  });

  it.each([
    ['GET', '/api/v2'],
    ['GET', `${V1}/havip`],
    ['GET', `${V1}/havips/`],
    ['GET', `${V1}/havips/a/b/c`],
    ['GET', `${V1}/havips/%00`],
    ['GET', `${V1}/havips/..%2f..%2fetc%2fpasswd`],
    ['GET', `${V1}/havips/%zz`],
    ['GET', `${V1}/havips/${'a'.repeat(8000)}`],
    ['DELETE', `${V1}/havips/%2e%2e`],
  ])('of %s %.40s is no fault of ours', async (method, path) => {
    await start();
    expect([400, 404]).toContain((await ask(method, path)).status);
    expect(served?.log).toEqual([]);
  });

  it('names the methods of a path', async () => {
    await start();
    const refused = await ask('PUT', `${V1}/havips`, {});
    expect(refused.status).toBe(405);
    expect(refused.headers.get('allow')?.split(', ').sort()).toEqual(['DELETE', 'GET', 'POST']);
  });
});

describe('a client token', () => {
  const token = { 'Idempotency-Key': 'once' };

  it('lets a repeated request count once', async () => {
    await start();
    const first = await ask('POST', `${V1}/havips`, { subnet: 'vsw-1' }, token);
    const again = await ask('POST', `${V1}/havips`, { subnet: 'vsw-1' }, token);
    expect([again.status, again.body]).toEqual([201, first.body]);
    expect((await ask('GET', `${V1}/havips`)).body.total).toBe(1);
  });

  it('is for one request', async () => {
    await start();
    await ask('POST', `${V1}/havips`, { subnet: 'vsw-1' }, token);
    const other = await ask('POST', `${V1}/havips`, { subnet: 'vsw-2' }, token);
    expect([other.status, other.body.code]).toEqual([422, 'token-reused']);
  });

  it('has at most 255 characters', async () => {
    await start();
    const headers = { 'Idempotency-Key': 'k'.repeat(256) };
    expect((await ask('POST', `${V1}/havips`, { subnet: 'vsw-1' }, headers)).status).toBe(422);
  });
});

describe('a batch', () => {
  it.each(['POST', 'DELETE'])('by %s deletes each by itself', async (method) => {
    await start('alibaba');
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) ids.push((await create()).body.id);
    const [one, kept, last] = ids as [string, string, string];
    await ask('POST', `${V1}/havips/${kept}/members`, { instance: 'i-1' });
    const asked = [one, 'nobody', kept, last, one];
    const { status, body } =
      method === 'POST'
        ? await ask('POST', `${V1}/havips:delete`, { ids: asked })
        : await ask('DELETE', `${V1}/havips?ids=${asked.join(',')}`);
    expect(status).toBe(200);
    expect(body.results).toEqual([
      { id: one, ok: true, status: 204 },
      expect.objectContaining({ id: 'nobody', ok: false, status: 404, code: 'havip-not-found' }),
      expect.objectContaining({ id: kept, ok: false, status: 409, code: 'has-members' }),
      { id: last, ok: true, status: 204 },
    ]);
    const left = await ask('GET', `${V1}/havips`);
    expect(left.body.items.map(({ id }: { id: string }) => id)).toEqual([kept]);
  });

  it('of none, or without ids, is refused', async () => {
    await start();
    expect((await ask('DELETE', `${V1}/havips`)).status).toBe(422);
    expect((await ask('POST', `${V1}/havips:delete`, { ids: [] })).status).toBe(422);
  });
});

describe('keys', () => {
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

  it.each([
    ['Bearer AKID:s3cret', 200],
    ['bearer AKID:s3cret', 200],
    [basic('AKID:s3cret'), 200],
    [basic('other:with:colons'), 200],
    ['Bearer AKID:s3cre', 401],
    ['Bearer AKID:', 401],
    ['Bearer AKID', 401],
    ['Bearer nobody:s3cret', 401],
    ['Bearer nobody:', 401],
    ['Bearer :', 401],
    ['Digest AKID:s3cret', 401],
    [basic(''), 401],
    ['Basic !!!', 401],
    ['', 401],
  ])('%j answers %i', async (authorization, status) => {
    await start('ucloud', [
      ['AKID', 's3cret'],
      ['other', 'with:colons'],
    ]);
    const answer = await ask('GET', `${V1}/havips`, undefined, { Authorization: authorization });
    expect(answer.status).toBe(status);
    if (status === 401) expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(JSON.stringify(answer.body)).not.toContain('s3cret');
  });

  it('are asked for before anything is told, but for the health', async () => {
    await start('ucloud', [['AKID', 's3cret']]);
    for (const path of ['/api/v1', '/api/v1/openapi.json', '/api/nothing', '/api/v1/havips.csv']) {
      expect((await ask('GET', path)).status, path).toBe(401);
    }
    expect((await create()).status).toBe(401);
    expect((await ask('GET', '/healthz')).body).toEqual({ status: 'ok' });
  });
});

describe('the list as a file', () => {
  it('is filtered and sorted like the list', async () => {
    await start();
    await create({ name: 'web', address: '192.168.0.90' });
    await create({ name: '=1+1', address: '192.168.0.80' });
    const csv = await ask('GET', `${V1}/havips.csv?sort=address`);
    expect(csv.headers.get('content-type')).toMatch(/^text\/csv/);
    expect(csv.headers.get('content-disposition')).toContain('havips.csv');
    const lines = (csv.body as string).split('\r\n');
    expect(lines).toHaveLength(4);
    expect(lines[1]).toContain(",'=1+1,");
    expect(lines[2]).toContain(',web,');
    const found = await ask('GET', `${V1}/havips.csv?q=web`);
    expect((found.body as string).split('\r\n')).toHaveLength(3);
  });

  it('is a ZIP where a spreadsheet is asked for', async () => {
    await start();
    await create();
    const answer = await fetch(`${served?.url}${V1}/havips.xlsx`);
    expect(answer.headers.get('content-type')).toContain('spreadsheetml.sheet');
    const octets = Buffer.from(await answer.arrayBuffer());
    expect(octets.subarray(0, 4).toString('latin1')).toBe('PK\x03\x04');
    expect(octets.length).toBe(Number(answer.headers.get('content-length')));
  });
});

describe('the history', () => {
  it('is asked of whoever keeps it', async () => {
    const made = await start();
    const none = await ask('GET', `${V1}/history`);
    expect([none.status, none.body.code]).toEqual([404, 'no-history']);
    await served?.close();
    const asked: unknown[] = [];
    const history = (query: unknown): unknown[] => {
      asked.push(query);
      return [{ what: 'holder' }];
    };
    served = await serve({ context: { ...made.context, history } });
    const since = '2026-11-21T12:00:00+08:00';
    const path = `${V1}/history?havip=web&limit=5&since=${encodeURIComponent(since)}`;
    expect((await ask('GET', path)).body.items).toEqual([{ what: 'holder' }]);
    expect(asked).toEqual([{ havip: 'web', limit: 5, since: Date.UTC(2026, 10, 21, 4) }]);
    expect((await ask('GET', `${V1}/history?since=yesterday`)).status).toBe(422);
  });
});
