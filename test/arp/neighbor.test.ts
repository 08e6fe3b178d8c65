import { describe, expect, test } from 'vitest';
import * as nd from '../../src/arp/neighbor.ts';
import { FAULT_NAMES } from '../../src/wire/fault.ts';
import { formatIpv6At, parseIpv6 } from '../../src/wire/ip-address.ts';
import { emitIpv6 } from '../../src/wire/ipv6.ts';
import { parseMac, readMac } from '../../src/wire/mac.ts';
import { dirty, hexOf, octets } from '../wire/octets.ts';

/** keepalived's unsolicited advertisement of fe80::88 and a host's solicitation, both as tshark. */
const NA =
  '6000000000203afffe800000000000000000000000000088ff020000000000000000000000000001' +
  '880011c620000000fe800000000000000000000000000088020100163ea10811';
const NS =
  '6000000000203afffd000061000000000000000000000050ff0200000000000000000001ff000088' +
  '8700364100000000fd000061000000000000000000000088010100163ed40850';
/** Duplicate address detection with a nonce (RFC 7527), from tcpdump's icmpv6-ns-nonce.pcap. */
const DAD =
  '6000000000203aff00000000000000000000000000000000ff0200000000000000000001ffe1000f' +
  '8700566e00000000fe80000000000000546ff7fffee1000f0e016069604c0aaa';
const IP = 0;
const ICMP = 40;

function check(
  hex: string,
  changes: readonly (readonly [number, number])[] = [],
  end?: number,
): string | undefined {
  const view = octets(hex);
  for (const [at, value] of changes) view.setUint8(at, value);
  return FAULT_NAMES[nd.neighborCheck(view, IP, ICMP, end ?? view.byteLength)];
}

describe('neighbor discovery', () => {
  test('reads an advertisement', () => {
    const view = octets(NA);
    expect(check(NA)).toBe('none');
    expect(nd.isNeighborMessage(view, ICMP)).toBe(true);
    expect(nd.isSolicitation(view, ICMP)).toBe(false);
    expect(nd.neighborChecksumOk(view, IP, ICMP, 72)).toBe(true);
    expect(formatIpv6At(view, nd.neighborTargetAt(ICMP))).toBe('fe80::88');
    expect([
      nd.isRouter(view, ICMP),
      nd.isSolicited(view, ICMP),
      nd.isOverride(view, ICMP),
    ]).toEqual([false, false, true]);
    const option = nd.linkLayerAddressAt(view, ICMP, 72, nd.OPTION_TARGET_LINK_LAYER_ADDRESS);
    expect(readMac(view, option)).toBe(parseMac('00:16:3e:a1:08:11'));
    expect(nd.linkLayerAddressAt(view, ICMP, 72, nd.OPTION_SOURCE_LINK_LAYER_ADDRESS)).toBe(0);
    view.setUint8(71, 0);
    expect(nd.neighborChecksumOk(view, IP, ICMP, 72)).toBe(false);
  });

  test('reads a solicitation', () => {
    const view = octets(NS);
    expect(check(NS)).toBe('none');
    expect(nd.isSolicitation(view, ICMP)).toBe(true);
    expect(nd.isDuplicateAddressDetection(view, IP, ICMP)).toBe(false);
    const option = nd.linkLayerAddressAt(view, ICMP, 72, nd.OPTION_SOURCE_LINK_LAYER_ADDRESS);
    expect(readMac(view, option)).toBe(parseMac('00:16:3e:d4:08:50'));
  });

  test('knows duplicate address detection', () => {
    expect(check(DAD)).toBe('none');
    expect(nd.isDuplicateAddressDetection(octets(DAD), IP, ICMP)).toBe(true);
    expect(nd.isDuplicateAddressDetection(octets(NA), IP, ICMP)).toBe(false);
  });

  test.each([
    [NA, nd.FLAG_OVERRIDE, 'fe80::88', 'ff02::1', 'fe80::88', '00:16:3e:a1:08:11', 136],
    [NS, 0, 'fd00:61::50', 'ff02::1:ff00:88', 'fd00:61::88', '00:16:3e:d4:08:50', 135],
  ] as const)('emits every octet', (hex, flags, source, destination, target, mac, type) => {
    const words = (text: string) => parseIpv6(text) ?? [0, 0, 0, 0];
    const view = dirty(74);
    const icmpAt = emitIpv6(view, 1, {
      payloadLength: nd.NEIGHBOR_LENGTH_WITH_ADDRESS,
      nextHeader: 58,
      hopLimit: 255,
      source: words(source),
      destination: words(destination),
    });
    const fields = { type, flags, target: words(target), linkLayerAddress: parseMac(mac) };
    expect(nd.emitNeighbor(view, 1, icmpAt, fields)).toBe(73);
    expect(hexOf(view)).toBe('a5' + hex + 'a5');
  });

  test('emits without option', () => {
    const view = octets(NA);
    const target = parseIpv6('fe80::88') ?? [0, 0, 0, 0];
    const fields = { type: 136, flags: nd.FLAG_ROUTER, target, linkLayerAddress: null } as const;
    const end = nd.emitNeighbor(view, IP, ICMP, fields);
    expect(end).toBe(ICMP + nd.NEIGHBOR_LENGTH);
    expect(nd.neighborChecksumOk(view, IP, ICMP, end)).toBe(true);
    expect(nd.isRouter(view, ICMP)).toBe(true);
  });

  test('refuses by RFC 4861 7.1.1 and 7.1.2', () => {
    expect(check(NA, [], 43)).toBe('icmpv6-truncated');
    expect(check(NA, [[7, 254]])).toBe('nd-hop-limit');
    expect(check(NA, [[41, 1]])).toBe('nd-code');
    expect(check(NA, [], 63)).toBe('nd-length');
    expect(check(NA, [[48, 0xff]])).toBe('nd-target');
    expect(check(NA, [[65, 0]])).toBe('nd-option');
    expect(check(NA, [[65, 2]])).toBe('nd-option');
    expect(check(NA, [], 65)).toBe('nd-option');
    expect(check(NA, [[44, 0x60]])).toBe('nd-solicited');
    expect(
      check(NA, [
        [44, 0x60],
        [24, 0xfe],
      ]),
    ).toBe('none');
    expect(check(NA, [], 64)).toBe('none');
  });

  test('refuses a solicitation from :: with an address or to another group', () => {
    expect(check(DAD, [[64, 1]])).toBe('nd-source');
    expect(check(DAD, [[35, 0]])).toBe('nd-source');
  });

  test('walks over unknown options, ignores addresses of other lengths', () => {
    const two = octets(NA.slice(0, 128) + '0e01000000000000' + '0201' + '00163ea10811');
    expect(nd.linkLayerAddressAt(two, ICMP, 80, 2)).toBe(74);
    const long = octets(NA.slice(0, 128) + '0202' + '00'.repeat(14));
    expect(nd.linkLayerAddressAt(long, ICMP, 80, 2)).toBe(0);
    const zero = octets(NA.slice(0, 128) + '0000' + '00'.repeat(14));
    expect(nd.linkLayerAddressAt(zero, ICMP, 80, 2)).toBe(0);
  });
});
