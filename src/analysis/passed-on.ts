import type { Classifier } from '../dataplane/classifier.ts';
import type { Switch } from '../dataplane/switch.ts';
import { readIpv4Destination, readIpv4Source } from '../wire/ipv4.ts';
import { ipv6DestinationAt, ipv6SourceAt } from '../wire/ipv6.ts';
import type { PassedOn } from './asides.ts';
import { CLIENT, type Clients } from './clients.ts';
import { type Logs, OUTAGE } from './logs.ts';
import { Exchange, REQUEST } from './service.ts';

/**
 * Requests that were seen on a second interface, or by a second capture: they got at least as far.
 * Where those that are answered are seen twice, one that is not was lost on its way, or came to a
 * host that captured nothing any more; and one that is and has no answer was not answered.
 */
const SERVED_MIN = 3;
/** So great a part of the answered requests is seen twice where a second place sees them all. */
const SHARE = 0.9;

export class PassedOnRequests {
  private readonly owner: Switch;
  private readonly clients: Clients;
  private readonly exchange = new Exchange();

  constructor(owner: Switch, clients: Clients) {
    this.owner = owner;
    this.clients = clients;
  }

  /** A frame that another interface has shown already, as the classifier has just seen it. */
  onCopy(view: DataView, seen: Classifier): void {
    const { clients, exchange } = this;
    if (exchange.read(view, seen) !== REQUEST) return;
    const id = this.addressedTo(view, seen);
    if (id === 0) return;
    // On the way to its host a switch may have put another source MAC on it.
    const client = clients.askerOf(id, ...senderOf(view, seen));
    if (client < 0) return;
    const count = clients.numbers[client * CLIENT.WIDTH + CLIENT.COUNT] as number;
    const index = clients.requests.find(client, count, exchange.key);
    if (index >= 0) clients.requests.setCopied(client, index);
  }

  /** Id of the address that the packet goes to; 0 where it is not followed. */
  private addressedTo(view: DataView, { family, network, packet }: Classifier): number {
    const { addresses4, addresses6 } = this.owner;
    if (family === 4) {
      const entry = addresses4.find(network, readIpv4Destination(view, packet));
      return entry < 0 ? 0 : addresses4.tag(entry);
    }
    const entry = this.owner.neighbors.find6(network, view, ipv6DestinationAt(packet));
    return entry < 0 ? 0 : addresses6.tag(entry);
  }
}

function senderOf(
  view: DataView,
  { family, packet }: Classifier,
): [w0: number, w1: number, w2: number, w3: number] {
  if (family === 4) return [0, 0, 0, readIpv4Source(view, packet)];
  const at = ipv6SourceAt(packet);
  const word = (index: number): number => view.getUint32(at + index * 4);
  return [word(0), word(1), word(2), word(3)];
}

/** Request `index` is answered: whether the one before it was, and was seen twice. */
export function noteServed(clients: Clients, client: number, index: number): void {
  const { numbers, requests } = clients;
  const at = client * CLIENT.WIDTH;
  const count = numbers[at + CLIENT.COUNT] as number;
  // Its copy may stand a little later in a file whose clock is ahead: the one before has had time.
  const before = index - 1;
  if (before < requests.oldest(client, count) || requests.isWaiting(client, before)) return;
  numbers[at + CLIENT.SERVED]!++;
  if (requests.isCopied(client, before)) numbers[at + CLIENT.SERVED_COPIED]!++;
}

/** How far the requests of an outage came; null where no second place sees what is answered. */
export function passedOnOf(sequence: number, logs: Logs, clients: Clients): PassedOn | null {
  const field = (index: number): number => logs.outages.get(sequence, index);
  const at = field(OUTAGE.CLIENT) * CLIENT.WIDTH;
  const served = clients.numbers[at + CLIENT.SERVED] as number;
  const copied = clients.numbers[at + CLIENT.SERVED_COPIED] as number;
  const of = field(OUTAGE.REMEMBERED);
  if (of === 0 || served < SERVED_MIN || copied < served * SHARE) return null;
  return { seen: field(OUTAGE.COPIED), of };
}
