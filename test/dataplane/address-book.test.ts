/** The book of addresses and the filter before it: what was put in comes out. */
import { describe, expect, test } from 'vitest';
import {
  AddressBook,
  isHavipPolicy,
  POLICY_HAVIP,
  POLICY_OPEN,
  POLICY_ORDINARY,
  POLICY_SUBNET,
} from '../../src/dataplane/address-book.ts';
import { AddressFilter } from '../../src/dataplane/address-filter.ts';

describe('AddressBook', () => {
  test('numbers addresses from 1 and keeps their words', () => {
    const book = new AddressBook(1);
    const ids = [
      book.add(10, 4, 0, 0, 0, 0xc0a80058),
      book.add(4100, 6, 0xfe800000, 1, 2, 0xffffffff),
    ];
    expect(ids).toEqual([1, 2]);
    expect([book.network(1), book.family(1), book.word(1, 3)]).toEqual([10, 4, 0xc0a80058]);
    expect([book.network(2), book.family(2)]).toEqual([4100, 6]);
    expect([0, 1, 2, 3].map((i) => book.word(2, i))).toEqual([0xfe800000, 1, 2, 0xffffffff]);
  });

  test('is open until somebody says who may', () => {
    const book = new AddressBook();
    const id = book.add(0, 4, 0, 0, 0, 1);
    expect([book.policy(id), book.subnet(id), book.membersOf(id)]).toEqual([POLICY_OPEN, 0, []]);
  });

  test('knows the members of each, many more than there was room for', () => {
    const book = new AddressBook(2);
    const macs = (id: number): number[] =>
      Array.from({ length: id % 7 }, (_, i) => (id * 2 ** 40) / 128 + i);
    for (let id = 1; id <= 2000; id++) {
      book.add(0, 4, 0, 0, 0, id);
      book.setPolicy(id, POLICY_HAVIP, macs(id), id % 3);
    }
    for (let id = 1; id <= 2000; id++) {
      expect(book.membersOf(id)).toEqual(macs(id));
      expect(book.word(id, 3)).toBe(id);
      expect(book.subnet(id)).toBe(id % 3);
      expect(book.hasMember(id, macs(id)[0] ?? -1)).toBe(id % 7 > 0);
      expect(book.hasMember(id, 5e-324)).toBe(false);
    }
  });

  test('copies a policy to another address, which keeps its words', () => {
    const book = new AddressBook();
    const from = book.add(0, 4, 0, 0, 0, 1);
    const to = book.add(7, 4, 0, 0, 0, 2);
    book.setPolicy(from, POLICY_ORDINARY, [0x00163e000001], 3);
    book.copyPolicy(from, to);
    expect([book.policy(to), book.subnet(to), book.membersOf(to)]).toEqual([
      POLICY_ORDINARY,
      3,
      [0x00163e000001],
    ]);
    expect([book.network(to), book.word(to, 3)]).toEqual([7, 2]);
  });

  test('calls two policies HaVips', () => {
    expect([POLICY_OPEN, POLICY_HAVIP, POLICY_SUBNET, POLICY_ORDINARY].map(isHavipPolicy)).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });
});

describe('AddressFilter', () => {
  test('never denies what was added, whichever sign it has', () => {
    const filter = new AddressFilter();
    const addresses = Array.from({ length: 5000 }, (_, i) => (i * 2654435761) >>> 0);
    for (const address of addresses) filter.add(address);
    expect(addresses.every((address) => filter.mayHold(address))).toBe(true);
    expect(addresses.every((address) => filter.mayHold(address | 0))).toBe(true);
  });

  test('denies nearly all else while it holds little', () => {
    const filter = new AddressFilter();
    for (let i = 0; i < 250; i++) filter.add(0xc0a80000 + i);
    let maybe = 0;
    for (let i = 0; i < 100_000; i++) if (filter.mayHold(0x0a000000 + i * 7)) maybe++;
    expect(maybe).toBeLessThan(1000);
    expect(new AddressFilter().mayHold(0)).toBe(false);
  });
});
