/**
 * What a running lab does when it is told to, and what it refuses: the commands on a lab of memory
 * that writes down what its engine is asked.
 */
import { describe, expect, test, vi } from 'vitest';
import type { LabStatusAnswer } from '../../src/analysis/live-events.ts';
import { resourcesOf } from '../../src/havip/inventory/from-topology.ts';
import { Inventory } from '../../src/havip/inventory/inventory.ts';
import { Plane } from '../../src/havip/inventory/plane.ts';
import { ruleSet } from '../../src/havip/rule-sets.ts';
import type { EngineRequest, EngineStatistics } from '../../src/lab/engine/engine-requests.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { obey } from '../../src/lab/lab-commands.ts';
import { LabDataplane } from '../../src/lab/lab-dataplane.ts';
import { LabError } from '../../src/lab/lab-error.ts';
import type { CallEntry } from '../../src/lab/state/history.ts';
import { MemoryStore } from '../../src/lab/state/memory-store.ts';
import { eniOf, havipOf, NODE1, NODE2, topologyOf, VIP } from '../dataplane/site.ts';

const carriers: [fd: number, on: boolean][] = [];
vi.mock('../../src/ports/tap-device.ts', () => ({
  setCarrier: (fd: number, on: boolean) => void carriers.push([fd, on]),
}));

const STATISTICS: EngineStatistics = {
  ports: [{ in: 10, out: 20, octetsIn: 1000, octetsOut: 2000 }],
  drops: { 'not-carried': 3 },
  table: [{ ip: VIP, vlan: 300, mac: NODE1, port: 0 }],
  havips: [{ name: 'web', mac: NODE1, members: ['ecs-1', 'ecs-2'] }],
};

/** ecs-1 has two ports, ecs-2 one that is an interface of the machine. */
function labOf() {
  const deeds: string[] = [];
  const asked: EngineRequest[] = [];
  const enis = [
    eniOf(NODE1, { instance: 'ecs-1', name: 'eth0' }),
    eniOf('00:16:3e:00:00:03', { instance: 'ecs-1', name: 'eth1' }),
    eniOf(NODE2, { instance: 'ecs-2', name: 'eth0' }),
  ];
  const topology = topologyOf('alibaba', { enis, havips: [{ ...havipOf(VIP, []), name: 'web' }] });
  const hosts = new Map(
    ['ecs-1', 'ecs-2'].map((name) => [
      name,
      {
        name,
        isDead: false,
        namespaces: name === 'ecs-1' ? ['web-ecs-1'] : [],
        async kill() {
          this.isDead = true;
          deeds.push(`kill ${name}`);
        },
        pause: () => deeds.push(`pause ${name}`),
        resume: () => deeds.push(`resume ${name}`),
      },
    ]),
  );
  const lab = {
    name: 'web',
    since: '2026-11-20T12:00:00.000000000Z',
    topology,
    hosts,
    ground: {
      devices: [
        { kind: 'packet', fd: -1, name: 'dummy0', eni: 0 },
        { kind: 'packet', fd: -1, name: 'dummy1', eni: 1 },
        { kind: 'packet', fd: -1, name: 'dummy2', eni: 2 },
      ],
    },
    states: [0, 1, 2].map(() => ({ cut: false, hold: false, gone: false })),
    rates: [{ in: 1, out: 2 }],
    feed: { lost: 4, holders: { heldSince: () => '2026-11-20T12:00:01.000000000Z' } },
    statistics: async () => STATISTICS,
    powerOn: async (host: { name: string; isDead: boolean }) => {
      host.isDead = false;
      deeds.push(`power on ${host.name}`);
    },
    hostNamed: (name: string) => {
      const host = hosts.get(name);
      if (host === undefined) throw new LabError(`no host ${name}`, 'known are ecs-1, ecs-2');
      return host;
    },
    portsOf: (target: string) => {
      const ports = enis.flatMap(({ instance, name }, port) =>
        instance === target || `${instance}/${name}` === target ? [port] : [],
      );
      if (ports.length === 0) throw new LabError(`no host ${target} is attached`, 'known are');
      return ports;
    },
    ask: async (request: EngineRequest) => {
      asked.push(request);
      deeds.push('ports' in request ? `${request.command} ${request.ports}` : request.command);
      if (request.command === 'cut' || request.command === 'hold') {
        deeds.push(`${deeds.pop()} ${request.on ? 'on' : 'off'}`);
      }
      return { done: true };
    },
    change: async (change: { command: string }) => {
      deeds.push(JSON.stringify(change));
      return { done: true, cleared: [] };
    },
    holderMac: () => null,
  };
  const store = new MemoryStore();
  const inventory = new Inventory(resourcesOf(topology, 0));
  const dataplane = new LabDataplane(lab as unknown as Lab);
  const rules = ruleSet('alibaba');
  const clock = (): number => 1;
  const newId = (): string => 'abcdefgh';
  const plane = new Plane({ rules, inventory, dataplane, journal: store, clock, newId });
  const tell = (command: string, more: object = {}) =>
    obey({ lab: lab as unknown as Lab, plane, store }, { command, ...more });
  const states = async () => {
    const { ports } = (await tell('status')) as LabStatusAnswer;
    return ports.map(({ state }) => state);
  };
  const dead = async () => ((await tell('status')) as LabStatusAnswer).dead;
  return { lab, deeds, asked, tell, states, dead };
}

describe('what is done', () => {
  test('bind and unbind go through the control plane, and are written down', async () => {
    const { tell, deeds } = labOf();
    expect(await tell('bind', { havip: 'web', member: 'ecs-2' })).toEqual({
      ...{ havip: 'web', member: 'ecs-2' },
    });
    await tell('unbind', { havip: 'web', member: 'ecs-2' });
    await tell('bind', { havip: 'web', member: 'ecs-1/eth0' });
    await expect(tell('unbind', { havip: 'web', member: 'ecs-2' })).rejects.toThrow(
      /ecs-2 is not bound to HaVip web; bound to it: .*ecs-1.eth0/,
    );
    const change = (one: object): string => JSON.stringify({ command: 'change', changes: [one] });
    const bind = { command: 'bind', havip: 'web', member: 'ecs-2' };
    expect(deeds).toEqual([
      change(bind),
      change({ ...bind, command: 'unbind', spareHolder: false }),
      change({ ...bind, member: 'ecs-1/eth0' }),
    ]);
    const calls = (await tell('history', { havip: 'web' })) as CallEntry[];
    expect(calls.map(({ dialect, call, outcome }) => [dialect, call, outcome])).toEqual([
      ['cli', 'bind', 'ok'],
      ['cli', 'unbind', 'ok'],
      ['cli', 'bind', 'ok'],
      ['cli', 'unbind', 'not-a-member'],
    ]);
  });

  test('a host is cut off before it dies, and dead before it starts with a clean cable', async () => {
    const { tell, deeds, states, dead } = labOf();
    await tell('cut', { host: 'ecs-2' });
    expect([deeds.splice(0), await dead()]).toEqual([['cut 2 on'], []]);
    await tell('heal', { host: 'ecs-2' });
    deeds.splice(0);
    await tell('kill', { host: 'ecs-1' });
    expect(deeds).toEqual(['cut 0,1 on', 'kill ecs-1']);
    expect(await states()).toEqual(['cut', 'cut', 'up']);
    expect(await dead()).toEqual(['ecs-1']);
    await tell('start', { host: 'ecs-1' });
    expect(deeds.slice(2)).toEqual([
      'kill ecs-1',
      '{"command":"flush","instance":"ecs-1"}',
      'power on ecs-1',
      'cut 0,1 off',
      'hold 0,1 off',
    ]);
    expect([await states(), await dead()]).toEqual([['up', 'up', 'up'], []]);
  });

  test('a host that lost its carrier has it again when it starts', async () => {
    const { tell, lab, states } = labOf();
    Object.assign(lab.ground.devices[2] as object, { kind: 'tap', fd: 7 });
    await tell('cut', { host: 'ecs-2', carrier: true });
    await tell('kill', { host: 'ecs-2' });
    expect(carriers.splice(0)).toEqual([[7, false]]);
    await tell('start', { host: 'ecs-2' });
    expect([carriers.splice(0), (await states())[2]]).toEqual([[[7, true]], 'up']);
  });

  test('a paused host is held first and let go last', async () => {
    const { tell, deeds, states } = labOf();
    await tell('pause', { host: 'ecs-2' });
    await tell('resume', { host: 'ecs-2' });
    expect(deeds).toEqual(['hold 2 on', 'pause ecs-2', 'resume ecs-2', 'hold 2 off']);
    expect((await states())[2]).toBe('up');
  });

  test('a dead host is not healed, paused or resumed: its kernel would answer again', async () => {
    const { tell, deeds, states, dead } = labOf();
    await tell('kill', { host: 'ecs-1' });
    deeds.splice(0);
    for (const [command, host] of [
      ...[['heal', 'ecs-1'] as const, ['heal', 'ecs-1/eth1'] as const],
      ...[['pause', 'ecs-1'] as const, ['resume', 'ecs-1'] as const],
    ]) {
      await expect(tell(command, { host })).rejects.toThrow('ecs-1 is dead; havip start ecs-1');
    }
    expect([deeds, await states(), await dead()]).toEqual([[], ['cut', 'cut', 'up'], ['ecs-1']]);
  });

  test('what is not paused is not resumed', async () => {
    const { tell, deeds } = labOf();
    await expect(tell('resume', { host: 'ecs-2' })).rejects.toThrow('ecs-2 is not paused');
    expect(deeds).toEqual([]);
  });

  test('the answer says whether the processes of a host are the lab’s', async () => {
    const { tell } = labOf();
    for (const command of ['pause', 'resume', 'kill', 'start']) {
      expect(await tell(command, { host: 'ecs-1' })).toEqual({ host: 'ecs-1', hasNamespace: true });
      expect(await tell(command, { host: 'ecs-2' })).toMatchObject({ hasNamespace: false });
    }
  });

  test('one ENI of a host can be cut and healed', async () => {
    const { tell, asked, states } = labOf();
    await tell('cut', { host: 'ecs-1/eth1' });
    expect(await states()).toEqual(['up', 'cut', 'up']);
    await tell('heal', { host: 'ecs-1/eth1' });
    expect(await states()).toEqual(['up', 'up', 'up']);
    const rates = { loss: 0, duplication: 0, reordering: 0, delay: 0 };
    expect(asked.at(-1)).toEqual({ command: 'fault', ports: [1], rates, seed: 1 });
  });

  test('a port that was cut while its host is paused is still paused when it is healed', async () => {
    const { tell, states } = labOf();
    await tell('pause', { host: 'ecs-2' });
    await tell('cut', { host: 'ecs-2' });
    expect((await states())[2]).toBe('cut');
    await tell('heal', { host: 'ecs-2' });
    expect((await states())[2]).toBe('paused');
    await tell('resume', { host: 'ecs-2' });
    expect((await states())[2]).toBe('up');
  });

  test('what is gone stays gone', async () => {
    const { tell, lab, states } = labOf();
    Object.assign(lab.states[2] as object, { gone: true });
    await tell('cut', { host: 'ecs-2' });
    await tell('heal', { host: 'ecs-2' });
    expect((await states())[2]).toBe('gone');
  });

  test('a fault reaches the engine as it was asked for', async () => {
    const { tell, asked } = labOf();
    await tell('fault', { host: 'ecs-1', loss: 0.1, duplication: 1, delay: 20, seed: 4294967295 });
    const rates = { loss: 0.1, duplication: 1, reordering: 0, delay: 20 };
    expect(asked).toEqual([{ command: 'fault', ports: [0, 1], rates, seed: -1 }]);
  });

  test('status is the lab as it stands', async () => {
    const { tell, lab } = labOf();
    Object.assign(lab.states[1] as object, { gone: true });
    const status = (await tell('status')) as Record<string, unknown>;
    expect(status).toMatchObject({
      ...{ lab: 'web', provider: 'alibaba', since: lab.since, lostEvents: 4 },
      table: [{ ip: VIP, vlan: 300, mac: NODE1, port: 'ecs-1/eth0' }],
      drops: { 'not-carried': 3 },
      havips: [
        {
          ...{ name: 'web', ip: VIP, holder: { mac: NODE1, name: 'ecs-1' } },
          ...{ since: '2026-11-20T12:00:01.000000000Z', members: ['ecs-1', 'ecs-2'] },
        },
      ],
    });
    expect(status.ports).toMatchObject([
      { name: 'ecs-1/eth0', mac: NODE1, state: 'up', framesIn: 10, octetsOut: 2000, rateOut: 2 },
      { name: 'ecs-1/eth1', state: 'gone', framesIn: 0, rateIn: 0 },
      { name: 'ecs-2/eth0', mac: NODE2, state: 'up' },
    ]);
  });
});

test('status names who holds a HaVip by its virtual MAC: the host behind the port', async () => {
  const { tell, lab } = labOf();
  const mac = '00:00:5e:00:01:33';
  const table = [{ ip: VIP, vlan: 300, mac, port: 2 }];
  const havips = [{ name: 'web', mac, members: ['ecs-1', 'ecs-2'] }];
  lab.statistics = async () => ({ ...STATISTICS, table, havips });
  expect(((await tell('status')) as LabStatusAnswer).havips[0]?.holder).toEqual({
    ...{ mac, name: 'ecs-2' },
  });
  lab.statistics = async () => ({ ...STATISTICS, table: [], havips });
  expect(((await tell('status')) as LabStatusAnswer).havips[0]?.holder).toEqual({
    ...{ mac, name: null },
  });
});

describe('what is refused, and changes nothing', () => {
  test.each([
    ['explode', {}, /no command "explode"; status, bind, unbind, list, history, kill, start/],
    ['toString', {}, /no command "toString"; /],
    ['bind', { havip: 'api', member: 'ecs-1' }, 'there is no HaVip api; there are web'],
    ['history', { havip: 'api', since: 0 }, 'there is no HaVip api; there are web'],
    ['bind', { havip: 'web', member: 'ecs-7' }, /there is no instance ecs-7/],
    ['bind', {}, 'bind: havip is missing; name the havip'],
    ['bind', { havip: 'web' }, 'bind: member is missing; name the member'],
    ['unbind', { havip: 7, member: 'x' }, 'unbind: havip is missing; name the havip'],
    ['kill', { host: '' }, 'kill: host is missing; name the host'],
    ['kill', { host: 'ecs-9' }, 'no host ecs-9; known are ecs-1, ecs-2'],
    ['start', { host: 'ecs-1/eth0' }, 'no host ecs-1/eth0; known are ecs-1, ecs-2'],
    ['cut', { host: 'ecs-1/eth7' }, /no host ecs-1\/eth7 is attached; /],
    ['cut', { host: 'ecs-2', carrier: true }, /dummy2 is no TAP device; use cut without --carrier/],
    ['fault', { host: 'ecs-1', loss: 1.5 }, 'fault: loss is 1.5; write a share from 0 to 1'],
    ['fault', { host: 'ecs-1', loss: '1' }, 'fault: loss is no number; write a number from 0 on'],
    ['fault', { host: 'ecs-1', delay: -1 }, 'fault: delay is no number; write a number from 0 on'],
    [
      'fault',
      { host: 'ecs-1', reordering: null, duplication: 2 },
      /duplication is 2; write a share/,
    ],
  ])('%s %j', async (command, fields, message) => {
    const { tell, deeds, states } = labOf();
    await expect(tell(command, fields)).rejects.toThrow(message);
    await expect(tell(command, fields)).rejects.toBeInstanceOf(LabError);
    expect([deeds, await states()]).toEqual([[], ['up', 'up', 'up']]);
  });
});
