/**
 * Adverts as packets. The frames are those that keepalived 2.2.7 sent: what is emitted must be the
 * same but for what the kernel fills in, and what is heeded of them is what RFC 9568 7.1 says.
 */
import { describe, expect, test } from 'vitest';
import type { Address } from '../../src/vrrp/address.ts';
import { type AdvertFields, AUTH_NONE, AUTH_SIMPLE } from '../../src/vrrp/advert.ts';
import { advertPacketLength, emitAdvertPacket, vrrpGroup } from '../../src/vrrp/advert-packet.ts';
import { type ReceptionTerms, receiveAdvert } from '../../src/vrrp/advert-reception.ts';
import { parseIpv4, parseIpv6 } from '../../src/wire/ip-address.ts';
import { writeIpv4Checksum } from '../../src/wire/ipv4.ts';
import { exactView, hexOf, octets } from '../wire/octets.ts';

const ip = (text: string): Address => parseIpv6(text) ?? parseIpv4(text);

interface Sent {
  frame: string;
  fields: AdvertFields;
  source: Address;
  destination: Address;
}

const V2: Sent = {
  frame:
    '00163eb200d200163ea100d10800' +
    '45c0002800010000ff7037b1c0a800d1c0a800d2' +
    '2133640101015667c0a800583131313100000000',
  fields: {
    ...{ version: 2, family: 4, vrid: 51, priority: 100, interval: 1 },
    addresses: [ip('192.168.0.88')],
    authType: AUTH_SIMPLE,
    authData: new TextEncoder().encode('1111'),
  },
  source: ip('192.168.0.209'),
  destination: ip('192.168.0.210'),
};

const V3: Sent = {
  frame:
    '0242c0b206160242c0a106150800' +
    '45c0002000010000ff70926e0a0a0a150a0a0a16' +
    '31429601000afbd80a0a0a14',
  fields: {
    ...{ version: 3, family: 4, vrid: 66, priority: 150, interval: 10, authType: AUTH_NONE },
    addresses: [ip('10.10.10.20')],
  },
  source: ip('10.10.10.21'),
  destination: ip('10.10.10.22'),
};

const V3_IPV6: Sent = {
  frame:
    '33330000001200163ea1081186dd' +
    '6c02a09b002870fffe8000000000000002163efffea10811ff020000000000000000000000000012' +
    '313d96020064f572fe800000000000000000000000000088fd000061000000000000000000000088',
  fields: {
    ...{ version: 3, family: 6, vrid: 61, priority: 150, interval: 100, authType: AUTH_NONE },
    addresses: [ip('fe80::88'), ip('fd00:61::88')],
  },
  source: ip('fe80::216:3eff:fea1:811'),
  destination: vrrpGroup(6),
};

const SENT = { 'version 2, unicast': V2, 'version 3, unicast': V3, 'version 3, IPv6': V3_IPV6 };

describe.each(Object.entries(SENT))('%s', (_name, { frame, fields, source, destination }) => {
  test('is emitted as keepalived does', () => {
    const view = exactView(emitAdvertPacket(fields, source, destination));
    // The kernel fills in the identification of IPv4; the flow label of IPv6 means nothing.
    const wanted = octets(frame.slice(28));
    if (fields.family === 4) {
      for (const one of [view, wanted]) one.setUint16(4, 1);
      writeIpv4Checksum(view, 0);
    } else wanted.setUint32(0, wanted.getUint32(0) & 0xfff00000);
    expect(hexOf(view)).toBe(hexOf(wanted));
    const { version, family, addresses } = fields;
    expect(view.byteLength).toBe(advertPacketLength(version, family, addresses.length));
  });

  test('is heeded by its receiver', () => {
    const view = octets(frame);
    const { vrid, family, priority, addresses, authData } = fields;
    const isGroup = family === 6;
    const terms: ReceptionTerms = {
      ...{ vrid, family, peers: isGroup ? [] : [source], password: authData ?? null },
      source: isGroup ? ip('fe80::1') : destination,
    };
    const reception = receiveAdvert(view, 0, view.byteLength, terms);
    expect(reception).toMatchObject({ source, refusal: null });
    expect(reception?.advert).toMatchObject({ vrid, priority, addresses });
    const stranger = { ...terms, vrid: vrid + 1 };
    expect(receiveAdvert(view, 0, view.byteLength, stranger)).toBeNull();
    for (let end = 0; end < view.byteLength; end++) {
      expect(receiveAdvert(view, 0, end, terms)?.advert ?? null).toBeNull();
    }
  });
});

describe('what is not heeded', () => {
  const PASSWORD = new TextEncoder().encode('1111');
  const terms: ReceptionTerms = {
    ...{ family: 4, vrid: 51, source: V2.destination, peers: [V2.source], password: PASSWORD },
  };

  function refusal(change: (view: DataView) => void, more: Partial<ReceptionTerms> = {}) {
    const view = octets(V2.frame);
    change(view);
    writeIpv4Checksum(view, 14);
    const reception = receiveAdvert(view, 0, view.byteLength, { ...terms, ...more });
    return reception === null ? 'not mine' : reception.refusal;
  }
  const as = (more: Partial<ReceptionTerms>) => refusal(() => {}, more);

  test('a time to live that is not 255', () => {
    expect(refusal((view) => view.setUint8(22, 254))).toBe('ttl');
  });

  test('keepalived sends unicast IPv6 with the hop limit of the kernel', () => {
    const view = octets(V3_IPV6.frame);
    view.setUint8(21, 64);
    const group = {
      family: 6,
      vrid: 61,
      source: ip('fe80::1'),
      peers: [],
      password: null,
    } as const;
    expect(receiveAdvert(view, 0, view.byteLength, group)?.refusal).toBe('ttl');
    const unicast = { ...group, source: vrrpGroup(6), peers: [V3_IPV6.source] };
    expect(receiveAdvert(view, 0, view.byteLength, unicast)?.refusal).toBeNull();
  });

  test('a sender that is no peer, and the group for one that has peers', () => {
    expect(as({ peers: [ip('192.168.0.211')] })).toBe('not-a-peer');
    expect(as({ peers: [] })).toBe('not mine');
    expect(as({ source: ip('192.168.0.211') })).toBe('not mine');
  });

  test('what comes from its own address: another has it, or the network returns it', () => {
    expect(refusal((view) => view.setUint32(26, 0xc0a800d2))).toBe('own-address');
  });

  test('another password, none, or one where none is', () => {
    expect(as({ password: new TextEncoder().encode('1112') })).toBe('authentication');
    expect(as({ password: new TextEncoder().encode('11111') })).toBe('authentication');
    expect(as({ password: null })).toBe('authentication');
  });

  test('a wrong checksum, another type, a wrong length, a fragment', () => {
    expect(refusal((view) => view.setUint8(36, 99))).toBe('checksum');
    expect(refusal((view) => view.setUint8(34, 0x22))).toBe('malformed');
    expect(refusal((view) => view.setUint16(20, 0x2000))).toBe('not mine');
    expect(refusal((view) => view.setUint16(16, 0))).toBe('malformed');
    expect(refusal((view) => view.setUint16(16, 400))).toBe('malformed');
    expect(refusal((view) => view.setUint16(12, 0x8100))).toBe('not mine');
  });
});
