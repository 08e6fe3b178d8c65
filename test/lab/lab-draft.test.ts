// Drafts of labs: what becomes of a host's addresses, and that each draft is a lab file that the
// reader of lab files takes, with the rules of each cloud for what is chosen.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cidrContains, parseAddress, parseCidr } from '../../src/havip/cidr.ts';
import { RULE_SET_NAMES, ruleSet } from '../../src/havip/rule-sets.ts';
import type { Topology } from '../../src/havip/topology.ts';
import {
  type DraftAddress,
  draftLab,
  type HostDraft,
  type RouterDraft,
} from '../../src/lab/draft/lab-draft.ts';
import { parseLab } from '../../src/lab/file/lab-file.ts';

function at(text: string, where = 'a.conf:1'): DraftAddress & { device: string | null } {
  const [bare = '', prefix] = text.split('/');
  const address = parseAddress(bare)!;
  return { address, prefix: prefix === undefined ? null : Number(prefix), where, device: null };
}

interface Sample extends Partial<Omit<RouterDraft, 'source' | 'peers' | 'addresses' | 'device'>> {
  source?: string;
  peers?: string[];
  vips: string[];
  device?: string;
}

function host(name: string, ...samples: Sample[]): HostDraft {
  const file = `${name}.conf`;
  const routers = samples.map((sample, i) => ({
    name: sample.name ?? `VI_${i + 1}`,
    where: `${file}:1`,
    device: { name: sample.device ?? 'eth0', where: `${file}:2` },
    source: sample.source === undefined ? null : at(sample.source, `${file}:3`),
    peers: (sample.peers ?? []).map((peer) => at(peer, `${file}:4`)),
    addresses: sample.vips.map((vip) => at(vip, `${file}:5`)),
  }));
  return { name, file, run: [`keepalived -n -l -D -f ${file}`], routers };
}

function drafted(hosts: HostDraft[], provider: Topology['provider'] = 'alibaba') {
  const { text, notes } = draftLab(hosts, provider!);
  return { text, notes, lab: parseLab(text, 'lab.yaml') };
}

function addressesOf({ enis }: Topology): Record<string, string[]> {
  return Object.fromEntries(
    enis.map(({ instance, name, addresses }) => [`${instance}/${name}`, addresses]),
  );
}

const A = { source: '10.0.6.9', peers: ['10.0.6.10'], vips: ['10.0.6.19/24'] };
const B = { source: '10.0.6.10', peers: ['10.0.6.9'], vips: ['10.0.6.19/24'] };

describe('two hosts with unicast', () => {
  const { lab, notes, text } = drafted([host('a', A), host('b', B)], 'ucloud');

  test('have the addresses that their files name, and share the HaVip', () => {
    expect(lab.subnets[0]?.cidrs).toEqual(['10.0.6.0/24']);
    expect(addressesOf(lab)).toMatchObject({ 'a/eth0': ['10.0.6.9'], 'b/eth0': ['10.0.6.10'] });
    expect(lab.havips).toMatchObject([{ name: 'VI_1', address: '10.0.6.19' }]);
    expect(lab.havips[0]?.members.map(({ instance }) => instance)).toEqual(['a', 'b']);
    expect(lab.run.a).toEqual(['keepalived -n -l -D -f a.conf']);
  });

  test('and a client with a free address pings it', () => {
    expect(addressesOf(lab)['client/eth0']).toEqual(['10.0.6.11']);
    expect(lab.run.client).toEqual(['ping -D -O -i 0.2 10.0.6.19']);
  });

  test('leave nothing to say', () => {
    expect(notes).toEqual([]);
  });

  test('each line says where it was taken from', () => {
    expect(text).toContain('ip: 10.0.6.9  # a.conf:3');
    expect(text).toContain('cidr: 10.0.6.0/24  # a.conf:5');
    expect(text).toMatch(/mac: "52:54:00:00:01:01" {2}# chosen/);
  });

  test('the same files make the same draft', () => {
    expect(drafted([host('a', A), host('b', B)], 'ucloud').text).toBe(text);
  });
});

describe('the block of the subnet', () => {
  test.each([
    [['192.168.0.88'], '192.168.0.0/24', /192\.168\.0\.88 has no prefix; 192\.168\.0\.0\/24/],
    [['192.168.0.88/32'], '192.168.0.0/24', /the prefix \/32, that of no subnet/],
    [['192.168.0.88/20'], '192.168.0.0/20', null],
    [['192.168.0.88/32', '192.168.0.89/22'], '192.168.0.0/22', null],
    [['192.168.0.88/24', '192.168.3.1/24'], '192.168.0.0/22', /has the prefix \/24/],
    [['fd00:61::88'], 'fd00:61::/64', /fd00:61::88 has no prefix/],
    [['fd00:61::88/48'], 'fd00:61::/48', null],
  ])('of %j is %s', (vips, cidr, note) => {
    const { lab, notes } = drafted([host('a', { vips }), host('b', { vips })], 'classic');
    expect(lab.subnets.map(({ cidrs }) => cidrs)).toEqual([[cidr]]);
    const blocks = notes.filter((line) => line.includes(cidr));
    if (note === null) expect(blocks).toEqual([]);
    else expect(blocks.join()).toMatch(note);
  });

  test('interfaces that share nothing have subnets of their own, each with a client', () => {
    const front = { device: 'eth0', vips: ['10.1.0.8/24'] };
    const back = { device: 'eth1', vips: ['10.2.0.8/24'] };
    const { lab } = drafted([host('a', front, back), host('b', front, back)]);
    expect(lab.subnets.map(({ cidrs }) => cidrs[0])).toEqual(['10.1.0.0/24', '10.2.0.0/24']);
    const { 'b/eth1': second, 'client-2/eth0': client } = addressesOf(lab);
    expect([second, client]).toEqual([['10.2.0.11'], ['10.2.0.12']]);
  });

  test('IPv4 and IPv6 of one interface lie in one subnet', () => {
    const { lab } = drafted(
      [host('a', { ...A, vips: ['10.0.6.19/24', 'fd00::19/64'] })],
      'classic',
    );
    expect(lab.subnets[0]?.cidrs).toEqual(['10.0.6.0/24', 'fd00::/64']);
    expect(addressesOf(lab)['client/eth0']).toEqual(['10.0.6.11', 'fd00::b']);
  });
});

describe('what no file says', () => {
  test('an address is the one that the other names as its peer', () => {
    const silent = { vips: ['10.0.6.19/24'], peers: ['10.0.6.9'] };
    const { lab, notes } = drafted([host('a', A), host('b', silent)]);
    expect(addressesOf(lab)['b/eth0']).toEqual(['10.0.6.10']);
    expect(notes).toEqual([]);
  });

  test('or is chosen, and noted with what to do', () => {
    const { notes } = drafted([host('a', { vips: ['10.0.6.19/24'] })], 'classic');
    expect(notes).toContain(
      'a.conf:2: no file says the address of a on eth0; 10.0.6.10 is taken; ' +
        'write the address that the host has, or keep the one chosen',
    );
  });

  test.each([
    [
      'multicast where none is carried',
      host('a', { vips: ['10.0.6.19/24'] }),
      /by multicast, which alibaba/,
    ],
    ['a peer without a file', host('a', A), /the peer 10\.0\.6\.10 is none of these hosts/],
    ['a host alone', host('a', A), /a is alone, so nothing can fail over/],
    ['no virtual address', host('a', { ...A, vips: [] }), /VI_1 has no virtual address/],
    [
      'a reserved address',
      host('a', { ...A, vips: ['10.0.6.254/24'] }),
      /10\.0\.6\.254 is reserved by/,
    ],
    [
      'an IPv6 HaVip',
      host('a', { vips: ['fd00::19/64'] }),
      /alibaba has no IPv6 HaVip \(fd00::19\)/,
    ],
    [
      'a link-local one',
      host('a', { vips: ['fe80::1/64', 'fd00::19/64'] }),
      /fe80::1 is link-local/,
    ],
    ['this host', host('a', { ...A, vips: ['0.0.0.0'] }), /0\.0\.0\.0 is no address of a host/],
    ['a group', host('a', { ...A, vips: ['ff02::12'] }), /ff02::12 is no address of a host/],
    [
      'one far from its hosts',
      host('a', { ...A, vips: ['192.0.2.7'] }),
      /192\.0\.2\.7 lies outside 10\.0\.6\.0\/24, where its hosts are, and becomes no HaVip/,
    ],
    ["the host's own", host('a', { ...A, vips: ['10.0.6.9/24'] }), /10\.0\.6\.9 is the host's own/],
    [
      "a peer's own",
      host('a', { ...A, vips: ['10.0.6.9/24'] }, B),
      /becomes no HaVip|address of a host/,
    ],
    ['no lawful interface', host('a', { ...A, device: 'a/b' }), /"a\/b" can be no ENI/],
  ])('%s is noted', (_, one, expected) => {
    expect(drafted([one]).notes.join('\n')).toMatch(expected);
  });

  test('that no cloud takes is named, not the link-local one before it', () => {
    const { notes } = drafted([host('a', { ...A, vips: ['fe80::1', 'fd00::19'] })], 'tencent');
    expect(notes.join('\n')).toMatch(/tencent has no IPv6 HaVip \(fd00::19\)/);
    expect(notes.join('\n')).not.toMatch(/no IPv6 HaVip \(fe80/);
  });

  test('a host without an instance is left out, and said so', () => {
    const { lab, notes } = drafted([host('a', A), host('b', B), host('c')]);
    expect(lab.enis.map(({ instance }) => instance)).toEqual(['a', 'b', 'client']);
    expect(notes).toEqual([expect.stringMatching(/^c\.conf: no vrrp_instance, so c is left out/)]);
  });

  test('hundreds of addresses have names of their own', () => {
    const vips = Array.from({ length: 300 }, (_, i) => `10.1.${i >> 8}.${i & 255}/16`);
    const { lab } = drafted([host('a', { vips }, { vips, name: 'VI_1' })], 'classic');
    expect(new Set(lab.havips.map(({ name }) => name)).size).toBe(300);
  });

  test('a gateway makes way for a host that has its address', () => {
    const { lab } = drafted([host('a', { source: '10.0.6.1', vips: ['10.0.6.19/24'] })], 'tencent');
    expect(lab.subnets[0]?.gateways).toEqual(['10.0.6.254']);
  });
});

test('any hosts make a lab file that can be read, with chosen addresses that are free', () => {
  const octet = fc.integer({ min: 1, max: 254 });
  const ipv4 = fc
    .tuple(fc.constantFrom('10.0.0', '10.0.1', '10.9.9'), octet)
    .map((p) => p.join('.'));
  const ipv6 = octet.map((part) => `fd00::${part.toString(16)}`);
  const prefix = fc.constantFrom('', '/24', '/32', '/28', '/16');
  const vip = fc.oneof(
    fc.tuple(ipv4, prefix).map((p) => p.join('')),
    ipv6,
  );
  const sample = fc.record(
    {
      vips: fc.array(vip, { maxLength: 4 }),
      source: ipv4,
      peers: fc.array(ipv4, { maxLength: 2 }),
      device: fc.constantFrom('eth0', 'eth1', 'bond0.100', '0', 'on'),
      name: fc.string({ maxLength: 6 }),
    },
    { requiredKeys: ['vips'] },
  );
  const hosts = fc
    .array(fc.array(sample, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 })
    .map((list) => list.map((samples, i) => host(`h${i}`, ...samples)));
  fc.assert(
    fc.property(hosts, fc.constantFrom(...RULE_SET_NAMES), (list, provider) => {
      const own = list.flatMap(({ routers }) => routers.flatMap(({ source }) => source ?? []));
      const texts = own.map(({ address }) => address.text);
      fc.pre(new Set(texts).size === texts.length);
      const named = list.flatMap(({ routers }) => routers.flatMap((router) => router.addresses));
      fc.pre(named.length > 0);
      const { lab } = drafted(list, provider);
      const rules = ruleSet(provider);
      for (const { instance, subnet, addresses } of lab.enis) {
        const { cidrs, gateways } = lab.subnets.find(({ name }) => name === subnet)!;
        for (const text of addresses) {
          const block = cidrs.find((cidr) => cidrContains(parseCidr(cidr)!, parseAddress(text)!))!;
          if (!instance.startsWith('client')) continue;
          expect(gateways).not.toContain(text);
          expect(rules.reservedAddresses(block)).not.toContain(text);
        }
      }
    }),
    { numRuns: 100 },
  );
});
