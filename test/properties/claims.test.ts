/**
 * Sequences of frames through the switch and through a model written apart: the same verdicts, the
 * same holders, never a holder who may not be one, never a throw. HAVIP_PROPERTY_RUNS sets how many
 * sequences; a failure names fast-check's seed, which HAVIP_SEED takes.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Forwarding } from '../../src/dataplane/forwarding.ts';
import { compile } from '../../src/havip/compile.ts';
import { ruleSet } from '../../src/havip/rule-sets.ts';
import type { Topology } from '../../src/havip/topology.ts';
import { arp, BROADCAST, neighbor, packet } from '../dataplane/frames.ts';
import {
  ADDRESSES,
  ADDRESSES6,
  attach,
  Bench,
  CLIENT,
  eniOf,
  havipOf,
  NEIGHBOR,
  NODE1,
  NODE2,
  PORTS,
  ROGUE,
  STRANGER,
  topologyOf,
  VIP,
  VIP6,
  VIRTUAL,
} from '../dataplane/site.ts';
import { type Assertion, type Form, Model, type ModelHost, type Provider } from './model.ts';

const RUNS = Number(process.env.HAVIP_PROPERTY_RUNS ?? 2_000);
const SEED = Number(process.env.HAVIP_SEED ?? 1);
/** Sequences between two signs of life. */
const CHUNK = 1_000;

const OTHER_VIP = '192.168.0.89';
const FREE = '192.168.0.200';
const OUTSIDE = '10.1.2.3';
const IPS4 = [VIP, OTHER_VIP, '192.168.0.11', '192.168.0.66', '192.168.1.1', FREE, OUTSIDE];
const IPS6 = [VIP6, '2001:db8::11', '2001:db8:9::1'];
const MACS = [NODE1, NODE2, CLIENT, ROGUE, NEIGHBOR, STRANGER, VIRTUAL];
const HAVIPS = new Map([
  [VIP, [NODE1, NODE2]],
  [OTHER_VIP, [NODE2, VIRTUAL]],
  [VIP6, [NODE1, NODE2]],
]);
/** A network by its tags, as the switch numbers it: stacks in the order of their appearance. */
const TAGS: Readonly<Record<string, readonly number[]>> = { untagged: [], ten: [10], twenty: [20] };

interface Setting {
  provider: Provider;
  hasPorts: boolean;
  checkAssociate: boolean;
  /** ENIs in VLAN 10 only, instead of in no VLAN by name. */
  inVlan: boolean;
  isRogueUnchecked: boolean;
}

interface Step {
  kind: 'claim' | 'probe' | 'packet' | 'noise';
  claim: Assertion;
  noise: Uint8Array;
}

const setting: fc.Arbitrary<Setting> = fc.record({
  provider: fc.constantFrom<Provider>(
    'alibaba',
    'alibaba-2021',
    'tencent',
    'huawei',
    'ucloud',
    'classic',
  ),
  hasPorts: fc.boolean(),
  checkAssociate: fc.boolean(),
  inVlan: fc.boolean(),
  isRogueUnchecked: fc.boolean(),
});

const FORMS4: Form[] = ['gratuitous-request', 'gratuitous-reply', 'arp-request', 'arp-reply'];
const FORMS6: Form[] = ['unsolicited-na', 'solicited-na', 'neighbor-solicitation'];

function assertions(ips: string[], forms: Form[]): fc.Arbitrary<Assertion> {
  const lies = fc.constantFrom(...MACS, '01:00:5e:00:00:12');
  const base = fc.record({
    form: fc.constantFrom(...forms),
    override: fc.boolean(),
    network: fc.constantFrom('untagged', 'ten', 'ten', 'twenty'),
    // A HaVip more often than all else together.
    ip: fc.oneof(fc.constant(ips[0] as string), fc.constantFrom(...ips)),
    mac: fc.constantFrom(...MACS),
    forged: fc.option(lies, { freq: 5 }),
    misplaced: fc.option(fc.nat(4), { freq: 5 }),
  });
  return base.map(({ forged, misplaced, ...claim }) => {
    const ethernetSource = forged ?? claim.mac;
    const at = PORTS.indexOf(ethernetSource);
    return { ...claim, ethernetSource, port: misplaced ?? Math.max(at, 0) };
  });
}

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    kind: fc.constantFrom('claim', 'claim', 'claim', 'claim', 'probe', 'packet', 'noise'),
    claim: fc.oneof(assertions(IPS4, FORMS4), assertions(IPS6, FORMS6)),
    noise: fc.uint8Array({ maxLength: 100 }),
  }),
  { maxLength: 30 },
);

/** The frame that makes this assertion. */
function frameOf({ form, override, network, ip, mac, ethernetSource }: Assertion): DataView {
  const link = { source: ethernetSource, tags: TAGS[network] as number[] };
  const other = '192.168.0.10';
  const flags = override ? 0x20 : 0;
  switch (form) {
    case 'gratuitous-request':
      return arp({ ...link, operation: 1, sha: mac, spa: ip, tpa: ip });
    case 'gratuitous-reply':
      return arp({ ...link, operation: 2, sha: mac, spa: ip, tpa: ip, tha: BROADCAST });
    case 'arp-request':
      return arp({ ...link, operation: 1, sha: mac, spa: ip, tpa: other });
    case 'arp-reply':
      return arp({ ...link, operation: 2, sha: mac, spa: ip, tpa: other, tha: CLIENT });
    case 'unsolicited-na':
      return neighbor({ ...link, type: 136, flags, from: 'fe80::1', target: ip, option: mac });
    case 'solicited-na':
      return neighbor({
        ...link,
        type: 136,
        flags: flags | 0x40,
        from: 'fe80::1',
        to: '2001:db8::10',
        target: ip,
        option: mac,
      });
    default: {
      const to = 'ff02::1:ff00:10';
      return neighbor({ ...link, type: 135, from: ip, to, target: '2001:db8::10', option: mac });
    }
  }
}

/** A frame of the same host about the same address that claims nothing. */
function innocentOf({ kind, claim, noise }: Step): DataView {
  if (kind === 'noise') return new DataView(noise.slice().buffer);
  const { ip, ethernetSource, network } = claim;
  const link = { source: ethernetSource, tags: TAGS[network] as number[] };
  if (kind === 'packet') {
    const to = ip.includes(':') ? VIP6 : VIP;
    return packet({ ...link, destination: NODE1, from: ip, to });
  }
  if (!ip.includes(':')) return arp({ ...link, operation: 1, spa: '0.0.0.0', tpa: ip });
  const to = 'ff02::1:ff00:88';
  return neighbor({ ...link, type: 135, from: '::', to, target: ip, option: null });
}

function topology({ provider, checkAssociate, inVlan, isRogueUnchecked }: Setting): Topology {
  const enis = PORTS.map((mac) =>
    eniOf(mac, {
      vlan: inVlan ? { access: 10 } : null,
      sourceDestCheck: !(isRogueUnchecked && provider === 'huawei' && mac === ROGUE),
    }),
  );
  const havips = [...HAVIPS].map(([ip, macs]) => {
    const memberMacs = macs.includes(VIRTUAL) ? [0x00005e000133] : [];
    return havipOf(ip, macs, { checkAssociate, memberMacs });
  });
  return topologyOf(provider, { enis, havips });
}

function modelOf(chosen: Setting): Model {
  const { provider, hasPorts, checkAssociate, inVlan, isRogueUnchecked } = chosen;
  const hosts = new Map<string, ModelHost>();
  PORTS.forEach((mac, port) => {
    const addresses = [ADDRESSES[mac], ADDRESSES6[mac]].filter((ip) => ip !== undefined);
    const subnet = mac === NEIGHBOR ? 'b' : 'a';
    const isChecked = !(isRogueUnchecked && provider === 'huawei' && mac === ROGUE);
    hosts.set(mac, { subnet, addresses, port, isChecked });
  });
  const subnetOf = (ip: string): string | null => {
    if (ip.startsWith('192.168.0.') || ip.startsWith('2001:db8::')) return 'a';
    return ip.startsWith('192.168.1.') ? 'b' : null;
  };
  const networks = inVlan ? ['ten'] : null;
  return new Model({
    provider,
    hasPorts,
    hosts,
    havips: HAVIPS,
    checkAssociate,
    subnetOf,
    networks,
  });
}

function benchOf(chosen: Setting): Bench {
  const planned = topology(chosen);
  const site = compile(planned);
  if (!chosen.hasPorts) return new Bench(site, null);
  attach(site, planned);
  const rules = ruleSet(chosen.provider);
  const byIp = rules.forwarding === 'by-ip';
  const { carriesMulticast } = rules;
  const mtu = PORTS.map(() => 1500);
  return new Bench(site, new Forwarding({ byIp, carriesMulticast }, mtu));
}

const NETWORKS: Readonly<Record<string, number>> = { untagged: 0, ten: 10, twenty: 20 };

function follows(chosen: Setting, sequence: Step[]): void {
  const bench = benchOf(chosen);
  const model = modelOf(chosen);
  for (const step of sequence) {
    const { claim } = step;
    const isClaim = step.kind === 'claim';
    const expected = isClaim ? model.judge(claim) : 'nothing';
    const said = bench.claim(isClaim ? frameOf(claim) : innocentOf(step), claim.port);
    if (said !== expected) throw new Error(`${step.kind}: said ${said}, expected ${expected}`);
  }
  for (const [name, network] of Object.entries(NETWORKS)) {
    for (const ip of [...IPS4, ...IPS6]) {
      const holder = bench.holder(ip, network);
      const expected = model.holders.get(`${name} ${ip}`) ?? null;
      if (holder !== expected) throw new Error(`${ip}: ${holder} holds it, expected ${expected}`);
      const isBound = holder === null || model.mayHold(ip, name, holder);
      if (!isBound) throw new Error(`${ip}: ${holder} may not hold it`);
    }
  }
}

const timeout = 30_000 + RUNS * 10;
test(`${RUNS} sequences agree with the model`, { timeout }, async () => {
  for (let done = 0; done < RUNS; done += CHUNK) {
    const numRuns = Math.min(CHUNK, RUNS - done);
    fc.assert(fc.property(setting, steps, follows), { numRuns, seed: SEED + done });
    await new Promise((resolve) => setImmediate(resolve));
  }
});

// rate-limited apart: no policer stands here.
test('the sequences do what they are for: every verdict and every other reason occurs', () => {
  const seen = new Set<string>();
  const count = (chosen: Setting, sequence: Step[]): void => {
    const model = modelOf(chosen);
    for (const { kind, claim } of sequence) if (kind === 'claim') seen.add(model.judge(claim));
  };
  fc.assert(fc.property(setting, steps, count), { numRuns: 500, seed: SEED });
  expect([...seen].sort()).toEqual([
    'confirmed',
    'moved',
    'noted',
    'nothing',
    'refused not-member',
    'refused ordinary-address',
    'refused sender-mac-mismatch',
    'refused virtual-mac',
    'refused wrong-port',
    'refused wrong-subnet',
  ]);
});

test('arbitrary octets of any link type stop nothing', { timeout }, () => {
  const linkTypes = fc.constantFrom(0, 1, 12, 14, 101, 108, 113, 228, 229, 276, 147, 65535);
  const heads = fc.constantFrom('', '0806', '0800', '86dd', '8100000a0806', '88a800058100000a86dd');
  const frame = fc.tuple(heads, fc.uint8Array({ maxLength: 140 })).map(([head, rest]) => {
    const macs = head === '' ? '' : 'ffffffffffff00163e000066';
    return new DataView(Uint8Array.from([...Buffer.from(macs + head, 'hex'), ...rest]).buffer);
  });
  const bench = benchOf({
    provider: 'huawei',
    hasPorts: false,
    checkAssociate: false,
    inVlan: false,
    isRogueUnchecked: false,
  });
  const unplanned = new Bench(null, null);
  fc.assert(
    fc.property(frame, linkTypes, (octets, linkType) => {
      expect(['observe', 'drop malformed']).toContain(unplanned.send(octets, 0, linkType));
      expect(bench.send(octets, 0, linkType)).toMatch(/^(observe|drop [a-z-]+)$/);
    }),
    { numRuns: RUNS, seed: SEED },
  );
  expect(bench.holder(VIP)).toBeNull();
});
