/**
 * The port that the API listens on: it reads requests within their limits, asks the dialects in
 * turn whose a request is, and sends what that one answers. It knows no vendor; TLS is not spoken.
 */
import type { Socket } from 'node:net';
import rateLimit from '@fastify/rate-limit';
import { type FastifyError, type FastifyInstance, type FastifyReply, fastify } from 'fastify';
import type { ApiAnswer, ApiContext, ApiRequest, Dialect } from './dialect.ts';
import { DIALECTS, dialectOf, isServed, otherProviderMessage } from './dialects.ts';
import { isLoopback, strangerIn } from './host-check.ts';
import { requestOf } from './request.ts';

export interface ApiOptions {
  context: ApiContext;
  /** Address or name to listen on. */
  host: string;
  /** 0: any free one. */
  port: number;
  /** Those of `dialects.ts` unless told otherwise. */
  dialects?: readonly Dialect[];
  /** Takes lines for the operator, without a line feed. */
  log?: (line: string) => void;
  /** Of one client address. */
  requestsPerSecond?: number;
  /** Milliseconds until a request's header has to be there; tests shorten it. */
  headersTimeout?: number;
}

export interface ApiServer {
  url: string;
  port: number;
  close(): Promise<void>;
}

export const BODY_OCTETS_MAX = 64 * 1024;
const HEADER_OCTETS_MAX = 16 * 1024;
const CONNECTIONS_MAX = 1024;
const REQUESTS_PER_SECOND = 2000;
/** Milliseconds. */
const HEADERS_TIMEOUT = 10_000;
const REQUEST_TIMEOUT = 20_000;
const KEEP_ALIVE_TIMEOUT = 30_000;
const CONNECTION_TIMEOUT = 60_000;
const REQUESTS_PER_CONNECTION_MAX = 100_000;

/** First octet of a TLS record that carries a handshake (RFC 8446 section 5.1). */
const TLS_HANDSHAKE = 0x16;

/** Listens; the promise is rejected where the address cannot be had. */
export async function startApi(options: ApiOptions): Promise<ApiServer> {
  const log = options.log ?? (() => {});
  const app = makeServer(options, log);
  await app.register(rateLimit, {
    max: options.requestsPerSecond ?? REQUESTS_PER_SECOND,
    timeWindow: 1000,
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  const { host, context } = options;
  app.addHook('onRequest', async (request, reply) => {
    const why = strangerIn(requestOf(request).headers, host, context.keys.size > 0);
    if (why !== null) return send(reply, plain(403, 'stranger', `${why}; it is not let in`));
  });
  const dialects = options.dialects ?? DIALECTS;
  const answer = async (asked: ApiRequest): Promise<ApiAnswer> => {
    const mine = dialectOf(asked, dialects);
    if (mine === null) return nobodys(dialects, context);
    const provider = context.plane.rules.name;
    if (isServed(mine.name, provider)) return mine.answer(asked, context);
    const message = otherProviderMessage(mine.name, provider);
    const refused = mine.refuse?.(asked, context, { why: 'other-provider', message });
    return refused ?? plain(400, 'other-provider', message);
  };
  const shapedOf = (asked: ApiRequest, { status, body }: PlainAnswer): ApiAnswer | undefined => {
    const why = status === 429 ? 'throttled' : status === 500 ? 'failed' : null;
    if (why === null) return undefined;
    const { message } = body;
    try {
      return dialectOf(asked, dialects)?.refuse?.(asked, context, { why, message });
    } catch {
      // What failed may be the dialect's reading of the request: then it has no shape for this.
      return undefined;
    }
  };
  app.route({
    method: app.supportedMethods,
    url: '*',
    handler: async (request, reply) => send(reply, await answer(requestOf(request))),
  });
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const asked = requestOf(request);
    const refusal = refusalOf(error);
    if (refusal.status === 500)
      log(`api: ${request.method} ${asked.path}: ${error.stack ?? error}`);
    return send(reply, shapedOf(asked, refusal) ?? refusal);
  });
  app.setNotFoundHandler((_request, reply) => send(reply, nobodys(dialects, context)));
  return listen(app, options, log);
}

function makeServer(options: ApiOptions, log: (line: string) => void): FastifyInstance {
  let hellos = 0;
  return fastify({
    bodyLimit: BODY_OCTETS_MAX,
    trustProxy: false,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    requestTimeout: REQUEST_TIMEOUT,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
    connectionTimeout: CONNECTION_TIMEOUT,
    maxRequestsPerSocket: REQUESTS_PER_CONNECTION_MAX,
    http: {
      headersTimeout: options.headersTimeout ?? HEADERS_TIMEOUT,
      connectionsCheckingInterval: Math.min(1000, options.headersTimeout ?? 1000),
      maxHeaderSize: HEADER_OCTETS_MAX,
    },
    // A path that is no URL: `/%zz`.
    frameworkErrors: (error, _request, reply) => {
      send(reply as unknown as FastifyReply, plain(400, 'bad-request', error.message));
    },
    clientErrorHandler: (error, socket) => {
      const packet = (error as unknown as { rawPacket?: Uint8Array }).rawPacket;
      if (packet?.[0] === TLS_HANDSHAKE && hellos++ === 0) log(TLS_HINT);
      hangUp(socket, error.code);
    },
  });
}

const TLS_HINT =
  'api: a client speaks TLS to the plain HTTP port: set protocol: "http" in the SDK ' +
  '(or an endpoint that begins with http://)';

/** The last answer on a connection whose request could not be read. */
function hangUp(socket: Socket, code: string): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const [status, name] =
    code === 'HPE_HEADER_OVERFLOW'
      ? ['431 Request Header Fields Too Large', 'header-too-large']
      : code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? ['408 Request Timeout', 'too-slow']
        : ['400 Bad Request', 'bad-request'];
  const body = `${JSON.stringify({ code: name, message: `this request was not read: ${code}` })}\n`;
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nConnection: close\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

async function listen(
  app: FastifyInstance,
  { host, port, context }: ApiOptions,
  log: (line: string) => void,
): Promise<ApiServer> {
  app.server.maxConnections = CONNECTIONS_MAX;
  await app.listen({ host, port });
  const address = app.server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  if (!isLoopback(host)) {
    const unkept = context.keys.size === 0 ? ', and no keys are set: anyone may change it' : '';
    log(`api: ${host} is no loopback address: other machines reach this lab${unkept}`);
  }
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  return { url: `http://${name}:${bound}`, port: bound, close: () => app.close() };
}

interface PlainAnswer extends ApiAnswer {
  body: { code: string; message: string };
}

/** An answer in nobody's shape. */
function plain(status: number, code: string, message: string): PlainAnswer {
  return { status, body: { code, message } };
}

function nobodys(dialects: readonly Dialect[], context: ApiContext): ApiAnswer {
  const provider = context.plane.rules.name;
  const names = dialects.map(({ name }) => name).filter((name) => isServed(name, provider));
  const message = `no API that is served here has such a request; served are: ${names.join(', ')}`;
  return plain(404, 'not-found', message);
}

function refusalOf(error: FastifyError): PlainAnswer {
  const status = error.statusCode ?? 500;
  if (status === 413) {
    const message = `the body is longer than ${BODY_OCTETS_MAX} octets; no request needs that`;
    return plain(413, 'body-too-large', message);
  }
  if (status === 429) {
    return plain(429, 'throttled', 'more requests than are served in a second; ask again later');
  }
  if (status >= 500) return plain(500, 'internal', 'this is a fault of the server; see its log');
  return plain(status, 'bad-request', error.message);
}

function send(reply: FastifyReply, { status, headers, body }: ApiAnswer): FastifyReply {
  reply.code(status).headers({ ...headers });
  if (typeof body === 'string' || Buffer.isBuffer(body)) return reply.send(body);
  if (body === undefined || body === null) return reply.send();
  reply.header('content-type', headers?.['content-type'] ?? 'application/json; charset=utf-8');
  // Octets, since fastify adds a charset to the type of text.
  return reply.send(Buffer.from(JSON.stringify(body)));
}
