/**
 * The Linux profile against the kernel that runs the test: a thousand seeded random announcements
 * of every form, target MAC and timing for each value of arp_accept, sent to a network namespace;
 * after each round the kernel's own neighbor table says what the profile must have.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { Claim, claimFromArp } from '../../src/arp/claim.ts';
import { LinuxNeighbor, STATE_NAMES } from '../../src/arp/linux-neighbor.ts';
import { LOCKTIME } from '../../src/arp/receiver-profiles.ts';
import { formatMac, macFromHalves, readMacHigh, readMacLow } from '../../src/wire/mac.ts';
import { arp } from '../dataplane/frames.ts';
import { Xorshift } from '../properties/xorshift.ts';
import { ARP_ACCEPT, hostIp, hostMac, Kernel, type KernelEntry, whyNot } from './kernel.ts';

const SEED = 20_261_120;
const ROUNDS = 14;
/** Addresses of the host's subnet, and of another; all in all fewer than gc_thresh2 (512). */
const INSIDE = 100;
const OUTSIDE = 25;
/** Milliseconds between rounds: most histories lie on both sides of the locktime. */
const PAUSES = [100, 300, 1250];
/** An entry's age so near to the locktime that the kernel's tick decides. Nanoseconds. */
const TOO_CLOSE = 40e6;
const BROADCAST = 'ff:ff:ff:ff:ff:ff';
const ELSEWHERE = '02:00:00:00:99:99';
const SENDERS = ['02:00:00:00:01:01', '02:00:00:00:01:02', '02:00:00:00:01:03'];

class Address {
  readonly accept: number;
  readonly ip: string;
  readonly isInside: boolean;
  readonly history: string[] = [];
  readonly model = new LinuxNeighbor();

  constructor(accept: number, index: number) {
    this.accept = accept;
    this.isInside = index < INSIDE;
    this.ip = this.isInside ? `10.80.${accept}.${10 + index}` : `10.90.${accept}.${index}`;
  }
}

interface Announcement {
  address: Address;
  view: DataView;
  destination: string;
  /** The host is the target of an ARP that is not gratuitous. */
  isAsked: boolean;
  text: string;
}

/** A form, a target MAC, a destination and a sender by chance. */
function announce(address: Address, random: Xorshift): Announcement {
  const pick = <T>(choices: readonly T[]): T => choices[random.below(choices.length)] as T;
  const { accept, ip, isInside } = address;
  const source = pick(SENDERS);
  const operation = pick([1, 2]);
  // An asker from another subnet is answered by the routing table's leave, which is not modelled.
  const targets = isInside || operation === 2 ? [ip, ip, hostIp(accept)] : [ip];
  const tpa = pick([...targets, `10.80.${accept}.250`]);
  const destination = pick([BROADCAST, BROADCAST, BROADCAST, hostMac(accept), ELSEWHERE]);
  const tha = pick([BROADCAST, '00:00:00:00:00:00', source, destination, hostMac(accept)]);
  const view = arp({ operation, source, spa: ip, destination, tha, tpa });
  const text = `op ${operation} ${source} tells ${ip} to ${tpa}, THA ${tha}, to ${destination}`;
  return { address, view, destination, isAsked: tpa === hostIp(accept), text };
}

/** What the profile makes of it, by the code that a replay runs. */
function apply({ address, view, destination, isAsked }: Announcement, now: number): void {
  if (destination === ELSEWHERE) return;
  const claim = new Claim();
  claim.destinationHigh = readMacHigh(view, 0);
  claim.destinationLow = readMacLow(view, 0);
  if (!claimFromArp(view, 14, claim)) throw new Error('no claim');
  const acceptsNew = address.accept === 1 || (address.accept === 2 && address.isInside);
  const isUnicast = destination === hostMac(address.accept);
  const mac = macFromHalves(claim.macHigh, claim.macLow);
  address.model.hear(claim, mac, { isUnicast, isAsked, acceptsNew }, now);
}

/** "02:..:01 stale", or "none". */
function entryText(mac: string | null, state: string): string {
  return mac === null ? 'none' : `${mac} ${state}`;
}

function modelText({ model }: Address): string {
  return entryText(model.isValid ? formatMac(model.mac) : null, STATE_NAMES[model.state] as string);
}

const reason = whyNot();
const isSkipped = reason !== null && process.env.CI === undefined;
if (isSkipped) console.warn(`skipped: the Linux profile against the kernel (${reason})`);

describe.skipIf(isSkipped)('the Linux profile and the kernel', () => {
  const kernel = new Kernel();
  afterAll(() => kernel.stop());

  test('agree on a thousand announcements for each arp_accept', { timeout: 60_000 }, async () => {
    expect(reason).toBeNull();
    kernel.start();
    const random = new Xorshift(SEED);
    const count = INSIDE + OUTSIDE;
    const addresses = ARP_ACCEPT.flatMap((accept) =>
      Array.from({ length: count }, (_, index) => new Address(accept, index)),
    );
    const disagreements: string[] = [];
    let sent = 0;
    let undecided = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const announcements = addresses
        .filter(() => random.below(10) < 7)
        .map((address) => announce(address, random));
      const frames = announcements.map(({ address, view }) => ({ accept: address.accept, view }));
      const times = await kernel.send(frames);
      sent += announcements.length;
      const open = new Set<Address>();
      for (const [index, announcement] of announcements.entries()) {
        const { address, text } = announcement;
        const now = times[index] as number;
        const age = now - address.model.updated;
        address.history.push(`${(now / 1e9).toFixed(3)} ${text}`);
        if (Math.abs(age - LOCKTIME) < TOO_CLOSE) open.add(address);
        apply(announcement, now);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
      const noted = new Map(kernel.neighbors().map((entry) => [keyOf(entry), entry]));
      undecided += open.size;
      for (const address of addresses) {
        const entry = noted.get(`host${address.accept} ${address.ip}`);
        const theirs = entryText(entry?.mac ?? null, entry?.state ?? 'none');
        if (theirs === modelText(address) || open.has(address)) continue;
        const story = `\n  ${address.history.join('\n  ')}`;
        disagreements.push(`kernel ${theirs}, profile ${modelText(address)}:${story}`);
      }
      // Its later history would tell of the tick, too.
      for (const address of open) addresses.splice(addresses.indexOf(address), 1);
      if (disagreements.length > 0) break;
      const pause = PAUSES[random.below(PAUSES.length)] as number;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    expect(disagreements).toEqual([]);
    expect(sent).toBeGreaterThan(3000);
    expect(undecided).toBeLessThan(sent / 20);
  });
});

function keyOf({ device, ip }: KernelEntry): string {
  return `${device} ${ip}`;
}
