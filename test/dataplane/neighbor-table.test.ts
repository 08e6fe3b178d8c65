/** What a flood of addresses costs: bounded memory, and no holder changed by a MAC nobody has. */
import { expect, test } from 'vitest';
import { Claim, FORM_GRATUITOUS_REQUEST } from '../../src/arp/claim.ts';
import { AddressBook } from '../../src/dataplane/address-book.ts';
import { NeighborTable } from '../../src/dataplane/neighbor-table.ts';
import { CLAIM_MOVED, CLAIM_NOTED } from '../../src/dataplane/verdict.ts';
import { Link } from '../../src/wire/link.ts';

function announcementOf(address: number, macHigh = 0x0016, macLow = 0x3e000001): Claim {
  const claim = new Claim(new Link());
  claim.form = FORM_GRATUITOUS_REQUEST;
  claim.address = address;
  claim.macHigh = macHigh;
  claim.macLow = macLow;
  return claim;
}

test('a full table lets go of the oldest, and its id goes to the newcomer', () => {
  const book = new AddressBook();
  const table = new NeighborTable(book, null, { maximum: 100 }, false);
  for (let i = 0; i < 10_000; i++) {
    const claim = announcementOf(0x0a000000 + i);
    expect(table.apply(claim, table.define(claim), 1, i)).toBe(CLAIM_MOVED);
  }
  expect(book.size).toBeLessThanOrEqual(100);
  const last = announcementOf(0x0a000000 + 9_999);
  const id = table.addresses4.tag(table.find(last));
  expect(book.word(id, 3)).toBe(0x0a000000 + 9_999);
});

test('an observer keeps its ids and takes no more than the maximum', () => {
  const book = new AddressBook();
  const table = new NeighborTable(book, null, { maximum: 100 }, true);
  for (let i = 0; i < 100; i++) expect(table.define(announcementOf(i + 1))).toBeGreaterThan(-1);
  expect(table.define(announcementOf(1_000))).toBe(-1);
  expect(table.find(announcementOf(50))).toBeGreaterThan(-1);
});

test.each([
  ['the null MAC', 0, 0],
  ['the broadcast MAC', 0xffff, 0xffffffff],
  ['a multicast MAC', 0x0100, 0x5e000012],
])('a claim for %s takes nothing', (_, high, low) => {
  const table = new NeighborTable(new AddressBook(), null, { maximum: 100 }, false);
  const holder = announcementOf(0x0a000001);
  const entry = table.define(holder);
  table.apply(holder, entry, 1, 0);
  expect(table.apply(announcementOf(0x0a000001, high, low), entry, 2, 1)).toBe(CLAIM_NOTED);
  expect(table.addresses4.mac(entry)).toBe(0x00163e000001);
});
