/** A lab with 10,000 HaVips in its state: each part of it starts. How fast: bench/wire/start.mjs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { RecordRing } from '../../../src/dataplane/record-ring.ts';
import type { Resource } from '../../../src/havip/inventory/resources.ts';
import { liveSwitchOf } from '../../../src/havip/live-switch.ts';
import { openAccount } from '../../../src/lab/account.ts';
import { parseLab } from '../../../src/lab/file/lab-file.ts';
import { LiveFeed } from '../../../src/lab/live-feed.ts';
import { SqliteStore } from '../../../src/lab/state/sqlite-store.ts';

const HAVIPS = 10_000;
const HOSTS = 20;

const folder = mkdtempSync(join(tmpdir(), 'havip-scale-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const HOST = (i: number): string =>
  `  i-${i}: { enis: { eth0: { subnet: big, ip: 10.0.0.${i + 10}, attach: { netns: n${i} } } } }`;

const LAB = `
provider: alibaba
subnets: { big: { cidr: 10.0.0.0/16 } }
quotas: { havipsPerVpc: 20000, havipsPerInstance: 20000 }
instances:
${Array.from({ length: HOSTS }, (_, i) => HOST(i)).join('\n')}
`;

function havip(i: number): Resource {
  const id = `havip-${String(i).padStart(8, '0')}`;
  return {
    ...{ kind: 'havip', id, lane: id, name: '', description: '', subnet: 'big', tags: [] },
    ...{ address: `10.0.${1 + Math.floor(i / 200)}.${1 + (i % 200)}`, group: '', createdAt: 1 },
    members: [{ instance: `i-${i % HOSTS}` }, { instance: `i-${(i + 1) % HOSTS}` }],
    checkAssociate: false,
  };
}

test('a state of 10,000 HaVips becomes a running switch', async () => {
  const state = join(folder, 'lab.db');
  const store = await SqliteStore.open(state);
  store.import(
    [],
    Array.from({ length: HAVIPS }, (_, i) => havip(i)),
    [],
  );
  store.close();
  const file = parseLab(LAB, 'lab.yaml', { folder });

  const account = await openAccount(file, { state, now: () => 2, warn: () => {} });
  const { topology } = account;
  const observer = { onClaim() {}, onAdvert() {} };
  const live = liveSwitchOf(topology, { observer } as never);
  const ring = new RecordRing(RecordRing.memory(1 << 16));
  const options = { topology, ring, base: 1, now: () => 0, portNames: [] };
  const silent = { emit: () => {}, onFailure: () => {} };
  const feed = new LiveFeed({ ...options, allClaims: false, dryRun: false, ...silent });
  account.store.close();

  expect(account.inventory.count('havip')).toBe(HAVIPS);
  expect(live.control.topology.havips).toHaveLength(HAVIPS);
  expect(feed.holderOf('havip-00000001')).toBe(0);
}, 60_000);
