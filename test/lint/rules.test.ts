// Every rule has a configuration that triggers it and a near miss that does not, and what it says
// to write, written in, silences it. Whether keepalived agrees is in test/live/lint-keepalived.
import { describe, expect, test } from 'vitest';
import { RULE_IDS } from '../../src/lint/rules.ts';
import { CASES, MULTICAST, texts } from './cases.ts';
import { judge, mended, mendedOnce, of, said } from './judge.ts';

test('two hosts and a lab that are as they should be: nothing is said', () => {
  expect(said(judge({}))).toEqual([]);
  expect(said(judge({ lab: true }))).toEqual([]);
  expect(said(judge({ provider: 'alibaba', keepalived: '2.2.7' }))).toEqual([]);
});

test('every rule has a case', () => {
  const rules = CASES.map(({ rule }) => rule);
  expect([...new Set(rules)].sort()).toEqual([...RULE_IDS].sort());
});

test('instances in the sync group itself: one finding, with the block to write', () => {
  const [one] = texts({});
  const group = 'vrrp_sync_group G {\n    VI_1\n    VI_2\n}\n';
  const two = one.replace('VI_1', 'VI_2').replace('id 51', 'id 52').replace('.88/', '.89/');
  const instances = two.slice(two.indexOf('vrrp_instance'));
  const result = judge({}, [`${group}${one}${instances}`]);
  const own = result.findings.filter(({ rule }) => !rule.startsWith('peer-'));
  expect(said({ findings: own })).toEqual(['ecs-1.conf:2 error missing-block']);
  expect(own[0]?.fix?.write).toEqual(['group {', '    VI_1', '    VI_2', '}']);
});

test.each([
  [
    'vrrp_sync_group G {',
    'vrrp_sync_group G',
    'vrrp_sync_group G {\n  group {\n    VI_1\n    VI_2\n  }\n}\n',
  ],
  ['vrrp_instance VI_1 {', 'vrrp_instance VI_1', ''],
])('a block without its opening brace: one finding, and %s to write', (whole, cut, group) => {
  const [one] = texts({});
  const two = one.replace('VI_1', 'VI_2').replace('id 51', 'id 52').replace('.88/', '.89/');
  const text = `${group}${one}${two.slice(two.indexOf('vrrp_instance'))}`.replace(whole, cut);
  const own = judge({}, [text]).findings.filter(({ rule }) => !rule.startsWith('peer-'));
  const line = text.split('\n').indexOf(cut) + 1;
  expect(said({ findings: own })).toEqual([`ecs-1.conf:${line} error missing-block`]);
  expect(own[0]?.fix?.write).toEqual([whole]);
});

test('three hosts of one priority: each is given one of its own', () => {
  const [first, second] = texts({ two: [['priority 90', 'priority 100']] });
  const third = second.replace('src_ip 192.168.0.210', 'src_ip 192.168.0.211');
  const result = judge({}, [first, second, third]);
  const written = of('equal-priority', result).flatMap(({ fix }) => fix?.write ?? []);
  expect(written).toEqual(['priority 90', 'priority 80']);
});

test('two clusters of one VRID: each is judged for itself, and one is given another', () => {
  const [one, two] = texts(MULTICAST);
  const others = [one, two].map((text) => text.replace('192.168.0.88', '192.168.0.89'));
  const result = judge({}, [one, two, ...others]);
  expect(said(result)).toEqual(['ecs-3.conf:7 error vrid-twice', 'ecs-4.conf:7 error vrid-twice']);
  const written = result.findings.map(({ fix }) => fix?.write);
  expect(written).toEqual([['virtual_router_id 52'], ['virtual_router_id 52']]);
  const own = others.map((text) => text.replace('virtual_router_id 51', 'virtual_router_id 52'));
  expect(said(judge({}, [one, two, ...own]))).toEqual([]);
});

test('by the lab alone the peers of a host are the others, and never the host itself', () => {
  const [one] = texts(MULTICAST);
  const result = judge({ provider: 'alibaba', lab: true }, [one]);
  const [found] = of('multicast-not-carried', result);
  expect(found?.fix?.write).toEqual([
    'unicast_src_ip 192.168.0.209',
    'unicast_peer {',
    '    192.168.0.210',
    '}',
  ]);
});

test('one host by multicast, one by unicast: one finding, with the address that is named', () => {
  const files = texts({ one: [...(MULTICAST.one ?? [])] });
  const lines = ['unicast_src_ip 192.168.0.209', 'unicast_peer {', '    192.168.0.210', '}'];
  const refused = judge({ provider: 'alibaba' }, files);
  expect(said(refused)).toEqual(['ecs-1.conf:4 error multicast-not-carried']);
  expect(refused.findings[0]?.fix?.write).toEqual(lines);
  // Where multicast is carried, and so no mistake by itself.
  const [found] = of('peer-not-mutual', judge({ provider: 'classic' }, files));
  expect(found?.fix?.write).toEqual(lines);
  const written = mendedOnce(files, 'multicast-not-carried', { provider: 'alibaba' });
  expect(said(judge({ provider: 'alibaba' }, written))).toEqual([]);
});

test('an address that the other file names is known, and one of several is not', () => {
  const write = (peers: string) => {
    const files = texts({ one: [['    unicast_src_ip 192.168.0.209\n', '']] });
    const two = files[1].replace('        192.168.0.209', peers);
    return of('unicast-source-missing', judge({}, [files[0], two]))[0]?.fix?.write;
  };
  expect(write('192.168.0.209')).toEqual(['unicast_src_ip 192.168.0.209']);
  expect(write('192.168.0.209\n192.168.0.211')).toEqual(["unicast_src_ip <this host's address>"]);
});

test('a successor that counts faster than the master speaks waits no time less than none', () => {
  const { outages } = judge({ one: [['advert_int 1', 'advert_int 10']] });
  const [first] = outages;
  expect(first).toMatchObject({ failing: 'ecs-1', intervalSeconds: 10 });
  // 3 s and (256 - 90) / 256 s, of the successor's own second.
  expect(first?.crashSeconds).toEqual({ least: 0, most: 3.648438 });
});

test('what breaks the service comes first, in whatever file and line it is', () => {
  const { findings } = judge({
    one: [['garp_master_refresh 5', 'garp_master_refresh 0']],
    two: [
      ['garp_master_refresh 5', 'garp_master_refresh 0'],
      ['192.168.0.88/24', '192.168.0.88'],
      ['advert_int 1', 'advert_int 1.5'],
      ['auth_pass 1111', 'auth_pass 2222'],
    ],
  });
  expect(said({ findings })).toEqual([
    'ecs-2.conf:10 error interval-differs',
    'ecs-2.conf:10 error interval-fraction',
    'ecs-2.conf:13 error authentication-differs',
    'ecs-1.conf:23 warning garp-refresh-off',
    'ecs-2.conf:4 warning split-brain-unhealed',
    'ecs-2.conf:23 warning garp-refresh-off',
    'ecs-2.conf:20 info prefix-missing',
  ]);
});

test('half a second: every node is told to change its version, and all of them at once', () => {
  const [one, two] = texts({ one: [['advert_int 1', 'advert_int 0.5']] });
  const [alone] = of('interval-fraction', judge({}, [one]));
  expect(alone?.message).toMatch(/every node needs version 3/);
  expect(alone?.related).toEqual([]);
  // One finding is mended by itself, as code scanning does it, and the nodes agree still.
  const files = [one, two, two.replace('.210\n', '.211\n')];
  const found = of('interval-fraction', judge({}, files));
  expect(found.map(({ host }) => host)).toEqual(['ecs-1']);
  expect(found[0]?.fix?.edits.map(({ file }) => file)).toEqual([
    'ecs-1.conf',
    'ecs-2.conf',
    'ecs-3.conf',
  ]);
  expect(found[0]?.related.map(({ place }) => place.file)).toEqual(['ecs-2.conf', 'ecs-3.conf']);
  const mends = judge({}, mendedOnce(files, 'interval-fraction'));
  expect(of('interval-fraction', mends)).toEqual([]);
  expect(of('version-differs', mends)).toEqual([]);
});

test('half a second beside a file that cannot be edited: said in words alone', () => {
  const [one, two] = texts({ one: [['advert_int 1', 'advert_int 0.5']] });
  const made = `$OLD=version 2\n${two.replace('advert_int 1', 'advert_int 1\n    $OLD')}`;
  const [found] = of('interval-fraction', judge({}, [one, made]));
  expect(found?.fix).toEqual({ edits: [], write: ['version 3'] });
});

test('half a second on both nodes: each gets version 3 once', () => {
  const files = texts({ both: [['advert_int 1', 'advert_int 0.5']] });
  for (const text of mendedOnce(files, 'interval-fraction')) {
    expect(text.match(/^ +version 3$/gm)).toHaveLength(1);
  }
});

describe.each(CASES)('$rule', ({ rule, trigger, at, near }) => {
  test('is found where it should be', () => {
    const result = judge(trigger);
    const found = of(rule, result);
    expect(said(result).join('\n')).toContain(` ${rule}`);
    for (const { place, length } of found) {
      const line = result.source.line(place!.file, place!.line)!;
      expect(line).toContain(at);
      expect(place!.column - 1 + length).toBeLessThanOrEqual(line.length);
    }
  });

  test('is not found in the near miss', () => {
    expect(of(rule, judge(near)).map(({ message }) => message)).toEqual([]);
  });

  if (of(rule, judge(trigger)).some(({ fix }) => (fix?.edits ?? []).length > 0)) {
    test('is silenced by the lines that it says to write', () => {
      const left = said(judge(trigger, mended(trigger, 6)));
      expect(left.filter((one) => one.endsWith(rule))).toEqual([]);
    });
  }
});
