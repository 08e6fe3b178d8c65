/** Live ports for tests that ask at once for what was sent: the kernel takes its time. */
import type { FrameBatch } from '../../src/dataplane/frame-batch.ts';
import type { Port } from '../../src/dataplane/port.ts';
import type { NativePort } from '../../src/ports/native-port.ts';

/** Milliseconds that a frame is on its way where the kernel leaves it to another thread. */
const LATENCY = 2;
const PATIENCE = 50;

function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** A live port for tests that know no time: what was sent has arrived. */
export class PatientPort implements Port {
  readonly name: string;
  readonly maximumFrame: number;
  private readonly inner: NativePort;

  constructor(inner: NativePort) {
    this.inner = inner;
    this.name = inner.name;
    this.maximumFrame = inner.maximumFrame;
  }

  receive(batch: FrameBatch): number {
    for (let waited = 0; waited < PATIENCE; waited += LATENCY) {
      if (this.inner.receive(batch) > 0) return batch.count;
      sleep(LATENCY);
    }
    return 0;
  }

  transmit(batch: FrameBatch, index: number, tag: number): number {
    return this.inner.transmit(batch, index, tag);
  }

  flush(): void {
    this.inner.flush();
    sleep(LATENCY);
  }
}
