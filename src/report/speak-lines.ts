/** The events of a speaker, and each as a line for a terminal: the time first. */
import { type Look, paint, printable, type Tone } from './page.ts';
import { clockTime, duration, listed } from './quantity.ts';

export type SpeakEvent = { time: string } & (
  | {
      event: 'ready';
      interface: string;
      vrid: number;
      version: number;
      priority: number;
      source: string;
      /** Empty: the group. */
      peers: string[];
      addresses: string[];
      /** How long it waits for a silent master. */
      masterDownSeconds: number;
    }
  | {
      event: 'state';
      from: string;
      to: string;
      reason: string;
      peer: { source: string; priority: number } | null;
    }
  /** The first advert of a sender that is not believed, for each reason. */
  | { event: 'refused'; source: string; reason: string }
  | { event: 'trouble'; message: string }
  | { event: 'stopped' }
);

const REASONS: Record<string, string> = {
  startup: 'started',
  unheard: 'no master was heard',
  silence: 'the master fell silent',
  resignation: 'the master resigned',
  preemption: 'the master has the lower priority',
  'higher-priority': 'another router has precedence',
  shutdown: 'told to end',
  'interface-down': 'the interface is down',
};

const REFUSALS: Record<string, string> = {
  malformed: 'it is malformed',
  ttl: 'its time to live is not 255',
  'own-address': 'it comes from the address of this router',
  'not-a-peer': 'its sender is no --unicast-peer',
  checksum: 'its checksum is wrong',
  authentication: 'its password is another one',
  version: 'its VRRP version is another one',
  interval: 'its interval is another one',
  'address-list': 'it lists other addresses',
};

/** A line with its line end. */
export function speakLine(event: SpeakEvent, look: Look): string {
  const [text, tone] = wordsOf(event);
  return `${paint(printable(`${clockTime(event.time)}  ${text}`, look), tone, look)}\n`;
}

function wordsOf(event: SpeakEvent): [text: string, tone: Tone] {
  switch (event.event) {
    case 'ready': {
      const { vrid, version, priority, source, peers, addresses } = event;
      const to = peers.length === 0 ? 'the group' : listed(peers);
      const wait = duration(event.masterDownSeconds);
      const what = `VRRPv${version} vrid ${vrid} priority ${priority} on ${event.interface}`;
      return [`${what}, ${source} to ${to}, for ${listed(addresses)}; waits ${wait}`, 'plain'];
    }
    case 'state': {
      const { from, to, reason, peer } = event;
      const who = peer === null ? '' : ` (${peer.source}, priority ${peer.priority})`;
      const tone = to === 'master' ? 'good' : 'strong';
      return [`${from} → ${to}: ${REASONS[reason] ?? reason}${who}`, tone];
    }
    case 'refused': {
      const why = REFUSALS[event.reason] ?? event.reason;
      return [`advert of ${event.source} not heeded: ${why}`, 'bad'];
    }
    case 'trouble':
      return [event.message, 'bad'];
    case 'stopped':
      return ['stopped', 'plain'];
  }
}
