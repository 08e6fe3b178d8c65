/** From the replay result and its lanes to the picture: which groups, which lanes, what in them. */
import type { AddressLanes, AdvertLanes, Lanes } from '../../analysis/lanes.ts';
import type {
  ClaimEntry,
  FailoverEntry,
  HavipSummary,
  OutageEntry,
  ReplayResult,
} from '../../analysis/result.ts';
import { causeClause } from '../cause-texts.ts';
import { addressLabel, type Naming } from '../naming.ts';
import { lengthText } from '../outage-words.ts';
import { counted, offset } from '../quantity.ts';
import type { Bar, ClaimMarks, Event, Group, Lane, OutageBand, Picture } from './picture.ts';
import { PictureBudget } from './picture-budget.ts';
import { PictureHosts } from './picture-hosts.ts';

/** Groups drawn: of more addresses those where something happened. */
export const GROUPS_MAX = 12;
const SPEAKERS_MAX = 8;

export interface Made {
  picture: Picture;
  /** Addresses, and entries of lanes, that are not drawn. */
  addressesLeftOut: number;
  entriesLeftOut: number;
}

export function makePicture(result: ReplayResult, lanes: Lanes, naming: Naming): Made {
  const { firstTime, durationSeconds } = result.capture;
  const chosen = chosenOf(result, lanes);
  const keys = new Set(chosen.shown.map(keyOf));
  const drawnHavips = result.havips.filter((havip) => keys.has(keyOf(havip)));
  const hosts = new PictureHosts(drawnHavips, naming);
  const drawn = new Set<AdvertLanes>();
  const budget = new PictureBudget(onlyOf(lanes, keys));
  const maker = new GroupMaker({ result, lanes, naming, hosts, budget });
  const groups = chosen.shown.map((address) => maker.group(address, drawn));
  const picture = {
    start: firstTime === null ? null : Date.parse(firstTime),
    duration: durationSeconds ?? 0,
    hosts: hosts.names,
    groups,
  };
  const entriesLeftOut = budget.leftOut + result.elided.timeline;
  return { picture, addressesLeftOut: chosen.leftOut, entriesLeftOut };
}

/** The lanes of these addresses. */
function onlyOf(lanes: Lanes, keys: ReadonlySet<string>): Lanes {
  return {
    addresses: lanes.addresses.filter((one) => keys.has(keyOf(one))),
    adverts: lanes.adverts.filter(({ vlan, addresses }) =>
      addresses.some((ip) => keys.has(keyOf({ ip, vlan }))),
    ),
    leftOut: lanes.leftOut,
  };
}

interface Address {
  ip: string;
  vlan: number | null;
}

const keyOf = ({ ip, vlan }: Address): string => addressLabel(ip, vlan);

/** The addresses to draw, in the order of the result. */
function chosenOf(result: ReplayResult, lanes: Lanes): { shown: Address[]; leftOut: number } {
  const eventful = new Set<string>();
  for (const entry of [...result.failovers, ...result.outages]) eventful.add(keyOf(entry));
  for (const claim of result.claims) if (claim.verdict === 'refused') eventful.add(keyOf(claim));
  const all = new Map<string, Address>();
  for (const address of [...result.havips, ...lanes.addresses]) {
    if (!all.has(keyOf(address))) all.set(keyOf(address), address);
  }
  const list = [...all.values()];
  const first = list.filter((address) => eventful.has(keyOf(address)));
  const rest = list.filter((address) => !eventful.has(keyOf(address)));
  const shown = new Set([...first, ...rest].slice(0, GROUPS_MAX));
  return {
    shown: list.filter((address) => shown.has(address)),
    leftOut: list.length - shown.size,
  };
}

interface Sources {
  result: ReplayResult;
  lanes: Lanes;
  naming: Naming;
  hosts: PictureHosts;
  budget: PictureBudget;
}

class GroupMaker {
  private readonly result: ReplayResult;
  private readonly lanes: Lanes;
  private readonly naming: Naming;
  private readonly hosts: PictureHosts;
  private readonly budget: PictureBudget;
  private readonly end: number;
  private readonly hole: Hole | null;

  constructor({ result, lanes, naming, hosts, budget }: Sources) {
    this.result = result;
    this.lanes = lanes;
    this.naming = naming;
    this.hosts = hosts;
    this.budget = budget;
    this.end = result.capture.durationSeconds ?? 0;
    this.hole = holeOf(result);
  }

  /** Adverts that list several addresses are drawn with the first of them. */
  group(address: Address, drawn: Set<AdvertLanes>): Group {
    const isOf = (entry: Address): boolean => keyOf(entry) === keyOf(address);
    const havip = this.result.havips.find(isOf);
    const lane = this.lanes.addresses.find(isOf);
    const speakers = this.lanes.adverts
      .filter((one) => one.vlan === address.vlan && one.addresses.includes(address.ip))
      .filter((one) => !drawn.has(one))
      .slice(0, SPEAKERS_MAX);
    for (const speaker of speakers) drawn.add(speaker);
    const failovers = [...this.result.failovers.entries()].filter(([, entry]) => isOf(entry));
    return {
      label: keyOf(address),
      lanes: [
        ...(havip === undefined ? [] : [this.holder(havip)]),
        ...(lane === undefined ? [] : [this.claims(lane), this.traffic(lane)]),
        ...speakers.map((speaker) => this.adverts(speaker)),
      ],
      outages: bands(this.budget.ends(this.result.outages.filter(isOf))),
      events: this.budget.ends(failovers).map(([index, entry]) => this.event(entry, index)),
    };
  }

  private holder(havip: HavipSummary): Lane {
    const { naming, hosts } = this;
    const bars: Bar[] = [];
    const timed = havip.timeline.filter((entry) => entry.t !== null);
    const ends = new Map(timed.map((entry, index) => [entry, timed[index + 1]?.t ?? this.end]));
    for (const entry of this.budget.ends(timed)) {
      const from = entry.t as number;
      const to = this.known(from, ends.get(entry) ?? this.end);
      const about = [`holder: ${naming.full(entry)}`, `since ${offset(from)} s (${entry.cause})`];
      const host = hosts.of(entry);
      const text = naming.short(entry);
      bars.push({ from, to, host, text, frame: entry.frame, about, end: 'open' });
    }
    return { kind: 'holder', label: 'holder', host: -1, bars, ticks: [], claims: [] };
  }

  /** Where the list leaves out changes, nobody knows from it who held the address. */
  private known(from: number, to: number): number {
    const { hole } = this;
    return hole !== null && from <= hole.from && to >= hole.to ? hole.from : to;
  }

  private claims(lane: AddressLanes): Lane {
    const { naming } = this;
    const claims: ClaimMarks[] = lane.claims.map(({ mac, verdict, marks }) => {
      const who = { mac, name: null };
      const reason = verdict === 'refused' ? this.reason(lane, mac) : '';
      const about = `claim ${verdict}${reason}: ${naming.full(who)}`;
      return { host: this.hosts.of(who), verdict, about, marks: this.budget.thin(marks) };
    });
    const order: ClaimEntry['verdict'][] = ['noted', 'confirmed', 'moved', 'refused'];
    claims.sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
    return { kind: 'claims', label: 'claims', host: -1, bars: [], ticks: [], claims };
  }

  /** Why this MAC's claims of the address are refused, where it is one reason. */
  private reason({ ip, vlan }: Address, mac: string): string {
    const reasons = new Set<string | null>();
    for (const claim of this.result.claims) {
      const isIt = claim.ip === ip && claim.vlan === vlan && claim.mac === mac;
      if (isIt && claim.verdict === 'refused') reasons.add(claim.reason);
    }
    return reasons.size === 1 ? ` (${[...reasons][0]})` : '';
  }

  private traffic(lane: AddressLanes): Lane {
    const { hosts, budget } = this;
    const requests = { host: -1, what: 'packet to the address', marks: budget.thin(lane.to) };
    const ticks: Lane['ticks'] = [{ ...requests, place: 'lower' }];
    for (const { mac, marks } of lane.from) {
      const host = hosts.of({ mac, name: null });
      const what = `packet from ${hosts.name(host)}`;
      ticks.push({ host, what, marks: budget.thin(marks), place: 'upper' });
    }
    return { kind: 'traffic', label: 'traffic', host: -1, bars: [], ticks, claims: [] };
  }

  private adverts(speaker: AdvertLanes): Lane {
    const who = { mac: speaker.mac, name: null, speaker: speaker.ip };
    const host = this.hosts.of(who);
    const label = `VRID ${speaker.vrid} ${this.naming.short(who)}`;
    const bars = this.budget.ends(speaker.stretches).map((stretch): Bar => {
      const { t, last, priority, adverts, frame, end } = stretch;
      const about = [
        `${speaker.ip}, VRID ${speaker.vrid}, VRRPv${speaker.version}`,
        `priority ${priority}: ${counted(adverts, 'advert')}, ${offset(t)} to ${offset(last)} s`,
      ];
      if (end === 'resigned') about.push(`resigned by priority 0, frame ${stretch.lastFrame}`);
      if (end === 'silent') about.push(`then silent, last advert frame ${stretch.lastFrame}`);
      const text = `priority ${priority}`;
      const shown = end === 'priority' ? 'open' : end;
      return { from: t, to: last, host, text, frame, about, end: shown };
    });
    const what = `advert of ${speaker.ip}`;
    const marks = this.budget.thin(speaker.marks);
    const ticks: Lane['ticks'] = [{ host, what, marks, place: 'foot' }];
    return { kind: 'adverts', label, host, bars, ticks, claims: [] };
  }

  private event(failover: FailoverEntry, index: number): Event {
    const from = this.naming.short(failover.from);
    const to = this.naming.short(failover.to);
    const about = [`failover ${index + 1}: ${from} → ${to}`, causeClause(failover, this.naming)];
    const { t, frame } = failover;
    return { t: t ?? 0, text: String(index + 1), frame, about };
  }
}

function bands(outages: OutageEntry[]): OutageBand[] {
  return outages.flatMap((outage) => {
    const { t, seconds, client, unanswered, firstServiceFrame, lastServiceFrame } = outage;
    if (t === null || seconds === null) return [];
    const isOpen = firstServiceFrame === null;
    const text = lengthText(outage);
    const end = outage.isLost ? 'its requests passed out of sight' : 'no answer to the end';
    const about = [
      `outage of ${text} for ${client.ip}, ${counted(unanswered, 'request')} unanswered`,
      `cause: ${outage.cause}${isOpen ? `; ${end} of the capture` : ''}`,
      `last answer frame ${lastServiceFrame}, first answer ${firstServiceFrame ?? 'none'}`,
    ];
    return [{ from: t - seconds, to: t, text, frame: lastServiceFrame, about }];
  });
}

interface Hole {
  from: number;
  to: number;
}

/** The stretch in which the result leaves out changes of holder: it keeps as many of both ends. */
function holeOf(result: ReplayResult): Hole | null {
  if (result.elided.timeline === 0) return null;
  const kept = result.havips.flatMap(({ timeline }) => timeline);
  kept.sort((a, b) => a.frame - b.frame);
  const from = kept[Math.ceil(kept.length / 2) - 1]?.t ?? null;
  const to = kept[Math.ceil(kept.length / 2)]?.t ?? null;
  return from === null || to === null ? null : { from, to };
}
