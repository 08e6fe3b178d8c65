import type { Moment } from './result.ts';

/**
 * A client's requests up to the first answer that it was seen to get: an outage of at least so
 * long. No part of the JSON document, where an outage has an answer before it.
 */
export interface VainBeginning {
  ip: string;
  vlan: number | null;
  /** IP of the client. */
  client: string;
  seconds: number;
  unanswered: number;
  /** Its first request, and the first answer. */
  from: Moment;
  until: Moment;
}

/** A host asked by ARP, again and again, who has an address, and nobody answered. */
export interface VainQuestion {
  ip: string;
  vlan: number | null;
  /** IP of the one who asked. */
  asker: string;
  asks: number;
  isToTheEnd: boolean;
  /** The virtual router whose adverts list no address: it may be that one; else null. */
  vrid: number | null;
}

/** Connections to a service that accepts others, answered by resets, all in a row. */
export interface RefusedConnections {
  ip: string;
  vlan: number | null;
  port: number;
  count: number;
  from: Moment;
  until: Moment;
}
