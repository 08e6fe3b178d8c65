/**
 * The rules of the clouds on real captures, with a lab file made from the ground truth: what a
 * rogue claimed is refused with the reason that design and manuals give, and nothing is refused
 * to those who are bound.
 */
import { describe, expect, test } from 'vitest';
import type { ClaimEntry } from '../../src/analysis/result.ts';
import { parseLab } from '../../src/lab/file/lab-file.ts';
import { labText } from './lab.ts';
import { type Deed, isOneOf, replay, type Scenario, scenarios, secondsAt } from './scenario.ts';

/** Tencent lets any ENI of the subnet claim, unless the HaVip says otherwise. */
const PROVIDERS: readonly [name: string, extra: string][] = [
  ['alibaba', ''],
  ['tencent', 'checkAssociate: true'],
  ['huawei', ''],
  ['ucloud', ''],
];

async function judge({ truth, path }: Scenario, provider: string, extra = '') {
  const topology = parseLab(labText(truth, provider, extra), `${truth.name}.yaml`);
  return replay(path, topology);
}

async function refusedIn(scenario: Scenario, provider: string, extra = '') {
  const { claims } = await judge(scenario, provider, extra);
  return claims.filter(({ verdict }) => verdict === 'refused');
}

const rogues = scenarios.filter((scenario) => isOneOf(scenario, '10'));
const virtualMacs = scenarios.filter((scenario) => isOneOf(scenario, '07'));
const honest = scenarios.filter((scenario) => !isOneOf(scenario, '07', '10'));

describe.each(PROVIDERS)('%s', (provider, extra) => {
  test.each(honest)('refuses nothing in $label', async (scenario) => {
    const result = await judge(scenario, provider, extra);
    expect(result.claims.filter(({ verdict }) => verdict === 'refused')).toEqual([]);
    for (const { ip, bound_macs } of scenario.truth.havips) {
      const havip = result.havips.find((one) => one.ip === ip);
      expect(havip).toMatchObject({ enforced: true, members: bound_macs });
      // 03b: nobody ever claims the address.
      if (isOneOf(scenario, '03b')) expect(havip?.holder).toBeNull();
      else expect(bound_macs).toContain(havip?.holder);
    }
  });

  test.each(rogues)('refuses what the rogue claims in $label', async (scenario) => {
    const refused = await refusedIn(scenario, provider, extra);
    const rest = new Set(refused);
    expect(roguesDeeds(scenario)).toHaveLength(11);
    for (const deed of roguesDeeds(scenario)) {
      const found = [...rest].filter((claim) => isClaimOf(scenario, claim, deed));
      const reasons = found.map(({ reason }) => reason);
      expect(reasons, `${deed.kind ?? deed.event} of ${deed.claims}`).toEqual([
        rightReason(scenario, deed),
      ]);
      for (const claim of found) rest.delete(claim);
    }
    expect([...rest]).toEqual([]);
  });

  test.each(rogues)('nobody unbound ever holds in $label', async (scenario) => {
    const { havips } = await judge(scenario, provider, extra);
    const havip = havips.find(({ ip }) => ip === '192.168.0.88');
    const holders = new Set(havip?.timeline.map(({ name }) => name));
    expect([...holders].sort()).toEqual(['node1', 'node2']);
  });

  test.each(virtualMacs)('refuses the virtual MAC in $label', async (scenario) => {
    const refused = await refusedIn(scenario, provider, extra);
    expect(new Set(refused.map(({ reason }) => reason))).toEqual(new Set(['virtual-mac']));
    const frames = refused.map(({ frame }) => frame);
    const announced = scenario.truth.tshark.garp.filter(({ sha }) => sha.startsWith('00:00:5e'));
    expect(announced.length).toBeGreaterThan(0);
    expect(frames).toEqual(expect.arrayContaining(announced.map(({ frame }) => frame)));
  });
});

describe('tencent without checkAssociate', () => {
  test.each(rogues)('lets any ENI of the subnet claim, but no forged one: $label', async (one) => {
    const refused = await refusedIn(one, 'tencent');
    const reasons = roguesDeeds(one)
      .map((deed) => rightReason(one, deed))
      .filter((reason) => reason !== 'not-member');
    expect(refused.map(({ reason }) => reason)).toEqual(reasons);
  });
});

describe('classic', () => {
  test.each(scenarios)('refuses nothing in $label', async (scenario) => {
    expect(await refusedIn(scenario, 'classic')).toEqual([]);
  });
});

/** What the rogue sent in its own name or another's that claims an address. */
function roguesDeeds({ truth }: Scenario): Deed[] {
  return truth.events.filter(({ host, claims }) => host === 'rogue' && claims != null);
}

/** The first frame after the deed that asserts what it asserts. */
function isClaimOf(scenario: Scenario, claim: ClaimEntry, deed: Deed): boolean {
  const delay = (claim.t as number) - secondsAt(scenario.truth, deed.t_ns);
  const [source, mac] = macsOf(scenario, deed);
  const isSame = claim.ip === deed.claims && claim.mac === mac;
  const isFrom = (claim.ethernetSource ?? claim.mac) === source;
  return isSame && isFrom && delay > -0.001 && delay < 0.2;
}

/** Ethernet source and asserted MAC: as written by hand, else the rogue's own. */
function macsOf({ truth }: Scenario, { eth_src, sha }: Deed): [source: string, asserted: string] {
  const own = truth.topology.hosts.find(({ name }) => name === 'rogue')?.interfaces[0]?.mac ?? '';
  return [eth_src ?? own, sha ?? own];
}

/** The first of the design's reasons that fits: forged sender, not bound, another's address. */
function rightReason(scenario: Scenario, deed: Deed): string {
  const [source, asserted] = macsOf(scenario, deed);
  if (source !== asserted) return 'sender-mac-mismatch';
  const isHavip = scenario.truth.havips.some(({ ip }) => ip === deed.claims);
  return isHavip ? 'not-member' : 'ordinary-address';
}
