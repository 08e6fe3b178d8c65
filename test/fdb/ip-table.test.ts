import { describe, expect, it } from 'vitest';
import { IpTable4, IpTable6 } from '../../src/fdb/ip-table.ts';

const HAVIP = 0xc0a80058; // 192.168.0.88
const tables = [
  ['IpTable4', () => withKey(new IpTable4({ maximum: 100 }), [1, HAVIP])],
  ['IpTable6', () => withKey(new IpTable6({ maximum: 100 }), [1, 0xfe800000, 0, 0xffffffff, 1])],
] as const;

function withKey<K extends number[], T extends { insert(...key: K): number }>(table: T, key: K) {
  return { table, entry: table.insert(...key) };
}

describe.each(tables)('%s', (_name, make) => {
  it('keeps MAC, port, time and tag apart, each over its whole range', () => {
    const { table, entry } = make();
    table.setMac(entry, 0xffff, 0xffffffff);
    table.setPort(entry, 0xffff);
    table.setUpdated(entry, 0xffffffff);
    table.setTag(entry, 0xffffffff);
    table.setStatic(entry, true);
    expect(table.mac(entry)).toBe(0xffffffffffff);
    expect([table.macHigh(entry), table.macLow(entry)]).toEqual([0xffff, 0xffffffff]);
    expect([table.port(entry), table.updated(entry)]).toEqual([0xffff, 0xffffffff]);
    expect([table.tag(entry), table.network(entry)]).toEqual([0xffffffff, 1]);
    table.setMac(entry, 0, 0x3e000001);
    table.setPort(entry, 0);
    table.setStatic(entry, false);
    expect(table.mac(entry)).toBe(0x3e000001);
    expect([table.port(entry), table.isStatic(entry), table.network(entry)]).toEqual([0, false, 1]);
  });

  it('counts a move when the MAC or the port changes, not at the first MAC', () => {
    const { table, entry } = make();
    expect(table.repoint(entry, 0x0016, 0x3e000001, 2, 10)).toBe(true);
    expect(table.statistics().moves).toBe(0);
    expect(table.repoint(entry, 0x0016, 0x3e000001, 2, 11)).toBe(false);
    expect(table.updated(entry)).toBe(11);
    expect(table.repoint(entry, 0x0016, 0x3e000001, 3, 12)).toBe(true);
    expect(table.repoint(entry, 0x0017, 0x3e000001, 3, 13)).toBe(true);
    expect(table.repoint(entry, 0x0017, 0xfe000001, 3, 14)).toBe(true);
    expect(table.repoint(entry, 0x0017, 0xfe000001, 3, 15)).toBe(false);
    expect(table.statistics().moves).toBe(3);
    expect([table.mac(entry), table.port(entry)]).toEqual([0x0017fe000001, 3]);
  });

  it('leaves a static entry where it points', () => {
    const { table, entry } = make();
    table.repoint(entry, 0x0016, 1, 2, 10);
    table.setStatic(entry, true);
    expect(table.repoint(entry, 0x0016, 2, 3, 11)).toBe(false);
    expect([table.mac(entry), table.port(entry), table.updated(entry)]).toEqual([
      0x001600000001, 2, 10,
    ]);
    expect(table.statistics().moves).toBe(0);
  });
});

describe('keys', () => {
  it('tell networks apart', () => {
    const table = new IpTable4({ maximum: 10 });
    table.setPort(table.insert(0, HAVIP), 1);
    table.setPort(table.insert(0xffff, HAVIP), 2);
    expect(table.port(table.find(0, HAVIP))).toBe(1);
    expect(table.port(table.find(0xffff, HAVIP))).toBe(2);
    expect(table.find(5, HAVIP)).toBe(-1);
  });

  it('are found in their own network and in no other, while the table grows', () => {
    const table = new IpTable4({ maximum: 10_000 });
    for (let i = 0; i < 3000; i++) {
      const address = (Math.imul(i, 0x9e3779b1) ^ HAVIP) | 0;
      const entry = table.insert(i % 3, address);
      expect(table.find(0, address)).toBe(i % 3 === 0 ? entry : -1);
      expect(table.find(2, address)).toBe(i % 3 === 2 ? entry : -1);
      const earlier = (Math.imul(i >>> 1, 0x9e3779b1) ^ HAVIP) | 0;
      expect(table.find(0, earlier) >= 0).toBe((i >>> 1) % 3 === 0);
      expect(table.find(1, earlier) >= 0).toBe((i >>> 1) % 3 === 1);
    }
  });

  it('take addresses of either sign and give them back unsigned', () => {
    const table = new IpTable4({ maximum: 10 });
    const entry = table.insert(0, HAVIP | 0);
    expect(table.find(0, HAVIP)).toBe(entry);
    expect(table.address(entry)).toBe(HAVIP);
    const six = new IpTable6({ maximum: 10 });
    const link = six.insert(0, 0xfe800000 | 0, 0, 0, -1);
    expect(six.find(0, 0xfe800000, 0, 0, 0xffffffff)).toBe(link);
    expect([0, 1, 2, 3].map((i) => six.addressWord(link, i))).toEqual([
      0xfe800000, 0, 0, 0xffffffff,
    ]);
  });

  it('may be zero: an empty slot is no entry of 0.0.0.0', () => {
    const table = new IpTable4({ maximum: 10 });
    expect(table.find(0, 0)).toBe(-1);
    expect(table.insert(0, 0)).toBeGreaterThanOrEqual(0);
    expect(table.find(0, 0)).toBeGreaterThanOrEqual(0);
    expect(table.remove(0, 0)).toBe(true);
    expect(table.remove(0, 0)).toBe(false);
    const six = new IpTable6({ maximum: 10 });
    expect(six.find(0, 0, 0, 0, 0)).toBe(-1);
    expect(six.remove(0, 0, 0, 0, 0)).toBe(false);
  });

  it('tell IPv6 addresses apart that hold the same words in another order', () => {
    const table = new IpTable6({ maximum: 10 });
    const one = table.insert(0, 1, 2, 3, 4);
    expect(table.find(0, 4, 3, 2, 1)).toBe(-1);
    expect(table.find(0, 2, 2, 3, 4)).toBe(-1);
    expect(table.insert(0, 1, 2, 3, 4)).toBe(one);
  });
});
