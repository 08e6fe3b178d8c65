// What does a look-up, and an update, in the IP table cost, by the number of entries? In an order
// that jumps about, so that no cache foresees the next; hits, misses, and after half of the entries
// were deleted and put back. And how many octets does an entry take when the table is full?
//
//   node bench/tables.mjs [ENTRIES...] [--json]      default: 1000 100000 1000000 10000000

import { IpTable4, IpTable6 } from '../dist/fdb/ip-table.js';
import { nanoseconds, print, randomOf, sizes } from './report.mjs';

const LOOKUPS = 1 << 16;
const FIRST = 0x0a000000;
const ELSEWHERE = 0x64000000;
const PREFIX = [0x20010db8, 0, 0];

const families = {
  IPv4: {
    make: (maximum) => new IpTable4({ maximum }),
    insert: (t, address) => t.insert(0, address),
    find: (t, address) => t.find(0, address),
    remove: (t, address) => t.remove(0, address),
    octets: 28,
    most: 40,
  },
  IPv6: {
    make: (maximum) => new IpTable6({ maximum }),
    insert: (t, address) => t.insert(0, ...PREFIX, address),
    find: (t, address) => t.find(0, PREFIX[0], PREFIX[1], PREFIX[2], address),
    remove: (t, address) => t.remove(0, ...PREFIX, address),
    octets: 40,
    most: 64,
  },
};

function filled(family, entries) {
  const table = family.make(entries);
  for (let i = 0; i < entries; i++) family.insert(table, FIRST + i);
  return table;
}

function jumping(entries, base) {
  const random = randomOf(12345);
  return Int32Array.from({ length: LOOKUPS }, () => base + random(entries));
}

const lookups = (family, table, addresses) => () => {
  let sum = 0;
  for (let i = 0; i < LOOKUPS; i++) sum += family.find(table, addresses[i]);
  return sum;
};

const updates = (family, table, addresses) => {
  let low = 0;
  return () => {
    low ^= 1;
    for (let i = 0; i < LOOKUPS; i++) {
      table.repoint(family.find(table, addresses[i]), 0x16, low + 1, low, i);
    }
    return table.size;
  };
};

const rows = [];
for (const entries of sizes([1000, 100_000, 1_000_000, 10_000_000])) {
  for (const [name, family] of Object.entries(families)) {
    const table = filled(family, entries);
    const hits = jumping(entries, FIRST);
    const misses = jumping(entries, ELSEWHERE);
    const row = async (what, run) => {
      rows.push({
        what: `${name}, ${entries} entries: ${what}`,
        figures: await nanoseconds(run, LOOKUPS),
      });
    };
    await row('hit', lookups(family, table, hits));
    await row('miss', lookups(family, table, misses));
    await row('update', updates(family, table, hits));
    for (let i = 0; i < entries; i += 2) family.remove(table, FIRST + i);
    for (let i = 0; i < entries; i += 2) family.insert(table, FIRST + i);
    await row('hit after deletions', lookups(family, table, hits));
  }
}
print({ question: 'What does the IP table cost?', unit: 'ns, at most', rows });

const memory = Object.entries(families).map(([name, { make, insert, octets, most }]) => {
  // Filled until the next entry would make it grow: that is where an entry is cheapest.
  const table = make(1 << 20);
  let entries = 0;
  const { capacity } = table.statistics();
  let slots = capacity;
  while (slots < 1 << 16) {
    insert(table, FIRST + entries++);
    slots = table.statistics().capacity;
  }
  const figure = ((slots >> 1) * octets) / (entries - 1);
  const figures = { minimum: figure, median: figure, maximum: figure };
  return { what: `${name}, at the fill at which it grows`, figures, target: most };
});
print({ question: 'How many octets does an entry take?', unit: 'octets, at most', rows: memory });
