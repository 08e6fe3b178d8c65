import { DROP_REASON_NAMES } from '../dataplane/drop-reason.ts';
import { formatMac } from '../wire/mac.ts';
import type { Clock } from './clock.ts';
import type { Entries } from './entries.ts';
import type { Finding } from './result.ts';

/**
 * What the claim guard refused, counted for each address, claimant and reason: the first frame
 * stands for all in the finding. Counted as it happens, since a list of claims keeps only its ends.
 */
const REFUSALS_MAX = 1 << 16;
/** There are fewer reasons than that. */
const REASONS = 64;

interface Refusal {
  readonly id: number;
  readonly mac: number;
  readonly reason: number;
  readonly frame: number;
  readonly stamp: number;
  count: number;
}

const ADVICE: Readonly<Record<string, string>> = {
  'wrong-subnet': 'Give the HaVip an address of the subnet that its members are in.',
  'virtual-mac':
    'A cloud knows no virtual MAC: remove use_vmac from the vrrp_instance of keepalived.conf.',
  'sender-mac-mismatch':
    'Ethernet source and ARP sender must be the same NIC: look for a forged or proxied ARP.',
  'wrong-port':
    'A host sends with a MAC that is not its own: the event of the claim names its port.',
  'not-member':
    'If this host should serve the HaVip, bind it to the HaVip; if not, find out what runs on it.',
  'ordinary-address':
    'An ordinary address cannot move by ARP: use a HaVip, or find out who claims this address.',
};

/** Of Alibaba Cloud as operators see it; no vendor page names it. */
const ANSWERS_FOR_ALL = 0xeeffffffffff;
const NO_CLAIM =
  'This is the MAC with which the switch of Alibaba Cloud answers for every address, and no host ' +
  'of yours: replay with `--provider alibaba`.';

export class Refusals {
  private readonly clock: Clock;
  /** In the order of their first frames. */
  private readonly all: Refusal[] = [];
  private readonly byMac = new Map<number, Map<number, Refusal>>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** How many are told apart; those after the first 65,536 are not. */
  get size(): number {
    return this.all.length;
  }

  note(id: number, mac: number, reason: number): void {
    const key = id * REASONS + reason;
    const known = this.byMac.get(mac)?.get(key);
    if (known !== undefined) {
      known.count++;
      return;
    }
    if (this.all.length === REFUSALS_MAX) return;
    const { frame, stamp } = this.clock;
    const refusal = { id, mac, reason, frame, stamp, count: 1 };
    this.all.push(refusal);
    const ofMac = this.byMac.get(mac);
    if (ofMac === undefined) this.byMac.set(mac, new Map([[key, refusal]]));
    else ofMac.set(key, refusal);
  }

  /** The findings of those from number `from` on, counted from 0. */
  findings(entries: Entries, from = 0): Finding[] {
    return this.all.slice(from).map((refusal) => findingOf(refusal, entries));
  }
}

function findingOf(refusal: Refusal, entries: Entries): Finding {
  const { id, mac, frame, stamp, count } = refusal;
  const reason = DROP_REASON_NAMES[refusal.reason] as string;
  const name = entries.name(mac);
  const who = name === null ? formatMac(mac) : `${name} (${formatMac(mac)})`;
  const ip = entries.ip(id);
  const often = count === 1 ? 'once' : `${count} times`;
  return {
    code: 'claim-refused',
    severity: 'error',
    ...entries.moment(stamp, frame),
    vlan: entries.vlan(id),
    ip,
    message: `${who} claimed ${ip} ${often} and the cloud would refuse it: ${reason}.`,
    advice: adviceOn(mac, reason),
  };
}

function adviceOn(mac: number, reason: string): string {
  if (mac === ANSWERS_FOR_ALL && reason === 'not-member') return NO_CLAIM;
  return ADVICE[reason] ?? 'See the rules of this provider in docs/providers.md.';
}
