/** What is in a capture, as tshark counts it from the same file. */
import { describe, expect, test } from 'vitest';
import { observe, scenarios } from './scenario.ts';

describe.each(scenarios)('$label', ({ path, truth }) => {
  const count = (name: string) => truth.tshark.counts[name] ?? 0;

  test('counts what tshark counts', async () => {
    const { capture, counts } = await observe(path);
    const { garp, na } = truth.tshark;
    expect({ frames: capture.frames, bytes: capture.bytes }).toEqual({
      frames: count('frames'),
      bytes: count('bytes_on_wire'),
    });
    expect(counts).toMatchObject({
      arp: count('arp'),
      gratuitousArpRequest: garp.filter((one) => one.op === 'request').length,
      gratuitousArpReply: garp.filter((one) => one.op === 'reply').length,
      arpProbe: count('arp_probe'),
      neighborSolicitation: count('icmpv6_ns'),
      neighborAdvertisement: count('icmpv6_na'),
      unsolicitedNeighborAdvertisement: na.filter((one) => !one.solicited).length,
      vrrp: count('vrrp_own_payload'),
      carp: count('carp'),
      vlanTagged: count('vlan_tagged'),
    });
    expect(garp).toHaveLength(count('garp'));
    expect(counts.arp + counts.ipv4 + counts.ipv6 + counts.other).toBe(count('frames'));
    expect(capture.malformed).toEqual({});
  });

  test('says where time steps back', async () => {
    const { findings } = await observe(path);
    const { timestamps_going_back: count, largest_step_back_ns: step } = truth.tshark;
    const said = findings.filter(({ code }) => code === 'time-backwards');
    expect(said).toHaveLength(count === 0 ? 0 : 1);
    for (const { message } of said) {
      const [, frames, largest, unit] = /at (\d+) frames?, by ([\d.]+) (\S+) at most/.exec(
        message,
      )!;
      expect(Number(frames)).toBe(count);
      expect(Number(largest)).toBeCloseTo(step / (unit === 'ms' ? 1e6 : 1e3), 0);
    }
  });

  // tshark counts an advert as often as it is in the file (17d, 18a: once for each interface), and
  // the adverts that ICMP errors quote as if their senders spoke.
  const isPlain = truth.capture.frames_once && count('vrrp') === count('vrrp_own_payload');

  if (!isPlain) return;
  test('knows each speaker and its adverts', async () => {
    const { virtualRouters } = await observe(path);
    const heard = virtualRouters.flatMap(({ vrid, speakers }) =>
      speakers.map(({ ip, adverts }) => `vrid ${vrid} ${ip}: ${adverts}`),
    );
    const sent = new Map<string, number>();
    for (const { vrid, src, n } of truth.tshark.adverts) {
      const key = `vrid ${vrid} ${src}`;
      sent.set(key, (sent.get(key) ?? 0) + n);
    }
    expect(heard.sort()).toEqual([...sent].map(([key, n]) => `${key}: ${n}`).sort());
  });
});
