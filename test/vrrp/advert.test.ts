import { describe, expect, test } from 'vitest';
import * as advert from '../../src/vrrp/advert.ts';
import { writeAdvertChecksum } from '../../src/vrrp/checksum.ts';
import { FAULT_NAMES } from '../../src/wire/fault.ts';
import { formatIpv6At, parseIpv4, parseIpv6 } from '../../src/wire/ip-address.ts';
import { dirty, hexOf, octets } from '../wire/octets.ts';

/** tcpdump's vrrp.pcap, frame 1: three addresses, simple text "abcdefgh". */
const V2 = '212abf03010af11f0a042a010a042a020a042a036162636465666768';
/** keepalived, version 3 over IPv4, 10 centiseconds. */
const V3 = '31429601000afbd80a0a0a14';
/** keepalived, version 3 over IPv6. */
const V3_IPV6 = '313d96020064f572fe800000000000000000000000000088fd000061000000000000000000000088';
const TRAILER = '01050000' + '6553f1008000' + '0000' + 'ab'.repeat(16);

function check(hex: string, family: 4 | 6 = 4): string | undefined {
  const view = octets(hex);
  return FAULT_NAMES[advert.advertCheck(view, 0, view.byteLength, family)];
}

describe('VRRP version 2', () => {
  test('reads', () => {
    const view = octets(V2);
    expect(check(V2)).toBe('none');
    expect(advert.readVersion(view, 0)).toBe(2);
    expect(advert.readType(view, 0)).toBe(1);
    expect(advert.readVrid(view, 0)).toBe(42);
    expect(advert.readPriority(view, 0)).toBe(191);
    expect(advert.readAddressCount(view, 0)).toBe(3);
    expect(advert.readAuthType(view, 0)).toBe(advert.AUTH_SIMPLE);
    expect(advert.readAdvertInterval(view, 0)).toBe(10);
    expect(advert.readIntervalNanoseconds(view, 0)).toBe(10e9);
    expect(advert.readChecksum(view, 0)).toBe(0xf11f);
    expect(view.getUint32(advert.addressAt(0, 2, 4))).toBe(parseIpv4('10.4.42.3'));
    expect(hexOf(view, advert.authDataAt(view, 0))).toBe('6162636465666768');
  });

  test('emits every octet', () => {
    const view = dirty(30);
    const end = advert.emitAdvert(view, 1, {
      version: 2,
      family: 4,
      vrid: 42,
      priority: 191,
      interval: 10,
      addresses: ['10.4.42.1', '10.4.42.2', '10.4.42.3'].map(parseIpv4),
      authType: advert.AUTH_SIMPLE,
      authData: new TextEncoder().encode('abcdefgh'),
    });
    expect(end).toBe(29);
    writeAdvertChecksum(view, 0, 1, { family: 4, convention: 0 });
    expect(hexOf(view)).toBe('a5' + V2 + 'a5');
  });

  test('authentication data are zero-padded, and zero without', () => {
    const fields = {
      version: 2,
      family: 4,
      vrid: 1,
      priority: 1,
      interval: 1,
      addresses: [],
    } as const;
    const view = dirty(16);
    expect(advert.emitAdvert(view, 0, fields)).toBe(16);
    expect(hexOf(view, 4, 5) + hexOf(view, 8)).toBe('00' + '00'.repeat(8));
    advert.emitAdvert(view, 0, { ...fields, authData: new Uint8Array([0x31]) });
    expect(hexOf(view, 8)).toBe('3100000000000000');
  });

  test('refuses', () => {
    expect(check(V2.slice(0, 14))).toBe('vrrp-truncated');
    expect(check(V2.slice(0, -2))).toBe('vrrp-truncated');
    expect(check(V2 + '00')).toBe('vrrp-length');
    expect(check('11' + V2.slice(2))).toBe('vrrp-version');
    expect(check('41' + V2.slice(2))).toBe('vrrp-version');
    expect(check(V2, 6)).toBe('vrrp-version');
    expect(check('22' + V2.slice(2))).toBe('vrrp-type');
    expect(check('2100' + V2.slice(4))).toBe('vrrp-vrid');
  });

  test('an advert without addresses is lawful: such senders exist', () => {
    expect(check('213cff00000100000000000000000000')).toBe('none');
  });
});

describe('VRRP version 3', () => {
  test('reads over IPv4', () => {
    const view = octets(V3);
    expect(check(V3)).toBe('none');
    expect(advert.readVrid(view, 0)).toBe(66);
    expect(advert.readPriority(view, 0)).toBe(150);
    expect(advert.readAuthType(view, 0)).toBe(advert.AUTH_NONE);
    expect(advert.readMaxAdvertInterval(view, 0)).toBe(10);
    expect(advert.readIntervalNanoseconds(view, 0)).toBe(1e8);
    view.setUint8(4, 0xff);
    expect(advert.readMaxAdvertInterval(view, 0)).toBe(0xf0a);
  });

  test('reads over IPv6', () => {
    expect(check(V3_IPV6, 6)).toBe('none');
    const view = octets(V3_IPV6);
    const texts = [0, 1].map((index) => formatIpv6At(view, advert.addressAt(0, index, 6)));
    expect(texts).toEqual(['fe80::88', 'fd00:61::88']);
  });

  test('emits every octet', () => {
    const view = dirty(42);
    const end = advert.emitAdvert(view, 1, {
      version: 3,
      family: 6,
      vrid: 61,
      priority: 150,
      interval: 100,
      addresses: [parseIpv6('fe80::88') ?? 0, parseIpv6('fd00:61::88') ?? 0],
    });
    expect(end).toBe(41);
    advert.writeChecksum(view, 1, 0xf572);
    expect(hexOf(view)).toBe('a5' + V3_IPV6 + 'a5');
  });

  test('refuses', () => {
    expect(check('3142960000 0afbd8')).toBe('vrrp-count');
    expect(check(V3_IPV6.slice(0, -2), 6)).toBe('vrrp-truncated');
    expect(check(V3 + '00000000')).toBe('vrrp-length');
    // As long as the trailer, but another scheme, or reserved octets set.
    expect(check(V3 + '02' + TRAILER.slice(2))).toBe('vrrp-length');
    expect(check(V3 + '01050001' + TRAILER.slice(8))).toBe('vrrp-length');
  });

  test("keepalived's authentication trailer makes it longer", () => {
    expect(check(V3 + TRAILER)).toBe('none');
    const view = octets(V3 + TRAILER);
    expect(advert.advertEnd(view, 0, 4)).toBe(12);
    expect(advert.hasTrailer(view, 12, 40)).toBe(true);
  });
});

describe('CARP', () => {
  const CARP = '2101000700011234' + '00'.repeat(28);

  test('is told apart: 36 octets with seven words of authentication', () => {
    expect(advert.isCarp(octets(CARP), 0, 36)).toBe(true);
    expect(advert.isCarp(octets(CARP + '00'), 0, 37)).toBe(false);
    // A version 2 advert of five addresses is 36 octets long, too.
    const five = octets('2101640500010000' + '0a000001'.repeat(5) + '00'.repeat(8));
    expect(advert.isCarp(five, 0, 36)).toBe(false);
    expect(advert.isCarp(octets('31' + CARP.slice(2)), 0, 36)).toBe(false);
  });
});
