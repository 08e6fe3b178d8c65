/**
 * What a lab starts with where its lab file, its state, or both have something to say; and that
 * the switch that is built from it agrees with the control plane.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Operation } from '../../../src/havip/inventory/operation.ts';
import { type Account, openAccount, planeOf } from '../../../src/lab/account.ts';
import { parseLab } from '../../../src/lab/file/lab-file.ts';
import { SqliteStore } from '../../../src/lab/state/sqlite-store.ts';
import { parseMac } from '../../../src/wire/mac.ts';
import { announcement } from '../../dataplane/frames.ts';
import { LiveLab } from '../../havip/live-lab.ts';

let folder = '';
let warned: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'havip-merge-'));
  warned = [];
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ENI = (instance: number, subnet = 'a', name = 'eth0'): string =>
  `${name}: { subnet: ${subnet}, ip: 10.0.${subnet === 'a' ? 0 : 1}.${name === 'eth0' ? 1 : 2}${instance}, mac: "${MAC(instance, name)}" }`;

function MAC(instance: number, name = 'eth0'): string {
  return `00:16:3e:00:0${name.slice(3)}:0${instance}`;
}

interface Parts {
  subnets?: string;
  instances?: string[];
  havips?: string;
  quotas?: string;
}

function labFile(parts: Parts = {}): string {
  const instances = parts.instances ?? [
    `i-1: { enis: { ${ENI(1)}, ${ENI(1, 'a', 'eth1')} } }`,
    `i-2: { enis: { ${ENI(2)} } }`,
    `i-3: { enis: { ${ENI(3)} } }`,
  ];
  return `
provider: alibaba
subnets: ${parts.subnets ?? '{ a: { cidr: 10.0.0.0/24 }, b: { cidr: 10.0.1.0/24 } }'}
quotas: ${parts.quotas ?? '{ havipsPerVpc: 50 }'}
instances:
${instances.map((line) => `  ${line}\n`).join('')}
havips: ${parts.havips ?? '{ web: { subnet: a, ip: 10.0.0.88, bind: [i-1, i-2] } }'}
`;
}

async function open(parts: Parts = {}): Promise<Account> {
  const file = parseLab(labFile(parts), 'lab.yaml', { folder: '.' });
  const state = join(folder, 'lab.db');
  return openAccount(file, { state, now: () => 5, warn: (line) => warned.push(line) });
}

/** A life of the lab in which these are asked for; each must be accepted. */
async function live(operations: Operation[], parts: Parts = {}): Promise<string[]> {
  const account = await open(parts);
  const lab = new LiveLab(account.topology);
  lab.live.control.applyAll(account.changes);
  const apply = async (changes: Parameters<typeof lab.live.control.applyAll>[0]) => {
    expect(lab.live.control.applyAll(changes)).toHaveProperty('done');
    return null;
  };
  const dataplane = { apply, holderMac: () => null, flushedAt: () => null };
  const plane = planeOf(account, dataplane, () => 6);
  const subjects: string[] = [];
  for (const operation of operations) {
    const caller = { dialect: 'test', call: 'Call', requestId: '1' };
    const outcome = await plane.submit(operation, caller);
    expect(outcome).toMatchObject({ ok: true });
    if (outcome.ok) subjects.push(outcome.subject);
  }
  account.store.close();
  return subjects;
}

/** HaVips as `id address: members`, after a start. */
async function havipsAfter(parts: Parts = {}): Promise<string[]> {
  const account = await open(parts);
  account.store.close();
  return account.topology.havips.map(({ name, address, members }) => {
    const bound = members.map(({ instance, eni }) =>
      eni === null ? instance : `${instance}/${eni}`,
    );
    return `${name} ${address}: ${bound.join(' ')}`;
  });
}

const WEB = 'web 10.0.0.88: i-1 i-2';
const member = (instance: string) => ({ instance });

describe('a HaVip of the lab file', () => {
  test('is imported at the first start, with the address that was chosen for it', async () => {
    const havips = '{ web: { subnet: a, bind: [i-1] } }';
    const [first] = await havipsAfter({ havips });
    expect(first).toMatch(/^web 10\.0\.0\.\d+: i-1$/);
    // Chosen anew it would be another one: the first free address is taken now.
    const instances = [`i-1: { enis: { ${ENI(1)} } }`];
    expect(await havipsAfter({ havips, instances })).toEqual([first]);
  });

  test('is what became of it, whatever the lab file says later', async () => {
    await live([
      { kind: 'set-members', havip: 'web', members: [member('i-3')] },
      { kind: 'edit-havip', havip: 'web', name: 'front', description: 'old' },
    ]);
    const havips = '{ web: { subnet: a, ip: 10.0.0.99, bind: [i-2] } }';
    expect(await havipsAfter({ havips })).toEqual(['web 10.0.0.88: i-3']);
    const { inventory, store } = await open();
    expect(inventory.havip('web')).toMatchObject({ name: 'front', description: 'old' });
    store.close();
  });

  test('that was deleted does not come back, and a new one is added', async () => {
    await live([
      { kind: 'set-members', havip: 'web', members: [] },
      { kind: 'delete-havip', havip: 'web' },
    ]);
    expect(await havipsAfter()).toEqual([]);
    const havips =
      '{ web: { subnet: a, ip: 10.0.0.88 }, api: { subnet: a, ip: 10.0.0.89, bind: [i-2] } }';
    expect(await havipsAfter({ havips })).toEqual(['api 10.0.0.89: i-2']);
  });

  test('must not have the address of one of the state', async () => {
    const operation = { kind: 'create-havip', subnet: 'a', address: '10.0.0.90' } as const;
    const [id] = await live([operation]);
    const havips = '{ api: { subnet: a, ip: 10.0.0.90 } }';
    await expect(open({ havips })).rejects.toThrow(
      `HaVip api has 10.0.0.90, which HaVip ${id} of the state has; give it another ip`,
    );
    // And nothing was imported: without it all is as before.
    expect(await havipsAfter()).toEqual([WEB, `${id} 10.0.0.90: `]);
  });

  test('against the cloud’s rules is refused as without a state', async () => {
    const havips = '{ web: { subnet: a, ip: 10.0.0.255 } }';
    await expect(open({ havips })).rejects.toThrow(/which alibaba keeps for itself/);
  });
});

describe('a lab file that has changed', () => {
  test('without the subnet of a HaVip is refused, and so is one that moved it away', async () => {
    await live([]);
    const instances = [`i-3: { enis: { ${ENI(3, 'b')} } }`];
    const lost = { subnets: '{ b: { cidr: 10.0.1.0/24 } }', instances, havips: '{}' };
    await expect(open(lost)).rejects.toThrow(
      'subnet a is gone, and HaVip web is in it; put it back',
    );
    const moved = { ...lost, subnets: '{ a: { cidr: 10.9.0.0/24 }, b: { cidr: 10.0.1.0/24 } }' };
    await expect(open(moved)).rejects.toThrow(
      'HaVip web has 10.0.0.88, which is not in subnet a any more',
    );
  });

  test('without a host unbinds it, and says so; with it again it is as new', async () => {
    await live([{ kind: 'set-instance-status', instance: 'i-2', status: 'stopped' }]);
    const instances = [`i-1: { enis: { ${ENI(1)} } }`];
    const havips = '{ web: { subnet: a, ip: 10.0.0.88, bind: [i-1] } }';
    expect(await havipsAfter({ instances, havips })).toEqual(['web 10.0.0.88: i-1']);
    expect(warned).toEqual(['i-2 is gone, and unbound from HaVip web']);
    expect(await havipsAfter()).toEqual(['web 10.0.0.88: i-1']);
    const { inventory, store } = await open();
    expect(inventory.instance('i-2')?.status).toBe('running');
    store.close();
  });

  test('gives an ENI its new address, unless a HaVip has it', async () => {
    await live([{ kind: 'detach-eni', eni: 'i-1.eth1' }]);
    const at = (ip: string): string[] => [
      `i-1: { enis: { ${ENI(1)}, eth1: { subnet: a, ip: ${ip}, mac: "${MAC(1, 'eth1')}" } } }`,
      `i-2: { enis: { ${ENI(2)} } }`,
    ];
    const { inventory, store } = await open({ instances: at('10.0.0.77') });
    expect(inventory.eni('i-1.eth1')).toMatchObject({ instance: null, addresses: ['10.0.0.77'] });
    store.close();
    await expect(open({ instances: at('10.0.0.88'), havips: '{}' })).rejects.toThrow(
      'i-1.eth1 has 10.0.0.88, which HaVip web of the state has; give the ENI another ip',
    );
  });
});

describe('what was changed', () => {
  test('quotas, EIPs and routes are kept', async () => {
    const [eip = '', route = ''] = await live([
      { kind: 'create-eip', address: null },
      { kind: 'create-route', table: 'rtb-default', destination: '10.99.0.0/16', havip: 'web' },
      { kind: 'set-quota', quota: 'routesPerTable', most: 7 },
    ]);
    await live([{ kind: 'associate-eip', eip, havip: 'web' }]);
    const { inventory, topology, store } = await open();
    expect(inventory.eip(eip)?.havip).toBe('web');
    expect(inventory.routesOfTable('rtb-default').map(({ id }) => id)).toEqual([route]);
    expect(topology.quotas.routesPerTable).toBe(7);
    store.close();
  });

  test('a deleted instance and a detached ENI have no say in the switch, before and after', async () => {
    await live([
      { kind: 'detach-eni', eni: 'i-1.eth1' },
      { kind: 'delete-instance', instance: 'i-2' },
    ]);
    expect(await havipsAfter()).toEqual(['web 10.0.0.88: i-1']);
    const account = await open();
    account.store.close();
    const lab = new LiveLab(account.topology);
    lab.live.control.applyAll(account.changes);
    const holds = (mac: string): boolean => {
      lab.send(mac, announcement(mac, '10.0.0.88'));
      return lab.live.control.holderOf('web') === parseMac(mac);
    };
    expect([MAC(1, 'eth1'), MAC(2), MAC(3), MAC(1)].map(holds)).toEqual([
      ...[false, false, false, true],
    ]);
    await live([{ kind: 'attach-eni', eni: 'i-1.eth1', instance: 'i-3' }]);
    await live([{ kind: 'set-members', havip: 'web', members: [member('i-3')] }]);
    const after = await open();
    after.store.close();
    const next = new LiveLab(after.topology);
    next.live.control.applyAll(after.changes);
    next.send(MAC(1, 'eth1'), announcement(MAC(1, 'eth1'), '10.0.0.88'));
    expect(next.live.control.holderOf('web')).toBe(parseMac(MAC(1, 'eth1')));
  });
});

describe('a state of an older havip', () => {
  test('has IPv6 addresses as they were typed, which are brought into their one form', async () => {
    const store = await SqliteStore.open(join(folder, 'lab.db'));
    const older = {
      ...{ kind: 'havip', id: 'havip-1', lane: 'havip-1', name: '', description: '', group: '' },
      ...{ subnet: 'a', address: 'FD00:0:0:6:0:0:0:88', members: [], tags: [], createdAt: 1 },
      ...{ checkAssociate: false, mac: 'fa:16:3e:00:00:01' },
    } as const;
    store.import([], [older as never], []);
    store.close();
    const subnets = '{ a: { cidr: [10.0.0.0/24, "fd00:0:0:6::/64"] } }';
    const parts = { subnets, havips: '{}' };
    for (let start = 0; start < 2; start++) {
      expect(await havipsAfter(parts)).toEqual(['havip-1 fd00:0:0:6::88: ']);
    }
  });
});
