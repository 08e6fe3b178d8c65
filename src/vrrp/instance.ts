/**
 * One virtual router on one interface: the state machine of RFC 3768 section 6.4 (version 2) and
 * RFC 9568 section 6.4 (version 3, which says "active" where this file says master).
 *
 *                       +--------------+
 *            +--------->|  initialize  |<---------+
 *            |          +--------------+          |
 *   shutdown |   startup,  |        |  startup,   | shutdown: drop addresses,
 *            |   other     |        |  owner      | resign (priority 0)
 *            |             v        v             |
 *       +----------+   down timer: advert,   +----------+
 *       |          |   adopt, announce       |          |
 *       |  backup  |------------------------>|  master  |--+ advert timer,
 *       |          |<------------------------|          |<-+ priority 0: advert
 *       +----------+   higher priority, or   +----------+
 *         |      ^     equal and higher IP:       |    ^
 *         +------+     drop addresses             +----+
 *     advert >= own, or no preemption:       lower priority: ignored, or
 *     restart timer; priority 0: skew        answered at once (RFC 9568)
 *
 * Time is a parameter in nanoseconds; nothing here reads a clock, opens a socket or knows a
 * frame. What it wants done it says through an `InstanceOutput`. One timer is enough: it is
 * Master_Down_Timer in backup and Adver_Timer in master. Layout, checksum, TTL and authentication
 * are checked before an advert comes here.
 */

import { type Address, compareAddresses, includesAddress, isSameAddressList } from './address.ts';
import { PRIORITY_OWNER, PRIORITY_RESIGNATION } from './advert.ts';
import {
  DISCARD_ADDRESS_LIST,
  DISCARD_INTERVAL,
  DISCARD_NONE,
  DISCARD_OWNER,
  DISCARD_PRIORITY,
  DISCARD_STATE,
  DISCARD_VERSION,
  DISCARD_VRID,
  type Discard,
  type InstanceOutput,
  type InstanceSettings,
  type ReceivedAdvert,
} from './instance-settings.ts';
import { ADVERTS_MISSED_MAX, masterDownInterval, skewTime } from './timers.ts';

/** An index into `STATE_NAMES`. */
export type State = number;
export const STATE_INITIALIZE = 0;
export const STATE_BACKUP = 1;
export const STATE_MASTER = 2;
export const STATE_NAMES: readonly string[] = ['initialize', 'backup', 'master'];

export class Instance {
  readonly settings: InstanceSettings;
  state: State = STATE_INITIALIZE;
  /** When `onTimer` is due, in nanoseconds; Infinity while no timer runs. */
  deadline = Number.POSITIVE_INFINITY;
  /** The master's interval as last learned (Active_Adver_Interval), nanoseconds. */
  masterAdvertInterval: number;
  readonly #output: InstanceOutput;

  constructor(settings: InstanceSettings, output: InstanceOutput) {
    this.settings = settings;
    this.masterAdvertInterval = settings.advertInterval;
    this.#output = output;
  }

  /** Skew_Time by the interval in force, nanoseconds. */
  get skewTime(): number {
    const { version, priority } = this.settings;
    return skewTime(version, priority, this.masterAdvertInterval);
  }

  /** Master_Down_Interval by the interval in force, nanoseconds. */
  get masterDownInterval(): number {
    const { version, priority, advertsMissedMax } = this.settings;
    const missed = advertsMissedMax ?? ADVERTS_MISSED_MAX;
    return masterDownInterval(version, priority, this.masterAdvertInterval, missed);
  }

  /** Runs the timer if it is due; returns the next deadline. */
  poll(now: number): number {
    if (now >= this.deadline) this.onTimer(now);
    return this.deadline;
  }

  /** The interface is up and configured. */
  onStartup(now: number): void {
    switch (this.state) {
      case STATE_INITIALIZE:
        this.masterAdvertInterval = this.settings.advertInterval;
        if (this.settings.priority === PRIORITY_OWNER) this.#becomeMaster(now);
        else this.#becomeBackup(now);
        return;
      default:
        return;
    }
  }

  /** Leaves in order: a master gives its addresses up and says so. */
  onShutdown(): void {
    switch (this.state) {
      case STATE_MASTER:
        this.#output.dropAddresses(this.settings.addresses);
        // After the drop, so that no moment has two holders that both answer.
        this.#output.sendAdvert(PRIORITY_RESIGNATION);
        this.#stop();
        return;
      default:
        this.#stop();
    }
  }

  /** The interface went down: nothing can be sent, and its addresses are gone with it. */
  onInterfaceDown(): void {
    switch (this.state) {
      case STATE_MASTER:
        this.#output.dropAddresses(this.settings.addresses);
        this.#stop();
        return;
      default:
        this.#stop();
    }
  }

  /** Master_Down_Timer in backup, Adver_Timer in master. */
  onTimer(now: number): void {
    switch (this.state) {
      case STATE_BACKUP:
        this.#becomeMaster(now);
        return;
      case STATE_MASTER:
        this.#output.sendAdvert(this.settings.priority);
        this.#restartAdvertTimer(now);
        return;
      default:
        this.deadline = Number.POSITIVE_INFINITY;
    }
  }

  /** RFC 3768 sections 6.4.2, 6.4.3 and 7.1; RFC 9568 the same. */
  onAdvert(advert: ReceivedAdvert, now: number): Discard {
    const discard = this.#check(advert);
    if (discard !== DISCARD_NONE) return discard;
    switch (this.state) {
      case STATE_BACKUP:
        return this.#onAdvertAsBackup(advert, now);
      case STATE_MASTER:
        return this.#onAdvertAsMaster(advert, now);
      default:
        return DISCARD_STATE;
    }
  }

  /** Replaces the virtual addresses; a master adopts the new ones and drops those left out. */
  setAddresses(addresses: readonly Address[]): void {
    const before = this.settings.addresses;
    this.settings.addresses = addresses;
    if (this.state !== STATE_MASTER) return;
    const added = addresses.filter((address) => !includesAddress(before, address));
    const removed = before.filter((address) => !includesAddress(addresses, address));
    if (removed.length > 0) this.#output.dropAddresses(removed);
    if (added.length === 0) return;
    this.#output.adoptAddresses(added);
    this.#output.announceAddresses(added);
  }

  #check(advert: ReceivedAdvert): Discard {
    const { version, vrid, priority, advertInterval, addresses, checkAddresses } = this.settings;
    if (this.state === STATE_INITIALIZE) return DISCARD_STATE;
    if (advert.version !== version) return DISCARD_VERSION;
    if (advert.vrid !== vrid) return DISCARD_VRID;
    // Section 7.1: an owner heeds nobody. Two owners of one address thus stay, both, master.
    if (priority === PRIORITY_OWNER) return DISCARD_OWNER;
    const isWrongInterval =
      version === 2 ? advert.interval !== advertInterval : advert.interval === 0;
    if (isWrongInterval) return DISCARD_INTERVAL;
    if (checkAddresses !== true || advert.priority === PRIORITY_OWNER) return DISCARD_NONE;
    return isSameAddressList(advert.addresses, addresses) ? DISCARD_NONE : DISCARD_ADDRESS_LIST;
  }

  #onAdvertAsBackup(advert: ReceivedAdvert, now: number): Discard {
    if (advert.priority === PRIORITY_RESIGNATION) {
      this.deadline = now + this.skewTime;
      return DISCARD_NONE;
    }
    const isHeeded = !this.settings.preempt || advert.priority >= this.settings.priority;
    if (!isHeeded) return DISCARD_PRIORITY;
    this.#learnInterval(advert);
    this.deadline = now + this.masterDownInterval;
    return DISCARD_NONE;
  }

  #onAdvertAsMaster(advert: ReceivedAdvert, now: number): Discard {
    const { version, priority, primaryAddress, answerLosing, addresses } = this.settings;
    if (advert.priority === PRIORITY_RESIGNATION) {
      this.#output.sendAdvert(priority);
      this.#restartAdvertTimer(now);
      return DISCARD_NONE;
    }
    const isTieLost =
      advert.priority === priority && compareAddresses(advert.source, primaryAddress) > 0;
    if (advert.priority > priority || isTieLost) {
      this.#learnInterval(advert);
      this.deadline = now + this.masterDownInterval;
      this.state = STATE_BACKUP;
      this.#output.dropAddresses(addresses);
      return DISCARD_NONE;
    }
    if (answerLosing ?? version === 3) this.#output.sendAdvert(priority);
    return DISCARD_PRIORITY;
  }

  #learnInterval(advert: ReceivedAdvert): void {
    if (this.settings.version === 3) this.masterAdvertInterval = advert.interval;
  }

  #becomeBackup(now: number): void {
    this.state = STATE_BACKUP;
    this.deadline = now + this.masterDownInterval;
  }

  #becomeMaster(now: number): void {
    const { priority, addresses } = this.settings;
    this.state = STATE_MASTER;
    this.#output.sendAdvert(priority);
    this.#output.adoptAddresses(addresses);
    this.#output.announceAddresses(addresses);
    this.deadline = now + this.settings.advertInterval;
  }

  /** From the deadline, not from `now`, so that late polls do not make the period drift. */
  #restartAdvertTimer(now: number): void {
    const { advertInterval } = this.settings;
    const isDue = now >= this.deadline && now < this.deadline + advertInterval;
    this.deadline = (isDue ? this.deadline : now) + advertInterval;
  }

  #stop(): void {
    this.state = STATE_INITIALIZE;
    this.deadline = Number.POSITIVE_INFINITY;
  }
}
