import { describe, expect, test } from 'vitest';
import { ethernetFrame } from '../../src/wire/ethernet.ts';
import { FAULT_NONE } from '../../src/wire/fault.ts';
import { ETHERTYPE_ARP, Link, readLink } from '../../src/wire/link.ts';
import { LINKTYPE_ETHERNET } from '../../src/wire/link-type.ts';
import { parseMac } from '../../src/wire/mac.ts';

describe('ethernetFrame', () => {
  const { octets, view } = ethernetFrame(
    3,
    parseMac('ff:ff:ff:ff:ff:ff'),
    parseMac('00:16:3e:0a:0b:0c'),
    ETHERTYPE_ARP,
  );

  test('has the octets in the order of the wire', () => {
    const written = Buffer.from(octets).toString('hex');
    expect(written).toBe('ffffffffffff00163e0a0b0c0806000000');
  });

  test('is read back', () => {
    const link = new Link();
    expect(readLink(view, 0, octets.length, LINKTYPE_ETHERNET, link)).toBe(FAULT_NONE);
    expect(link.etherType).toBe(ETHERTYPE_ARP);
    expect(link.packet).toBe(14);
    expect([link.destinationHigh, link.destinationLow]).toEqual([0xffff, 0xffffffff]);
    expect([link.sourceHigh, link.sourceLow]).toEqual([0x0016, 0x3e0a0b0c]);
  });
});
