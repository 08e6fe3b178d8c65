/**
 * The Linux profile against the kernel that runs the test: a thousand seeded random announcements
 * of every form, target MAC and timing for each value of arp_accept, and as many of neighbor
 * discovery with every flag, sent to a network namespace; after each round the kernel's own
 * neighbor table says what the profile must have.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Claim, claimFromArp, claimFromNeighbor } from '../../src/arp/claim.ts';
import { LinuxNeighbor, STATE_NAMES } from '../../src/arp/linux-neighbor.ts';
import { FLAG_OVERRIDE, FLAG_ROUTER, FLAG_SOLICITED } from '../../src/arp/neighbor.ts';
import { LOCKTIME } from '../../src/arp/receiver-profiles.ts';
import { Link, readLink } from '../../src/wire/link.ts';
import { LINKTYPE_ETHERNET } from '../../src/wire/link-type.ts';
import { formatMac, macFromHalves } from '../../src/wire/mac.ts';
import { arp, neighbor } from '../dataplane/frames.ts';
import { Xorshift } from '../properties/xorshift.ts';
import { ARP_ACCEPT, HOST_IPV6, hostIp, hostMac, Kernel, whyNot } from './kernel.ts';

const SEED = 20_261_120;
/** Rounds of announcements end when enough were sent, or when the machine is hopeless. */
const MOST_ROUNDS = 60;
/** Addresses of the host's subnet, and of another; all in all fewer than gc_thresh2 (512). */
const INSIDE = 100;
const OUTSIDE = 25;
const ALL = INSIDE + OUTSIDE;
/** Milliseconds between rounds: most histories lie on both sides of the locktime. */
const PAUSES = [100, 300, 1250];
/** Milliseconds after a round's frames until the kernel's table is read. */
const SETTLE = 50;
/** An entry's age so near to the locktime that the kernel's tick decides. Nanoseconds. */
const TOO_CLOSE = 40e6;
const BROADCAST = 'ff:ff:ff:ff:ff:ff';
const ALL_NODES = '33:33:00:00:00:01';
const ELSEWHERE = '02:00:00:00:99:99';
const SENDERS = ['02:00:00:00:01:01', '02:00:00:00:01:02', '02:00:00:00:01:03'];

class Address {
  readonly family: 4 | 6;
  readonly accept: number;
  readonly ip: string;
  readonly isInside: boolean;
  readonly history: string[] = [];
  /** How much later than `model.updated` the kernel may have seen the claim. Nanoseconds. */
  doubt = 0;
  readonly model = new LinuxNeighbor();

  constructor(family: 4 | 6, accept: number, index: number) {
    this.family = family;
    this.accept = accept;
    this.isInside = index < INSIDE;
    const ipv4 = this.isInside ? `10.80.${accept}.${10 + index}` : `10.90.${accept}.${index}`;
    this.ip = family === 4 ? ipv4 : `fd00:80::${(0x1000 + index).toString(16)}`;
  }
}

interface Announcement {
  address: Address;
  view: DataView;
  destination: string;
  /** The host is asked, by ARP that is not gratuitous or by a solicitation. */
  isAsked: boolean;
  text: string;
}

type Announce = (address: Address, random: Xorshift) => Announcement;

function picker(random: Xorshift) {
  return <T>(choices: readonly T[]): T => choices[random.below(choices.length)] as T;
}

/** ARP: a form, a target MAC, a destination and a sender by chance. */
function announceArp(address: Address, random: Xorshift): Announcement {
  const pick = picker(random);
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

/** Neighbor discovery: flags, option, destination and sender by chance; now and then a question. */
function announceNeighbor(address: Address, random: Xorshift): Announcement {
  const pick = picker(random);
  const { accept, ip } = address;
  const source = pick(SENDERS);
  const isQuestion = random.below(4) === 0;
  const destination = pick(
    isQuestion ? [hostMac(accept)] : [ALL_NODES, hostMac(accept), ELSEWHERE],
  );
  const to = destination === ALL_NODES ? 'ff02::1' : HOST_IPV6;
  // RFC 4861 7.1.2: none that goes to a group is solicited.
  const solicited = destination === ALL_NODES ? [0] : [0, FLAG_SOLICITED];
  const flags = pick([0, FLAG_OVERRIDE]) | pick(solicited) | pick([0, FLAG_ROUTER]);
  const option = isQuestion || random.below(5) > 0 ? source : null;
  const about = { source, destination, from: ip, to, option };
  const view = isQuestion
    ? neighbor({ ...about, type: 135, target: HOST_IPV6 })
    : neighbor({ ...about, type: 136, target: ip, flags });
  const what = isQuestion ? 'NS' : `NA flags ${flags.toString(16)}`;
  const text = `${what} ${source} tells ${ip}, option ${option}, to ${destination}`;
  return { address, view, destination, isAsked: isQuestion, text };
}

/** What the profile makes of it, by the code that a replay runs. */
function apply({ address, view, destination, isAsked }: Announcement, now: number): void {
  if (destination === ELSEWHERE) return;
  const { model, accept, family } = address;
  const link = new Link();
  readLink(view, 0, view.byteLength, LINKTYPE_ETHERNET, link);
  const claim = new Claim(link);
  const claims =
    family === 4
      ? claimFromArp(view, 14, claim)
      : claimFromNeighbor(view, 14, 54, view.byteLength, claim);
  if (!claims) throw new Error('no claim');
  const acceptsNew = accept === 1 || (accept === 2 && address.isInside);
  const isUnicast = destination === hostMac(accept);
  const mac = macFromHalves(claim.macHigh, claim.macLow);
  model.hear(claim, mac, { isUnicast, isAsked, acceptsNew }, now);
  // It answers through the entry that it just made; ARP answers go past the table.
  if (isAsked && family === 6) model.use(now);
}

/** "02:..:01 stale", or "none". */
function entryText(mac: string | null, state: string): string {
  return mac === null ? 'none' : `${mac} ${state}`;
}

function modelText({ model }: Address): string {
  return entryText(model.isValid ? formatMac(model.mac) : null, STATE_NAMES[model.state] as string);
}

interface Outcome {
  disagreements: string[];
  sent: number;
  /** Addresses left out because a claim came just at the locktime, be the machine ever so quick. */
  undecided: number;
}

/** Rounds of announcements, at least `count`; after each the kernel and the profile are compared. */
async function compare(
  kernel: Kernel,
  fresh: () => Address[],
  announce: Announce,
  count: number,
): Promise<Outcome> {
  const random = new Xorshift(SEED);
  const outcome: Outcome = { disagreements: [], sent: 0, undecided: 0 };
  let addresses: Address[] = [];
  let enough = 0;
  for (let round = 0; round < MOST_ROUNDS && outcome.sent < count; round++) {
    if (addresses.length <= enough) {
      kernel.forgetNeighbors();
      addresses = fresh();
      enough = addresses.length / 2;
    }
    addresses = await play(kernel, addresses, random, announce, outcome);
    if (outcome.disagreements.length > 0) break;
    const pause = PAUSES[random.below(PAUSES.length)] as number;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  return outcome;
}

/**
 * One round. Gives the addresses that can go on: not those whose claim came so near to the locktime
 * that the kernel's tick decided, or the machine, which now and then stalls.
 */
async function play(
  kernel: Kernel,
  addresses: Address[],
  random: Xorshift,
  announce: Announce,
  outcome: Outcome,
): Promise<Address[]> {
  const announcements = addresses
    .filter(() => random.below(10) < 7)
    .map((address) => announce(address, random));
  const frames = announcements.map(({ address, view }) => ({ accept: address.accept, view }));
  const times = await kernel.send(frames);
  const asleep = performance.now();
  await new Promise((resolve) => setTimeout(resolve, SETTLE));
  // A stall shows in how long the frames take to go, and in how late a timer rings. A frame may
  // have been looked at so much later than it was handed over.
  const late = (performance.now() - asleep - SETTLE) * 1e6;
  const stall = Math.max(late, (times.at(-1) ?? 0) - (times[0] ?? 0));
  const open = new Set<Address>();
  for (const [index, announcement] of announcements.entries()) {
    const { address, text } = announcement;
    const now = times[index] as number;
    address.history.push(`${(now / 1e9).toFixed(3)} ${text}`);
    const { updated } = address.model;
    const distance = Math.abs(now - updated - LOCKTIME);
    if (address.family === 4) {
      if (distance < TOO_CLOSE + stall + address.doubt) open.add(address);
      if (distance < TOO_CLOSE) outcome.undecided++;
    }
    apply(announcement, now);
    if (address.model.updated !== updated) address.doubt = stall;
  }
  outcome.sent += announcements.length;
  const decided = addresses.filter((address) => !open.has(address));
  outcome.disagreements.push(...disagreements(kernel, decided));
  return decided;
}

function disagreements(kernel: Kernel, addresses: readonly Address[]): string[] {
  const noted = new Map(kernel.neighbors().map((entry) => [`${entry.device} ${entry.ip}`, entry]));
  return addresses.flatMap((address) => {
    const entry = noted.get(`host${address.accept} ${address.ip}`);
    const theirs = entryText(entry?.mac ?? null, entry?.state ?? 'none');
    const ours = modelText(address);
    const story = `\n  ${address.history.join('\n  ')}`;
    return theirs === ours ? [] : [`kernel ${theirs}, profile ${ours}:${story}`];
  });
}

function addressesOf(family: 4 | 6, accept: number): Address[] {
  return Array.from({ length: ALL }, (_, index) => new Address(family, accept, index));
}

const reason = whyNot();
const isSkipped = reason !== null && process.env.CI === undefined;
if (isSkipped) console.warn(`skipped: the Linux profile against the kernel (${reason})`);

describe.skipIf(isSkipped)('the Linux profile and the kernel', () => {
  const kernel = new Kernel();
  afterAll(() => kernel.stop());

  beforeAll(() => {
    if (reason !== null) throw new Error(`no kernel to compare with: ${reason}`);
    kernel.start();
  });

  test('agree on a thousand ARPs for each arp_accept', { timeout: 120_000 }, async () => {
    const fresh = (): Address[] => ARP_ACCEPT.flatMap((accept) => addressesOf(4, accept));
    const { disagreements, sent, undecided } = await compare(kernel, fresh, announceArp, 3000);
    expect(disagreements).toEqual([]);
    expect(sent).toBeGreaterThanOrEqual(3000);
    expect(undecided).toBeLessThan(sent / 20);
  });

  test('agree on a thousand neighbor messages', { timeout: 120_000 }, async () => {
    const fresh = (): Address[] => addressesOf(6, 0);
    const { disagreements, sent } = await compare(kernel, fresh, announceNeighbor, 1000);
    expect(disagreements).toEqual([]);
    expect(sent).toBeGreaterThanOrEqual(1000);
  });
});
