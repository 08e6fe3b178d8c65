import type { RefusedConnections } from './asides.ts';
import type { Clock } from './clock.ts';
import type { Entries } from './entries.ts';
import { type Exchange, PORTS, SERVICES } from './service.ts';
import type { Track } from './track.ts';

/**
 * Connections that an address answers with a reset although the service had accepted others: its
 * host lives, and the service does not. A port that never accepts anything is no service. Runs of
 * refusals, from one connection that is accepted to the next; bounded.
 */
const SERVICES_MAX = 1 << 12;
const RUNS_MAX = 256;
const REFUSALS_MIN = 2;

interface Run {
  readonly id: number;
  readonly port: number;
  count: number;
  firstStamp: number;
  firstFrame: number;
  lastStamp: number;
  lastFrame: number;
}

export class RefusedRuns {
  private readonly clock: Clock;
  /** Of services that have accepted a connection, by address and port. */
  private readonly current = new Map<number, Run>();
  private readonly ended: Run[] = [];

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** An answer of address `id`, of which those to handshakes with TCP ports matter. */
  onAnswer(id: number, { service: port, isRefusal }: Exchange): void {
    if (port === 0 || port >= PORTS) return;
    const key = id * SERVICES + port;
    const run = this.current.get(key);
    if (isRefusal) {
      if (run !== undefined) this.refuse(run);
    } else if (run === undefined) {
      if (this.current.size < SERVICES_MAX) this.current.set(key, begun(id, port));
    } else if (run.count < REFUSALS_MIN || this.ended.length === RUNS_MAX) {
      run.count = 0;
    } else {
      this.ended.push(run);
      this.current.set(key, begun(id, port));
    }
  }

  /** Those of virtual addresses. */
  entries(tracks: readonly (Track | undefined)[], entries: Entries): RefusedConnections[] {
    const open = [...this.current.values()].filter(({ count }) => count >= REFUSALS_MIN);
    const ofHavips = [...this.ended, ...open].filter(({ id }) => tracks[id]?.isVirtual === true);
    return ofHavips.map((run) => ({
      ip: entries.ip(run.id),
      vlan: entries.vlan(run.id),
      port: run.port,
      count: run.count,
      from: entries.moment(run.firstStamp, run.firstFrame),
      until: entries.moment(run.lastStamp, run.lastFrame),
    }));
  }

  private refuse(run: Run): void {
    const { stamp, frame } = this.clock;
    if (run.count++ === 0) {
      run.firstStamp = stamp;
      run.firstFrame = frame;
    }
    run.lastStamp = stamp;
    run.lastFrame = frame;
  }
}

function begun(id: number, port: number): Run {
  return { id, port, count: 0, firstStamp: 0, firstFrame: 0, lastStamp: 0, lastFrame: 0 };
}
