/**
 * A router that speaks: the state machine of `instance.ts` with what keepalived adds to it, that
 * is a delay before a preemption, announcements in sets, and a reason for each change of state.
 * It opens nothing and reads no clock: time is a parameter in nanoseconds, and what it wants done
 * goes to a `SpeakerOutput`.
 */
import type { Address } from './address.ts';
import { PRIORITY_RESIGNATION } from './advert.ts';
import { AnnouncementSchedule, type AnnouncementTimes } from './announcement-schedule.ts';
import { Instance, STATE_BACKUP, STATE_INITIALIZE, STATE_MASTER, type State } from './instance.ts';
import {
  DISCARD_NONE,
  DISCARD_PRIORITY,
  type Discard,
  type InstanceSettings,
  type ReceivedAdvert,
} from './instance-settings.ts';

export type StateReason =
  /** Started, or its interface came back. */
  | 'startup'
  /** Backup to master: nobody was ever heard, the master fell silent, it gave up, it is lower. */
  | 'unheard'
  | 'silence'
  | 'resignation'
  | 'preemption'
  /** Master to backup: another one has the higher priority, or the higher address. */
  | 'higher-priority'
  | 'shutdown'
  | 'interface-down';

export interface StateChange {
  readonly from: State;
  readonly to: State;
  readonly reason: StateReason;
  /** Whose adverts decided it; null where there are none. */
  readonly peer: { readonly source: Address; readonly priority: number } | null;
}

export interface SpeakerSettings {
  readonly instance: Omit<InstanceSettings, 'preempt'>;
  readonly preempt: boolean;
  /** How long a lower master is let be, nanoseconds. */
  readonly preemptDelay: number;
  readonly announcements: AnnouncementTimes;
}

/** What is to be done, in the order of the calls. The addresses are all of this router. */
export interface SpeakerOutput {
  sendAdvert(priority: number): void;
  adoptAddresses(): void;
  dropAddresses(): void;
  /** Announce each address `times` times. */
  announceAddresses(times: number): void;
  onState(change: StateChange): void;
}

export class Speaker {
  private readonly settings: SpeakerSettings;
  private readonly instance: Instance;
  private readonly schedule: AnnouncementSchedule;
  private readonly output: SpeakerOutput;
  /** The instance reads it with each advert. */
  private readonly election: InstanceSettings & { preempt: boolean };
  /** From when on a lower master is replaced; NaN while none is heard. */
  private preemptAt = Number.NaN;
  private heard: StateChange['peer'] = null;
  private now = 0;

  constructor(settings: SpeakerSettings, output: SpeakerOutput) {
    this.settings = settings;
    this.output = output;
    this.schedule = new AnnouncementSchedule(settings.announcements);
    this.election = { ...settings.instance, preempt: settings.preempt };
    this.instance = new Instance(this.election, {
      sendAdvert: (priority) => output.sendAdvert(priority),
      adoptAddresses: () => output.adoptAddresses(),
      dropAddresses: () => output.dropAddresses(),
      announceAddresses: () => output.announceAddresses(this.schedule.start(this.now)),
    });
  }

  get state(): State {
    return this.instance.state;
  }

  /** When `poll` is due. */
  get deadline(): number {
    return Math.min(this.instance.deadline, this.schedule.deadline);
  }

  /** How long this router as backup waits for a silent master, nanoseconds. */
  get masterDownInterval(): number {
    return this.instance.masterDownInterval;
  }

  onStartup(now: number): void {
    this.heard = null;
    this.step(now, 'startup', () => this.instance.onStartup(now));
  }

  onShutdown(now: number): void {
    this.step(now, 'shutdown', () => this.instance.onShutdown());
  }

  onInterfaceDown(now: number): void {
    this.step(now, 'interface-down', () => this.instance.onInterfaceDown());
  }

  /** Runs what is due; returns the next deadline. */
  poll(now: number): number {
    this.step(now, this.reasonOfTimeout(), () => this.instance.poll(now));
    const times = this.schedule.poll(now);
    if (times > 0) this.output.announceAddresses(times);
    return this.deadline;
  }

  /** An advert that `receiveAdvert` let through. */
  onAdvert(advert: ReceivedAdvert, now: number): Discard {
    const isBackup = this.state === STATE_BACKUP;
    if (isBackup) this.weighPreemption(advert, now);
    let discard: Discard = DISCARD_NONE;
    const { source, priority } = advert;
    const before = this.heard;
    this.heard = { source, priority };
    this.step(now, 'higher-priority', () => {
      discard = this.instance.onAdvert(advert, now);
    });
    const counts = discard === DISCARD_NONE || discard === DISCARD_PRIORITY;
    if (!counts) this.heard = before;
    // Whoever announced beside us may have moved the address: it is ours again.
    if (discard === DISCARD_PRIORITY && this.state === STATE_MASTER) {
      this.output.announceAddresses(this.schedule.start(now));
    }
    return discard;
  }

  /** Calls the instance, and tells of the state that has become of it. */
  private step(now: number, reason: StateReason, act: () => void): void {
    const from = this.state;
    this.now = now;
    act();
    const to = this.state;
    if (from === to) return;
    if (to !== STATE_MASTER) this.schedule.stop();
    if (to === STATE_INITIALIZE || reason === 'startup') this.heard = null;
    this.preemptAt = Number.NaN;
    this.output.onState({ from, to, reason, peer: this.heard });
  }

  private reasonOfTimeout(): StateReason {
    const { heard } = this;
    if (heard === null) return 'unheard';
    if (heard.priority === PRIORITY_RESIGNATION) return 'resignation';
    const isLower = this.settings.preempt && heard.priority < this.election.priority;
    return isLower && this.election.preempt ? 'preemption' : 'silence';
  }

  /** Whether a lower master is replaced already, or let be until the delay is over. */
  private weighPreemption(advert: ReceivedAdvert, now: number): void {
    const { preempt, preemptDelay } = this.settings;
    const isLower = advert.priority < this.election.priority && advert.priority > 0;
    if (!isLower) this.preemptAt = Number.NaN;
    else if (Number.isNaN(this.preemptAt)) this.preemptAt = now + preemptDelay;
    this.election.preempt = preempt && !(now < this.preemptAt);
  }
}
