import { expect, test } from 'vitest';
import * as virtio from '../../src/wire/virtio-header.ts';
import { dirty, hexOf } from './octets.ts';

/** Of a TCP super-frame over IPv4 behind an untagged Ethernet header. */
const FIELDS = {
  gsoType: virtio.GSO_TCPV4,
  gsoSize: 1448,
  headerLength: 54,
  checksumStart: 34,
  checksumOffset: 16,
};

test('emits every octet, and reads them', () => {
  const view = dirty(virtio.VIRTIO_HEADER_LENGTH + 2);
  virtio.emitVirtioHeader(view, 1, FIELDS);
  expect(hexOf(view, 0)).toBe('a501013600a80522001000a5');
  expect(virtio.readGsoType(view, 1)).toBe(virtio.GSO_TCPV4);
  expect(virtio.readGsoSize(view, 1)).toBe(1448);
  expect(virtio.readChecksumStart(view, 1)).toBe(34);
  expect(virtio.readChecksumOffset(view, 1)).toBe(16);
});

test('the type is read without the bit for congestion notification beside it', () => {
  const view = dirty(virtio.VIRTIO_HEADER_LENGTH);
  virtio.emitVirtioHeader(view, 0, { ...FIELDS, gsoType: 0x80 | virtio.GSO_TCPV6 });
  expect(virtio.readGsoType(view, 0)).toBe(virtio.GSO_TCPV6);
});

test('a tag before the transport header moves where the checksum starts', () => {
  const view = dirty(virtio.VIRTIO_HEADER_LENGTH);
  virtio.emitVirtioHeader(view, 0, FIELDS);
  virtio.writeChecksumStart(view, 0, virtio.readChecksumStart(view, 0) + 4);
  expect(virtio.readChecksumStart(view, 0)).toBe(38);
});
