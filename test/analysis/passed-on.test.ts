/** Two captures of one network: how far the requests of an outage came. */
import { describe, expect, test } from 'vitest';
import type { ReplayResult } from '../../src/analysis/result.ts';
import { announcement, neighbor } from '../dataplane/frames.ts';
import { reportOf } from './reported.ts';
import { A, B, type CaptureFile, echo, replayMerged, Scene, VIP } from './scene.ts';

const SWITCH = 'ee:ff:ff:ff:ff:ff';
const LOST_FROM = 20;
const LOST_TO = 50;

interface Told {
  /** Whether the host of the address sees a request; numbers count tenths of a second. */
  arrives: (sequence: number) => boolean;
  /** By how much the clock there is ahead, seconds. */
  ahead?: number;
  /** Behind a switch that forwards by IP the host sees other MACs. */
  isRewritten?: boolean;
  vip?: string;
}

const isServed = (sequence: number): boolean => sequence < LOST_FROM || sequence >= LOST_TO;

function claimOf(mac: string, vip: string | undefined): DataView {
  if (vip === undefined) return announcement(mac, VIP);
  const fields = { type: 136 as const, flags: 0x20, from: vip, target: vip };
  return neighbor({ ...fields, source: mac, destination: '33:33:00:00:00:01', option: mac });
}

/** A client asks ten times a second, and is not answered for three seconds. */
function captures({ arrives, ahead = 0, isRewritten = false, vip }: Told): CaptureFile[] {
  const [atClient, atHost] = [new Scene(), new Scene()];
  const about = vip === undefined ? {} : { vip, clientIp: '2001:db8::10' };
  const near = isRewritten ? { ...about, server: SWITCH } : about;
  const far = isRewritten ? { ...about, client: SWITCH } : about;
  for (const mac of [B, A]) atHost.at(mac === B ? 0 : 0.001, claimOf(mac, vip));
  for (let sequence = 1; sequence < 80; sequence++) {
    const second = sequence / 10;
    atClient.at(second, echo(true, { sequence, ...near }));
    if (arrives(sequence)) atHost.at(second + 0.0001 + ahead, echo(true, { sequence, ...far }));
    if (!isServed(sequence)) continue;
    atHost.at(second + 0.0002 + ahead, echo(false, { sequence, ...far }));
    atClient.at(second + 0.0003, echo(false, { sequence, ...near }));
  }
  return [
    { name: 'client.pcap', octets: atClient.octets() },
    { name: 'host.pcap', octets: atHost.octets() },
  ];
}

async function outageOf(told: Told): Promise<ReplayResult> {
  const result = await replayMerged(captures(told));
  expect(result.outages).toMatchObject([{ unanswered: 30 }]);
  return result;
}

describe('the requests of an outage', () => {
  test('that did not come to the host were lost on the way', async () => {
    const result = await outageOf({ arrives: isServed });
    expect(result.outages[0]?.passedOn).toEqual({ seen: 0, of: 30 });
    const text = reportOf(result);
    expect(text).toMatch(/of unknown cause \(requests did not come to the other capture\)/);
    expect(text).toMatch(/none of its 30 requests was seen at a second capture point/);
  });

  test('that came to the host were not answered', async () => {
    const result = await outageOf({ arrives: () => true });
    expect(result.outages[0]?.passedOn).toEqual({ seen: 30, of: 30 });
    expect(reportOf(result)).toMatch(/its 30 requests were seen at a second capture point, too/);
  });

  test('that came in part are counted', async () => {
    const arrives = (sequence: number): boolean => isServed(sequence) || sequence % 3 === 0;
    expect((await outageOf({ arrives })).outages[0]?.passedOn).toEqual({ seen: 10, of: 30 });
  });

  test('where a switch that forwards by IP puts other MACs on them, too', async () => {
    const { outages } = await outageOf({ arrives: isServed, isRewritten: true });
    expect(outages[0]?.passedOn).toEqual({ seen: 0, of: 30 });
  });

  test('by IPv6', async () => {
    const { outages } = await outageOf({ arrives: isServed, vip: '2001:db8::88' });
    expect(outages[0]?.passedOn).toEqual({ seen: 0, of: 30 });
  });

  test('where the clock of the host is ahead of its answers', async () => {
    const { outages } = await outageOf({ arrives: isServed, ahead: 0.001 });
    expect(outages[0]?.passedOn).toEqual({ seen: 0, of: 30 });
  });

  test('say nothing where those that are answered are not seen twice either', async () => {
    const arrives = (sequence: number): boolean => sequence % 2 === 0;
    const result = await outageOf({ arrives });
    expect(result.outages[0]?.passedOn).toBeUndefined();
    expect(reportOf(result)).not.toContain('second capture point');
  });
});
