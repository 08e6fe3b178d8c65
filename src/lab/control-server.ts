/**
 * Where a running lab takes commands: a socket in its folder that only its owner may open. One
 * line of JSON asks, one line answers; a line that is too long or no JSON ends the connection.
 */
import fs from 'node:fs';
import net from 'node:net';

export type ControlRequest = { command: string } & Record<string, unknown>;
export type ControlReply = { error: string } | { result: unknown };

const LINE_MAX = 1 << 16;
const CONNECTIONS_MAX = 64;

export class ControlServer {
  private readonly server: net.Server;
  private readonly sockets = new Set<net.Socket>();

  private constructor(answer: (request: ControlRequest) => Promise<unknown>) {
    this.server = net.createServer((socket) => this.serve(socket, answer));
    this.server.maxConnections = CONNECTIONS_MAX;
  }

  /** Listens at `path`; what an earlier lab left there is removed. */
  static async listen(
    path: string,
    answer: (request: ControlRequest) => Promise<unknown>,
  ): Promise<ControlServer> {
    fs.rmSync(path, { force: true });
    const made = new ControlServer(answer);
    await new Promise<void>((resolve, reject) => {
      made.server.once('error', reject);
      made.server.listen(path, () => resolve());
    });
    fs.chmodSync(path, 0o600);
    return made;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const socket of this.sockets) socket.end();
    setTimeout(() => {
      for (const socket of this.sockets) socket.destroy();
    }, 200).unref();
    await closed;
  }

  private serve(socket: net.Socket, answer: (request: ControlRequest) => Promise<unknown>): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    let waiting = '';
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      waiting += text;
      for (let end = waiting.indexOf('\n'); end >= 0; end = waiting.indexOf('\n')) {
        const line = waiting.slice(0, end);
        waiting = waiting.slice(end + 1);
        void replyTo(line, answer).then((reply) => {
          if (!socket.destroyed) socket.write(`${JSON.stringify(reply)}\n`);
        });
      }
      if (waiting.length > LINE_MAX) socket.destroy();
    });
  }
}

async function replyTo(
  line: string,
  answer: (request: ControlRequest) => Promise<unknown>,
): Promise<ControlReply> {
  try {
    const request: unknown = JSON.parse(line);
    if (typeof request !== 'object' || request === null || !('command' in request)) {
      return { error: 'no command is named' };
    }
    return { result: (await answer(request as ControlRequest)) ?? null };
  } catch (error) {
    return { error: error instanceof SyntaxError ? 'this is no JSON' : (error as Error).message };
  }
}
