/** The interfaces of a host of a draft: which its configuration names, and what lies on each. */

import { type Cidr, cidrContains, parseCidr } from '../../havip/cidr.ts';
import { isDeviceName, isName } from '../file/schema-leaves.ts';
import type { DraftAddress, HostDraft, RouterDraft } from './lab-draft.ts';
import type { DraftNotes } from './notes.ts';
import { type DraftPort, isLinkLocal } from './subnets.ts';

/** This network, loopback, groups and the reserved rest (RFC 6890, sections 2.2.2 and 2.2.3). */
const NOBODYS = ['0.0.0.0/8', '127.0.0.0/8', '224.0.0.0/3', '::/127', 'ff00::/8'].map(
  (text) => parseCidr(text) as Cidr,
);
/** The interface of a file that names none, and of a client. */
export const DEVICE_DEFAULT = 'eth0';

export function draftPorts(host: HostDraft, notes: DraftNotes): DraftPort[] {
  const ports = new Map<string, DraftPort>();
  const portOf = (device: string, where: string | null): DraftPort => {
    const port = ports.get(device) ?? { host, device, where, own: [], peers: [], virtual: [] };
    ports.set(device, port);
    return port;
  };
  for (const router of host.routers) {
    const device = deviceOf(router, notes);
    const port = portOf(device, router.device?.where ?? null);
    if (router.source !== null) port.own.push(router.source);
    port.peers.push(...router.peers);
    for (const address of router.addresses) {
      const other = address.device === null ? device : lawful(address.device, address.where, notes);
      const target = other === device ? port : portOf(other, address.where);
      if (isHavip(address, router, notes)) target.virtual.push(address);
    }
  }
  return [...ports.values()];
}

function deviceOf({ name, where, device }: RouterDraft, notes: DraftNotes): string {
  if (device !== null) return lawful(device.name, device.where, notes);
  const remedy = `${DEVICE_DEFAULT} is taken; write another if it is not`;
  notes.add(where, `${name} names no interface`, remedy);
  return DEVICE_DEFAULT;
}

/** Names of a lab are also files and namespaces, so not every name of an interface will do. */
function lawful(name: string, where: string, notes: DraftNotes): string {
  if (isDeviceName(name) && isName(name)) return name;
  const what = `the interface ${JSON.stringify(name)} can be no ENI of a lab`;
  notes.add(where, what, `${DEVICE_DEFAULT} is taken`);
  return DEVICE_DEFAULT;
}

/** Whether a virtual address is one that a switch can move. */
function isHavip(virtual: DraftAddress, { source }: RouterDraft, notes: DraftNotes): boolean {
  const { address, where } = virtual;
  if (isLinkLocal(address)) {
    const remedy = 'keepalived uses it all the same';
    notes.add(where, `${address.text} is link-local and becomes no HaVip`, remedy);
    return false;
  }
  if (NOBODYS.some((block) => cidrContains(block, address))) {
    const what = `${address.text} is no address of a host and becomes no HaVip`;
    notes.add(where, what, 'write the one that clients reach');
    return false;
  }
  if (address.text !== source?.address.text) return true;
  const remedy = 'make it another address, since a HaVip is none of a host';
  notes.add(where, `${address.text} is the host's own address and becomes no HaVip`, remedy);
  return false;
}
