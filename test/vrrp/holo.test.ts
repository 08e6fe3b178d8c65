/**
 * The VRRP conformance vectors of holo-routing/holo, every folder of them.
 *
 * Which router of which topology a vector starts from is not written in it; it follows from its
 * own addresses, priority and outputs. Not compared, for these reasons:
 * - InterfaceSub, MacvlanAdd, MacvlanDel: interface plumbing that this state machine has none of.
 * - new-master-reason, and total_length, which holo gives version 2's value in version 3, too.
 *
 * Two deliberate differences, both asserted below:
 * - An interface that goes down: ours drops the addresses (nothing is sent), holo leaves them.
 * - An address added to a master: ours announces it as keepalived does on reload, holo is silent
 *   and leaves stale caches to time out.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { addressText } from '../../src/vrrp/address.ts';
import { Instance, STATE_INITIALIZE, STATE_NAMES } from '../../src/vrrp/instance.ts';
import {
  DISCARD_INTERVAL,
  DISCARD_VERSION,
  DISCARD_VRID,
} from '../../src/vrrp/instance-settings.ts';
import { hasPublicCaptures, PUBLIC_CAPTURES } from '../wire/public-captures.ts';
import {
  expectedMoved,
  expectedSent,
  expectedStates,
  HoloRouter,
  type Json,
  jsonLines,
  parseAddress,
} from './holo-router.ts';

const ROOT = join(PUBLIC_CAPTURES, 'holo/holo-vrrp/tests/conformance');
const hasVectors = hasPublicCaptures && existsSync(ROOT);

function optionalLines(path: string): Json[] {
  return existsSync(path) ? jsonLines(path) : [];
}

function stateOf(router: HoloRouter): string | undefined {
  return STATE_NAMES[router.instance.state];
}

/** A router as its topology leaves it. */
function converged(topology: string, name: string): HoloRouter {
  const folder = join(ROOT, 'topologies', topology, name);
  const router = new HoloRouter(folder);
  for (const event of jsonLines(join(folder, 'events.jsonl'))) router.event(event);
  return router;
}

describe.skipIf(!hasVectors)('holo topologies converge', () => {
  for (const topology of ['v2-topo1-1', 'v3-topo1-1', 'v3-topo1-2']) {
    for (const name of ['rt1', 'rt2', 'rt3']) {
      test(`${topology} ${name}`, () => {
        const output = join(ROOT, 'topologies', topology, name, 'output');
        const router = converged(topology, name);
        const { sent, moved } = router.take();
        expect(sent).toEqual(expectedSent(optionalLines(join(output, 'protocol.jsonl'))));
        expect(moved).toEqual(expectedMoved(optionalLines(join(output, 'ibus.jsonl'))));
        const document = JSON.parse(readFileSync(join(output, 'northbound-state.json'), 'utf8'));
        expect(expectedStates(document)).toEqual(new Map([[1, stateOf(router)]]));
      });
    }
  }
});

/** Vector folder, the router that it starts from. All start in v2-topo1-1. */
const VECTORS = new Map([
  ['ibus-iface-update1', 'rt3'],
  ['ibus-iface-update2', 'rt3'],
  ['master-down-timer1', 'rt1'],
  ['nb-config-instance1', 'rt3'],
  ['nb-config-instance2', 'rt1'],
  ['nb-config-virtual-addr1', 'rt3'],
  ['nb-config-virtual-addr2', 'rt3'],
  ['nb-config-virtual-addr3', 'rt1'],
  ['nb-config-virtual-addr4', 'rt1'],
  ['packet-error1', 'rt1'],
  ['packet-error2', 'rt1'],
  ['packet-error3', 'rt1'],
  ['packet1', 'rt3'],
  ['packet2', 'rt3'],
  ['packet3', 'rt3'],
]);
const DISCARDS = new Map([
  ['version-error', DISCARD_VERSION],
  ['interval-error', DISCARD_INTERVAL],
  ['vrid-error', DISCARD_VRID],
]);

/** Applies a YANG change; returns the states by VRID that exist after it. */
function applyConfig(router: HoloRouter, change: Json): Map<number, string | undefined> {
  const vrrp = change['ietf-interfaces:interfaces'].interface[0]['ietf-ip:ipv4']['ietf-vrrp:vrrp'];
  const each = vrrp['vrrp-instance'][0];
  const operation = each['@']?.['yang:operation'];
  if (operation === 'create') {
    const { settings } = router.instance;
    const silent = {
      sendAdvert() {},
      adoptAddresses() {},
      announceAddresses() {},
      dropAddresses() {},
    };
    const created = new Instance({ ...settings, vrid: each.vrid }, silent);
    return new Map([
      [1, stateOf(router)],
      [each.vrid, STATE_NAMES[created.state]],
    ]);
  }
  if (operation === 'delete') {
    router.instance.onShutdown();
    return new Map();
  }
  for (const entry of each['virtual-ipv4-addresses']['virtual-ipv4-address']) {
    const address = parseAddress(entry['ipv4-address']);
    const others = router.instance.settings.addresses.filter((other) => other !== address);
    const isAdded = entry['@']['yang:operation'] === 'create';
    router.instance.setAddresses(isAdded ? [...others, address] : others);
  }
  return new Map([[1, stateOf(router)]]);
}

function applyInput(router: HoloRouter, folder: string): Map<number, string | undefined> {
  const config = join(folder, '01-input-northbound-config-change.json');
  if (existsSync(config)) return applyConfig(router, JSON.parse(readFileSync(config, 'utf8')));
  for (const event of optionalLines(join(folder, '01-input-protocol.jsonl'))) router.event(event);
  for (const event of optionalLines(join(folder, '01-input-ibus.jsonl'))) {
    router.event({ Ibus: event });
  }
  return new Map([[1, stateOf(router)]]);
}

function expectDifference(
  name: string,
  router: HoloRouter,
  taken: { sent: string[]; moved: string[] },
): void {
  if (name.startsWith('ibus-iface-update')) {
    expect(router.instance.state).toBe(STATE_INITIALIZE);
    expect(taken.moved).toEqual(
      router.instance.settings.addresses.map((a) => 'del ' + addressText(a)),
    );
    taken.moved = [];
  }
  if (name === 'nb-config-virtual-addr1') {
    expect(taken.sent).toEqual(['announce 10.0.1.6']);
    taken.sent = [];
  }
}

describe.skipIf(!hasVectors)('holo vectors', () => {
  test('every folder is covered', () => {
    const folders = readdirSync(ROOT).filter((name) => name !== 'topologies');
    expect(folders.sort()).toEqual([...VECTORS.keys()].sort());
  });

  for (const [name, start] of VECTORS) {
    test(`${name} (${start})`, () => {
      const folder = join(ROOT, name);
      const router = converged('v2-topo1-1', start);
      router.take();
      router.lastDiscard = 0;
      const states = applyInput(router, folder);
      const taken = router.take();
      expectDifference(name, router, taken);
      const output = join(folder, '01-output-');
      expect(taken.sent).toEqual(expectedSent(optionalLines(output + 'protocol.jsonl')));
      expect(taken.moved).toEqual(expectedMoved(optionalLines(output + 'ibus.jsonl')));
      const document = output + 'northbound-state.json';
      if (existsSync(document)) {
        expect(states).toEqual(expectedStates(JSON.parse(readFileSync(document, 'utf8'))));
      }
      for (const note of optionalLines(output + 'northbound-notif.jsonl')) {
        const [body] = Object.values<Json>(note);
        const reason = body['protocol-error-reason'] ?? body['virtual-router-error-reason'];
        if (reason !== undefined) expect(router.lastDiscard).toBe(DISCARDS.get(reason));
      }
    });
  }
});
