import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LabFileError, parseLab } from '../../src/lab/file/lab-file.ts';

/** The example of the design, which every user copies first. */
const EXAMPLE = `provider: alibaba                # alibaba | alibaba-2021 | tencent | huawei | ucloud | classic
subnets:
  vsw-1: { cidr: 192.168.0.0/24 }
instances:
  ecs-1:
    enis:
      eth0: { subnet: vsw-1, ip: 192.168.0.209, mac: "00:16:3e:00:00:01",
              attach: { netns: ecs-1 } }
    run: [ "keepalived -n -l -D -f ecs-1.conf" ]
  ecs-2:
    enis:
      eth0: { subnet: vsw-1, ip: 192.168.0.210, mac: "00:16:3e:00:00:02", attach: { netns: ecs-2 } }
  client:
    enis: { eth0: { subnet: vsw-1, ip: 192.168.0.10, mac: "00:16:3e:00:00:0a", attach: { netns: client } } }
havips:
  web: { subnet: vsw-1, ip: 192.168.0.88, bind: [ecs-1, ecs-2] }
`;

function failure(text: string, file = 'lab.yaml'): LabFileError {
  try {
    parseLab(text, file);
  } catch (error) {
    expect(error).toBeInstanceOf(LabFileError);
    return error as LabFileError;
  }
  throw new Error('no error for:\n' + text);
}

/** The example with one piece replaced. */
function broken(from: string, to: string): LabFileError {
  expect(EXAMPLE).toContain(from);
  return failure(EXAMPLE.replace(from, to));
}

describe('a lab file', () => {
  it('becomes a topology', () => {
    const lab = parseLab(EXAMPLE, '/home/me/demo/lab.yaml');
    expect(lab.name).toBe('demo');
    expect(lab.provider).toBe('alibaba');
    expect(lab.subnets).toEqual([
      { name: 'vsw-1', vpc: 'default', cidrs: ['192.168.0.0/24'], gateways: ['192.168.0.253'] },
    ]);
    expect(lab.enis).toHaveLength(3);
    expect(lab.enis[0]).toEqual({
      instance: 'ecs-1',
      name: 'eth0',
      subnet: 'vsw-1',
      addresses: ['192.168.0.209'],
      mac: 0x00163e000001,
      mtu: 1500,
      vlan: null,
      sourceDestCheck: true,
      attach: { netns: 'ecs-1' },
    });
    expect(lab.havips).toEqual([
      {
        name: 'web',
        subnet: 'vsw-1',
        address: '192.168.0.88',
        members: [
          { instance: 'ecs-1', eni: null },
          { instance: 'ecs-2', eni: null },
        ],
        memberMacs: [],
        checkAssociate: false,
      },
    ]);
    expect(lab.run['ecs-1']).toEqual(['keepalived -n -l -D -f ecs-1.conf']);
    expect(lab.run.client).toBeUndefined();
    expect(lab.run.constructor).toBeUndefined();
  });

  it('knows every key', () => {
    const lab = parseLab(
      `
name: both
provider: tencent
subnets:
  a: { cidr: [10.0.0.0/16, "FD00::/64"], gateway: [10.0.0.254], vpc: blue }
  b: { cidr: 10.1.0.0/24, gateway: [] }
instances:
  one:
    enis:
      eth0: { subnet: a, ip: [10.0.1.1, "fd00:0::1:1"], mtu: 8500, vlan: { trunk: [1, 2], native: 3 },
              sourceDestCheck: false, attach: { tap: t0 } }
      eth1: { subnet: b, ip: 10.1.0.9, vlan: { access: 7 }, attach: { interface: ens5 } }
    run: sleep 1
havips:
  x: { subnet: a, bind: one/eth0, checkAssociate: true }
quotas: { havipsPerVpc: 3 }
`,
      'lab.yaml',
    );
    expect(lab.name).toBe('both');
    expect(lab.subnets[0]).toEqual({
      name: 'a',
      vpc: 'blue',
      cidrs: ['10.0.0.0/16', 'fd00::/64'],
      gateways: ['10.0.0.254', 'fd00::1'],
    });
    expect(lab.subnets[1]!.gateways).toEqual([]);
    expect(lab.enis[0]).toMatchObject({
      addresses: ['10.0.1.1', 'fd00::1:1'],
      mac: null,
      mtu: 8500,
      vlan: { trunk: [1, 2], native: 3 },
      sourceDestCheck: false,
      attach: { tap: 't0' },
    });
    expect(lab.enis[1]).toMatchObject({ vlan: { access: 7 }, attach: { interface: 'ens5' } });
    expect(lab.havips[0]).toMatchObject({
      address: null,
      members: [{ instance: 'one', eni: 'eth0' }],
      checkAssociate: true,
    });
    expect(lab.run.one).toEqual(['sleep 1']);
    expect(lab.quotas).toEqual({ havipsPerVpc: 3 });
  });

  it('takes another provider from the caller, with its gateway', () => {
    const lab = parseLab(EXAMPLE, 'lab.yaml', { provider: 'huawei', folder: '/srv/My lab' });
    expect(lab.provider).toBe('huawei');
    expect(lab.subnets[0]!.gateways).toEqual(['192.168.0.1']);
    expect(lab.name).toBe('My-lab');
    expect(parseLab(EXAMPLE, 'lab.yaml').name).toBe('lab');
  });

  it('leaves an IPv6 HaVip of a provider without one to the quota report', () => {
    const text = EXAMPLE.replace('192.168.0.0/24', '[192.168.0.0/24, fd00::/64]');
    expect(() => parseLab(text.replace('192.168.0.88', 'fd00::88'), 'lab.yaml')).not.toThrow();
  });

  it('takes names of any script, but none that could leave a folder', () => {
    const named = (name: string) => `name: "${name}"\n` + EXAMPLE;
    for (const name of ['主机-1', 'a.b_c', 'x'.repeat(63)]) {
      expect(parseLab(named(name), 'lab.yaml').name).toBe(name);
    }
    for (const name of ['.x', '..', 'a/b', '', 'a b', 'x'.repeat(64), '\\u0007', 'a,b', '-x']) {
      expect(failure(named(name)).message).toMatch(
        /^lab\.yaml:1: name: .* is no name; write up to 63/,
      );
    }
  });

  it('asks for quotes around a name that is a number', () => {
    expect(failure(`name: 007\n${EXAMPLE}`).message).toBe(
      'lab.yaml:1: name: 7 is a number to YAML; write the name in quotes',
    );
  });

  it('may share parts by anchors', () => {
    const text =
      EXAMPLE.replace('bind: [ecs-1', 'bind: &who [ecs-1') +
      '  two: { subnet: vsw-1, bind: *who }\n';
    expect(parseLab(text, 'lab.yaml').havips[1]!.members).toHaveLength(2);
  });
});

describe('an error of a lab file', () => {
  it('names file, line, field and remedy in one line', () => {
    const error = broken('"00:16:3e:00:00:02"', '"00:16:3e:zz"');
    expect(error.message).toBe(
      'lab.yaml:12: instances.ecs-2.enis.eth0.mac: "00:16:3e:zz" is no MAC address; ' +
        'write six octets such as "00:16:3e:00:00:01"',
    );
    expect(error).toMatchObject({ name: 'LabFileError', file: 'lab.yaml', line: 12 });
    expect(error.field).toBe('instances.ecs-2.enis.eth0.mac');
  });

  const cases: [string, string, string, number, RegExp][] = [
    [
      'unknown subnet',
      'vsw-1, ip: 192.168.0.210',
      'vsw-2, ip: 192.168.0.210',
      12,
      /eth0\.subnet: there is no subnet "vsw-2"; did you mean "vsw-1"\?/,
    ],
    [
      'address outside',
      '192.168.0.210',
      '192.168.1.210',
      12,
      /eth0\.ip: 192.168.1.210 is outside subnet vsw-1; choose one in 192.168.0.0\/24/,
    ],
    [
      'duplicate MAC',
      '3e:00:00:02',
      '3E:00:00:01',
      12,
      /mac: the MAC address 00:16:3e:00:00:01 is already that of ecs-1\/eth0/,
    ],
    [
      'duplicate address',
      '192.168.0.210',
      '192.168.0.209',
      12,
      /ip: the address 192.168.0.209 is already that of ecs-1\/eth0; choose another/,
    ],
    [
      'HaVip of an ENI',
      '192.168.0.88',
      '192.168.0.10',
      16,
      /havips\.web\.ip: the address 192.168.0.10 is already that of client\/eth0/,
    ],
    [
      'unknown instance',
      '[ecs-1, ecs-2]',
      '[ecs-1, esc-2]',
      16,
      /havips\.web\.bind\.1: there is no instance "esc-2"; did you mean "ecs-2"\?/,
    ],
    [
      'unknown ENI',
      '[ecs-1, ecs-2]',
      '[ecs-1/eth9]',
      16,
      /instance ecs-1 has no ENI "eth9"; did you mean "eth0"\?/,
    ],
    ['bound twice', '[ecs-1, ecs-2]', '[ecs-1, ecs-1]', 16, /"ecs-1" stands there twice/],
    [
      'mixed',
      '[ecs-1, ecs-2]',
      '[ecs-1, ecs-2/eth0]',
      16,
      /binds an instance \(ecs-1\) and an ENI \(ecs-2\/eth0\), which alibaba never mixes; bind only/,
    ],
    [
      'no member at all',
      '[ecs-1, ecs-2]',
      '[a/b/c]',
      16,
      /"a\/b\/c" is no member; write an instance/,
    ],
    [
      'a number',
      '[ecs-1, ecs-2]',
      '[1]',
      16,
      /bind\.0: 1 is a number to YAML; write the member in/,
    ],
    ['a truth', '[ecs-1, ecs-2]', 'true', 16, /bind: true is a boolean to YAML; write the member/],
    ['group MAC', '"00:16:3e:00:00:02"', '"01:00:5e:00:00:02"', 12, /is a group address; write/],
    ['zero MAC', '"00:16:3e:00:00:02"', '"00:00:00:00:00:00"', 12, /is the zero address; write/],
    [
      'mixed separators',
      '"00:16:3e:00:00:02"',
      '"00:16-3e:00:00:02"',
      12,
      /is no MAC address; write/,
    ],
    [
      'gateway MAC',
      '"00:16:3e:00:00:02"',
      '"ee:ff:ff:ff:ff:ff"',
      12,
      /is a group address|is the MAC of the gateway/,
    ],
    [
      'bad CIDR',
      '192.168.0.0/24',
      '192.168.0.0',
      3,
      /subnets\.vsw-1\.cidr: "192.168.0.0" is no CIDR block; write one such as/,
    ],
    [
      'host bits',
      '192.168.0.0/24',
      '192.168.0.7/24',
      3,
      /is a host inside a block; write 192.168.0.0\/24/,
    ],
    ['multicast block', '192.168.0.0/24', '224.0.0.0/24', 3, /is no block for hosts/],
    ['tiny block', '192.168.0.0/24', '192.168.0.0/31', 3, /is no block for hosts/],
    [
      'overlap',
      '192.168.0.0/24',
      '[192.168.0.0/24, 192.168.0.128/25]',
      3,
      /192.168.0.128\/25 overlaps 192.168.0.0\/24/,
    ],
    [
      'gateway outside',
      '/24 }',
      '/24, gateway: 10.0.0.1 }',
      3,
      /gateway: 10.0.0.1 is outside subnet vsw-1/,
    ],
    [
      'prefix on an address',
      '192.168.0.210',
      '192.168.0.210/24',
      12,
      /has a prefix length; write 192.168.0.210/,
    ],
    [
      'number for an address',
      '192.168.0.210',
      '7',
      12,
      /ip: 7 is no IP address; write one such as/,
    ],
    ['empty address', '192.168.0.210', 'null', 12, /ip: is empty; write one such as/],
    [
      'bad address in a list',
      '192.168.0.210',
      '[192.168.0.210, 1.2.3]',
      12,
      /ip\.1: "1.2.3" is no IP address/,
    ],
    ['no address', '192.168.0.210', '[]', 12, /ip: is an empty list; write at least one$/],
    [
      'unknown provider',
      'provider: alibaba ',
      'provider: aliyun ',
      1,
      /provider: "aliyun" is no provider; write one of alibaba, alibaba-2021, tencent, huawei, ucloud, classic$/,
    ],
    [
      'provider as list',
      'provider: alibaba ',
      'provider: [alibaba] ',
      1,
      /provider: a list is no provider; write one of/,
    ],
    [
      'mistyped key',
      'subnet: vsw-1, ip: 192.168.0.210',
      'subnett: vsw-1, ip: 192.168.0.210',
      12,
      /eth0\.subnett: is no key known here; did you mean "subnet"\?/,
    ],
    [
      'unknown key',
      'havips:',
      'zzzzzzzz: 1\nhavips:',
      15,
      /zzzzzzzz: is no key known here; known here: name, provider/,
    ],
    [
      'missing key',
      'subnet: vsw-1, ip: 192.168.0.210, ',
      'subnet: vsw-1, ',
      12,
      /eth0\.ip: is missing; write one such as/,
    ],
    [
      'section as text',
      '{ cidr: 192.168.0.0/24 }',
      'x',
      3,
      /subnets\.vsw-1: "x" is no mapping; write one such as \{ cidr/,
    ],
    [
      'two attachments',
      '{ netns: ecs-2 }',
      '{ netns: ecs-2, tap: t }',
      12,
      /attach: needs exactly one of netns, tap, interface/,
    ],
    ['no attachment', '{ netns: ecs-2 }', '{}', 12, /attach: needs exactly one of/],
    [
      'device twice',
      '{ netns: ecs-2 }',
      '{ netns: ecs-1 }',
      12,
      /attach\.netns: eth0 in ecs-1 is already that of ecs-1\/eth0/,
    ],
    [
      'bad tap',
      '{ netns: ecs-2 }',
      '{ tap: "a b" }',
      12,
      /attach\.tap: "a b" is no interface name/,
    ],
    [
      'bad namespace',
      '{ netns: ecs-2 }',
      '{ netns: ../x }',
      12,
      /attach\.netns: "..\/x" is no name/,
    ],
    [
      'long device',
      'eth0: { subnet: vsw-1, ip: 192.168.0.210',
      'eth0123456789abcdef: { subnet: vsw-1, ip: 192.168.0.210',
      12,
      /names the TAP device/,
    ],
    [
      'bad instance name',
      '  ecs-2:\n',
      '  "a/b":\n',
      10,
      /instances\.a\/b: "a\/b" is no name|is no name/,
    ],
    [
      'VLAN range',
      'attach: { netns: ecs-2 }',
      'vlan: { access: 4095 }',
      12,
      /vlan\.access: 4095 is no VLAN; write a whole number from 1 to 4094/,
    ],
    [
      'VLAN neither',
      'attach: { netns: ecs-2 }',
      'vlan: {}',
      12,
      /vlan: needs either access or trunk/,
    ],
    [
      'VLAN native alone',
      'attach: { netns: ecs-2 }',
      'vlan: { access: 1, native: 2 }',
      12,
      /has native without trunk/,
    ],
    ['MTU', 'attach: { netns: ecs-2 }', 'mtu: 1.5', 12, /mtu: 1.5 is no MTU/],
    [
      'run',
      '[ "keepalived -n -l -D -f ecs-1.conf" ]',
      '[ "" ]',
      9,
      /run\.0: "" is no command line; write/,
    ],
    ['not yet', 'havips:', 'eips: {}\nhavips:', 15, /eips: not yet/],
    [
      'quota',
      'havips:',
      'quotas: { hostPerHavip: 1 }\nhavips:',
      15,
      /quotas\.hostPerHavip: is no key known here; did you mean "hostsPerHavip"\?/,
    ],
    [
      'quota value',
      'havips:',
      'quotas: { hostsPerHavip: -1 }\nhavips:',
      15,
      /-1 is no quota; write a whole number/,
    ],
    ['syntax', 'havips:', 'havips: [', 15, /no valid YAML/],
    [
      'same key twice',
      'havips:',
      'provider: tencent\nhavips:',
      15,
      /the key "provider" stands there twice/,
    ],
    ['no anchor', '[ecs-1, ecs-2]', '*who', 16, /no anchor &who/],
    ['circular anchor', '[ecs-1, ecs-2]', '&a [*a]', 16, /an alias inside its own anchor/],
    ['prototype', '  ecs-2:\n', '  __proto__:\n', 10, /"__proto__" is no name/],
    ['unknown tag', '192.168.0.88', '!!foo 192.168.0.88', 16, /no valid YAML/],
    [
      'two documents',
      'havips:',
      '---\nhavips:',
      15,
      /a second YAML document begins; a lab file is/,
    ],
    [
      'a command for a shell',
      '[ "keepalived -n -l -D -f ecs-1.conf" ]',
      `[ ls, "echo 'x y' \\"$HOME\\" *" ]`,
      9,
      /instances\.ecs-1\.run\.1: echo .*: "\$" needs a shell, and none is used; quote it, or/,
    ],
    [
      'a quote that is not closed',
      '[ "keepalived -n -l -D -f ecs-1.conf" ]',
      `"echo 'x"`,
      9,
      /instances\.ecs-1\.run: echo 'x: ' is not closed; add/,
    ],
  ];

  it.each(cases)('%s', (_, from, to, line, message) => {
    const error = broken(from, to);
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('\n');
    expect(error.line).toBeGreaterThanOrEqual(line);
    expect(error.line).toBeLessThanOrEqual(line + 2);
  });

  it('asks that a bound instance has an ENI in the subnet of the HaVip', () => {
    const text = EXAMPLE.replace(
      'havips:',
      '  far: { enis: { eth0: { subnet: b, ip: 10.0.0.9 } } }\nhavips:',
    ).replace('instances:', '  b: { cidr: 10.0.0.0/24 }\ninstances:');
    expect(failure(text.replace('ecs-2]', 'far]')).message).toMatch(
      /instance far has no ENI in subnet vsw-1/,
    );
    const ofEnis = text.replace('[ecs-1, ecs-2]', '[far/eth0]');
    expect(failure(ofEnis).message).toMatch(/ENI far\/eth0 is in subnet b, the HaVip in vsw-1/);
  });

  it('asks for an MTU that carries IPv6', () => {
    const text = EXAMPLE.replace('192.168.0.0/24', 'fd00::/64').replaceAll(
      /192\.168\.0\.(\d+)/g,
      'fd00::$1',
    );
    expect(() => parseLab(text, 'lab.yaml')).not.toThrow();
    expect(failure(text.replace('attach: { netns: ecs-2 }', 'mtu: 1279')).message).toMatch(
      /1279 is too small for IPv6; write 1280/,
    );
    expect(() =>
      parseLab(text.replace('fd00::/64', 'fd00::/64, gateway: fe80::1'), 'lab.yaml'),
    ).not.toThrow();
  });

  it('never breaks its line or steers a terminal', () => {
    const error = broken('192.168.0.210', '"a\\nb\\e[31m\\u202e"');
    expect(error.message).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(failure('x', 'a\nb.yaml').message).not.toContain('\n');
  });

  it('refuses what is no lab at all', () => {
    expect(failure('').message).toMatch(/^lab\.yaml:1: is empty; write one such as/);
    expect(failure('- 1').message).toMatch(/a list is no mapping/);
    expect(failure('provider: alibaba').message).toMatch(/subnets: is missing/);
    expect(failure('provider: alibaba\nsubnets: {}').message).toMatch(/subnets: has no subnet/);
    expect(failure(EXAMPLE.replace(/enis: \{ eth0.*/, 'enis: {}')).message).toMatch(/has no ENI/);
  });

  it('refuses what would cost much', () => {
    expect(failure('#'.repeat(1024 * 1024 + 1)).message).toMatch(/larger than 1 MiB/);
    expect(failure('#'.repeat(600_000) + '\u4e00'.repeat(200_000)).message).toMatch(
      /larger than 1 MiB/,
    );
    expect(failure('a: 1\nb: ' + '['.repeat(500_000))).toMatchObject({ line: 2 });
    expect(failure('{'.repeat(500_000)).message).toMatch(/levels deep/);
    expect(failure('- '.repeat(500_000)).message).toMatch(/levels deep/);
    const rows = ['a0: &a0 [x]'];
    for (let i = 1; i < 30; i++) rows.push(`a${i}: &a${i} [*a${i - 1}, *a${i - 1}]`);
    expect(failure(rows.join('\n')).message).toMatch(/alias/i);
    const many = 'a: &a 1\nb: [' + '*a, '.repeat(101) + '*a]';
    expect(failure(many).message).toMatch(/more than 100 aliases/);
  });

  it('is the only thing thrown, whatever the text', () => {
    const pieces = fc.constantFrom(
      ...EXAMPLE.split(/(\s+|[{}[\],:])/),
      '&a ',
      '*a',
      '!!set ',
      '? ',
      '- ',
      '|\n',
      '<<: ',
      '%YAML 1.1\n---\n',
      '\u0000',
      '~',
      '0x1f',
      '1e400',
      '"',
    );
    const texts = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join('')),
      fc.tuple(fc.nat(EXAMPLE.length), fc.nat(20), pieces).map(([at, cut, put]) => {
        return EXAMPLE.slice(0, at) + put + EXAMPLE.slice(at + cut);
      }),
      fc.json(),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          parseLab(text, 'lab.yaml');
        } catch (error) {
          expect(error).toBeInstanceOf(LabFileError);
          expect((error as Error).message).toMatch(/^lab\.yaml:\d+: [^\n\r]*$/);
        }
      }),
      { numRuns: 1500 },
    );
  });
});
