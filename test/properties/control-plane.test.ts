/**
 * Any operations in any order through the control plane and a real switch, and hosts that announce
 * HaVips by real frames in between: the switch lets in whom the inventory says, the holder is who
 * the model says, what is refused changes nothing in either, what could not be written is taken
 * back, and a switch made anew from the inventory judges the same.
 * HAVIP_PROPERTY_RUNS sets how many operations at least; a failure names fast-check's seed, which
 * HAVIP_SEED takes.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Dataplane } from '../../src/havip/inventory/dataplane.ts';
import { resourcesOf } from '../../src/havip/inventory/from-topology.ts';
import { Inventory } from '../../src/havip/inventory/inventory.ts';
import type { Operation, Outcome } from '../../src/havip/inventory/operation.ts';
import { type Journal, Plane } from '../../src/havip/inventory/plane.ts';
import type { Eni, Havip, MemberRef } from '../../src/havip/inventory/resources.ts';
import { eniChanges, wiredHavips } from '../../src/havip/inventory/to-topology.ts';
import { type LiveSwitch, liveSwitchOf } from '../../src/havip/live-switch.ts';
import { RULE_SET_NAMES, ruleSet } from '../../src/havip/rule-sets.ts';
import type { Subnet, Topology } from '../../src/havip/topology.ts';
import { formatMac } from '../../src/wire/mac.ts';
import { announcement, neighbor } from '../dataplane/frames.ts';
import { eniOf, Journal as Observer, topologyOf } from '../dataplane/site.ts';
import { attached } from '../havip/live-lab.ts';

const OPERATIONS = Number(process.env.HAVIP_PROPERTY_RUNS ?? 2_000);
const SEED = Number(process.env.HAVIP_SEED ?? 1);
const LEAST = 40;
const CHUNK = 100;

type Provider = (typeof RULE_SET_NAMES)[number];

const SUBNETS: Subnet[] = [
  { name: 'a', vpc: 'v', cidrs: ['10.0.1.0/24', '2001:db8:1::/64'], gateways: [] },
  { name: 'b', vpc: 'v', cidrs: ['10.0.2.0/24'], gateways: [] },
];
/** Instance, ENI, subnet, last part of the address; the first of each instance is its primary. */
const ENIS: readonly (readonly [string, string, string, number])[] = [
  ['i-1', 'eth0', 'a', 11],
  ['i-1', 'eth1', 'a', 21],
  ['i-1', 'eth2', 'b', 31],
  ['i-2', 'eth0', 'a', 12],
  ['i-2', 'eth1', 'a', 22],
  ['i-3', 'eth0', 'a', 13],
  ['i-4', 'eth0', 'a', 14],
  ['i-5', 'eth0', 'b', 15],
  ['i-5', 'eth1', 'a', 25],
];
const INSTANCES = ['i-1', 'i-2', 'i-3', 'i-4', 'i-5'];
const IDS = ENIS.map(([instance, name]) => `${instance}.${name}`);
const MACS = ENIS.map((_, i) => `00:16:3e:00:00:${(i + 1).toString(16).padStart(2, '0')}`);
const ADDRESSES = [
  '10.0.1.50',
  '10.0.1.51',
  '10.0.1.11',
  '10.0.1.21',
  '10.0.1.0',
  '2001:db8:1::50',
];

function labOf(provider: Provider): Topology {
  const { gatewayDefault } = ruleSet(provider);
  const enis = ENIS.map(([instance, name, subnet, place], i) => {
    const address = `10.0.${subnet === 'a' ? 1 : 2}.${place}`;
    return eniOf(MACS[i]!, { instance, name, subnet, addresses: [address] });
  });
  const subnets = SUBNETS.map((subnet) => ({
    ...subnet,
    gateways: subnet.cidrs.map(gatewayDefault),
  }));
  return attached(topologyOf(provider, { subnets, enis, havips: [] }));
}

const at = fc.nat(99);
const member: fc.Arbitrary<MemberRef> = fc.oneof(
  fc.constantFrom(...INSTANCES, 'i-9').map((instance) => ({ instance })),
  fc.constantFrom(...IDS, 'i-9.eth0').map((eni) => ({ eni })),
);
const eni = fc.constantFrom(...IDS);
const flag = fc.boolean();
const address = fc.option(fc.constantFrom(...ADDRESSES), { freq: 3 });

/** A wish: HaVips, EIPs and routes are named by a number, as nobody knows their ids yet. */
const WISHES = {
  'create-havip': [
    5,
    { subnet: fc.constantFrom('a', 'a', 'a', 'b'), address, checkAssociate: flag },
  ],
  'edit-havip': [2, { havip: at, checkAssociate: flag }],
  'delete-havip': [2, { havip: at }],
  associate: [14, { havip: at, member }],
  disassociate: [6, { havip: at, member, force: flag }],
  'set-members': [3, { havip: at, members: fc.array(member, { maxLength: 3 }) }],
  'create-eip': [1, { address: fc.constant(null) }],
  'delete-eip': [1, { eip: at }],
  'associate-eip': [2, { eip: at, havip: at }],
  'disassociate-eip': [1, { eip: at }],
  'create-route': [1, { destination: fc.constantFrom('172.16.0.0/16', '0.0.0.0/0'), havip: at }],
  'delete-route': [1, { route: at }],
  'delete-instance': [1, { instance: fc.constantFrom(...INSTANCES) }],
  'set-instance-status': [1, { instance: fc.constantFrom(...INSTANCES) }],
  'delete-eni': [1, { eni }],
  'detach-eni': [3, { eni }],
  'attach-eni': [4, { eni, instance: fc.constantFrom(...INSTANCES) }],
  'set-source-dest-check': [1, { eni, on: flag }],
  'set-quota': [1, { most: fc.nat(6) }],
} as const satisfies Record<Exclude<Operation['kind'], 'all'>, readonly [number, object]>;
/** What stands in a list of steps: none takes an address from its holder, who would be unknown. */
const STEPS = [
  'create-havip',
  'associate',
  'create-eip',
  'associate-eip',
  'create-route',
  'delete-route',
] as const;

type Weighted = [Operation['kind'], [number, Record<string, fc.Arbitrary<unknown>>]];
type Wish = { kind: Operation['kind'] } & Record<string, unknown>;
interface Step {
  wish: Wish;
  /** Whether the journal cannot be written. */
  fails: boolean;
  /** Who announces which HaVip afterwards. */
  speakers: [number, number][];
}

function wishOf(kinds: readonly Operation['kind'][]): fc.WeightedArbitrary<Wish>[] {
  const chosen = (Object.entries(WISHES) as unknown as Weighted[]).filter(([kind]) =>
    kinds.includes(kind),
  );
  return chosen.map(([kind, [weight, fields]]) => ({
    weight,
    arbitrary: fc.record({ kind: fc.constant(kind), ...fields }) as unknown as fc.Arbitrary<Wish>,
  }));
}

const steps: fc.Arbitrary<Wish> = fc.record({
  kind: fc.constant('all' as const),
  steps: fc.array(fc.oneof(...wishOf(STEPS)), { maxLength: 4 }),
});
const wish: fc.Arbitrary<Wish> = fc.oneof(...wishOf(Object.keys(WISHES) as Operation['kind'][]), {
  weight: 4,
  arbitrary: steps,
});
const step: fc.Arbitrary<Step> = fc.record({
  wish,
  fails: fc.nat(9).map((n) => n === 0),
  speakers: fc.array(fc.tuple(at, fc.nat(ENIS.length - 1)), { minLength: 2, maxLength: 4 }),
});

class Run {
  readonly provider: Provider;
  readonly live: LiveSwitch;
  readonly inventory: Inventory;
  readonly plane: Plane;
  private readonly lab: Topology;
  private readonly observer = new Observer();
  /** The model: HaVip -> MAC of who announced it last and might. */
  private readonly holders = new Map<string, string>();
  /** As the model had it when it was last compared. */
  private heldBefore: ReadonlyMap<string, string> = new Map();
  private fails = false;
  private now = 0;

  constructor(provider: Provider) {
    this.provider = provider;
    this.lab = labOf(provider);
    const live = liveSwitchOf(this.lab, { observer: this.observer });
    const { control } = live;
    const dataplane: Dataplane = {
      async apply(changes) {
        const result = control.applyAll(changes);
        if (!('refused' in result)) return null;
        return { refused: result.isHolder ? 'holder' : 'other', message: result.refused };
      },
      holderMac: (lane) => formatted(control.holderOf(lane)),
      flushedAt: () => null,
    };
    const journal: Journal = {
      prepare: () => ({
        commit: () => {
          if (this.fails) throw new Error('no space left');
        },
        rollback() {},
      }),
      refused() {},
    };
    let ids = 0;
    const newId = (): string => `n${++ids}`;
    this.live = live;
    this.inventory = new Inventory(resourcesOf(this.lab, 0));
    const { inventory } = this;
    const parts = { rules: ruleSet(provider), inventory, dataplane, journal, newId };
    this.plane = new Plane({ ...parts, clock: () => this.now });
  }

  async does({ wish: asked, fails, speakers }: Step): Promise<Outcome> {
    const operation = this.operationOf(asked);
    const before = this.state();
    const havips = new Map(this.inventory.all('havip').map((havip) => [havip.id, havip]));
    const enis = new Map(this.inventory.all('eni').map((one) => [one.id, one]));
    this.fails = fails;
    const caller = { dialect: 'native', call: operation.kind, requestId: '' };
    const outcome = await this.plane.submit(operation, caller);
    this.now++;
    if (outcome.ok) this.follow(enis);
    else if (outcome.code === 'dataplane') this.takenBack(before, fails, outcome.message);
    else expect(this.state()).toEqual(before);
    this.checkHolderRules(operation, outcome, havips, enis);
    this.checkHolders();
    for (const [havip, speaker] of speakers) this.announces(havip, speaker);
    return outcome;
  }

  /** A switch that is made of what the inventory holds judges as this one. */
  checkAnew(): void {
    const topology = { ...this.lab, havips: wiredHavips(this.inventory) };
    const observer = new Observer();
    const live = liveSwitchOf(topology, { observer });
    expect(live.control.applyAll(eniChanges(this.lab, this.inventory))).toHaveProperty('done');
    expect(sorted(live.control.topology)).toEqual(sorted(this.live.control.topology));
    for (const havip of this.inventory.all('havip')) {
      for (const speaker of MACS.keys()) {
        const before = live.control.holderOf(havip.lane);
        announce(live, havip.address, speaker, this.now);
        const holder = formatted(live.control.holderOf(havip.lane));
        const expected = this.mayClaim(havip, speaker) ? MACS[speaker]! : formatted(before);
        expect([havip.id, IDS[speaker], holder]).toEqual([havip.id, IDS[speaker], expected]);
      }
    }
  }

  private operationOf(asked: Wish): Operation {
    if (asked.kind === 'all') {
      const list = (asked.steps as Wish[]).map((one) => this.operationOf(one));
      return { kind: 'all', steps: list } as Operation;
    }
    const pick = (kind: 'havip' | 'eip' | 'route', n: unknown): string => {
      const all = this.inventory.all(kind);
      // One in twenty names nobody.
      if (all.length === 0 || (n as number) >= 95) return 'nobody';
      return all[(n as number) % all.length]!.id;
    };
    const named = Object.entries(asked).map(([field, value]) => {
      const isKind = field === 'havip' || field === 'eip' || field === 'route';
      return [field, isKind ? pick(field, value) : value];
    });
    const more = { name: 'web', table: 'rtb-v', status: 'stopped', quota: 'havipsPerVpc' };
    const own: Record<string, readonly (keyof typeof more)[]> = {
      'create-havip': ['name'],
      'create-route': ['table'],
      'set-instance-status': ['status'],
      'set-quota': ['quota'],
    };
    const rest = (own[asked.kind] ?? []).map((field) => [field, more[field]]);
    return Object.fromEntries([...named, ...rest]) as Operation;
  }

  /** What an accepted operation means for the holders. */
  private follow(former: ReadonlyMap<string, Eni>): void {
    for (const [id, mac] of this.holders) {
      const havip = this.inventory.havip(id);
      const speaker = MACS.indexOf(mac);
      const isDeleted =
        former.has(IDS[speaker]!) && this.inventory.eni(IDS[speaker]!) === undefined;
      if (havip === undefined || isDeleted || !this.mayClaim(havip, speaker)) {
        this.holders.delete(id);
      }
    }
  }

  /** Nothing is left of it, but that who was unbound has to announce again. */
  private takenBack(before: State, fails: boolean, message: string): void {
    expect([fails, message]).toEqual([true, 'the state could not be written: no space left']);
    const after = this.state();
    expect(after.inventory).toEqual(before.inventory);
    expect(after.network).toEqual(before.network);
    for (const [id, mac] of this.holders) {
      const holder = this.plane.holderOf(id)?.mac ?? null;
      expect([mac, null]).toContain(holder);
      if (holder === null) this.holders.delete(id);
    }
  }

  /** Alibaba spares the holder, Tencent keeps a HaVip that is held; nobody else asks. */
  private checkHolderRules(
    operation: Operation,
    outcome: Outcome,
    havips: ReadonlyMap<string, Havip>,
    enis: ReadonlyMap<string, Eni>,
  ): void {
    const code = outcome.ok ? 'ok' : outcome.code;
    const spares = this.provider.startsWith('alibaba');
    if (operation.kind === 'delete-havip' && this.provider === 'tencent' && code === 'is-held') {
      expect(this.holders.has(operation.havip)).toBe(true);
    } else {
      expect(code).not.toBe('is-held');
    }
    const isForced = operation.kind === 'disassociate' && operation.force;
    if (operation.kind !== 'disassociate' && operation.kind !== 'set-members') {
      expect(code).not.toBe('is-holder');
    } else if (code === 'is-holder') {
      const holder = enis.get(IDS[MACS.indexOf(this.holders.get(operation.havip) ?? '')] ?? '');
      const listed = operation.kind === 'disassociate' ? [operation.member] : [];
      const gone = listed.length > 0 ? listed : (havips.get(operation.havip)?.members ?? []);
      expect([spares, isForced]).toEqual([true, false]);
      expect(gone.some((one) => holder !== undefined && covers(one, holder))).toBe(true);
    } else if (code === 'ok' && spares && !isForced) {
      const was = this.heldBefore.get(operation.havip);
      expect(this.holders.get(operation.havip)).toBe(was);
    }
  }

  private checkHolders(): void {
    for (const { id } of this.inventory.all('havip')) {
      const holder = this.plane.holderOf(id)?.mac ?? null;
      expect([id, holder]).toEqual([id, this.holders.get(id) ?? null]);
    }
    this.heldBefore = new Map(this.holders);
  }

  private announces(which: number, speaker: number): void {
    const all = this.inventory.all('havip');
    const havip = all[which % Math.max(1, all.length)];
    if (havip === undefined) return;
    this.now++;
    const mac = MACS[speaker]!;
    this.observer.lines = [];
    announce(this.live, havip.address, speaker, this.now);
    const said = this.observer.lines.find((line) => line.includes(' is '))?.split(/[ :]/)[0];
    const isHere = ENIS[speaker]![2] === havip.subnet;
    if (this.mayClaim(havip, speaker)) {
      expect(said).toBe(this.holders.get(havip.id) === mac ? 'confirmed' : 'moved');
      this.holders.set(havip.id, mac);
    } else if (this.inventory.eni(IDS[speaker]!) !== undefined && isHere) {
      expect(said).toBe('refused');
    } else if (this.provider !== 'classic') {
      expect(['refused', undefined]).toContain(said);
    }
    this.checkHolders();
  }

  /** The rules of who may claim, from the inventory alone. */
  private mayClaim({ subnet, members, checkAssociate }: Havip, speaker: number): boolean {
    if (ENIS[speaker]![2] !== subnet) return false;
    if (this.provider === 'classic') return true;
    const own = this.inventory.eni(IDS[speaker]!);
    if (own === undefined) return false;
    if (this.provider === 'tencent' && !checkAssociate) return true;
    return members.some((one) => covers(one, own));
  }

  private state(): State {
    const { control, owner } = this.live;
    const kinds = ['havip', 'eip', 'route', 'instance', 'eni', 'quota', 'token'] as const;
    const { book } = owner;
    const policies = Array.from({ length: book.size }, (_, i) => [
      book.policy(i + 1),
      book.subnet(i + 1),
      ...book.membersOf(i + 1),
    ]);
    const holders = control.topology.havips.map(({ name }) => [name, control.holderOf(name)]);
    return {
      inventory: structuredClone(kinds.map((kind) => this.inventory.all(kind))),
      network: sorted(control.topology),
      tables: JSON.stringify([book.edition, policies, holders]),
    };
  }
}

interface State {
  inventory: unknown;
  network: unknown;
  tables: string;
}

/** Whether a member is, or has, this ENI. */
function covers(one: MemberRef, { id, instance }: Eni): boolean {
  return 'eni' in one ? one.eni === id : one.instance === instance;
}

function formatted(mac: number): string | null {
  return mac === 0 ? null : formatMac(mac);
}

/** In no order of its own: what is taken back comes to stand at the end. */
function sorted({ enis, havips }: Topology): unknown {
  const text = (value: unknown): string => JSON.stringify(value);
  const lists = havips.map((havip) => ({ ...havip, members: havip.members.map(text).sort() }));
  return [enis, lists.map(text).sort()];
}

function announce(live: LiveSwitch, ip: string, speaker: number, now: number): void {
  const mac = MACS[speaker]!;
  const frame = ip.includes(':')
    ? neighbor({ source: mac, type: 136, flags: 0x20, from: 'fe80::9', target: ip, option: mac })
    : announcement(mac, ip);
  live.owner.setNow(now * 1e6);
  live.owner.ingress(frame, 0, frame.byteLength, 1, speaker);
}

test('the switch and the control plane agree after any operations', async () => {
  const runs = Math.ceil(OPERATIONS / LEAST);
  const tally = { operations: 0, accepted: 0, codes: new Set<string>() };
  const lives = fc.array(step, { minLength: LEAST, maxLength: LEAST + 20 });
  const life = fc.asyncProperty(fc.constantFrom(...RULE_SET_NAMES), lives, async (name, list) => {
    const run = new Run(name);
    for (const one of list) {
      const outcome = await run.does(one);
      tally.operations++;
      if (outcome.ok) tally.accepted++;
      else tally.codes.add(outcome.code);
    }
    run.checkAnew();
  });
  for (let done = 0; done < runs; done += CHUNK) {
    await fc.assert(life, { numRuns: Math.min(CHUNK, runs - done), seed: SEED + done });
  }
  expect(tally.operations).toBeGreaterThanOrEqual(OPERATIONS);
  expect(tally.accepted).toBeGreaterThan(OPERATIONS / 5);
  const met = ['is-holder', 'is-held', 'members-mixed', 'too-many-members', 'eni-detached'];
  expect([...tally.codes]).toEqual(expect.arrayContaining(met));
}, 7_200_000);
