// The three tables as one kind of subject, so that one suite of behaviour runs on all of them.

import { IpTable4, IpTable6 } from '../../src/fdb/ip-table.ts';
import { MacTable } from '../../src/fdb/mac-table.ts';
import type { TableOptions } from '../../src/fdb/table.ts';
import type { Subject } from './table.model.ts';

/** Keys alternate between two networks; addresses have their top bit set now and then. */
const networkOf = (key: number) => (key % 2 === 0 ? 7 : 0xfff0);
const wordOf = (key: number) => ((key >>> 1) + (key % 3 === 0 ? 0xc0a80000 : 0)) >>> 0;

function back(network: number, word: number): number {
  const key = (word >= 0xc0a80000 ? word - 0xc0a80000 : word) * 2;
  return network === 7 ? key : key + 1;
}

function ip4(options: TableOptions): Subject & { table: IpTable4 } {
  const table = new IpTable4(options);
  return {
    table,
    find: (key) => table.find(networkOf(key), wordOf(key)),
    insert: (key) => table.insert(networkOf(key), wordOf(key)),
    remove: (key) => table.remove(networkOf(key), wordOf(key)),
    keyOf: (entry) => back(table.network(entry), table.address(entry)),
  };
}

function ip6(options: TableOptions): Subject & { table: IpTable6 } {
  const table = new IpTable6(options);
  // The word that differs takes each of the four places in turn.
  const place = (key: number) => (key >>> 1) % 4;
  const words = (key: number): [number, number, number, number] => {
    const four: [number, number, number, number] = [0xfe800000, 0, 1, 0xffffffff];
    four[place(key)] = wordOf(key);
    return four;
  };
  return {
    table,
    find: (key) => table.find(networkOf(key), ...words(key)),
    insert: (key) => table.insert(networkOf(key), ...words(key)),
    remove: (key) => table.remove(networkOf(key), ...words(key)),
    keyOf: (entry) => {
      for (let index = 0; index < 4; index++) {
        const key = back(table.network(entry), table.addressWord(entry, index));
        const four = words(key);
        if (four.every((word, i) => word === table.addressWord(entry, i))) return key;
      }
      return -1;
    },
  };
}

function mac(options: TableOptions): Subject & { table: MacTable } {
  const table = new MacTable(options);
  return {
    table,
    find: (key) => table.find(networkOf(key), 0x0216, wordOf(key)),
    insert: (key) => table.insert(networkOf(key), 0x0216, wordOf(key)),
    remove: (key) => table.remove(networkOf(key), 0x0216, wordOf(key)),
    keyOf: (entry) => back(table.network(entry), table.macLow(entry)),
  };
}

export const SUBJECTS = [
  ['IpTable4', ip4],
  ['IpTable6', ip6],
  ['MacTable', mac],
] as const;

/** A small generator of whole numbers below `bound`, the same in every run. */
export function dice(seed: number): (bound: number) => number {
  let state = seed >>> 0;
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}
