/** Outputs of a process: what happens when their reader leaves or their disk is full. */
import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { ProcessOutput, processClock } from '../../src/cli/process-streams.ts';

/** As much of a stream as is used. */
class FakeStream extends EventEmitter {
  isTTY = false;
  columns = 132;
  written: string[] = [];

  write(text: string, done?: () => void): boolean {
    this.written.push(text);
    done?.();
    return true;
  }
}

function output(): { stream: FakeStream; output: ProcessOutput } {
  const stream = new FakeStream();
  return { stream, output: new ProcessOutput(stream as unknown as NodeJS.WriteStream) };
}

test('columns are those of a terminal, and none of a pipe', () => {
  const { stream, output: pipe } = output();
  expect([pipe.isTerminal, pipe.columns]).toEqual([false, null]);
  stream.isTTY = true;
  expect([pipe.isTerminal, pipe.columns]).toEqual([true, 132]);
});

test('a closed pipe is no failure, and takes no more text', async () => {
  const { stream, output: pipe } = output();
  pipe.write('a');
  stream.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
  pipe.write('b');
  await pipe.drained();
  expect(stream.written).toEqual(['a']);
  expect([pipe.isClosed, pipe.failure]).toEqual([true, null]);
});

test('whoever asked for it is told that an output is closed, whatever closed it', () => {
  for (const code of ['EPIPE', 'ENOSPC']) {
    const { stream, output: pipe } = output();
    let told = 0;
    pipe.onClosed(() => told++);
    expect(told).toBe(0);
    stream.emit('error', Object.assign(new Error(`write ${code}`), { code }));
    expect(told).toBe(1);
  }
});

test('one that is abandoned is waited for no longer', async () => {
  const { stream, output: pipe } = output();
  stream.write = () => false;
  pipe.abandon();
  await pipe.drained();
  expect([pipe.isClosed, pipe.failure]).toEqual([true, null]);
});

test('a full disk is a failure', async () => {
  const { stream, output: file } = output();
  await file.drained();
  stream.emit('error', Object.assign(new Error('write ENOSPC'), { code: 'ENOSPC' }));
  expect(file.isClosed).toBe(true);
  expect(file.failure?.message).toContain('ENOSPC');
});

test('the clock does not go back', async () => {
  const before = processClock.now();
  await processClock.turn();
  await processClock.sleep(1);
  expect(processClock.now()).toBeGreaterThanOrEqual(before);
});
