import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addressAt,
  cidrContains,
  isHostBlock,
  parseAddress,
  parseCidr,
} from '../../src/havip/cidr.ts';

describe('addresses and blocks of configuration', () => {
  it('reads plain addresses only', () => {
    expect(parseAddress('192.168.0.88')).toEqual({
      family: 4,
      value: 0xc0a80058n,
      text: '192.168.0.88',
    });
    expect(parseAddress('FD00:0::0:1')?.text).toBe('fd00::1');
    for (const text of [
      '',
      '1.2.3',
      '01.2.3.4',
      '1.2.3.4/24',
      'fe80::1%eth0',
      '1.2.3.4 ',
      'x',
      '1::2::3',
    ]) {
      expect(parseAddress(text)).toBeNull();
    }
  });

  it('reads blocks and rounds them down', () => {
    expect(parseCidr('10.1.2.3/20')).toMatchObject({ text: '10.1.0.0/20', prefix: 20 });
    expect(parseCidr('fd00:1::5/64')).toMatchObject({ text: 'fd00:1::/64', family: 6 });
    for (const text of [
      '10.0.0.0',
      '10.0.0.0/33',
      '10.0.0.0/',
      '10.0.0.0/a',
      '/24',
      'fd00::/129',
      '10.0.0.0/-1',
    ]) {
      expect(parseCidr(text)).toBeNull();
    }
  });

  it('tells which blocks hosts can live in', () => {
    const lawful = (text: string) => isHostBlock(parseCidr(text)!);
    for (const text of ['10.0.0.0/8', '10.0.0.0/30', 'fd00::/64', '2001:db8::/126'])
      expect(lawful(text)).toBe(true);
    for (const text of [
      '0.0.0.0/0',
      '127.1.0.0/16',
      '224.0.0.0/24',
      '10.0.0.0/31',
      'ff02::/64',
      '::/64',
      'fd00::/127',
    ]) {
      expect(lawful(text)).toBe(false);
    }
  });

  it('knows the edges of any IPv4 block', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.integer({ min: 1, max: 30 }), (base, prefix) => {
        const cidr = parseCidr(`${base}/${prefix}`)!;
        // Second source: shifts on an unsigned 32-bit number.
        const word = base.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
        const mask = (0xffffffff << (32 - prefix)) >>> 0;
        expect(cidr.first).toBe(BigInt((word & mask) >>> 0));
        expect(cidr.last).toBe(BigInt((word | ~mask) >>> 0));
        expect(cidrContains(cidr, parseAddress(base)!)).toBe(true);
        expect(parseAddress(addressAt(cidr, -1))!.value).toBe(cidr.last);
        expect(cidrContains(cidr, parseAddress('fd00::1')!)).toBe(false);
      }),
    );
  });
});
