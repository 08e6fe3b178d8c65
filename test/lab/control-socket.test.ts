/** The control socket of a running lab, and whoever asks it: also who asks badly. */
import fs from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { askLab, chosenLab } from '../../src/lab/control-client.ts';
import { type ControlRequest, ControlServer } from '../../src/lab/control-server.ts';
import { LabError } from '../../src/lab/lab-error.ts';
import {
  controlPath,
  type LabRecord,
  processStart,
  writeLabRecord,
} from '../../src/lab/lab-record.ts';

let root = '';
let servers: ControlServer[] = [];
let asked: ControlRequest[] = [];

beforeEach(() => {
  root = fs.mkdtempSync(path.join(tmpdir(), `havip-control-${process.pid}-`));
  asked = [];
});

afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
  fs.rmSync(root, { recursive: true, force: true });
});

function recordOf(lab: string, more: Partial<LabRecord> = {}): LabRecord {
  const started = processStart(process.pid) as string;
  const own = { lab, file: `/labs/${lab}.yaml`, pid: process.pid, started };
  const control = controlPath(lab, root);
  return { ...own, control, namespaces: [], processes: [], ...more };
}

/** A lab of that name that runs, by its record, and answers as `answer` says. */
async function lab(name: string, answer: (request: ControlRequest) => unknown = () => null) {
  writeLabRecord(recordOf(name), root);
  const server = await ControlServer.listen(controlPath(name, root), async (request) => {
    asked.push(request);
    return answer(request);
  });
  servers.push(server);
  return controlPath(name, root);
}

/** What the lab says to these octets until it hangs up, or has given `lines` lines. */
function say(place: string, text: string | Buffer, lines = Number.POSITIVE_INFINITY) {
  return new Promise<string>((resolve) => {
    const socket = net.connect(place, () => socket.write(text));
    let heard = '';
    socket.on('data', (piece) => {
      heard += piece;
      if (heard.split('\n').length > lines) socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(heard));
  });
}

describe('who asks', () => {
  test('gets the answer, and only the owner may ask', async () => {
    const place = await lab('one', ({ host }) => ({ host, done: true }));
    const answer = await askLab('one', { command: 'kill', host: 'ecs-1' }, root);
    expect(answer).toEqual({ host: 'ecs-1', done: true });
    expect(asked).toEqual([{ command: 'kill', host: 'ecs-1' }]);
    expect(fs.statSync(place).mode & 0o777).toBe(0o600);
  });

  test("is nobody else's from the moment it is made, whatever the umask", async () => {
    const modes: number[] = [];
    const { listen } = net.Server.prototype;
    const spy = vi.spyOn(net.Server.prototype, 'listen').mockImplementation(function (
      this: net.Server,
      ...words: unknown[]
    ) {
      listen.apply(this, words as Parameters<typeof listen>);
      modes.push(fs.statSync(words[0] as string).mode & 0o777);
      return this;
    });
    const usual = process.umask(0);
    try {
      await lab('alpha');
      expect(modes).toEqual([0o600]);
      expect(process.umask()).toBe(0);
    } finally {
      process.umask(usual);
      spy.mockRestore();
    }
  });

  test('gets a large answer whole', async () => {
    const table = Array.from({ length: 50_000 }, (_, i) => ({ ip: `10.0.${i >> 8}.${i & 255}` }));
    await lab('one', () => ({ table }));
    expect(await askLab('one', { command: 'status' }, root)).toEqual({ table });
  });

  test('gets a refusal as an error with a remedy', async () => {
    await lab('one', () => {
      throw new LabError('no host ecs-9', 'known are ecs-1, ecs-2');
    });
    const failed = askLab('one', { command: 'kill', host: 'ecs-9' }, root);
    await expect(failed).rejects.toThrow('lab one: no host ecs-9; known are ecs-1, ecs-2');
    await expect(failed).rejects.toBeInstanceOf(LabError);
  });

  test('is told that no such lab runs, or that it crashed', async () => {
    await expect(askLab('none', { command: 'status' }, root)).rejects.toThrow(
      'lab none does not run; start it: havip up LAB',
    );
    writeLabRecord(recordOf('dead', { started: '1' }), root);
    await expect(askLab('dead', { command: 'status' }, root)).rejects.toThrow(
      'lab dead has ended without cleaning up; run: havip down --lab dead',
    );
    writeLabRecord(recordOf('deaf'), root);
    await expect(askLab('deaf', { command: 'status' }, root)).rejects.toThrow(
      /lab deaf takes no commands \(connect ENOENT.*\); it is starting, ending or busy: try again/,
    );
  });

  test('is told of an answer that is none', async () => {
    writeLabRecord(recordOf('odd'), root);
    const server = net.createServer((socket) => socket.end('{"result": \n'));
    await new Promise<void>((resolve) => server.listen(controlPath('odd', root), resolve));
    const failed = askLab('odd', { command: 'status' }, root);
    await expect(failed).rejects.toThrow(/odd\/control: the answer is no JSON; /);
    server.close();
  });

  test('need not say which lab where there is one', async () => {
    expect(() => chosenLab(null, root)).toThrow('no lab runs; start one: havip up LAB');
    writeLabRecord(recordOf('b'), root);
    expect(chosenLab(null, root)).toBe('b');
    writeLabRecord(recordOf('a'), root);
    expect(() => chosenLab(null, root)).toThrow(
      'several labs run: a, b; choose one with --lab NAME',
    );
    expect(chosenLab('a', root)).toBe('a');
  });

  test('means the one that runs, whatever else has crashed', () => {
    writeLabRecord(recordOf('dead', { started: '1' }), root);
    expect(chosenLab(null, root)).toBe('dead');
    writeLabRecord(recordOf('alive'), root);
    expect(chosenLab(null, root)).toBe('alive');
  });

  test('must say which where several have crashed and none runs', () => {
    writeLabRecord(recordOf('dead', { started: '1' }), root);
    fs.mkdirSync(path.join(root, 'broken'));
    fs.writeFileSync(path.join(root, 'broken', 'lab.json'), '{');
    expect(() => chosenLab(null, root)).toThrow(
      'several labs have ended without cleaning up: broken, dead; choose one with --lab NAME',
    );
  });

  test.each(['../../etc', '..', '.', '', 'a/b', '/etc'])('cannot name a lab %j', (name) => {
    expect(() => chosenLab(name, root)).toThrow(/no name of a lab; /);
  });
});

describe('what comes over the socket', () => {
  test('several requests at once are answered in their order', async () => {
    const waits = [30, 0, 10];
    const place = await lab('one', async ({ n }) => {
      await new Promise((resolve) => setTimeout(resolve, waits[n as number]));
      return n;
    });
    const lines = waits.map((_, n) => `{"command":"x","n":${n}}\n`).join('');
    expect(await say(place, lines, 3)).toBe('{"result":0}\n{"result":1}\n{"result":2}\n');
  });

  test('a request in many pieces is one, and letters survive being cut', async () => {
    const place = await lab('one', ({ host }) => host);
    const octets = Buffer.from('{"command":"kill","host":"主机"}\n');
    const answer = await new Promise<string>((resolve) => {
      const socket = net.connect(place, async () => {
        for (const octet of octets) {
          socket.write(Buffer.from([octet]));
          await new Promise((go) => setImmediate(go));
        }
      });
      socket.on('data', (piece) => {
        resolve(String(piece));
        socket.destroy();
      });
    });
    expect(answer).toBe('{"result":"主机"}\n');
  });

  test('who closes its half after asking is answered all the same', async () => {
    const place = await lab('one', async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return 'late';
    });
    const answer = await new Promise<string>((resolve) => {
      let heard = '';
      const socket = net.connect({ path: place, allowHalfOpen: true }, () => {
        socket.end('{"command":"status"}\n');
      });
      socket.on('data', (piece) => {
        heard += piece;
      });
      socket.on('close', () => resolve(heard));
      socket.on('end', () => socket.end());
    });
    expect(answer).toBe('{"result":"late"}\n');
  });

  test.each([
    ['bend ecs-1\n', '{"error":"this is no JSON"}\n'],
    ['\n', '{"error":"this is no JSON"}\n'],
    ['[]\n', '{"error":"no command is named"}\n'],
    ['null\n', '{"error":"no command is named"}\n'],
    ['{"command":7}\n', '{"error":"no command is named"}\n'],
    [`{"command":"${'x'.repeat(70_000)}"}\n`, ''],
    ['x'.repeat(70_000), ''],
    [Buffer.from([0xff, 0xfe, 0x00, 0x0a]), '{"error":"this is no JSON"}\n'],
  ])('%.20j ends the conversation', async (text, answer) => {
    const place = await lab('one');
    expect(await say(place, text)).toBe(answer);
    expect(asked).toEqual([]);
    expect(await askLab('one', { command: 'status' }, root)).toBeNull();
  });

  test('who leaves early disturbs nobody', async () => {
    const place = await lab('one', async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return 'x'.repeat(1 << 20);
    });
    for (let i = 0; i < 20; i++) {
      await new Promise<void>((resolve) => {
        const socket = net.connect(place, () => {
          socket.write(i % 2 === 0 ? '{"command":"status"}\n' : '{"comm');
          if (i % 3 === 0) socket.end();
          else socket.destroy();
        });
        socket.on('error', () => {});
        socket.on('close', () => resolve());
        socket.resume();
      });
    }
    expect(await askLab('one', { command: 'status' }, root)).toHaveLength(1 << 20);
  });

  test('more callers than there is room for are hung up on, until others leave', async () => {
    const place = await lab('one');
    const idle = Array.from({ length: 64 }, () => net.connect(place));
    await Promise.all(idle.map((socket) => new Promise((go) => socket.once('connect', go))));
    await expect(askLab('one', { command: 'status' }, root)).rejects.toThrow(
      /takes no commands \(it hung up\)|ECONN/,
    );
    for (const socket of idle) socket.destroy();
    await expect.poll(() => askLab('one', { command: 'status' }, root).catch(String)).toBeNull();
  });
});

describe('the place of the socket', () => {
  test('is taken over from a lab that crashed', async () => {
    const place = path.join(root, 'control');
    const dead = net.createServer().listen(place);
    await new Promise((resolve) => dead.once('listening', resolve));
    fs.renameSync(place, `${place}.kept`);
    dead.close();
    fs.renameSync(`${place}.kept`, place);
    servers.push(await ControlServer.listen(place, async () => 'new'));
    expect(await say(place, '{"command":"x"}\n', 1)).toBe('{"result":"new"}\n');
  });

  test('is not taken from a lab that runs', async () => {
    const place = await lab('one');
    const failed = ControlServer.listen(place, async () => 'new');
    await expect(failed).rejects.toThrow(
      `${place}: a lab that runs takes its commands there; choose another place with --control PATH`,
    );
    await expect(failed).rejects.toBeInstanceOf(LabError);
    expect(await askLab('one', { command: 'status' }, root)).toBeNull();
    expect(fs.readdirSync(path.dirname(place)).sort()).toEqual(['control', 'lab.json']);
  });

  test('is left alone at the end where it is another lab’s by then', async () => {
    const place = await lab('one');
    fs.rmSync(place);
    servers.push(await ControlServer.listen(place, async () => 'new'));
    await servers.shift()?.close();
    expect(await say(place, '{"command":"x"}\n', 1)).toBe('{"result":"new"}\n');
    await servers.pop()?.close();
    expect(fs.existsSync(place)).toBe(false);
  });

  test('is never a file of the user', async () => {
    const place = path.join(root, 'lab.yaml');
    fs.writeFileSync(place, 'provider: alibaba\n');
    await expect(ControlServer.listen(place, async () => null)).rejects.toThrow(
      /lab\.yaml: there is a file that is no socket; choose another place/,
    );
    expect(fs.readFileSync(place, 'utf8')).toBe('provider: alibaba\n');
  });

  test('where none can be made, an error says so', async () => {
    const failed = ControlServer.listen(path.join(root, 'none', 'control'), async () => null);
    await expect(failed).rejects.toThrow(
      /none\/control: .*(ENOENT|EACCES).*; choose another place/,
    );
    await expect(failed).rejects.toBeInstanceOf(LabError);
  });

  test('closing hangs up on those who only wait', async () => {
    const place = await lab('one');
    const heard = say(place, '{"comm');
    await new Promise((resolve) => setTimeout(resolve, 20));
    await servers.pop()?.close();
    expect(await heard).toBe('');
    expect(fs.existsSync(place)).toBe(false);
  });
});
