/** A node's own capture behind a switch that forwards by IP: what it cannot have seen. */
import { describe, expect, test } from 'vitest';
import type { ReplayResult } from '../../src/analysis/result.ts';
import { compile } from '../../src/havip/compile.ts';
import { arp } from '../dataplane/frames.ts';
import { havipOf, topologyOf } from '../dataplane/site.ts';
import { craft } from './detectors/craft.ts';
import { reportOf } from './reported.ts';
import { A, A_IP, advert, B, B_IP, CLIENT_IP, echo, Scene, VIP } from './scene.ts';

const SWITCH = 'ee:ff:ff:ff:ff:ff';
const SERVED_FROM = 10.61;
const LEFT = 30.57;

interface Told {
  /** From which MAC A's adverts and the client's requests come. */
  mac?: string;
  /** That MAC asks for an address, as a host does. */
  asks?: boolean;
  /** Second of the last request that comes to B. */
  until?: number;
}

/** At B: A is master, resigns at second 10, B serves until it resigns at 30, and A is back. */
function atB({ mac = SWITCH, asks = false, until = 30.5 }: Told = {}): Scene {
  const scene = new Scene();
  const ofA = { priority: 110, source: mac, ip: A_IP, to: B_IP, toMac: B };
  const ofB = { priority: 100, source: B, ip: B_IP, to: A_IP, toMac: mac };
  scene.adverts(0, 9, ofA);
  if (asks) scene.at(9.5, arp({ operation: 1, source: mac, spa: A_IP, tpa: B_IP }));
  scene.at(10, advert({ ...ofA, priority: 0 }));
  scene.at(SERVED_FROM, advert(ofB));
  scene.announce(SERVED_FROM + 0.001, B);
  const frames: [second: number, view: DataView][] = [];
  for (let sequence = 1; 11 + sequence / 10 <= until; sequence++) {
    const second = 11 + sequence / 10;
    const about = { sequence, client: mac, server: B };
    frames.push([second, echo(true, about)]);
    if (second < 30) frames.push([second + 0.001, echo(false, about)]);
  }
  for (let second = 11.55; second < 30; second++) frames.push([second, advert(ofB)]);
  frames.push([30, advert({ ...ofB, priority: 0 })]);
  for (let second = LEFT; second < 36; second++) frames.push([second, advert(ofA)]);
  frames.sort(([one], [other]) => one - other);
  for (const [second, view] of frames) scene.at(second, view);
  return scene;
}

const codes = ({ findings }: ReplayResult): string[] => findings.map(({ code }) => code);

describe('behind a switch that forwards by IP', () => {
  test('a master whose claims stay with the switch is not told to have announced nothing', async () => {
    const result = await atB().replay();
    expect(codes(result)).toEqual(['capture-partial-view']);
    expect(result.hosts.find(({ mac }) => mac === SWITCH)?.role).toBe('gateway');
    expect(result.findings[0]?.message).toContain('keeps what other hosts announce to itself');
    const text = reportOf(result);
    expect(text).toContain(`${A_IP} took over, by its adverts from`);
    expect(text).not.toMatch(/nobody took over|did not announce|did not answer to the end/);
  });

  test('a client that the address leaves is out of sight from the first advert of the master on', async () => {
    const { outages } = await atB().replay();
    expect(outages).toMatchObject([{ client: { ip: CLIENT_IP }, isLost: true, after: null }]);
  });

  test('the MAC is known by the rules of the provider, too', async () => {
    const topology = topologyOf('alibaba', { havips: [havipOf(VIP, [A, B])] });
    const result = await atB({ asks: true }).replay({ site: compile(topology) });
    expect(codes(result)).toContain('capture-partial-view');
    expect(codes(result)).not.toContain('claim-missing');
  });

  test('a host on a LAN, which asks for addresses and is not asked, did not announce', async () => {
    const result = await atB({ mac: A, asks: true, until: 36 }).replay();
    expect(codes(result)).toContain('claim-missing');
  });

  test('two speakers of one virtual router under one MAC are passed on, of two routers they are not', async () => {
    const both = (vrid: number): Scene => {
      const scene = new Scene();
      for (let second = 0; second < 5; second++) {
        scene.at(second, craft({ source: SWITCH, ip: A_IP, vrid: 51 }));
        scene.at(second + 0.5, craft({ source: SWITCH, ip: B_IP, vrid, priority: 90 }));
      }
      return scene;
    };
    expect(codes(await both(51).replay())).toContain('capture-partial-view');
    expect(codes(await both(52).replay())).not.toContain('capture-partial-view');
  });
});
