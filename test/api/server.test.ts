// The port itself: what it lets in, what it refuses, and how, whoever's API is asked for.
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import tls from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import type { Dialect } from '../../src/api/dialect.ts';
import { isLoopback, nameInHost } from '../../src/api/host-check.ts';
import { BODY_OCTETS_MAX } from '../../src/api/server.ts';
import type { ProviderName } from '../../src/havip/topology.ts';
import { account } from './account.ts';
import { type Served, serve } from './server-client.ts';

/** Repeats what it was asked, for paths below /echo. */
const ECHO: Dialect = {
  name: 'tencent',
  isMine: ({ path }) => path.startsWith('/echo'),
  async answer(request) {
    const { method, path, rawQuery, headers } = request;
    const body = request.body.toString('latin1');
    return { status: 200, body: { method, path, rawQuery, body, type: headers['content-type'] } };
  },
  refuse: (_request, _context, { why, message }) => ({
    status: 200,
    body: { Response: { Error: { Code: why, Message: message } } },
  }),
};

let served: Served | undefined;

afterEach(async () => {
  await served?.close();
  served = undefined;
});

async function start(
  options: Parameters<typeof serve>[1] = {},
  provider: ProviderName = 'tencent',
): Promise<Served> {
  return (served = await serve(account(provider), { dialects: [ECHO], ...options }));
}

/** By hand: fetch would mend the path and refuse to set Host. */
function ask(
  port: number,
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const request = http.get({ host: '127.0.0.1', port, path, headers }, async (answer) => {
      const pieces = await answer.setEncoding('utf8').toArray();
      resolve({ status: answer.statusCode ?? 0, body: pieces.join('') });
    });
    request.on('error', reject);
  });
}

/** What a connection answers to these octets until it is closed. */
function say(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(text, 'latin1'));
    let heard = '';
    socket.setEncoding('latin1').on('data', (piece) => {
      heard += piece;
    });
    socket.on('error', reject).on('close', () => resolve(heard));
  });
}

describe('the port', () => {
  it.each([
    'application/json',
    'application/x-www-form-urlencoded; charset=utf-8',
    'text/plain',
    'application/octet-stream',
  ])('hands over a body of %s as it was sent', async (type) => {
    const { url } = await start();
    const body = '{ "a" :\t1, "b": "\u00e4" }';
    const answer = await fetch(`${url}/echo/x?A=1&B=%2f`, {
      method: 'POST',
      headers: { 'Content-Type': type },
      body: Buffer.from(body, 'latin1'),
    });
    expect(await answer.json()).toEqual({
      method: 'POST',
      path: '/echo/x',
      rawQuery: 'A=1&B=%2f',
      body,
      type,
    });
  });

  it('takes a body of the largest size, and refuses one octet more', async () => {
    const { url } = await start();
    const post = (size: number) =>
      fetch(`${url}/echo`, { method: 'POST', body: Buffer.alloc(size, 0x61) });
    expect((await post(BODY_OCTETS_MAX)).status).toBe(200);
    const refused = await post(BODY_OCTETS_MAX + 1);
    expect(refused.status).toBe(413);
    expect(await refused.json()).toMatchObject({ code: 'body-too-large' });
  });

  it('says which APIs there are where a request is nobody’s', async () => {
    const { url } = await start();
    const answer = await fetch(`${url}/elsewhere`);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toEqual({
      code: 'not-found',
      message: expect.stringContaining('served are: tencent'),
    });
  });

  it('throttles one client in the shape of the dialect that it asks for', async () => {
    const { url } = await start({ requestsPerSecond: 5 });
    const answers = await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        const answer = await fetch(`${url}/${i % 2 === 0 ? 'echo' : 'other'}`);
        return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
      }),
    );
    const shaped = answers.filter(({ body }) => 'Response' in body);
    expect(shaped.length).toBeGreaterThan(0);
    expect(shaped[0]?.body).toMatchObject({ Response: { Error: { Code: 'throttled' } } });
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThan(0);
  });
});

describe('a dialect', () => {
  it.each([
    'alibaba',
    'alibaba-2021',
    'huawei',
    'ucloud',
  ] as const)('is refused in its own shape where the provider is %s', async (provider) => {
    const { url } = await start({}, provider);
    const answer = (await (await fetch(`${url}/echo`)).json()) as {
      Response: { Error: { Code: string; Message: string } };
    };
    expect(answer.Response.Error.Code).toBe('other-provider');
    expect(answer.Response.Error.Message).toContain(`provider is ${provider}`);
  });

  it.each(['tencent', 'classic'] as const)('is answered where it is %s', async (provider) => {
    const { url } = await start({}, provider);
    expect(await (await fetch(`${url}/echo`)).json()).toMatchObject({ method: 'GET' });
  });
});

describe('a request that cannot be read', () => {
  it('has to be sent in time', async () => {
    const { port } = await start({ headersTimeout: 300 });
    expect(await say(port, 'GET /echo HTTP/1.1\r\nHost: localhost\r\n')).toMatch(/^HTTP\/1.1 408 /);
  });

  it('may have no header that is larger than the limit', async () => {
    const { port } = await start();
    const text = `GET /echo HTTP/1.1\r\nHost: localhost\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`;
    expect(await say(port, text)).toMatch(/^HTTP\/1.1 431 /);
  });

  it.each([
    '\0\0\0\0\r\n\r\n',
    'GET\r\n\r\n',
    'BREW /echo HTTP/1.1\r\n\r\n',
    '\xff\xfe\r\n',
  ])('is refused: %j', async (text) => {
    const { port } = await start();
    expect(await say(port, text)).toMatch(/^HTTP\/1.1 400 /);
    expect((await ask(port, '/echo')).status).toBe(200);
  });

  it('that is a TLS hello tells the operator, once', async () => {
    const { port, log } = await start();
    for (let i = 0; i < 3; i++) {
      await new Promise<void>((resolve) => {
        const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
        socket.on('error', () => {});
        socket.on('close', () => resolve());
      });
    }
    expect(log).toEqual([expect.stringContaining('speaks TLS to the plain HTTP port')]);
  });
});

describe('a hostile path', () => {
  it.each([
    '/echo/%00',
    '/echo/../../etc/passwd',
    '/echo/..%2f..%2fx',
    `/echo/${'a'.repeat(9000)}`,
  ])('reaches the dialect as it was sent: %.30s', async (path) => {
    const { port } = await start();
    const answer = await ask(port, path);
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({ path });
  });

  it.each([
    '/%zz',
    '/echo/%',
    '/%c3%28',
    '//',
    '/?',
    '/..',
    '/%2e%2e/%2e%2e',
  ])('is answered, and the next one too: %s', async (path) => {
    const { port } = await start();
    expect([200, 400, 404]).toContain((await ask(port, path)).status);
    expect((await ask(port, '/echo')).status).toBe(200);
  });
});

describe('a name that resolves to loopback', () => {
  const HOSTS: [string, boolean][] = [
    ['localhost', true],
    ['LOCALHOST:8470', true],
    ['lab.localhost', true],
    ['127.0.0.1:80', true],
    ['127.9.9.9', true],
    ['[::1]:8470', true],
    ['evil.example', false],
    ['127.0.0.1.evil.example', false],
    ['localhost.evil.example', false],
    ['127.0.0.1@evil.example', false],
    ['[::2]', false],
    ['10.0.0.1', false],
  ];

  it.each(HOSTS)('%s as Host: let in %s', async (host, isIn) => {
    const { port } = await start();
    expect((await ask(port, '/echo', { Host: host })).status).toBe(isIn ? 200 : 403);
  });

  it.each([
    { Origin: 'http://evil.example' },
    { Origin: 'null' },
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
  ])('is not asked by a page: %j', async (headers) => {
    const { port } = await start();
    expect((await ask(port, '/echo', headers)).status).toBe(403);
  });

  it('is asked by a page that is ours, or by no page', async () => {
    const { port } = await start();
    const own = { Origin: `http://127.0.0.1:${port}`, 'Sec-Fetch-Site': 'same-origin' };
    expect((await ask(port, '/echo', own)).status).toBe(200);
    expect((await ask(port, '/echo', { 'Sec-Fetch-Site': 'none' })).status).toBe(200);
  });

  it('is told from others', () => {
    expect(['127.0.0.1', '::1', 'localhost', '[::1]', '::ffff:127.0.0.1'].map(isLoopback)).toEqual(
      Array(5).fill(true),
    );
    expect(['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.evil', ''].map(isLoopback)).toEqual(
      Array(5).fill(false),
    );
    expect(nameInHost('a b')).toBeNull();
    expect(nameInHost('')).toBeNull();
  });
});

describe('an address that is not loopback', () => {
  const host = '0.0.0.0';
  const KEYS: [string, string][] = [['ID', 'SECRET']];
  const own = os.hostname();

  async function status(headers: Record<string, string>, isSigned: boolean): Promise<number> {
    const context = account('tencent', isSigned ? KEYS : []);
    served = await serve(context, { dialects: [ECHO], host });
    return (await ask(served.port, '/echo', headers)).status;
  }

  it('is taken when asked for, and the operator is told', async () => {
    const { port, log } = await start({ host });
    expect((await ask(port, '/echo', { Host: '10.0.0.1:8470' })).status).toBe(200);
    expect(log).toEqual([expect.stringMatching(/0\.0\.0\.0 is no loopback .* no keys are set/)]);
  });

  it.each([
    ['10.9.8.7:8470', 200],
    ['[fd00::1]:8470', 200],
    ['localhost:8470', 200],
    [`${own}:8470`, 200],
    [own.toUpperCase(), 200],
    [`${own.split('.')[0]}.local`, 200],
    ['evil.example:8470', 403],
    ['10.9.8.7.evil.example', 403],
    [`${own}.evil.example`, 403],
    ['a b', 403],
  ])('lets in only who knows it, where nothing is signed: %s is answered %i', async (asked, is) => {
    expect(await status({ Host: asked }, false)).toBe(is);
  });

  it('says how to be let in', async () => {
    const { port } = await start({ host });
    const { body } = await ask(port, '/echo', { Host: 'lab.example' });
    expect(body).toContain(`ask by address or as ${own}, or have requests signed (--api-keys)`);
  });

  it('lets in whatever name where requests are signed', async () => {
    expect(await status({ Host: 'lab.example' }, true)).toBe(200);
  });

  it.each([
    ['http://evil.example', 403],
    ['null', 403],
    ['http://lab.example.evil.example', 403],
    ['https://lab.example', 200],
    ['http://lab.example:8470', 200],
  ])('is not asked by a page of another name: %s is answered %i', async (origin, is) => {
    expect(await status({ Host: 'lab.example:8470', Origin: origin }, true)).toBe(is);
  });
});
