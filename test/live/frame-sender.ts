/**
 * Sends frames as they are from inside a namespace, past the kernel's own protocols: what no tool
 * at hand would send. Needs cc, as the addon does.
 */
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class FrameSender {
  private readonly folder = mkdtempSync(join(tmpdir(), 'havip-live-'));
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly device: string;
  private sent = 0;
  private told = 0;

  constructor(netns: string, device = 'eth0') {
    const program = join(this.folder, 'send-frames');
    execFileSync('cc', ['-O1', '-o', program, join(import.meta.dirname, 'send-frames.c')]);
    this.device = device;
    this.child = spawn('ip', ['netns', 'exec', netns, program]);
    this.child.stdout.on('data', (octets: Buffer) => {
      this.told += octets.toString('latin1').split('\n').length - 1;
    });
    // A namespace that is gone takes the pipe with it; `send` says so.
    this.child.stdin.on('error', () => {});
  }

  /** Resolves when the kernel has taken them. */
  async send(...frames: readonly DataView[]): Promise<void> {
    const lines = frames.map((view) => {
      const octets = Buffer.from(view.buffer, view.byteOffset, view.byteLength);
      return `${this.device} ${octets.toString('hex')}\n`;
    });
    this.sent += frames.length;
    this.child.stdin.write(lines.join(''));
    while (this.told < this.sent) {
      if (this.child.exitCode !== null) throw new Error('the sender of frames ended');
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  end(): void {
    this.child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}
