/**
 * What the state machine in `instance.ts` is told and what it tells: its configuration, the
 * adverts that reach it, why it disregards one, and what it wants done.
 */

import type { Address } from './address.ts';

/** Why an advert changed nothing, an index into `DISCARD_NAMES`; 0 means that it was heeded. */
export type Discard = number;
export const DISCARD_NONE = 0;
export const DISCARD_STATE = 1;
export const DISCARD_VERSION = 2;
export const DISCARD_VRID = 3;
export const DISCARD_OWNER = 4;
export const DISCARD_INTERVAL = 5;
export const DISCARD_ADDRESS_LIST = 6;
/** Lost the election: a lower priority, or equal and a lower address. */
export const DISCARD_PRIORITY = 7;
export const DISCARD_NAMES: readonly string[] = [
  'none',
  'state',
  'version',
  'vrid',
  'owner',
  'interval',
  'address-list',
  'priority',
];

export interface InstanceSettings {
  readonly version: 2 | 3;
  readonly vrid: number;
  /** 1 to 255; 255 is the address owner. */
  readonly priority: number;
  /** Nanoseconds; whole seconds in version 2, whole centiseconds in version 3. */
  readonly advertInterval: number;
  readonly preempt: boolean;
  /** The interface's primary (IPv6: link-local) address, which settles equal priorities. */
  primaryAddress: Address;
  /** The virtual addresses, in the order in which adverts list them. */
  addresses: readonly Address[];
  /** Discard adverts that list other addresses, as keepalived does; default false. */
  readonly checkAddresses?: boolean;
  /** As a master answer a losing advert at once; default true in version 3 (RFC 9568 6.4.3). */
  readonly answerLosing?: boolean;
  /** keepalived's `down_timer_adverts`; default 3. */
  readonly advertsMissedMax?: number;
}

/** An advert whose bytes were found lawful. */
export interface ReceivedAdvert {
  readonly version: number;
  readonly vrid: number;
  readonly priority: number;
  /** Nanoseconds. */
  readonly interval: number;
  readonly source: Address;
  readonly addresses: readonly Address[];
}

/** What the instance wants done, at once and in the order of the calls. */
export interface InstanceOutput {
  /** Send an advert with this priority: the instance's own, or 0 to resign. */
  sendAdvert(priority: number): void;
  /** Put the virtual addresses on the interface. */
  adoptAddresses(addresses: readonly Address[]): void;
  /** Gratuitous ARP or unsolicited neighbor advertisement for each address. */
  announceAddresses(addresses: readonly Address[]): void;
  dropAddresses(addresses: readonly Address[]): void;
}
