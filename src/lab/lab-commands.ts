/**
 * What a running lab can be told to do, by name: the other end of `havip status`, `bind`, `kill`
 * and the like. Each answers with what became of it; a refusal is thrown and changes nothing.
 */
import type { LabStatusAnswer, PortStatus } from '../analysis/live-events.ts';
import type { Plane } from '../havip/inventory/plane.ts';
import { setCarrier } from '../ports/tap-device.ts';
import { formatMac, parseMac } from '../wire/mac.ts';
import type { PortState } from './attachment.ts';
import type { ControlRequest } from './control-server.ts';
import { listHavips } from './havip-list.ts';
import type { Host } from './host.ts';
import { type Lab, nameOf } from './lab.ts';
import { LabError } from './lab-error.ts';
import { bind, historyOf, setStatus, unbind } from './plane-commands.ts';
import { text } from './request-fields.ts';
import type { StateStore } from './state/history.ts';

/** A lab with the control plane over it, and what that one remembers. */
export interface RunningLab {
  readonly lab: Lab;
  readonly plane: Plane;
  readonly store: StateStore;
}

type Action = (running: RunningLab, request: ControlRequest) => Promise<unknown>;

const ACTIONS: Record<string, Action> = {
  status: ({ lab, plane }) => statusOf(lab, plane),
  bind: ({ plane }, request) => bind(plane, request),
  unbind: ({ plane }, request) => unbind(plane, request),
  list: async ({ plane }, request) => listHavips(plane, request),
  history: async ({ plane, store }, request) => historyOf(plane, store, request),
  kill,
  start,
  pause: ({ lab }, request) => pause(lab, request),
  resume: ({ lab }, request) => resume(lab, request),
  cut: ({ lab }, request) => cut(lab, request),
  heal: ({ lab }, request) => heal(lab, request),
  fault: ({ lab }, request) => fault(lab, request),
};

/** Throws LabError where the command is unknown, wrongly put, or refused. */
export async function obey(running: RunningLab, request: ControlRequest): Promise<unknown> {
  const action = Object.hasOwn(ACTIONS, request.command) ? ACTIONS[request.command] : undefined;
  if (action === undefined) {
    throw new LabError(`no command "${request.command}"`, Object.keys(ACTIONS).join(', '));
  }
  return action(running, request);
}

async function kill({ lab, plane }: RunningLab, request: ControlRequest): Promise<unknown> {
  const host = lab.hostNamed(text(request, 'host'));
  await setPorts(lab, host.name, 'cut', true);
  await host.kill();
  await setStatus(plane, host.name, 'stopped');
  return { host: host.name, hasNamespace: hasNamespace(host) };
}

async function start({ lab, plane }: RunningLab, request: ControlRequest): Promise<unknown> {
  const host = lab.hostNamed(text(request, 'host'));
  const ports = lab.portsOf(host.name);
  await host.kill();
  const flushed = await lab.change({ command: 'flush', instance: host.name });
  if ('refused' in flushed) throw new LabError(flushed.refused, 'see havip status');
  for (const port of ports) carrierOf(lab, port, true);
  await lab.powerOn(host);
  await setPorts(lab, host.name, 'cut', false);
  await setPorts(lab, host.name, 'hold', false);
  await setStatus(plane, host.name, 'running');
  return { host: host.name, hasNamespace: hasNamespace(host) };
}

async function pause(lab: Lab, request: ControlRequest): Promise<unknown> {
  const host = lab.hostNamed(text(request, 'host'));
  needsPower(host);
  await setPorts(lab, host.name, 'hold', true);
  host.pause();
  return { host: host.name, hasNamespace: hasNamespace(host) };
}

async function resume(lab: Lab, request: ControlRequest): Promise<unknown> {
  const host = lab.hostNamed(text(request, 'host'));
  needsPower(host);
  if (!lab.portsOf(host.name).some((port) => lab.states[port]?.hold)) {
    throw new LabError(`${host.name} is not paused`, 'see havip status');
  }
  host.resume();
  await setPorts(lab, host.name, 'hold', false);
  return { host: host.name, hasNamespace: hasNamespace(host) };
}

async function cut(lab: Lab, request: ControlRequest): Promise<unknown> {
  const host = text(request, 'host');
  const hasCarrier = request.carrier !== true;
  for (const port of lab.portsOf(host)) {
    if (!hasCarrier) carrierOf(lab, port, false);
  }
  await setPorts(lab, host, 'cut', true);
  return { host, carrier: hasCarrier };
}

async function heal(lab: Lab, request: ControlRequest): Promise<unknown> {
  const host = text(request, 'host');
  // Its kernel has outlived its processes, and would answer again for all its addresses.
  needsPower(lab.hostNamed(host.split('/')[0] as string));
  for (const port of lab.portsOf(host)) carrierOf(lab, port, true);
  await setPorts(lab, host, 'cut', false);
  const none = { loss: 0, duplication: 0, reordering: 0, delay: 0 };
  await lab.ask({ command: 'fault', ports: lab.portsOf(host), rates: none, seed: 1 });
  return { host };
}

async function fault(lab: Lab, request: ControlRequest): Promise<unknown> {
  const host = text(request, 'host');
  const rates = {
    loss: rate(request, 'loss'),
    duplication: rate(request, 'duplication'),
    reordering: rate(request, 'reordering'),
    delay: amount(request, 'delay'),
  };
  const seed = amount(request, 'seed') | 0 || 1;
  await lab.ask({ command: 'fault', ports: lab.portsOf(host), rates, seed });
  return { host, ...rates, seed };
}

/** Throws LabError where the host was killed. */
function needsPower(host: Host): void {
  if (host.isDead) throw new LabError(`${host.name} is dead`, `havip start ${host.name}`);
}

/** Whether its processes are the lab's to stop: an interface has a whole machine behind it. */
function hasNamespace(host: Host): boolean {
  return host.namespaces.length > 0;
}

async function setPorts(lab: Lab, host: string, command: 'cut' | 'hold', on: boolean) {
  const ports = lab.portsOf(host);
  await lab.ask({ command, ports, on });
  for (const port of ports) {
    const state = lab.states[port];
    if (state !== undefined) state[command] = on;
  }
}

function nameOfState(state: PortState | undefined): PortStatus['state'] {
  if (state === undefined) return 'up';
  return state.gone ? 'gone' : state.cut ? 'cut' : state.hold ? 'paused' : 'up';
}

function carrierOf(lab: Lab, port: number, on: boolean): void {
  const device = lab.ground.devices[port];
  if (device === undefined) return;
  if (device.kind === 'tap') setCarrier(device.fd, on);
  else if (!on) throw new LabError(`${device.name} is no TAP device`, 'use cut without --carrier');
}

/** The lab as it stands. */
async function statusOf(lab: Lab, plane: Plane): Promise<LabStatusAnswer> {
  const statistics = await lab.statistics();
  const { topology, ground } = lab;
  const portName = (port: number): string | null => {
    const device = ground.devices[port];
    return device === undefined ? null : nameOf(topology, device.eni);
  };
  const records = new Map(plane.inventory.all('havip').map((havip) => [havip.lane, havip]));
  const instanceOf = (mac: string, ip: string): string | null => {
    const own = topology.enis.find((eni) => eni.mac === parseMac(mac));
    if (own !== undefined) return own.instance;
    // A virtual MAC: whoever is behind the port where it was seen last.
    const entry = statistics.table.find((one) => one.ip === ip && one.mac === mac);
    const eni = entry === undefined ? undefined : ground.devices[entry.port]?.eni;
    return eni === undefined ? null : (topology.enis[eni]?.instance ?? null);
  };
  return {
    lab: lab.name,
    provider: topology.provider,
    since: lab.since,
    ports: ground.devices.map(({ eni }, port) => {
      const counts = statistics.ports[port];
      return {
        name: nameOf(topology, eni),
        mac: formatMac(topology.enis[eni]?.mac ?? 0),
        addresses: topology.enis[eni]?.addresses ?? [],
        state: nameOfState(lab.states[port]),
        framesIn: counts?.in ?? 0,
        framesOut: counts?.out ?? 0,
        octetsIn: counts?.octetsIn ?? 0,
        octetsOut: counts?.octetsOut ?? 0,
        rateIn: lab.rates[port]?.in ?? 0,
        rateOut: lab.rates[port]?.out ?? 0,
      };
    }),
    table: statistics.table.map(({ ip, vlan, mac, port }) => ({
      ip,
      vlan,
      mac,
      port: portName(port),
    })),
    havips: statistics.havips.map(({ name, mac, members }) => {
      const havip = records.get(name);
      const ip = havip?.address ?? '';
      const holder = mac === null ? null : { mac, name: instanceOf(mac, ip) };
      const isKnown = holder !== null && havip !== undefined;
      const since = isKnown ? lab.feed.holders.heldSince(ip, havip.subnet) : null;
      return { name, ip, holder, since, members };
    }),
    drops: statistics.drops,
    lostEvents: lab.feed.lost,
    dead: [...lab.hosts.values()].filter((host) => host.isDead).map((host) => host.name),
  };
}

function amount(request: ControlRequest, field: string): number {
  const value = request[field] ?? 0;
  if (typeof value === 'number' && value >= 0 && Number.isFinite(value)) return value;
  throw new LabError(`${request.command}: ${field} is no number`, 'write a number from 0 on');
}

function rate(request: ControlRequest, field: string): number {
  const value = amount(request, field);
  if (value <= 1) return value;
  throw new LabError(`${request.command}: ${field} is ${value}`, 'write a share from 0 to 1');
}
