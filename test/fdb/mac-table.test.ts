import { describe, expect, it } from 'vitest';
import { MacTable } from '../../src/fdb/mac-table.ts';

const HIGH = 0x0016;
const LOW = 0xfe000001;

describe('learn', () => {
  it('learns a station, refreshes it and counts its frames', () => {
    const table = new MacTable({ maximum: 10 });
    const entry = table.learn(10, HIGH, LOW, 3, 100);
    expect(table.learn(10, HIGH, LOW, 3, 200)).toBe(entry);
    expect(table.find(10, HIGH, LOW)).toBe(entry);
    expect([table.port(entry), table.updated(entry), table.frames(entry)]).toEqual([3, 200, 2]);
    expect([table.network(entry), table.mac(entry)]).toEqual([10, 0x0016fe000001]);
    expect([table.macHigh(entry), table.macLow(entry)]).toEqual([HIGH, LOW]);
    expect(table.lastMoved).toBe(false);
    expect(table.statistics().moves).toBe(0);
  });

  it('moves a station at once and says from where', () => {
    const table = new MacTable({ maximum: 10 });
    table.learn(10, HIGH, LOW, 3, 100);
    const entry = table.learn(10, HIGH, LOW, 0xffff, 101);
    expect([table.lastMoved, table.lastMovedFrom]).toEqual([true, 3]);
    expect([table.port(entry), table.updated(entry)]).toEqual([0xffff, 101]);
    table.learn(10, HIGH, LOW, 0xffff, 102);
    expect(table.lastMoved).toBe(false);
    expect(table.statistics().moves).toBe(1);
  });

  it('refuses group and zero sources (802.1Q 8.7; Linux is_valid_ether_addr)', () => {
    const table = new MacTable({ maximum: 10 });
    expect(table.learn(0, 0x0100, 0x5e000012, 1, 0)).toBe(-1);
    expect(table.learn(0, 0xffff, 0xffffffff, 1, 0)).toBe(-1);
    expect(table.learn(0, 0, 0, 1, 0)).toBe(-1);
    expect(table.learn(0, 0x0200, 0, 1, 0)).toBeGreaterThanOrEqual(0);
    expect(table.learn(0, 0, 1, 1, 0)).toBeGreaterThanOrEqual(0);
    expect(table.size).toBe(2);
  });

  it('keeps VLANs apart: one MAC may sit behind two ports', () => {
    const table = new MacTable({ maximum: 10 });
    table.learn(10, HIGH, LOW, 1, 0);
    table.learn(20, HIGH, LOW, 2, 0);
    expect(table.lastMoved).toBe(false);
    expect(table.port(table.find(10, HIGH, LOW))).toBe(1);
    expect(table.port(table.find(20, HIGH, LOW))).toBe(2);
    expect(table.find(30, HIGH, LOW)).toBe(-1);
  });

  it('leaves a static station where it is, whatever claims it', () => {
    const table = new MacTable({ maximum: 10 });
    const entry = table.insert(10, HIGH, LOW);
    table.setPort(entry, 1);
    table.setStatic(entry, true);
    expect(table.learn(10, HIGH, LOW, 2, 500)).toBe(entry);
    expect([table.port(entry), table.updated(entry), table.frames(entry)]).toEqual([1, 0, 0]);
    expect(table.lastMoved).toBe(false);
    table.learn(10, HIGH, LOW, 1, 501);
    expect([table.updated(entry), table.frames(entry)]).toEqual([501, 1]);
    expect(table.statistics().moves).toBe(0);
  });

  it('has no room among static entries only', () => {
    const table = new MacTable({ maximum: 1 });
    table.setStatic(table.insert(0, HIGH, LOW), true);
    expect(table.learn(0, HIGH, LOW + 1, 2, 0)).toBe(-1);
    expect(table.size).toBe(1);
  });
});
