/**
 * Commands to a running lab that go through its control plane: they are judged by the same rules
 * as the calls of the API, and kept in the same state.
 */
import { randomUUID } from 'node:crypto';
import type { Inventory } from '../havip/inventory/inventory.ts';
import type { Operation } from '../havip/inventory/operation.ts';
import type { Plane } from '../havip/inventory/plane.ts';
import type { Havip, Instance, MemberRef } from '../havip/inventory/resources.ts';
import type { ControlRequest } from './control-server.ts';
import { LabError } from './lab-error.ts';
import { text } from './request-fields.ts';
import type { HistoryEntry, StateStore } from './state/history.ts';

export async function bind(plane: Plane, request: ControlRequest): Promise<unknown> {
  const { havip, member, named } = boundOf(plane, request);
  await submit(plane, { kind: 'associate', havip: havip.id, member }, request.command);
  return named;
}

/** Whoever holds it loses it. */
export async function unbind(plane: Plane, request: ControlRequest): Promise<unknown> {
  const { havip, member, named } = boundOf(plane, request);
  const operation: Operation = { kind: 'disassociate', havip: havip.id, member, force: true };
  await submit(plane, operation, request.command);
  return named;
}

/** A host was killed or started; one that the account does not have any more has no status. */
export async function setStatus(
  plane: Plane,
  instance: string,
  status: Instance['status'],
): Promise<void> {
  const known = plane.inventory.instance(instance);
  if (known === undefined || known.status === status) return;
  const call = status === 'running' ? 'start' : 'kill';
  await submit(plane, { kind: 'set-instance-status', instance, status }, call);
}

/** The history since a moment, of one HaVip or all; a HaVip that is gone is known by its id. */
export function historyOf(
  { inventory }: Plane,
  store: StateStore,
  request: ControlRequest,
): HistoryEntry[] {
  const name = request.havip === undefined ? null : text(request, 'havip');
  const since = typeof request.since === 'number' ? request.since : null;
  return historyIn(inventory.all('havip'), store, name, since);
}

/** Throws LabError where no such HaVip is there, nor was. */
export function historyIn(
  havips: readonly Havip[],
  store: Pick<StateStore, 'history'>,
  word: string | null,
  since: number | null,
): HistoryEntry[] {
  const known = word === null ? undefined : havipNamed(havips, word);
  const havip = known?.id ?? word;
  const entries = store.history({ havip, since });
  if (word === null || known !== undefined || entries.length > 0) return entries;
  if (since !== null && store.history({ havip, since: null }).length > 0) return entries;
  throw noHavip(havips, word);
}

/** By its id or lane, or else by its name. Throws LabError where several have the name. */
function havipNamed(havips: readonly Havip[], word: string): Havip | undefined {
  const known = havips.find(({ id, lane }) => id === word || lane === word);
  if (known !== undefined) return known;
  const [first, ...others] = havips.filter(({ name }) => name === word);
  if (others.length === 0) return first;
  const ids = [first as Havip, ...others].map(({ id }) => id).join(', ');
  throw new LabError(`several HaVips have the name ${word}`, `name one by its id: ${ids}`);
}

function boundOf(plane: Plane, request: ControlRequest) {
  const named = { havip: text(request, 'havip'), member: text(request, 'member') };
  const havips = plane.inventory.all('havip');
  const havip = havipNamed(havips, named.havip);
  if (havip !== undefined) {
    return { havip, member: memberNamed(plane.inventory, named.member), named };
  }
  throw noHavip(havips, named.havip);
}

function noHavip(havips: readonly Havip[], word: string): LabError {
  const ids = havips.map(({ id }) => id).join(', ');
  return new LabError(`there is no HaVip ${word}`, `there ${ids ? `are ${ids}` : 'is none'}`);
}

/** `ecs-1`, `ecs-1/eth0`, or the id of an ENI. */
function memberNamed(inventory: Inventory, word: string): MemberRef {
  const [home, name, ...more] = word.split('/');
  if (name !== undefined && more.length === 0) {
    for (const eni of inventory.each('eni')) {
      if (eni.home === home && eni.name === name) return { eni: eni.id };
    }
    return { eni: word };
  }
  const isEni = inventory.instance(word) === undefined && inventory.eni(word) !== undefined;
  return isEni ? { eni: word } : { instance: word };
}

/** Throws LabError where it is refused. */
async function submit(plane: Plane, operation: Operation, call: string): Promise<void> {
  const outcome = await plane.submit(operation, { dialect: 'cli', call, requestId: randomUUID() });
  if (outcome.ok) return;
  const [what, ...mend] = outcome.message.split('; ');
  throw new LabError(what as string, mend.join('; ') || 'see havip status');
}
