/** `havip speak`: one VRRP router on one interface, in the foreground, until it is interrupted. */

import { LabError } from '../lab/lab-error.ts';
import {
  type InterfaceFacts,
  interfaceFacts,
  monitorLink,
} from '../lab/speaker/interface-facts.ts';
import { SpeakerHost, type VirtualAddress } from '../lab/speaker/speaker-host.ts';
import { isIpv6Router, LiveTransport } from '../lab/speaker/speaker-transport.ts';
import { openPacketDevice } from '../ports/packet-device.ts';
import { forEachFrame, Receiver } from '../ports/receiver.ts';
import { type SpeakEvent, speakLine } from '../report/speak-lines.ts';
import { type Address, addressText, includesAddress } from '../vrrp/address.ts';
import { AUTH_NONE, AUTH_SIMPLE, PRIORITY_OWNER } from '../vrrp/advert.ts';
import { advertPacketLength, vrrpGroup } from '../vrrp/advert-packet.ts';
import { type ReceptionTerms, receiveAdvert } from '../vrrp/advert-reception.ts';
import { STATE_INITIALIZE, STATE_NAMES } from '../vrrp/instance.ts';
import { DISCARD_NAMES } from '../vrrp/instance-settings.ts';
import { Speaker } from '../vrrp/speaker.ts';
import { lookOf } from './look.ts';
import { readSpeakRequest, type SpeakRequest } from './speak-spec.ts';
import { type Clock, STATUS_DONE, STATUS_UNUSABLE, type Streams } from './streams.ts';
import { UsageError } from './usage-error.ts';
import { workerProgram } from './worker-program.ts';

const MILLISECOND = 1e6;
const SECOND = 1e9;
const CENTISECOND = 1e7;
/**
 * Whoever was held up for so long (nanoseconds) hears first what has come meanwhile (in so many
 * milliseconds): a backup that slept is no reason to take the master's place.
 */
const LATE = 5e7;
const PATIENCE = 20;
/** Senders and reasons that are told of; more are not. */
const REFUSALS_MAX = 64;
/** Reasons of the state machine that a user can mend. */
const MENDABLE = new Set(['version', 'interval', 'address-list']);

/** An event before it has its time. */
type News = SpeakEvent extends infer E ? (E extends SpeakEvent ? Omit<E, 'time'> : never) : never;

export async function speak(
  arguments_: readonly string[],
  streams: Streams,
  clock: Clock,
): Promise<number> {
  const request = readSpeakRequest(arguments_);
  const look = lookOf(streams.output, streams, request.isColorRefused);
  const tell = (news: News): void => {
    const time = new Date(clock.wall() / MILLISECOND).toISOString();
    const event = { ...news, time } as SpeakEvent;
    const line = request.isJson ? `${JSON.stringify(event)}\n` : speakLine(event, look);
    streams.output.write(line);
  };
  return new Session(request, clock, tell).run(streams);
}

class Session {
  readonly #request: SpeakRequest;
  readonly #clock: Clock;
  readonly #tell: (news: News) => void;
  readonly #refused = new Set<string>();
  #lastTrouble = '';
  #timer: NodeJS.Timeout | null = null;
  #status = STATUS_DONE;
  #end: () => void = () => {};

  constructor(request: SpeakRequest, clock: Clock, tell: (news: News) => void) {
    this.#request = request;
    this.#clock = clock;
    this.#tell = tell;
  }

  async run(streams: Streams): Promise<number> {
    const asked = new Promise<void>((resolve) => {
      this.#end = resolve;
    });
    const forget = streams.onEnd(() => this.#end());
    const { interfaceName, peers } = this.#request;
    const facts = await interfaceFacts(interfaceName);
    const source = sourceOf(this.#request, facts);
    const transport = openTransport(this.#request, facts);
    try {
      const host = this.#host(facts, source, transport);
      // Left by one that was killed: they would answer beside the master.
      host.dropAddresses();
      await host.idle;
      const speaker = this.#speaker(source, host);
      const receiver = await this.#receive(speaker, source);
      const monitor = monitorLink(interfaceName, (isUp) => this.#onLink(speaker, isUp));
      const { masterDownInterval } = speaker;
      this.#tell({
        event: 'ready',
        interface: interfaceName,
        vrid: this.#request.vrid,
        version: this.#request.version,
        priority: this.#request.priority,
        source: addressText(source),
        peers: peers.map(addressText),
        addresses: virtualAddresses(this.#request).map(({ address }) => addressText(address)),
        masterDownSeconds: masterDownInterval / SECOND,
      });
      this.#onLink(speaker, facts.isUp);
      if (!facts.isUp) this.#tell({ event: 'trouble', message: `${interfaceName} is down` });
      await asked;
      monitor.stop();
      speaker.onShutdown(this.#now());
      if (this.#timer !== null) clearTimeout(this.#timer);
      await host.idle;
      await receiver.stop();
    } finally {
      transport.close();
      forget();
    }
    this.#tell({ event: 'stopped' });
    return this.#status;
  }

  #now(): number {
    return this.#clock.now() * MILLISECOND;
  }

  #host(facts: InterfaceFacts, source: Address, transport: LiveTransport): SpeakerHost {
    const { interfaceName, version, family, vrid, interval, password, peers } = this.#request;
    const isOwner = this.#request.priority === PRIORITY_OWNER;
    const owned = facts.addresses.map(({ address }) => address);
    const all = virtualAddresses(this.#request);
    const settings = {
      interfaceName,
      mac: facts.mac,
      isRouter: isIpv6Router(interfaceName),
      advert: {
        version,
        family,
        vrid,
        interval: interval / (version === 2 ? SECOND : CENTISECOND),
        addresses: this.#request.addresses.map(({ address }) => address),
        authType: password === null ? AUTH_NONE : AUTH_SIMPLE,
        ...(password === null ? {} : { authData: password }),
      },
      source,
      destinations: peers.length > 0 ? peers : [vrrpGroup(family)],
      announced: all.map(({ address }) => address),
      // An owner's addresses are its own, master or not.
      adopted: all.filter(({ address }) => !isOwner || !includesAddress(owned, address)),
    };
    return new SpeakerHost(settings, transport, {
      onState: ({ from, to, reason, peer }) => {
        this.#refused.clear();
        this.#tell({
          event: 'state',
          from: STATE_NAMES[from] ?? '',
          to: STATE_NAMES[to] ?? '',
          reason,
          peer: peer && { source: addressText(peer.source), priority: peer.priority },
        });
      },
      onTrouble: (message) => {
        // What goes wrong each second is told once.
        if (message !== this.#lastTrouble) this.#tell({ event: 'trouble', message });
        this.#lastTrouble = message;
      },
    });
  }

  #speaker(source: Address, host: SpeakerHost): Speaker {
    const { version, vrid, priority, interval, addresses } = this.#request;
    const { preempt, preemptDelay, announcements } = this.#request;
    const instance = {
      version,
      vrid,
      priority,
      advertInterval: interval,
      primaryAddress: source,
      addresses: addresses.map(({ address }) => address),
      // Both as keepalived does.
      checkAddresses: true,
      answerLosing: true,
    };
    return new Speaker({ instance, preempt, preemptDelay, announcements }, host);
  }

  async #receive(speaker: Speaker, source: Address): Promise<Receiver> {
    const { interfaceName, family, vrid, peers, password } = this.#request;
    const terms: ReceptionTerms = { family, vrid, source, peers, password };
    const device = openPacketDevice(interfaceName, { promiscuous: false, offload: false });
    const failed = (message: string): void => {
      this.#tell({ event: 'trouble', message });
      this.#status = STATUS_UNUSABLE;
      this.#end();
    };
    const receiver = await Receiver.start(workerProgram('receiver-worker'), device, true, {
      onRecords: (records) => {
        receiver.taken(records.length);
        const now = this.#now();
        forEachFrame(records, (view, at, end) => {
          const reception = receiveAdvert(view, at, end, terms);
          if (reception === null) return;
          const { advert, refusal } = reception;
          if (advert === null) return this.#onRefused(reception.source, refusal ?? 'malformed');
          const reason = DISCARD_NAMES[speaker.onAdvert(advert, now)] ?? '';
          if (MENDABLE.has(reason)) this.#onRefused(reception.source, reason);
        });
        this.#arm(speaker);
      },
      onGone: () => failed(`${interfaceName} is gone`),
      onFailure: (error) => failed(`receiving failed: ${error.message}`),
    });
    return receiver;
  }

  #onRefused(source: Address, reason: string): void {
    const key = `${addressText(source)} ${reason}`;
    if (this.#refused.has(key) || this.#refused.size >= REFUSALS_MAX) return;
    this.#refused.add(key);
    this.#tell({ event: 'refused', source: addressText(source), reason });
  }

  #onLink(speaker: Speaker, isUp: boolean): void {
    if (!isUp) speaker.onInterfaceDown(this.#now());
    else if (speaker.state === STATE_INITIALIZE) speaker.onStartup(this.#now());
    this.#arm(speaker);
  }

  /** One timer, for whatever is due next. */
  #arm(speaker: Speaker): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const { deadline } = speaker;
    if (deadline === Number.POSITIVE_INFINITY) return;
    const wait = Math.max(0, Math.ceil((deadline - this.#now()) / MILLISECOND));
    this.#timer = setTimeout(() => {
      const isLate = this.#now() - deadline > LATE;
      this.#timer = setTimeout(
        () => {
          speaker.poll(this.#now());
          this.#arm(speaker);
        },
        isLate ? PATIENCE : 0,
      );
    }, wait);
  }
}

function virtualAddresses(request: SpeakRequest): VirtualAddress[] {
  return [...request.addresses, ...request.excluded];
}

/** The address that adverts come from. Throws UsageError where the interface has none. */
function sourceOf(request: SpeakRequest, facts: InterfaceFacts): Address {
  const { source, family, interfaceName, priority } = request;
  const virtual = virtualAddresses(request).map(({ address }) => address);
  const own = facts.addresses.filter((one) => one.family === family);
  if (source !== null) {
    if (own.some(({ address }) => includesAddress([address], source))) return source;
    const there = own.map(({ text }) => text).join(', ') || 'none';
    const what = `--unicast-src ${addressText(source)} is no address of ${interfaceName}`;
    throw new UsageError(what, `its addresses: ${there}`);
  }
  const isOwner = priority === PRIORITY_OWNER;
  const usable = own.filter(({ address }) => isOwner || !includesAddress(virtual, address));
  const chosen =
    usable.find(({ isLinkLocal, isSecondary }) => (family === 6 ? isLinkLocal : !isSecondary)) ??
    usable[0];
  if (chosen !== undefined) return chosen.address;
  const what = `${interfaceName} has no IPv${family} address of its own to send from`;
  const example = family === 4 ? '192.168.0.10/24' : 'fe80::10/64';
  throw new UsageError(what, `give it one: ip addr add ${example} dev ${interfaceName}`);
}

/** Throws where the sockets cannot be opened, and where adverts would not fit. */
function openTransport(request: SpeakRequest, facts: InterfaceFacts): LiveTransport {
  const { version, family, addresses, peers, interfaceName } = request;
  if (process.getuid?.() !== 0) {
    throw new LabError('only root may speak (sockets, addresses)', 'use sudo');
  }
  const transport = LiveTransport.open(facts, family, peers.length > 0);
  const length = advertPacketLength(version, family, addresses.length);
  if (length <= transport.mtu) return transport;
  transport.close();
  throw new UsageError(
    `an advert of ${addresses.length} addresses is longer than the MTU of ${interfaceName}`,
    'give some as --vip-excluded',
  );
}
