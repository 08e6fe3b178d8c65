/**
 * A client that has nothing but an established TCP connection when its server dies: what the
 * replay of its port says is held against its own socket, and against a ping from beside it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, test } from 'vitest';
import type { ReplayResult } from '../../src/analysis/result.ts';
import { havip, type LabProcess, removeLabs, whyNoLab } from './lab-process.ts';
import { calmUp, HAVIP, type Host, ipOf, pairLab } from './pair-lab.ts';

const reason = whyNoLab();
const isSkipped = reason !== null && process.env.CI === undefined;
if (isSkipped) console.warn(`skipped: established connections in a running lab (${reason})`);

const PORT = 7000;
const SERVER = `require('node:net').createServer((socket) => {
  socket.on('error', () => {});
  socket.pipe(socket);
}).listen(${PORT}, () => console.log('listening'));`;
/** Twenty octets each 20 ms; says when its socket is reset, and goes on with another. */
const CLIENT = `const net = require('node:net');
const connect = () => {
  const socket = net.connect({ port: ${PORT}, host: '${HAVIP}', noDelay: true });
  let timer;
  socket.on('connect', () => {
    console.log('connected ' + Date.now());
    timer = setInterval(() => socket.write('x'.repeat(20)), 20);
  });
  socket.on('error', ({ code }) => {
    console.log(code + ' ' + Date.now());
    clearInterval(timer);
    setTimeout(connect, 200);
  });
};
connect();`;

class Program {
  private readonly lines: string[] = [];
  private readonly child: ChildProcess;

  constructor(lab: LabProcess, host: Host, source: string) {
    const words = ['netns', 'exec', lab.namespace(host), process.execPath, '-e', source];
    this.child = spawn('ip', words, { stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface({ input: this.child.stdout! }).on('line', (line) => this.lines.push(line));
  }

  /** The number of the first line that begins so, seconds; NaN where it has none. */
  async said(start: string): Promise<number> {
    const deadline = performance.now() + 20_000;
    for (;;) {
      const line = this.lines.find((one) => one.startsWith(start));
      if (line !== undefined) return Number(line.split(' ')[1]) / 1000;
      if (performance.now() > deadline) throw new Error(`${start}: not said`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  end(): void {
    this.child.kill('SIGKILL');
  }
}

describe.skipIf(isSkipped)('an established connection', () => {
  afterEach(removeLabs, 60_000);

  test('has the outage that its socket saw', { timeout: 120_000 }, async () => {
    // With adverts each second the outage is long enough for a sender to repeat itself thrice.
    const lab = pairLab({ interval: 1, more: ['rogue'] });
    const folder = join(lab.folder, 'captures');
    await calmUp(lab, '--capture', folder);
    const programs = (['node-1', 'node-2'] as const).map((host) => new Program(lab, host, SERVER));
    try {
      for (const server of programs) await server.said('listening');
      const client = new Program(lab, 'client', CLIENT);
      programs.push(client);
      await client.said('connected');
      const ping = lab.ping('rogue', HAVIP);
      await ping.more(25);
      await lab.command('kill', 'node-1');
      const reset = await client.said('ECONNRESET');
      await ping.more(25);
      await ping.stop();
      await lab.down();

      const port = join(folder, 'client-eth0.pcapng');
      const words = ['--lab', join(lab.folder, 'lab.yaml'), '--format', 'json'];
      const { outages } = JSON.parse(
        (await havip('replay', port, ...words)).output,
      ) as ReplayResult;
      expect(outages).toMatchObject([{ ip: HAVIP, client: { ip: ipOf('client') } }]);
      const [{ time, seconds, unanswered }] = outages as [ReplayResult['outages'][number]];
      const end = Date.parse(time as string) / 1000;
      const gap = ping.longestGap();
      expect(Math.abs(end - reset)).toBeLessThan(0.05);
      expect(Math.abs(end - (seconds as number) - gap.from)).toBeLessThan(0.05);
      // It repeats itself ever more seldom, and hears of the new holder only then.
      expect(end).toBeGreaterThan(gap.to - 0.05);
      expect(seconds).toBeLessThan(2.5 * gap.seconds);
      expect(unanswered).toBeGreaterThanOrEqual(3);
    } finally {
      for (const program of programs) program.end();
    }
  });
});
