/**
 * A control plane with a state file and a switch, which changes things as fast as it can until it
 * is killed. It says on its standard output, a line of JSON each, what it is about to ask (`asked`)
 * and what was answered (`done`), so that whoever killed it knows what must have lasted.
 */
import { writeSync } from 'node:fs';
import { completeTopology } from '../../../src/havip/complete-topology.ts';
import type { Dataplane } from '../../../src/havip/inventory/dataplane.ts';
import type { Operation } from '../../../src/havip/inventory/operation.ts';
import type { MemberRef } from '../../../src/havip/inventory/resources.ts';
import { openAccount, planeOf } from '../../../src/lab/account.ts';
import { formatMac } from '../../../src/wire/mac.ts';
import { announcement } from '../../dataplane/frames.ts';
import { LiveLab } from '../../havip/live-lab.ts';
import { Xorshift } from '../../properties/xorshift.ts';
import { CRASH_LAB, HAVIPS_MOST, HOSTS, MACS } from './crash-lab.ts';

const [path = '', seed = '1'] = process.argv.slice(2);
const random = new Xorshift(Number(seed));
const now = (): number => Date.now();
const account = await openAccount(CRASH_LAB, { state: path, now, warn: () => {} });
const lab = new LiveLab(completeTopology(account.topology));
const { control } = lab.live;
const dataplane: Dataplane = {
  async apply(changes) {
    // As the engine's thread: the answer comes in a later turn.
    await new Promise((resolve) => setImmediate(resolve));
    const result = control.applyAll(changes);
    if (!('refused' in result)) return null;
    return { refused: result.isHolder ? 'holder' : 'other', message: result.refused };
  },
  holderMac: (lane) => (control.holderOf(lane) === 0 ? null : formatMac(control.holderOf(lane))),
  flushedAt: () => null,
};
const plane = planeOf(account, dataplane, now);
say({ started: true });
for (let number = 0; ; number++) {
  const operation = anyOperation(number);
  say({ asked: { number, operation } });
  const caller = { dialect: 'test', call: operation.kind, requestId: `${seed}-${number}` };
  const outcome = await plane.submit(operation, caller);
  say({ done: { number, ok: outcome.ok, subject: outcome.ok ? outcome.subject : outcome.code } });
  claim();
}

function anyOperation(number: number): Operation {
  const havips = plane.inventory.all('havip');
  const havip = havips[random.below(havips.length || 1)];
  const name = `name-${seed}-${number}`;
  if (havip === undefined || (havips.length < HAVIPS_MOST && random.below(5) === 0)) {
    return { kind: 'create-havip', subnet: 'lan', address: null, name, members: anyMembers() };
  }
  if (random.below(10) === 0) return { kind: 'edit-havip', havip: havip.id, name };
  if (havip.members.length === 0 && random.below(3) === 0) {
    return { kind: 'delete-havip', havip: havip.id };
  }
  return { kind: 'set-members', havip: havip.id, members: anyMembers() };
}

function anyMembers(): MemberRef[] {
  return HOSTS.filter(() => random.below(2) === 0).map((instance) => ({ instance }));
}

/** Some host announces some HaVip; who may not is refused, and that is written down, too. */
function claim(): void {
  const havips = plane.inventory.all('havip');
  const havip = havips[random.below(havips.length || 1)];
  const host = random.below(HOSTS.length);
  const mac = MACS[host] as string;
  if (havip === undefined) return;
  const before = control.holderOf(havip.lane);
  lab.send(mac, announcement(mac, havip.address));
  const time = now();
  const { id, address: ip } = havip;
  const name = HOSTS[host] as string;
  const after = control.holderOf(havip.lane);
  if (formatMac(after) !== mac) {
    account.store.refusal({ time, havip: id, ip, mac, name, reason: 'not-member' });
  } else if (after !== before) {
    const lengths = { detectionSeconds: null, outageSeconds: null };
    const entry = { time, havip: id, ip, from: null, to: name, cause: 'announcement', ...lengths };
    account.store.holder(entry);
  }
}

function say(what: object): void {
  writeSync(1, `${JSON.stringify(what)}\n`);
}
