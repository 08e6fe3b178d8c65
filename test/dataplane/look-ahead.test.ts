/** What is read ahead of a batch: the right slots of a large table, and no octet beyond a frame. */
import { describe, expect, test } from 'vitest';
import { FrameBatch } from '../../src/dataplane/frame-batch.ts';
import { LookAhead } from '../../src/dataplane/look-ahead.ts';
import { VlanPorts } from '../../src/dataplane/vlan-ports.ts';
import { IpTable4 } from '../../src/fdb/ip-table.ts';
import { parseIpv4 } from '../../src/wire/ip-address.ts';
import { announcement, packet } from './frames.ts';
import { CLIENT, NODE1, VIP } from './site.ts';

const LARGE = 100_000;

/** A table with the VIP alone; a trace of it is the address itself, since no grants are there. */
function tableOf(initial: number): IpTable4 {
  const table = new IpTable4({ maximum: LARGE, initial });
  table.insert(0, parseIpv4(VIP));
  return table;
}

/** A batch of these frames, one behind the other. */
function batchOf(frames: readonly DataView[]): FrameBatch {
  const batch = new FrameBatch();
  const total = frames.reduce((sum, frame) => sum + frame.byteLength, 0);
  const octets = new Uint8Array(total);
  batch.view = new DataView(octets.buffer);
  let at = 0;
  for (const [i, frame] of frames.entries()) {
    octets.set(new Uint8Array(frame.buffer, frame.byteOffset, frame.byteLength), at);
    batch.at[i] = at;
    at += frame.byteLength;
    batch.end[i] = at;
    batch.linkType[i] = 1;
  }
  return batch;
}

function traceOf(frames: readonly DataView[], initial = LARGE, ports: VlanPorts | null = null) {
  const ahead = new LookAhead(tableOf(initial), ports);
  ahead.over(batchOf(frames), frames.length, 0);
  return ahead.trace >>> 0;
}

const other = announcement(NODE1, '192.168.0.77');
const toVip = packet({ source: CLIENT, destination: NODE1, from: '192.168.0.10', to: VIP });
const cut = (frame: DataView, length: number): DataView => new DataView(frame.buffer, 0, length);

describe('ahead of a batch', () => {
  test.each([
    ['an announcement', announcement(NODE1, VIP)],
    ['a packet', toVip],
  ])('the slot of the address of %s is read', (_, frame) => {
    expect(traceOf([other, frame])).toBe(parseIpv4(VIP));
  });

  test('nothing is read of a small table, of a single frame, or where untagged frames are refused', () => {
    const frame = announcement(NODE1, VIP);
    const trunk = new VlanPorts([{ untagged: -1, tagged: [{ vid: 10, network: 0 }] }]);
    expect(traceOf([other, frame], 1000)).toBe(0);
    expect(traceOf([frame])).toBe(0);
    expect(traceOf([other, frame], LARGE, trunk)).toBe(0);
  });

  test('a cut frame is left alone, also as the last octets of the arena', () => {
    for (let length = 0; length < 42; length++) {
      expect(traceOf([other, cut(announcement(NODE1, VIP), length)])).toBe(0);
      expect(traceOf([other, cut(toVip, length)])).toBe(0);
    }
    expect(traceOf([other, cut(announcement(NODE1, VIP), 42)])).toBe(parseIpv4(VIP));
  });
});
