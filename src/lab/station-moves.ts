/**
 * Addresses that went with their virtual MAC to another port. A host that takes over by VRRP sends
 * from that MAC first and announces at once: its claim tells the takeover, with cause and
 * detection. What no claim has told after two seconds is a takeover by the station's move alone.
 */
import type { LiveAnalysis } from '../analysis/live.ts';
import type { TakeoverEvent } from '../analysis/live-events.ts';
import type { Party } from '../analysis/result.ts';
import type { RecordRing } from '../dataplane/record-ring.ts';
import { formatMac, readMac } from '../wire/mac.ts';
import { ADDRESS_OCTETS, addressIn, addressTextIn } from './engine/address-record.ts';

export interface StationMovesParts {
  readonly analysis: LiveAnalysis;
  /** instance/eni, by port. */
  readonly portNames: readonly string[];
  /** A moment of the lab as text. */
  time(now: number): string;
  tell(takeover: TakeoverEvent, network: number): void;
}

export interface StationMove {
  readonly ip: string;
  /** Id of the address in the analysis; 0 where it has none. */
  readonly id: number;
  readonly network: number;
  readonly mac: string;
  /** Ports. */
  readonly from: number;
  readonly to: number;
  /** Nanoseconds since the base of the lab. */
  readonly now: number;
  /** From the move to the first frame that left by the new port; null before one. */
  repointMicroseconds: number | null;
}

const WAIT = 2e9;
const WAITING_MAX = 4096;

export class StationMoves {
  private readonly parts: StationMovesParts;
  private readonly waiting: StationMove[] = [];

  constructor(parts: StationMovesParts) {
    this.parts = parts;
  }

  /** The record of a move. An earlier move of the same address is over with it. */
  add(ring: RecordRing): StationMove {
    const { a: family, b: network, c: ports, time: now } = ring;
    const ip = addressTextIn(ring);
    const id = this.parts.analysis.idOf(network, family, addressIn(ring));
    const mac = formatMac(readMac(ring.view, ring.at + ADDRESS_OCTETS));
    const places = { from: ports >>> 16, to: ports & 0xffff };
    const move = { ip, id, network, mac, ...places, now, repointMicroseconds: null };
    const at = this.find(network, ip);
    if (at >= 0) this.take(at);
    else if (this.waiting.length >= WAITING_MAX) this.take(0);
    this.waiting.push(move);
    return move;
  }

  /** A claim moved the address: it tells what happened. */
  onClaim(network: number, ip: string): void {
    const at = this.find(network, ip);
    if (at >= 0) this.waiting.splice(at, 1);
  }

  /** A frame left for where the address is now, `elapsed` nanoseconds after it moved. */
  onRepointed(network: number, ip: string, elapsed: number): void {
    const move = this.waiting[this.find(network, ip)];
    if (move !== undefined) move.repointMicroseconds ??= Math.round(elapsed / 10) / 100;
  }

  /** Tells those that have waited long enough at `now`. */
  poll(now: number): void {
    while (this.waiting.length > 0 && now - (this.waiting[0] as StationMove).now >= WAIT) {
      this.take(0);
    }
  }

  private find(network: number, ip: string): number {
    return this.waiting.findIndex((one) => one.network === network && one.ip === ip);
  }

  private take(at: number): void {
    const [move] = this.waiting.splice(at, 1);
    if (move === undefined) return;
    const { id, ip, network, now, repointMicroseconds } = move;
    const { analysis, time, tell } = this.parts;
    const moment = { event: 'takeover', time: time(now), ip } as const;
    const parties = { from: this.party(move, move.from), to: this.party(move, move.to) };
    const outageSeconds = analysis.outageAround(id, now);
    const lengths = { detectionSeconds: null, outageSeconds, repointMicroseconds };
    tell({ ...moment, ...parties, cause: 'station-move', ...lengths }, network);
  }

  /** The virtual MAC at a port, by the name of the host behind it. */
  private party({ mac }: StationMove, port: number): Party {
    const name = this.parts.portNames[port]?.split('/')[0] ?? null;
    return { mac, name, speaker: null };
  }
}
