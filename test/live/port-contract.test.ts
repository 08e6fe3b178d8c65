/** What every port promises, held against live ports: two TAP devices, and two ends of a veth. */
import { afterEach, describe } from 'vitest';
import type { NativePort } from '../../src/ports/native-port.ts';
import { type Cable, portContract } from '../ports/port.contract.ts';
import { type Netns, whyNoPorts } from './netns.ts';
import { PatientPort } from './patient-port.ts';
import { Table } from './table.ts';

const reason = whyNoPorts();
const isSkipped = reason !== null && process.env.CI === undefined;
if (isSkipped) console.warn(`skipped: the contract of live ports (${reason})`);

/** Nothing of the kernel's own shall be on the cable. */
function hush(netns: Netns): void {
  for (const scope of ['default', 'all']) netns.set(`net/ipv6/conf/${scope}/disable_ipv6`, 1);
}

/** What is written to the one device goes out of the other, whatever it is. */
function join(netns: Netns, from: string, to: string): void {
  const chain = `{ type filter hook ingress device ${from} priority 0; }`;
  netns.exec('nft', `add table netdev ${from}`);
  netns.exec('nft', `add chain netdev ${from} way ${chain}`);
  netns.exec('nft', `add rule netdev ${from} way fwd to "${to}"`);
}

function cable(port: NativePort, peer: NativePort): Cable {
  const ends = { port: new PatientPort(port), peer: new PatientPort(peer) };
  return { ...ends, longestUntagged: port.mtu + 14 };
}

describe.skipIf(isSkipped)('live ports', () => {
  const tables: Table[] = [];
  afterEach(() => {
    for (const table of tables.splice(0)) table.clear();
  });

  function table(): Table {
    const made = new Table();
    tables.push(made);
    return made;
  }

  function taps(options: { offload?: boolean }): Cable {
    const on = table();
    const netns = on.netns();
    hush(netns);
    const port = on.tap(netns, [], options);
    netns.ip('link', 'set', 'eth0', 'name', 'eth1');
    const peer = on.tap(netns, [], options);
    netns.ip('link', 'set', 'eth1', 'up');
    join(netns, 'eth0', 'eth1');
    join(netns, 'eth1', 'eth0');
    return cable(port, peer);
  }

  portContract('TAP port', null, () => taps({}));
  portContract('TAP port without offload', null, () => taps({ offload: false }));

  portContract('packet port', null, () => {
    const on = table();
    const netns = on.netns();
    hush(netns);
    netns.ip('link', 'add', 'left', 'type', 'veth', 'peer', 'name', 'right');
    for (const name of ['left', 'right']) netns.ip('link', 'set', name, 'up');
    return cable(on.packet(netns, 'left'), on.packet(netns, 'right'));
  });
});
