// Whole files: the clouds' own configurations as values, every remark with its place, and any
// text at all. What keepalived itself says of the same files is in test/live/keepalived-conf.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatPlace, parseKeepalivedConf } from '../../src/lint/keepalived-conf.ts';
import { NOTICES_MAX } from '../../src/lint/notices.ts';
import { remarks, unknownWords } from './notices.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures');
const CAPTURES = join(import.meta.dirname, '../../../shared/captures');

function fixture(name: string) {
  return parseKeepalivedConf(readFileSync(join(FIXTURES, name), 'utf8'), name);
}

function only(text: string) {
  const { instances } = parseKeepalivedConf(text, 'a.conf');
  expect(instances.length).toBe(1);
  return instances[0]!;
}

/** `value@line:column` */
function at(given: { value: unknown; place: { line: number; column: number } } | null): string {
  return given === null ? 'none' : `${given.value}@${given.place.line}:${given.place.column}`;
}

describe("Alibaba's sample", () => {
  const { instances, globals, notices } = fixture('alibaba/node1.conf');
  const [instance] = instances;

  test('as values with their places', () => {
    expect(at(globals.routerId)).toBe('LVS_DEVEL@11:11');
    expect(at(globals.skipCheckAdvertAddresses)).toBe('true@12:1');
    expect(instance?.name).toBe('VI_1');
    expect(at(instance?.state ?? null)).toBe('MASTER@22:7');
    expect(at(instance?.interface ?? null)).toBe('eth0@23:11');
    expect(at(instance?.virtualRouterId ?? null)).toBe('51@24:19');
    expect(at(instance?.nopreempt ?? null)).toBe('true@25:1');
    expect(at(instance?.priority ?? null)).toBe('100@27:10');
    expect(at(instance?.advertInterval ?? null)).toBe('1@28:12');
    expect(instance?.unicastSourceIp?.value.text).toBe('192.168.0.209');
    expect(instance?.unicastPeers.map(({ address }) => address.text)).toEqual(['192.168.0.210']);
    expect(instance?.addresses.map(({ address, prefix }) => [address, prefix])).toEqual([
      ['192.168.0.88', null],
    ]);
    expect(instance?.scripts.map(({ keyword }) => keyword)).toEqual([
      ...['notify_master', 'notify_backup', 'notify_fault', 'notify_stop'],
    ]);
    expect(at(instance?.garpMasterRefresh ?? null)).toBe('5@45:21');
    expect(instance?.tracks.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['interface eth0']);
  });

  test('what keepalived 2.2.7 refuses in it is remarked upon: intervals of 0', () => {
    const said = notices.map(({ place, message }) => `${formatPlace(place)} ${message}`);
    expect(said).toEqual([
      expect.stringMatching(/^alibaba\/node1.conf:13:20 vrrp_garp_interval "0" .*write seconds/),
      expect.stringMatching(/^alibaba\/node1.conf:14:19 vrrp_gna_interval "0" .*write seconds/),
    ]);
  });

  test('the password is nowhere in what is said or kept as a value', () => {
    expect(instance?.authentication?.type?.value).toBe('PASS');
    expect(instance?.authentication?.passwordLength).toBe(4);
    const { statement: _, ...values } = instance!;
    const text = JSON.stringify([values, notices], (_key, value) =>
      typeof value === 'bigint' ? value.toString() : value,
    );
    expect(text).not.toContain('1111');
  });
});

test("Tencent's sample as printed has a brace too many, and what it leaves outside", () => {
  const { notices } = fixture('tencent-as-printed/node1.conf');
  expect(notices.map(({ place, code }) => `${place.line} ${code}`)).toEqual([
    '29 unknown-keyword',
    '30 unknown-keyword',
    '32 unknown-keyword',
    '33 unknown-keyword',
    '34 unknown-keyword',
    '35 unknown-keyword',
    '37 unknown-keyword',
    '38 unknown-keyword',
    '40 extra-brace',
  ]);
});

test("UCloud's address has a prefix and a device", () => {
  const { instances, notices } = fixture('ucloud/node1.conf');
  const [address] = instances[0]?.addresses ?? [];
  expect([address?.prefix?.value, address?.device?.value]).toEqual([24, 'ens5']);
  expect(notices).toEqual([]);
});

test('the family is that of the first address; an interval may have a fraction', () => {
  expect(fixture('ipv6/node1.conf').instances[0]?.family).toBe(6);
  expect(fixture('v3-subsecond/node1.conf').instances[0]?.advertInterval?.value).toBe(0.1);
  expect(fixture('use-vmac/node1.conf').instances[0]?.useVmac?.value).toBe(true);
});

describe('what is remarked upon', () => {
  test.each([
    ['vrrp_instance V {\n  prioritty 3\n}', ['2:3 unknown-keyword']],
    ['vrrp_instance V\ninterface x\n', ['1:1 missing-block', '2:1 unknown-keyword']],
    ['vrrp_instance V {\n priority 100;\n advert_int x\n}', ['2:11 bad-value', '3:13 bad-value']],
    ['vrrp_instance V {\n state FOO\n priority\n}', ['2:8 bad-value', '3:2 bad-value']],
    ['vrrp_instance V {\n priority {\n}\n}', ['2:2 unexpected-block', '2:2 bad-value']],
    ['vrrp_instance V {\n', ['1:1 unclosed-block']],
    ['}\n{\n}\n', ['1:1 extra-brace', '2:1 unexpected-block']],
    ['vrrp_instance V {\n}\nvrrp_instance V {\n}\n', ['3:1 duplicate-name']],
    [
      'vrrp_instance V {\nvirtual_ipaddress {\n10.0.0.300\n10.0.0.1/33\n10.0.0.2 dev eth0 foo\n}\n}',
      ['3:1 bad-value', '4:1 bad-value', '5:19 bad-value'],
    ],
    ['vrrp_instance V {\nunicast_peer {\n10.0.0\n}\n}', ['3:1 bad-value']],
    ['virtual_server 10.0.0.1 80 {\n anything at all {\n}\n}', []],
  ])('%j', (text, expected) => {
    expect(remarks(text)).toEqual(expected);
  });

  test('the last value counts, and one that cannot be read counts as none', () => {
    const instance = only('vrrp_instance V {\npriority 10\npriority 20\npreempt_delay -1\n}');
    expect(at(instance.priority)).toBe('20@3:10');
    expect(instance.preemptDelay).toBeNull();
  });

  test('what stands in an unknown block is read as if it stood outside, as keepalived does', () => {
    const text = 'bogus {\nstate X\nvrrp_instance V {\ninner\npriority 7\n}\n}\n';
    expect(unknownWords(text)).toEqual(['1 bogus', '2 state', '4 inner']);
    expect(only(text).priority?.value).toBe(7);
  });

  test('braces may stand on any line', () => {
    expect(only('vrrp_instance V\n\n# c\n{ priority 9 }').priority?.value).toBe(9);
    const address = only('vrrp_instance V { virtual_ipaddress { 10.0.0.1/24 } }').addresses[0];
    expect(address?.prefix?.value).toBe(24);
  });

  test('ends at a bound, and the rest is counted', () => {
    const { notices, noticesLeft } = parseKeepalivedConf('bogus\n'.repeat(700), 'a.conf');
    expect([notices.length, noticesLeft]).toEqual([NOTICES_MAX, 700 - NOTICES_MAX]);
  });
});

test('sync groups, scripts and tracks', () => {
  const { syncGroups, scripts, instances, configIds } = parseKeepalivedConf(
    `vrrp_script chk { script "/bin/check it" 
      interval 2
      weight -20
    }
    vrrp_sync_group G { group { A
       B }
      notify_master /bin/m
    }
    vrrp_instance A {
      @one priority 5
      track_script { chk weight -10 reverse
      }
    }`,
    'a.conf',
    { configId: 'one' },
  );
  expect(scripts.map(({ name, script, weight }) => [name, script?.command, weight?.value])).toEqual(
    [['chk', '/bin/check it', -20]],
  );
  expect(syncGroups[0]?.members.map(({ value }) => value)).toEqual(['A', 'B']);
  expect(syncGroups[0]?.scripts.map(({ command }) => command)).toEqual(['/bin/m']);
  expect(instances[0]?.tracks.map(({ name, weight }) => [name, weight?.value])).toEqual([
    ['chk', -10],
  ]);
  expect([instances[0]?.priority?.value, configIds]).toEqual([5, ['one']]);
});

interface Truth {
  configs?: Record<string, string>;
}

describe.skipIf(!existsSync(CAPTURES))('the configurations behind the captures', () => {
  const names = existsSync(CAPTURES) ? readdirSync(CAPTURES) : [];
  const files = names.filter((name) => name.endsWith('.truth.json'));
  const texts = files.flatMap((name) => {
    const truth = JSON.parse(readFileSync(join(CAPTURES, name), 'utf8')) as Truth;
    return Object.entries(truth.configs ?? {}).map(([node, text]) => ({ name, node, text }));
  });

  test.each(texts)('$name $node names an instance, an interface and a VRID', ({ name, text }) => {
    const { instances, notices } = parseKeepalivedConf(text, 'a.conf');
    expect(instances.length).toBeGreaterThan(0);
    for (const instance of instances) {
      expect(instance.interface).not.toBeNull();
      expect(instance.virtualRouterId).not.toBeNull();
    }
    // What keepalived refuses too: intervals of 0, and the sample printed with a brace too many.
    const others = notices.filter(({ message }) => !/vrrp_(garp|gna)_interval "0"/.test(message));
    expect(others.length > 0).toBe(name.startsWith('03b'));
  });
});

describe('any text', () => {
  const word = fc.constantFrom(
    ...['vrrp_instance', 'global_defs', 'virtual_ipaddress', '{', '}', '"', "'", '\\', '\n', ' '],
    ...['$A=', '$A', `\${A}`, '@x', '@^x', '~SEQ(A,1,3)', '~LST(', ')', '#', '!', 'include a'],
    ...['priority', '10.0.0.1/24', 'authentication', 'auth_pass', 'track_script', 'weight', '\t'],
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.oneof(word, fc.string({ maxLength: 3 }))).map((parts) => parts.join('')),
  );

  test('is read without a throw, and every place lies in it', () => {
    fc.assert(
      fc.property(text, (sample) => {
        const include = () => [{ file: 'b', text: sample }];
        const lines = sample.split(/\r\n|\n|\r/);
        const { notices, instances } = parseKeepalivedConf(sample, 'a', { include });
        const places = [...notices, ...instances].map(({ place }) => place);
        for (const { line, column } of places) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(lines.length);
          expect(column).toBeGreaterThanOrEqual(1);
          expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 1);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('of plain words: each place is where the word stands', () => {
    const plain = fc.stringMatching(/^[a-z_.0-9/-]{1,12}$/);
    const line = fc.array(fc.tuple(fc.stringMatching(/^[ \t]{1,3}$/), plain), { maxLength: 5 });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        const sample = lines.map((words) => words.flat().join('')).join('\n');
        const { statements } = parseKeepalivedConf(sample, 'a');
        const physical = sample.split('\n');
        const words = statements.flatMap(({ keyword, values }) => [keyword, ...values]);
        expect(words.map(({ text }) => text)).toEqual(lines.flat().map(([, one]) => one));
        for (const { text: found, place } of words) {
          const { line: number, column } = place;
          expect(physical[number - 1]?.slice(column - 1).startsWith(found)).toBe(true);
        }
      }),
    );
  });
});
