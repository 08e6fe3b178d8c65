/**
 * The clients' neighbor tables as `--caches` tells them, against what the clients' own kernels
 * said (`ip monitor neigh`, in the truth files as kernel_netlink): each MAC that a kernel noted for
 * a HaVip is in the replay at that time, and none is in the replay that no kernel noted.
 */
import { expect, test } from 'vitest';
import { Replay } from '../../src/analysis/replay.ts';
import type { CacheEntry } from '../../src/analysis/result.ts';
import { openCapture } from '../../src/capture/index.ts';
import { isOneOf, type Scenario, scenarios, secondsAt, type Truth } from './scenario.ts';

/** `ip monitor` is stamped when it is read: up to 40 ms late. */
const LATE = 0.04;
/** After a failed probe the next packet asks: the clients ping at least every 100 ms. */
const ASKS_WITHIN = 1.1;

interface Noted {
  t: number;
  client: string;
  ip: string;
  mac: string | null;
}

/** Where the capture point does not hear what the client hears, nothing can be told. */
const BLIND: Record<string, string> = {
  '09b': 'a capture of one of two switches: the other side has a table of its own',
  '18e': "on node1: the other hosts' unicast frames are not in view",
};

interface Neighbor {
  t_ns: number;
  source: string;
  event: string;
  host: string;
  addr: string;
  lladdr: string | null;
}

function notedBy(truth: Truth): Noted[] {
  const events = truth.events as unknown as Neighbor[];
  return events
    .filter(({ source, event }) => source === 'kernel_netlink' && event === 'neigh')
    .filter(({ addr, host }) => isHavipOf(truth, addr, host))
    .map(({ t_ns, host, addr, lladdr }) => ({
      t: secondsAt(truth, t_ns),
      client: macOf(truth, host),
      ip: addr,
      mac: lladdr,
    }));
}

/** The same address in another VLAN is another's. */
function isHavipOf(truth: Truth, address: string, name: string): boolean {
  const vlan = truth.topology.hosts.find((host) => host.name === name)?.interfaces[0]?.vlan;
  return truth.havips.some((one) => one.ip === address && (one.vlan ?? null) === (vlan ?? null));
}

function macOf(truth: Truth, name: string): string {
  return truth.topology.hosts.find((host) => host.name === name)?.interfaces[0]?.mac ?? name;
}

async function cachesOf({ path }: Scenario): Promise<CacheEntry[]> {
  const capture = await openCapture(path);
  const options = { site: null, allClaims: false, limit: 0, from: null, to: null, listener: null };
  const run = new Replay({ ...options, caches: true }, [path]);
  await run.run(capture);
  await capture.close();
  return run.result().caches ?? [];
}

/** Whether the replay's table had this MAC (null: none) at some time of [from, to]. */
function had(cache: CacheEntry | undefined, mac: string | null, from: number, to: number): boolean {
  const rows = cache?.entries ?? [];
  const isBefore = rows.length === 0 || (rows[0]?.t ?? 0) > from;
  if (mac === null && isBefore) return true;
  return rows.some(
    (row) =>
      row.mac === mac &&
      (row.t ?? 0) <= to &&
      (row.untilT === null ? Number.POSITIVE_INFINITY : row.untilT) >= from,
  );
}

const sighted = scenarios.filter((one) => !isOneOf(one, ...Object.keys(BLIND)));

test.each(sighted)('$label: what the kernels noted, the replay has', async (scenario) => {
  const caches = await cachesOf(scenario);
  const find = (client: string, ip: string) =>
    caches.find((cache) => cache.client.mac === client && cache.ip === ip);
  const noted = notedBy(scenario.truth);
  const missed = noted.filter(({ t, client, ip, mac }) => {
    const to = mac === null ? t + ASKS_WITHIN : t + LATE;
    return !had(find(client, ip), mac, t - LATE, to);
  });
  expect(missed).toEqual([]);
});

test.each(sighted)('$label: the replay has no MAC that no kernel noted', async (scenario) => {
  const noted = notedBy(scenario.truth);
  const clients = new Set(noted.map(({ client }) => client));
  const made = (await cachesOf(scenario))
    .filter(({ client, ip }) => clients.has(client.mac) && noted.some((one) => one.ip === ip))
    .flatMap(({ client, ip, entries }) =>
      entries
        .filter(({ mac }) => mac !== null)
        .map(({ t, mac, why }) => ({ t: t ?? 0, client: client.mac, ip, mac, why })),
    );
  const invented = made.filter(
    (row) =>
      !noted.some(
        ({ t, client, ip, mac }) =>
          client === row.client && ip === row.ip && mac === row.mac && Math.abs(t - row.t) <= LATE,
      ),
  );
  expect(invented).toEqual([]);
});
