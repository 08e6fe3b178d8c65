/**
 * Where a running lab takes commands: a socket in its folder that only its owner may open. One
 * line of JSON asks, one line answers, one after the other; a line that is too long or no
 * request ends the connection.
 */
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import { dirname, join } from 'node:path';
import { LabError } from './lab-error.ts';

export type ControlRequest = { command: string } & Record<string, unknown>;
export type ControlReply = { error: string } | { result: unknown };

type Answerer = (request: ControlRequest) => Promise<unknown>;

const LINE_MAX = 1 << 16;
/** What a socket is made without: whoever comes in before a chmod stays. */
const MODE_OTHERS = 0o177;
const CONNECTIONS_MAX = 64;
/** How long those who are connected may take to leave, in milliseconds. */
const LEAVE_TIME = 200;
/** Whoever says such a thing is not listened to any longer. */
const NO_JSON: ControlReply = { error: 'this is no JSON' };
const NO_COMMAND: ControlReply = { error: 'no command is named' };

export class ControlServer {
  private readonly server: net.Server;
  private readonly path: string;
  /** Of the socket: another lab's may lie at the same path by the time this one ends. */
  private inode = -1;
  private readonly sockets = new Set<net.Socket>();

  private constructor(path: string, answer: Answerer) {
    this.path = path;
    // Who closes its half after asking still gets its answer.
    this.server = net.createServer({ allowHalfOpen: true }, (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
      socket.on('error', () => socket.destroy());
      void converse(socket, answer).then(() => leave(socket));
    });
    this.server.maxConnections = CONNECTIONS_MAX;
  }

  /**
   * Listens at `path`; a socket that an earlier lab left there is removed. Throws LabError where
   * somebody answers there, where there is something else, or no socket can be made.
   */
  static async listen(path: string, answer: Answerer): Promise<ControlServer> {
    const mend = 'choose another place with --control PATH';
    const there = fs.lstatSync(path, { throwIfNoEntry: false });
    if (there?.isSocket() === false) {
      throw new LabError(`${path}: there is a file that is no socket`, mend);
    }
    if (there !== undefined && (await isAnswered(path))) {
      throw new LabError(`${path}: a lab that runs takes its commands there`, mend);
    }
    const made = new ControlServer(path, answer);
    try {
      await made.open();
    } catch (error) {
      await made.close();
      throw new LabError(`${path}: ${(error as Error).message}`, mend);
    }
    return made;
  }

  async close(): Promise<void> {
    const there = fs.lstatSync(this.path, { throwIfNoEntry: false });
    if (there?.ino === this.inode) fs.rmSync(this.path, { force: true });
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const socket of this.sockets) leave(socket);
    await closed;
  }

  /**
   * Listens under a name of its own and then moves to its place: a server that closes removes
   * whatever lies where it began to listen.
   */
  private async open(): Promise<void> {
    const { server, path } = this;
    const first = join(dirname(path), `.${randomUUID().slice(0, 8)}`);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      const usual = process.umask(MODE_OTHERS);
      server.listen(first, () => resolve());
      process.umask(usual);
    });
    this.inode = fs.lstatSync(first).ino;
    fs.renameSync(first, path);
  }
}

/** A socket whose server is dead refuses; one with too many callers does not. */
function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', ({ code }: NodeJS.ErrnoException) => {
      resolve(code !== 'ECONNREFUSED' && code !== 'ENOENT');
    });
  });
}

/** Answers line after line until there is nothing more to say. */
async function converse(socket: net.Socket, answer: Answerer): Promise<void> {
  let waiting = '';
  socket.setEncoding('utf8');
  try {
    const pieces: AsyncIterable<string> = socket.iterator({ destroyOnReturn: false });
    for await (const piece of pieces) {
      waiting += piece;
      for (let end = waiting.indexOf('\n'); end >= 0; end = waiting.indexOf('\n')) {
        if (end > LINE_MAX) return;
        const reply = await replyTo(waiting.slice(0, end), answer);
        waiting = waiting.slice(end + 1);
        const text = `${JSON.stringify(reply)}\n`;
        await new Promise<void>((resolve) => socket.write(text, () => resolve()));
        if (reply === NO_JSON || reply === NO_COMMAND || socket.destroyed) return;
      }
      if (waiting.length > LINE_MAX) return;
    }
  } catch {
    // The connection broke: nobody is left to be answered.
  }
}

/** What was written still leaves; who does not hang up is hung up on. */
function leave(socket: net.Socket): void {
  socket.end();
  setTimeout(() => socket.destroy(), LEAVE_TIME).unref();
}

async function replyTo(line: string, answer: Answerer): Promise<ControlReply> {
  let request: unknown;
  try {
    request = JSON.parse(line);
  } catch {
    return NO_JSON;
  }
  if (!isRequest(request)) return NO_COMMAND;
  try {
    return { result: (await answer(request)) ?? null };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

function isRequest(value: unknown): value is ControlRequest {
  if (typeof value !== 'object' || value === null) return false;
  return typeof (value as { command?: unknown }).command === 'string';
}
