/**
 * The short way of announcements ends where the long one does: whoever may claim is asked anew as
 * soon as the rules change, and what the long way would refuse is refused.
 */
import { describe, expect, test } from 'vitest';
import { POLICY_HAVIP } from '../../src/dataplane/address-book.ts';
import { parseIpv4 } from '../../src/wire/ip-address.ts';
import { parseMac } from '../../src/wire/mac.ts';
import { announcement, arp, BROADCAST } from './frames.ts';
import { live, NODE1, NODE2, PORTS, ROGUE, VIP, watching } from './site.ts';

const portOf = (mac: string): number => PORTS.indexOf(mac);

describe('an address that goes back and forth', () => {
  test('moves with every announcement, and each is counted', () => {
    const bench = watching('alibaba');
    const verdicts = Array.from({ length: 6 }, (_, i) =>
      bench.claim(announcement(i % 2 === 0 ? NODE1 : NODE2, VIP)),
    );
    expect(verdicts).toEqual(Array.from({ length: 6 }, () => 'moved'));
    expect(bench.holder(VIP)).toBe(NODE2);
    expect(bench.claim(announcement(NODE2, VIP))).toBe('confirmed');
    const [arps, requests] = bench.owner.classifier.counts;
    expect([arps, requests]).toEqual([7, 7]);
    expect(bench.stations()).toBe(2);
  });

  test('is refused to a member as soon as it is none any more', () => {
    const bench = watching('alibaba');
    for (const mac of [NODE1, NODE2, NODE1, NODE2]) bench.claim(announcement(mac, VIP));
    const { addresses4, book } = bench.owner;
    const id = addresses4.tag(addresses4.find(0, parseIpv4(VIP)));
    book.setPolicy(id, POLICY_HAVIP, [parseMac(NODE2)], book.subnet(id));
    expect(bench.claim(announcement(NODE1, VIP))).toBe('refused not-member');
    expect(bench.claim(announcement(NODE2, VIP))).toBe('confirmed');
    expect(bench.holder(VIP)).toBe(NODE2);
  });

  test('is refused to a third who knocks between two that are let in', () => {
    const bench = watching('alibaba');
    for (const mac of [NODE1, NODE2, NODE1]) bench.claim(announcement(mac, VIP));
    expect(bench.claim(announcement(ROGUE, VIP))).toBe('refused not-member');
    expect(bench.claim(announcement(NODE2, VIP))).toBe('moved');
  });

  test('is refused where the Ethernet source is another, though the claimed MAC is let in', () => {
    const bench = watching('alibaba');
    for (const mac of [NODE1, NODE2, NODE1]) bench.claim(announcement(mac, VIP));
    const forged = arp({
      operation: 1,
      source: ROGUE,
      destination: BROADCAST,
      sha: NODE2,
      spa: VIP,
      tpa: VIP,
      tha: BROADCAST,
    });
    expect(bench.claim(forged)).toBe('refused sender-mac-mismatch');
  });
});

describe('with ports', () => {
  test('the holder is behind the port of its announcement, by IP and by MAC', () => {
    for (const [provider, way] of [
      ['alibaba', 'drop not-delivered'],
      ['huawei', 'flood'],
    ] as const) {
      const bench = live(provider);
      for (const mac of [NODE1, NODE2, NODE1]) {
        expect(bench.send(announcement(mac, VIP), portOf(mac))).toBe(way);
        expect(bench.port(VIP)).toBe(portOf(mac));
      }
      expect(bench.dropped('not-delivered')).toBe(provider === 'alibaba' ? 3 : 0);
    }
  });

  test('a member let in before is stopped at another port', () => {
    const bench = live('alibaba');
    for (const mac of [NODE1, NODE2, NODE1]) bench.send(announcement(mac, VIP), portOf(mac));
    expect(bench.send(announcement(NODE2, VIP), portOf(ROGUE))).toBe('drop wrong-port');
    expect(bench.holder(VIP)).toBe(NODE1);
  });

  test('a member whose port has changed is let in at the new one only', () => {
    const bench = live('alibaba');
    for (const mac of [NODE1, NODE2, NODE1]) bench.send(announcement(mac, VIP), portOf(mac));
    const enis = bench.site?.plan.enis as unknown as { attach(eni: number, port: number): void };
    enis.attach(portOf(NODE2), 9);
    expect(bench.send(announcement(NODE2, VIP), portOf(NODE2))).toBe('drop wrong-port');
    expect(bench.send(announcement(NODE2, VIP), 9)).toBe('drop not-delivered');
    expect([bench.holder(VIP), bench.port(VIP)]).toEqual([NODE2, 9]);
  });
});
