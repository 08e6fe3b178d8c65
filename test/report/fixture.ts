/** A replay result made by hand, after a real failover, with one entry of every kind. */
import type { ReplayResult } from '../../src/analysis/result.ts';

export const NODE1 = '00:16:3e:a1:00:d1';
export const NODE2 = '00:16:3e:b2:00:d2';
export const CLIENT = '00:16:3e:d4:00:32';
export const ROGUE = '00:16:3e:66:06:66';

export function emptyResult(): ReplayResult {
  return {
    schema: 'havip/replay/1',
    capture: {
      files: ['empty.pcap'],
      linkTypes: ['EN10MB'],
      frames: 0,
      bytes: 0,
      firstTime: null,
      lastTime: null,
      durationSeconds: null,
      truncated: false,
      damaged: null,
      malformed: {},
    },
    counts: {
      arp: 0,
      gratuitousArpRequest: 0,
      gratuitousArpReply: 0,
      arpProbe: 0,
      neighborSolicitation: 0,
      neighborAdvertisement: 0,
      unsolicitedNeighborAdvertisement: 0,
      vrrp: 0,
      carp: 0,
      ipv4: 0,
      ipv6: 0,
      vlanTagged: 0,
      other: 0,
    },
    hosts: [],
    virtualRouters: [],
    havips: [],
    claims: [],
    failovers: [],
    outages: [],
    findings: [],
    elided: { claims: 0, timeline: 0, failovers: 0, outages: 0, findings: 0 },
  };
}

/** A crash of node1 with an outage of 3.874 s, and a rogue's claim that was refused. */
export function crashResult(): ReplayResult {
  const result = emptyResult();
  const at = (seconds: string) => `2026-11-20T12:53:${seconds}Z`;
  result.capture = {
    ...result.capture,
    files: ['01-alibaba-unicast-kill.pcap'],
    frames: 1327,
    bytes: 126_790,
    firstTime: at('16.500000000'),
    lastTime: at('38.021570674'),
    durationSeconds: 21.521570674,
    malformed: { 'arp-length': 2 },
  };
  result.counts = { ...result.counts, arp: 41, gratuitousArpRequest: 22, ipv4: 1280, vrrp: 15 };
  result.counts.other = 6;
  result.hosts = [
    { mac: NODE1, name: 'node1', addresses: ['192.168.0.209'], role: 'host', frames: 400 },
    { mac: NODE2, name: null, addresses: ['192.168.0.210'], role: 'host', frames: 500 },
    { mac: CLIENT, name: null, addresses: ['192.168.0.50'], role: 'host', frames: 420 },
    { mac: ROGUE, name: '坏主机', addresses: [], role: 'host', frames: 7 },
  ];
  result.virtualRouters = [
    {
      vrid: 51,
      version: 2,
      family: 4,
      vlan: null,
      addresses: ['192.168.0.88'],
      mode: 'unicast',
      authType: 'simple',
      checksum: 'plain',
      advertIntervalSeconds: 1,
      speakers: [
        {
          ip: '192.168.0.209',
          mac: NODE1,
          priority: 100,
          adverts: 7,
          firstFrame: 34,
          lastFrame: 410,
          faults: {},
        },
        {
          ip: '192.168.0.210',
          mac: NODE2,
          priority: 10,
          adverts: 8,
          firstFrame: 703,
          lastFrame: 1320,
          faults: { ttl: 3 },
        },
      ],
    },
  ];
  const first = { time: at('20.096012345'), t: 3.596012345, frame: 33 };
  const moved = { time: at('29.202000001'), t: 12.702000001, frame: 702 };
  result.havips = [
    {
      ip: '192.168.0.88',
      vlan: null,
      subnet: 'vsw-1',
      enforced: true,
      members: [NODE1, NODE2],
      holder: NODE2,
      claims: { moved: 2, confirmed: 20, noted: 3, refused: { 'not-member': 3 } },
      timeline: [
        { ...first, mac: NODE1, name: 'node1', speaker: null, cause: 'initial' },
        { ...moved, mac: NODE2, name: null, speaker: null, cause: 'crash' },
      ],
    },
  ];
  const claim = { vlan: null, ip: '192.168.0.88', form: 'gratuitous-request' };
  const rogue = { ...claim, mac: ROGUE, name: '坏主机', verdict: 'refused' as const };
  result.claims = [
    { ...first, ...claim, mac: NODE1, name: 'node1', verdict: 'moved', reason: null },
    { ...moved, ...claim, mac: NODE2, name: null, verdict: 'moved', reason: null },
    { ...rogue, time: at('33.100000000'), t: 16.6, frame: 900, reason: 'not-member' },
    { ...rogue, time: at('33.200000000'), t: 16.7, frame: 905, reason: 'not-member' },
    {
      ...rogue,
      ...{ time: at('34.100000000'), t: 17.6, frame: 940, mac: NODE2, name: null },
      ...{ ethernetSource: ROGUE, reason: 'sender-mac-mismatch' },
    },
  ];
  result.failovers = [
    {
      ...{ ip: '192.168.0.88', vlan: null, ...moved },
      from: { mac: NODE1, name: 'node1', speaker: null },
      to: { mac: NODE2, name: null, speaker: null },
      cause: 'crash',
      detectionSeconds: 3.973,
      outageSeconds: 3.874,
      masterDownIntervalSeconds: 3.9609375,
      evidence: {
        vantage: 'switch',
        lastAdvertFrame: 410,
        lastServiceFrame: 420,
        firstClaimFrame: 702,
        firstAdvertFrame: 703,
        firstServiceFrame: 708,
      },
      receivers: [
        ...['rfc826', 'linux', 'linux-arp-accept', 'freebsd', 'lwip'].map((profile) => ({
          ...{ profile, acceptedFrame: 702, t: 12.702, why: 'replaces the MAC' },
        })),
        ...['gvisor', 'smoltcp'].map((profile) => ({
          ...{ profile, acceptedFrame: null, t: null, why: 'reads only what asks it' },
        })),
        { profile: 'no-garp', acceptedFrame: 705, t: 12.7024, why: 'drops gratuitous ARP' },
      ],
    },
  ];
  result.outages = [
    {
      ip: '192.168.0.88',
      vlan: null,
      client: { mac: CLIENT, ip: '192.168.0.50' },
      time: at('29.210000000'),
      t: 12.71,
      seconds: 3.874,
      unanswered: 193,
      lastServiceFrame: 420,
      firstServiceFrame: 708,
      before: { mac: NODE1, name: 'node1' },
      after: { mac: NODE2, name: null },
      failover: 0,
      cause: 'crash',
    },
  ];
  result.findings = [
    {
      code: 'time-backwards',
      severity: 'info',
      time: at('21.000000000'),
      t: 4.5,
      frame: 60,
      vlan: null,
      ip: null,
      message: '2 frames are stamped earlier than the frame before, by 125 us at most.',
      advice: 'Nothing to do.',
    },
    {
      code: 'claim-refused',
      severity: 'error',
      time: at('33.100000000'),
      t: 16.6,
      frame: 900,
      vlan: null,
      ip: '192.168.0.88',
      message: `3 claims of 192.168.0.88 by ${ROGUE} would be refused: not-member.`,
      advice: 'Bind the host to the HaVip, or find out what it is.',
    },
  ];
  return result;
}
