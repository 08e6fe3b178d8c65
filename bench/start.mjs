// How long does it take to begin with a state file of 10,000 HaVips: from the file to an inventory,
// a switch whose tables hold all of them, and a report that follows it?
//
// The first time, with nothing compiled yet, is the maximum.
//
//   node bench/start.mjs [HAVIPS] [--json]

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RecordRing } from '../dist/dataplane/record-ring.js';
import { liveSwitchOf } from '../dist/havip/live-switch.js';
import { openAccount } from '../dist/lab/account.js';
import { parseLab } from '../dist/lab/file/lab-file.js';
import { LiveFeed } from '../dist/lab/live-feed.js';
import { SqliteStore } from '../dist/lab/state/sqlite-store.js';
import { print, sizes, spreadOf } from './report.mjs';

const HOSTS = 20;
const TIMES = 7;
const [count] = sizes([10_000]);
const folder = mkdtempSync(join(tmpdir(), 'havip-start-'));
const host = (i) =>
  `  i-${i}: { enis: { eth0: { subnet: big, ip: 10.0.0.${i + 10}, attach: { netns: n${i} } } } }`;
const LAB = `
provider: alibaba
subnets: { big: { cidr: 10.0.0.0/16 } }
quotas: { havipsPerVpc: 100000, havipsPerInstance: 100000 }
instances:
${Array.from({ length: HOSTS }, (_, i) => host(i)).join('\n')}
`;

function havip(i) {
  const id = `havip-${String(i).padStart(8, '0')}`;
  return {
    ...{ kind: 'havip', id, lane: id, name: '', description: '', subnet: 'big', tags: [] },
    ...{ address: `10.0.${1 + Math.floor(i / 200)}.${1 + (i % 200)}`, group: '', createdAt: 1 },
    members: [{ instance: `i-${i % HOSTS}` }, { instance: `i-${(i + 1) % HOSTS}` }],
    ...{ checkAssociate: false, mac: '' },
  };
}

async function started(file, state) {
  const begun = performance.now();
  const account = await openAccount(file, { state, now: () => 2, warn: () => {} });
  const { topology } = account;
  const observer = { onClaim() {}, onAdvert() {} };
  const { control } = liveSwitchOf(topology, { observer });
  const ring = new RecordRing(RecordRing.memory(1 << 16));
  const options = { topology, ring, base: 1, now: () => 0, portNames: [] };
  const feed = new LiveFeed({ ...options, allClaims: false, dryRun: false, emit() {} });
  const seconds = (performance.now() - begun) / 1000;
  account.store.close();
  if (control.topology.havips.length !== count || feed.holderOf('havip-00000001') !== 0) {
    throw new Error('not all of the state has come to the switch');
  }
  return seconds;
}

try {
  const state = join(folder, 'lab.db');
  const store = await SqliteStore.open(state);
  const havips = Array.from({ length: count }, (_, i) => havip(i));
  store.import([], havips, []);
  store.close();
  const file = parseLab(LAB, 'lab.yaml', { folder });
  const samples = [];
  for (let i = 0; i < TIMES; i++) samples.push(await started(file, state));
  print({
    question: 'How long does it take to begin with a state?',
    unit: 'seconds, at most',
    rows: [{ what: `${count} HaVips`, figures: spreadOf(samples), target: '2' }],
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
