/** Frames that are to be segmented on their way: what counts is their longest segment. */
import { describe, expect, test } from 'vitest';
import { ALLOWED } from '../../src/dataplane/drop-reason.ts';
import type { FrameBatch } from '../../src/dataplane/frame-batch.ts';
import { segmentExcess } from '../../src/dataplane/offload.ts';
import type { Port } from '../../src/dataplane/port.ts';
import { labOf } from '../havip/live-lab.ts';
import { packet } from './frames.ts';
import { CLIENT, NODE1 } from './site.ts';

const HEADER = 12;
const TCP = 6;

/** A TCP frame of 4000 octets behind a virtio header that asks for segments of `size`. */
function offloaded(type: number, size: number): DataView {
  const frame = packet({
    source: CLIENT,
    destination: NODE1,
    from: '192.168.0.10',
    to: '192.168.0.11',
    payload: 4000,
    protocol: TCP,
  });
  frame.setUint8(34 + 12, 0x80);
  const view = new DataView(new ArrayBuffer(HEADER + frame.byteLength));
  new Uint8Array(view.buffer).set(new Uint8Array(frame.buffer), HEADER);
  // virtio 1.2, 5.1.6: flags, gso_type, hdr_len, gso_size, csum_start, csum_offset.
  view.setUint8(0, 1);
  view.setUint8(1, type);
  view.setUint16(4, size, true);
  view.setUint16(6, 34, true);
  view.setUint16(8, 16, true);
  return view;
}

function portOf(view: DataView): Port {
  let given = 0;
  return {
    name: 'tap',
    maximumFrame: 2000,
    receive: (batch: FrameBatch): number => {
      if (given++ > 0) return 0;
      batch.hold(view, HEADER, view.byteLength, 1);
      batch.offload[0] = 0;
      return 1;
    },
    transmit: () => ALLOWED,
    flush: () => undefined,
  };
}

describe('a TCP super-frame', () => {
  test.each([
    ['whose segments fit the MTU goes on as it is', 1, 1448, 1],
    ['with congestion notification, too', 0x81, 1448, 1],
    ['whose segments do not fit is too big', 1, 1449, 0],
    ['that nobody is asked to segment is too big', 0, 1448, 0],
  ])('%s', (_, type, size, sent) => {
    const lab = labOf('alibaba');
    const node = lab.port(NODE1);
    const view = offloaded(type, size);
    lab.engine.setPort(node, portOf(view));
    lab.engine.setPort(lab.port(CLIENT), portOf(view));
    lab.engine.take(lab.port(CLIENT), 0);
    expect([lab.engine.framesOut[node], lab.dropped('too-big')]).toEqual([sent, 1 - sent]);
  });

  test('whose header points outside is taken at its length', () => {
    const view = offloaded(1, 1448);
    view.setUint16(6, 60_000, true);
    expect(segmentExcess(view, 0, HEADER, view.byteLength)).toBe(0);
  });
});
