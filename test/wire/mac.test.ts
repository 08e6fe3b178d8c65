import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatMac,
  isGroupMac,
  isGroupMacHigh,
  isVirtualMac,
  isVirtualMacHalves,
  MAC_BROADCAST,
  macFromHalves,
  macHigh,
  macLow,
  parseMac,
  readMac,
  readMacHigh,
  readMacLow,
  writeMac,
  writeMacHalves,
} from '../../src/wire/mac.ts';
import { dirty, hexOf, octets } from './octets.ts';

const anyMac = fc.integer({ min: 0, max: MAC_BROADCAST });

describe('MAC address', () => {
  test('is read whole and by halves', () => {
    const view = octets('ff 00163ea100d1');
    expect(formatMac(readMac(view, 1))).toBe('00:16:3e:a1:00:d1');
    expect(readMacHigh(view, 1)).toBe(0x0016);
    expect(readMacLow(view, 1)).toBe(0x3ea100d1);
  });

  test('is written whole and by halves over dirty octets', () => {
    const view = dirty(14);
    writeMac(view, 1, parseMac('fe:ee:00:00:00:01'));
    writeMacHalves(view, 7, 0xee01, 0xffffffff);
    expect(hexOf(view)).toBe('a5feee00000001ee01ffffffffa5');
  });

  test('text goes back and forth', () => {
    fc.assert(fc.property(anyMac, (mac) => parseMac(formatMac(mac)) === mac));
    fc.assert(fc.property(anyMac, (mac) => macFromHalves(macHigh(mac), macLow(mac)) === mac));
    expect(formatMac(1)).toBe('00:00:00:00:00:01');
    expect(parseMac('EE-FF-FF-FF-FF-FF')).toBe(0xeeffffffffff);
  });

  test.each([
    '',
    '00:16:3e:a1:00',
    '00:16:3e:a1:00:d1:00',
    '0:16:3e:a1:00:d1',
    '00163ea100d1',
    '00:16-3e:a1:00:d1',
    'g0:16:3e:a1:00:d1',
    ' 00:16:3e:a1:00:d1',
  ])('%j is no MAC', (text) => {
    expect(parseMac(text)).toBeNaN();
  });

  test('groups have the low bit of the first octet set', () => {
    expect(isGroupMac(MAC_BROADCAST)).toBe(true);
    expect(isGroupMac(parseMac('01:00:5e:00:00:12'))).toBe(true);
    expect(isGroupMac(parseMac('00:16:3e:a1:00:d1'))).toBe(false);
    expect(isGroupMacHigh(0x3333)).toBe(true);
    expect(isGroupMacHigh(0xeeff)).toBe(false);
  });

  test('virtual routers own 00-00-5E-00-01-xx and 00-00-5E-00-02-xx', () => {
    expect(isVirtualMac(parseMac('00:00:5e:00:01:2a'))).toBe(true);
    expect(isVirtualMac(parseMac('00:00:5e:00:02:ff'))).toBe(true);
    expect(isVirtualMac(parseMac('00:00:5e:00:00:01'))).toBe(false);
    expect(isVirtualMac(parseMac('02:00:5e:00:01:01'))).toBe(false);
    expect(isVirtualMacHalves(0, 0x5e000300)).toBe(false);
  });
});
