/** Lines of a running lab, of which nobody may read any. */
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { LiveOutput, leave } from '../../src/cli/live-output.ts';
import { ProcessOutput } from '../../src/cli/process-streams.ts';
import { MemoryClock, MemoryOutput } from './memory-streams.ts';

const LINE = `${'x'.repeat(1023)}\n`;

function live() {
  const stream = new PassThrough();
  const told: string[] = [];
  const output = new ProcessOutput(stream as unknown as NodeJS.WriteStream);
  return { stream, told, output: new LiveOutput(output, (line) => told.push(line)) };
}

describe('lines of a running lab', () => {
  test('are all written where they are read', async () => {
    const { stream, told, output } = live();
    let octets = 0;
    stream.on('data', (piece: Buffer) => {
      octets += piece.length;
    });
    for (let i = 0; i < 20_000; i++) {
      output.write(LINE);
      if (i % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await new Promise((resolve) => setImmediate(resolve));
    output.tell();
    expect([octets, told]).toEqual([20_000 * 1024, []]);
  });

  test('take no more than some megabytes where nobody reads them', async () => {
    const { stream, told, output } = live();
    for (let i = 0; i < 20_000; i++) output.write(LINE);
    expect(stream.writableLength).toBeLessThan(9 << 20);
    expect(told).toEqual([]);
    stream.resume();
    await new Promise((resolve) => stream.once('drain', resolve));
    output.write(LINE);
    output.tell();
    expect(told).toEqual([
      expect.stringMatching(/^1[12],\d{3} lines came faster than they were read; they are lost$/),
    ]);
  });

  test('that are lost are told of at the end at the latest', () => {
    const slow = Object.assign(new MemoryOutput(), { waiting: 1 << 30 });
    const told: string[] = [];
    const output = new LiveOutput(slow, (line) => told.push(line));
    output.write(LINE);
    output.tell();
    expect([slow.text, told.length]).toEqual(['', 1]);
  });
});

test('readers are waited for a moment at the end, and then left', async () => {
  const [reader, stuck, clock] = [new MemoryOutput(), new MemoryOutput(), new MemoryClock()];
  stuck.drained = () => new Promise(() => {});
  clock.sleep = async (milliseconds) => {
    clock.time += milliseconds;
    await new Promise((resolve) => setImmediate(resolve));
  };
  await leave([reader, stuck], clock);
  expect([stuck.isClosed, clock.time]).toEqual([true, 3000]);
  // What else there is to say is still said.
  expect(reader.isClosed).toBe(false);
});
