/** Announcements, octet for octet as keepalived 2.2.7 sent them (captures of failovers). */
import { describe, expect, test } from 'vitest';
import { announcementFrame } from '../../src/arp/announcement.ts';
import { parseIpv4, parseIpv6 } from '../../src/wire/ip-address.ts';
import { parseMac } from '../../src/wire/mac.ts';
import { exactView, hexOf } from '../wire/octets.ts';

const sent = (...args: Parameters<typeof announcementFrame>) =>
  hexOf(exactView(announcementFrame(...args)));

describe('an announcement', () => {
  test('of IPv4 is a gratuitous request', () => {
    expect(sent(parseIpv4('192.168.0.88'), parseMac('00:16:3e:a1:00:d1'), false)).toBe(
      'ffffffffffff00163ea100d10806' + '000108000604000100163ea100d1c0a80058ffffffffffffc0a80058',
    );
  });

  test.each([
    [
      'fe80::88',
      'fe800000000000000000000000000088ff020000000000000000000000000001' +
        '880011c620000000fe800000000000000000000000000088020100163ea10811',
    ],
    [
      'fd00:61::88',
      'fd000061000000000000000000000088ff020000000000000000000000000001' +
        '8800140420000000fd000061000000000000000000000088020100163ea10811',
    ],
  ])('of %s is an unsolicited advertisement that overrides', (ip, rest) => {
    const head = '33330000000100163ea1081186dd6000000000203aff';
    expect(sent(parseIpv6(ip)!, parseMac('00:16:3e:a1:08:11'), false)).toBe(head + rest);
  });
});
