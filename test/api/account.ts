// An account for tests of the API: a lab's topology, the control plane over it, and a switch whose
// holders the test says.
import { randomUUID } from 'node:crypto';
import type { ApiContext } from '../../src/api/dialect.ts';
import { completeTopology } from '../../src/havip/complete-topology.ts';
import type { Dataplane, DataplaneChange } from '../../src/havip/inventory/dataplane.ts';
import { resourcesOf } from '../../src/havip/inventory/from-topology.ts';
import { Inventory } from '../../src/havip/inventory/inventory.ts';
import { type Journal, Plane } from '../../src/havip/inventory/plane.ts';
import { ruleSet } from '../../src/havip/rule-sets.ts';
import type { ProviderName } from '../../src/havip/topology.ts';
import { parseLab } from '../../src/lab/file/lab-file.ts';

/** Two hosts and a third one, a second ENI, two subnets of one VPC and one of another. */
export const LAB = (provider: ProviderName): string => `
provider: ${provider}
subnets:
  vsw-1: { cidr: 192.168.0.0/24, vpc: vpc-1 }
  vsw-2: { cidr: 192.168.1.0/24, vpc: vpc-1 }
  vsw-3: { cidr: 10.0.0.0/24, vpc: vpc-2 }
instances:
  i-1:
    enis:
      eth0: { subnet: vsw-1, ip: 192.168.0.11, mac: "00:16:3e:00:00:01" }
      eth1: { subnet: vsw-1, ip: 192.168.0.21, mac: "00:16:3e:00:01:01" }
  i-2: { enis: { eth0: { subnet: vsw-1, ip: 192.168.0.12, mac: "00:16:3e:00:00:02" } } }
  i-3: { enis: { eth0: { subnet: vsw-1, ip: 192.168.0.13, mac: "00:16:3e:00:00:03" } } }
  i-far: { enis: { eth0: { subnet: vsw-2, ip: 192.168.1.11, mac: "00:16:3e:00:00:04" } } }
`;

export interface Account {
  plane: Plane;
  context: ApiContext;
  /** What the switch was told, in order. */
  changes: DataplaneChange[];
  /** The MAC that holds a HaVip, by lane. */
  holders: Map<string, string>;
  flushed: Map<string, number>;
  /** Milliseconds since 1970, as the account sees it; the test may move it. */
  time: { now: number };
}

export function account(provider: ProviderName, keys: [string, string][] = []): Account {
  const topology = completeTopology(parseLab(LAB(provider), 'lab.yaml', { folder: '.' }));
  const changes: DataplaneChange[] = [];
  const holders = new Map<string, string>();
  const flushed = new Map<string, number>();
  const time = { now: Date.UTC(2026, 10, 21, 12) };
  const dataplane: Dataplane = {
    async apply(asked) {
      for (const change of asked) {
        if (change.command !== 'unbind') continue;
        const mac = holders.get(change.havip);
        const eni = mac === undefined ? undefined : inventory.eniOfMac(mac);
        const [instance, name] = change.member.split('/');
        const isHolder = eni?.home === instance && (name === undefined || eni?.name === name);
        if (isHolder && change.spareHolder) return { refused: 'holder', message: 'it holds it' };
        if (isHolder) holders.delete(change.havip);
      }
      changes.push(...asked);
      return null;
    },
    holderMac: (lane) => holders.get(lane) ?? null,
    flushedAt: (lane) => flushed.get(lane) ?? null,
  };
  const journal: Journal = { prepare: () => ({ commit() {}, rollback() {} }), refused() {} };
  const inventory = new Inventory(resourcesOf(topology, time.now));
  let ids = 0;
  const newId = (): string => `t${(++ids).toString(36).padStart(7, '0')}`;
  const rules = ruleSet(provider);
  const clock = (): number => time.now;
  const plane = new Plane({ rules, inventory, dataplane, journal, clock, newId });
  const context: ApiContext = {
    plane,
    keys: new Map(keys),
    region: 'local',
    newRequestId: randomUUID,
    now: clock,
  };
  return { plane, context, changes, holders, flushed, time };
}
