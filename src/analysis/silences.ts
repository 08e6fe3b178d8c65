import type { Classifier } from '../dataplane/classifier.ts';
import { CLIENT, type Clients } from './clients.ts';
import type { Clock } from './clock.ts';
import { Connections } from './connections.ts';
import { Segment } from './segment.ts';

/**
 * Clients that repeat themselves in established TCP connections while nothing comes back: as good
 * as a request that goes unanswered, once a client has done so twice, in one of its connections or
 * in two. What is repeated once may just have been lost.
 */
const REPEATS_MIN = 2;

export class Silences {
  private readonly clock: Clock;
  private readonly clients: Clients;
  private readonly connections = new Connections();
  private readonly segment = new Segment();

  constructor(clock: Clock, clients: Clients) {
    this.clock = clock;
    this.clients = clients;
  }

  /** Whether the packet that the classifier has just seen is one of an established connection. */
  reads(view: DataView, seen: Classifier): boolean {
    return this.segment.read(view, seen);
  }

  /** A handshake begins between these ports. */
  onHandshake(client: number, ports: number): void {
    this.connections.forget(client, ports);
  }

  /** The client has sent what was read last. Since when it waits, where it begins to repeat. */
  onSent(client: number): number {
    const { numbers } = this.clients;
    const { now, stamp, frame } = this.clock;
    if (this.segment.length === 0) return Number.NaN;
    const since = this.connections.onData(client, this.segment, now);
    if (Number.isNaN(since)) return Number.NaN;
    const at = client * CLIENT.WIDTH;
    const repeats = (numbers[at + CLIENT.REPEATS] as number) + 1;
    numbers[at + CLIENT.REPEATS] = repeats;
    numbers[at + CLIENT.REPEATED] = now;
    numbers[at + CLIENT.REPEATED_STAMP] = stamp;
    numbers[at + CLIENT.REPEATED_FRAME] = frame;
    if (repeats === REPEATS_MIN) numbers[at + CLIENT.SILENT] = now;
    return repeats === 1 ? since : Number.NaN;
  }

  /** Whether what was read last shows that something of the client's has arrived. */
  isAnswer(client: number): boolean {
    return this.connections.isAnswer(client, this.segment, this.clock.now);
  }

  /** An answer has come to the client. How often it had sent in vain; 0 where that says nothing. */
  end(client: number): number {
    const { numbers } = this.clients;
    const at = client * CLIENT.WIDTH + CLIENT.REPEATS;
    const repeats = numbers[at] as number;
    numbers[at] = 0;
    return repeats < REPEATS_MIN ? 0 : repeats + 1;
  }

  /** How often the client has sent in vain at the end of the capture; 0 where it began later. */
  unended(client: number, cutoff: number): number {
    const { numbers } = this.clients;
    const at = client * CLIENT.WIDTH;
    const repeats = numbers[at + CLIENT.REPEATS] as number;
    if (repeats < REPEATS_MIN || (numbers[at + CLIENT.SILENT] as number) > cutoff) return 0;
    return repeats + 1;
  }
}
