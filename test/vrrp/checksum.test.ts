import { describe, expect, test } from 'vitest';
import { advertChecksum, CHECKSUM_NAMES, writeAdvertChecksum } from '../../src/vrrp/checksum.ts';
import { octets } from '../wire/octets.ts';

/** Real packets from the IP header on; tshark calls each checksum good. */
const V2 =
  '4500003001234000ff70bebc0a00005be0000012' +
  '212abf03010af11f0a042a010a042a020a042a036162636465666768';
const V3 = '45c0002000010000ff70926e0a0a0a150a0a0a16' + '31429601000afbd80a0a0a14';
const V3_IPV6 =
  '6c02a09b002870fffe8000000000000002163efffea10811ff020000000000000000000000000012' +
  '313d96020064f572fe800000000000000000000000000088fd000061000000000000000000000088';
const TRAILER = '01050000' + '6553f1008000' + '0000' + 'ab'.repeat(16);

function convention(view: DataView, family: 4 | 6): string | undefined {
  const at = family === 4 ? 20 : 40;
  return CHECKSUM_NAMES[advertChecksum(view, 0, at, view.byteLength, family)];
}

describe('VRRP checksum conventions', () => {
  test('version 2 is plain', () => {
    const view = octets(V2);
    expect(convention(view, 4)).toBe('plain');
    view.setUint8(view.byteLength - 1, 0);
    expect(convention(view, 4)).toBe('bad');
  });

  test('version 3 over IPv6 has the pseudo-header', () => {
    const view = octets(V3_IPV6);
    expect(convention(view, 6)).toBe('pseudo-header');
    view.setUint8(41, 62);
    expect(convention(view, 6)).toBe('bad');
    writeAdvertChecksum(view, 0, 40, { family: 6, convention: 0 });
    expect(convention(view, 6)).toBe('pseudo-header');
  });

  test('version 3 over IPv4: keepalived uses the pseudo-header', () => {
    expect(convention(octets(V3), 4)).toBe('pseudo-header');
  });

  test('version 3 over IPv4: RFC 9568 section 5.2.8 does not', () => {
    const view = octets(V3);
    // By hand: 3142 + 9601 + 000a + 0a0a + 0a14 = db6b, complement 2494.
    view.setUint16(26, 0x2494);
    expect(convention(view, 4)).toBe('plain');
    view.setUint16(26, 0);
    writeAdvertChecksum(view, 0, 20, { family: 4, convention: 0 });
    expect(view.getUint16(26)).toBe(0x2494);
  });

  test('version 3 over IPv4: keepalived to 1.3.6 took 224.0.0.18 for unicast, too', () => {
    const view = octets(V3);
    // By hand: the pseudo-header's destination changes from 0a0a 0a16 to e000 0012.
    // fbd8's complement 0427 less 0a0a, 0a16 is f006 (end-around); with e000 and 0012 d019.
    view.setUint16(26, 0x2fe6);
    expect(convention(view, 4)).toBe('pseudo-header-multicast');
    view.setUint16(26, 0);
    writeAdvertChecksum(view, 0, 20, { family: 4, convention: 2 });
    expect(view.getUint16(26)).toBe(0x2fe6);
    writeAdvertChecksum(view, 0, 20, { family: 4, convention: 1 });
    expect(view.getUint16(26)).toBe(0xfbd8);
    view.setUint16(26, 0x1234);
    expect(convention(view, 4)).toBe('bad');
  });

  test('a trailer is left out of the sum, or taken in', () => {
    const own = octets(V3 + TRAILER);
    expect(convention(own, 4)).toBe('pseudo-header');
    const whole = octets(V3_IPV6 + TRAILER);
    whole.setUint16(46, 0);
    let sum = 0;
    for (let i = 8; i < whole.byteLength; i += 2) sum += whole.getUint16(i);
    sum += 112 + (whole.byteLength - 40);
    sum = (sum & 0xffff) + (sum >>> 16);
    whole.setUint16(46, 0xffff - ((sum & 0xffff) + (sum >>> 16)));
    expect(convention(whole, 6)).toBe('pseudo-header');
  });
});
