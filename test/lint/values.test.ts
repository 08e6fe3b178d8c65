// Values as keepalived 2.2.7 takes them, as `keepalived -d` shows what it made of them.
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/lint/finding.ts';
import { parseKeepalivedConf } from '../../src/lint/keepalived-conf.ts';
import { type Change, texts, type Variant } from './cases.ts';
import { judge, mendedOnce, said } from './judge.ts';

/** What is said of the clean file of ecs-1 with `lines` behind `advert_int`. */
function saidWith(...lines: string[]): string[] {
  return of([plus(...lines)]);
}

function plus(...lines: string[]): Change {
  return ['advert_int 1\n', ['advert_int 1', ...lines, ''].join('\n')];
}

function globals(...lines: string[]): Change {
  return ['global_defs {\n', ['global_defs {', ...lines, ''].join('\n')];
}

/** `rule` of every finding in the file of ecs-1. */
function of(one: readonly Change[]): string[] {
  const lines = said(judge({ one }));
  return lines.filter((line) => line.startsWith('ecs-1')).map((line) => line.split(' ')[2] ?? '');
}

describe('keywords that take no value are on, whatever stands behind them', () => {
  test('vrrp_strict off is strict', () => {
    const strict = of([globals('vrrp_strict')]);
    expect(strict).toContain('strict-unicast');
    expect(of([globals('vrrp_strict off')]).sort()).toEqual([...strict, 'bad-value'].sort());
    expect(of([globals('vrrp_strict on')])).toEqual(strict);
  });

  test('enable_script_security 0 is on', () => {
    const script: Change = ['advert_int 1\n', 'advert_int 1\n    notify /bin/true\n'];
    expect(of([globals('enable_script_security 0', 'script_user root'), script])).toEqual([
      'bad-value',
    ]);
    expect(of([globals('enable_script_security 0'), script])).toEqual([
      ...['script-user-missing', 'bad-value'],
    ]);
  });

  test('nopreempt off in the place of nopreempt changes nothing else', () => {
    expect(of([['nopreempt', 'nopreempt off']])).toEqual(['bad-value']);
    expect(saidWith('use_vmac false')).toEqual(['vmac-unicast', 'bad-value']);
    expect(saidWith('dont_track_primary no')).toEqual(['track-interface-missing', 'bad-value']);
  });

  test('the line that is removed was meant to switch it off', () => {
    const [one] = mendedOnce(['global_defs {\n  vrrp_strict off\n  router_id a\n}\n'], 'bad-value');
    expect(one).toBe('global_defs {\n  router_id a\n}\n');
  });

  test('others take on and off', () => {
    expect(saidWith('higher_prio_send_advert off', 'lower_prio_no_advert no')).toEqual([]);
    expect(of([globals('vrrp_min_garp off')])).toEqual([]);
  });
});

describe('where nothing stands behind a keyword', () => {
  const found = (text: string) => judge({}, [text]).findings.filter(isBad).map(toLine);
  const isBad = ({ rule }: Finding) => rule === 'bad-value';
  const toLine = ({ place, severity, message }: Finding) =>
    `${place?.line} ${severity} ${message.replace(/; .*/, '')}`;

  test('keepalived ends, and says where', () => {
    const text = 'vrrp_instance V {\n state\n debug\n notify_master\n}\nvrrp_script {\n user\n}\n';
    expect(found(text)).toEqual([
      '2 error nothing stands behind "state": keepalived ends with a configuration error',
      '3 error nothing stands behind "debug": keepalived ends with a configuration error',
      '4 error nothing stands behind "notify_master": keepalived ends with a configuration error',
      '6 error nothing stands behind "vrrp_script": keepalived ends with a configuration error',
      '7 error nothing stands behind "user": keepalived ends with a configuration error',
    ]);
  });

  test('keepalived passes it over', () => {
    expect(found('global_defs {\n router_id\n}\nvrrp_instance {\n priority 3\n}\n')).toEqual([
      '4 error nothing stands behind "vrrp_instance": keepalived passes it over',
      '2 warning nothing stands behind "router_id": keepalived passes it over',
    ]);
  });

  test('others stand alone', () => {
    const text = 'vrrp_instance V {\n use_vmac\n smtp_alert\n notify_deleted\n garp_extra_if\n}\n';
    expect(found(text)).toEqual([]);
  });
});

test('a text that was pasted with no-break spaces: one finding, and blanks clear it', () => {
  const pasted = texts({})[0].replaceAll('    ', '\u00a0\u00a0\u00a0\u00a0');
  const { findings } = judge({}, [pasted, texts({})[1]]);
  expect(findings.map(({ rule, severity }) => `${severity} ${rule}`)).toEqual([
    'error unknown-keyword',
  ]);
  expect(findings[0]?.message).toMatch(/^U\+00A0 looks like a blank.* \(23 places\)/);
  expect(mendedOnce([pasted], 'unknown-keyword')).toEqual([texts({})[0]]);
});

describe('what is proposed in the place of a value', () => {
  const ADDRESS = '        192.168.0.88/24';

  test.each([
    ['state BACKUP', 'state Backup', 'bad-value'],
    ['priority 100', 'priority 100;', 'priority-invalid'],
    ['advert_int 1\n', 'advert_int 1s\n', 'bad-value'],
    ['virtual_router_id 51', 'virtual_router_id 51;', 'vrid-missing'],
    ['        192.168.0.210\n', '        192.168.0.210;\n', 'bad-value'],
    [ADDRESS, `${ADDRESS};`, 'bad-value'],
    ['unicast_src_ip 192.168.0.209', 'unicast_src_ip 192.168.0.209;', 'bad-value'],
  ])('%j is written again instead of %j', (right, wrong, rule) => {
    const [one] = texts({ one: [[right, wrong]] });
    expect(mendedOnce([one], rule)).toEqual([texts({})[0]]);
  });

  test.each([
    [`${ADDRESS} nodad`, `${ADDRESS} `],
    [`${ADDRESS} metric 100`, `${ADDRESS}  `],
    [`${ADDRESS} // the VIP`, `${ADDRESS} # // the VIP`],
  ])('of %j the address stays', (wrong, right) => {
    const [one] = texts({ one: [[ADDRESS, wrong]] });
    const [expected] = texts({ one: [[ADDRESS, right]] });
    expect(said(judge({}, [one])).filter((line) => line.includes('bad-value'))).toHaveLength(1);
    expect(mendedOnce([one], 'bad-value')).toEqual([expected]);
  });

  test.each([
    [ADDRESS, `${ADDRESS}\n        192.168.0.300`],
    [ADDRESS, '        192.168.0.88/33'],
    [ADDRESS, `${ADDRESS}\n        192.168.0.89/24 192.168.0.90/24`],
    [ADDRESS, `${ADDRESS}\n        192.168.0.89/24 label eth0:sixteen-too-long`],
    ['        192.168.0.210\n', '        192.168.0.210 192.168.0.211\n'],
  ])('nothing is removed for the user where %j is %j', (right, wrong) => {
    const [one] = texts({ one: [[right, wrong]] });
    const found = judge({}, [one]).findings.filter(({ rule }) => rule === 'bad-value');
    expect(found.map(({ fix }) => fix?.edits)).toEqual([[]]);
    expect(found[0]?.fix?.write).not.toEqual([]);
  });
});

test('an address of a host may have a prefix length, and a number a sign', () => {
  const changes: Change[] = [
    ['unicast_src_ip 192.168.0.209', 'unicast_src_ip 192.168.0.209/24'],
    ['        192.168.0.210\n', '        192.168.0.210/24\n'],
    ['priority 100', 'priority +100'],
  ];
  expect(of(changes)).toEqual([]);
});

describe('numbers as keepalived takes them', () => {
  test('a delay with a fraction is 0, so that nothing is announced later', () => {
    expect(of([['garp_master_delay 1', 'garp_master_delay 1.5']])).toEqual(['bad-value']);
    const { instances } = parseKeepalivedConf('vrrp_instance V {\n garp_master_delay 1.5\n}', 'a');
    expect(instances[0]?.garpMasterDelay?.value).toBe(0);
  });

  test('garp_master_repeat 0 is 1, and says nothing of lesser masters', () => {
    expect(saidWith('garp_master_repeat 0')).toEqual(['bad-value']);
    expect(of([globals('vrrp_garp_master_repeat 0')])).toEqual(['bad-value']);
  });

  test('vrrp_garp_lower_prio_repeat 0 is found where it stands, and mended in the instance', () => {
    const one = texts({ one: [globals('vrrp_garp_lower_prio_repeat 0')] })[0];
    const rule = 'garp-lower-prio-off';
    const [found] = judge({}, [one]).findings.filter((finding) => finding.rule === rule);
    expect(found?.place?.line).toBe(2);
    expect(found?.message).toContain('vrrp_garp_lower_prio_repeat 0');
    const [mended = ''] = mendedOnce([one], rule);
    expect(said(judge({}, [mended])).filter((line) => line.endsWith(rule))).toEqual([]);
  });

  test.each([
    'interval 0',
    'interval 0.5',
    'timeout 0',
    'weight 300',
    'weight x',
    'rise 0',
  ])('a vrrp_script with %s', (line) => {
    const script = `vrrp_script c {\n script /bin/true\n user root\n ${line}\n}\n`;
    const text = `${script}vrrp_instance V {\n}\n`;
    expect(said(judge({}, [text]))).toContain('ecs-1.conf:4 warning bad-value');
  });

  test('the weight of a track is -253 to 253', () => {
    const track = (weight: string) => `track_interface {\n eth1 weight ${weight}\n}`;
    expect(saidWith(track('-254'))).toEqual(['bad-value']);
    expect(saidWith(track('+253'))).not.toContain('bad-value');
  });
});

describe('a prefix length that is not told by the subnet of the heartbeat', () => {
  const other = (line: string): Change => ['192.168.0.88/24', line];

  test('is not judged on another interface', () => {
    const track: Change = ['        eth0\n', '        eth0\n        eth1\n'];
    expect(of([other('203.0.113.8/24 dev eth1'), track])).toEqual(['addresses-differ']);
  });

  test('is told from the address that the host sends from', () => {
    const { findings } = judge({ one: [other('203.0.113.8/24 dev eth0')] });
    const [found] = findings.filter(({ rule }) => rule === 'prefix-wrong');
    expect(found?.message).toMatch(/^203.0.113.8\/24: 192.168.0.209, from which ecs-1 sends, lies/);
  });
});

test('of three hosts two files: the peer of the third is not to be removed', () => {
  const third = '        192.168.0.211\n';
  const files = texts({
    one: [['        192.168.0.210\n', `        192.168.0.210\n${third}`]],
    two: [['        192.168.0.209\n', `        192.168.0.209\n${third}`]],
  });
  const { findings } = judge({}, files);
  expect(findings.map(({ rule }) => rule)).toEqual(['peer-unknown', 'peer-unknown']);
  expect(findings.map(({ fix }) => fix?.edits)).toEqual([[], []]);
  expect(findings[0]?.message).toContain('name the file of that host too');
});

test('the interface of an address is watched without a line, but for no_track', () => {
  const on = (line: string): Variant => ({ both: [['192.168.0.88/24', line]] });
  expect(said(judge(on('192.168.0.88/24 dev eth1')))).toEqual([]);
  const found = judge(on('192.168.0.88/24 dev eth1 no_track')).findings;
  expect(found.map(({ rule }) => rule)).toEqual([
    ...['track-interface-missing', 'track-interface-missing'],
  ]);
  expect(found[0]?.fix?.write).toEqual(['eth1']);
});
