// What doctor says of machines that are made up: a good one, and one thing wrong at a time.
import { describe, expect, test } from 'vitest';
import { examine, type LabInQuestion } from '../../src/lab/doctor/doctor.ts';
import { isAtLeast } from '../../src/lab/doctor/machine.ts';
import { parseLab } from '../../src/lab/file/lab-file.ts';
import { FakeMachine } from './fake-machine.ts';

function states(machine: FakeMachine, lab: LabInQuestion | null = null): Record<string, string> {
  const checks = examine(machine, lab);
  const bad = checks.filter(({ state }) => state !== 'ok');
  return Object.fromEntries(
    bad.map(({ name, state, what, mend }) => [`${state} ${name}`, `${what}; ${mend}`]),
  );
}

function made(change: (machine: FakeMachine) => void): FakeMachine {
  const machine = new FakeMachine();
  change(machine);
  return machine;
}

test('a good machine has nothing to mend, and each check says one line', () => {
  const checks = examine(new FakeMachine(), null);
  expect(checks.every(({ state, mend }) => state === 'ok' && mend === null)).toBe(true);
  expect(checks.length).toBeGreaterThan(12);
  for (const { what } of checks) expect(what).not.toContain('\n');
});

describe('one thing wrong', () => {
  const cases: [string, (machine: FakeMachine) => void, string, RegExp][] = [
    [
      'another system',
      (m) => {
        m.platform = 'darwin';
      },
      'problem system',
      /darwin.*on Linux/,
    ],
    [
      'an old Node',
      (m) => {
        m.nodeVersion = '20.18.3';
      },
      'problem node',
      /install Node 20\.19/,
    ],
    [
      'not root',
      (m) => {
        m.userId = 1000;
        m.files['/proc/self/status'] = 'CapEff:\t0000000000000000\n';
      },
      'problem privileges',
      /not root; run it with sudo/,
    ],
    [
      'root in a container',
      (m) => {
        m.files['/proc/self/status'] = 'CapEff:\t00000000a80425fb\n';
      },
      'problem privileges',
      /without CAP_NET_ADMIN, CAP_SYS_ADMIN; .*--cap-add NET_ADMIN --cap-add SYS_ADMIN/,
    ],
    [
      'no TUN',
      (m) => {
        delete m.files['/dev/net/tun'];
      },
      'problem tun',
      /no \/dev\/net\/tun; modprobe tun/,
    ],
    [
      'TUN forbidden',
      (m) => {
        m.openErrors['/dev/net/tun'] = 'EPERM';
      },
      'problem tun',
      /EPERM.*allow the container/,
    ],
    [
      'TUN without driver',
      (m) => {
        m.openErrors['/dev/net/tun'] = 'ENODEV';
      },
      'problem tun',
      /ENODEV.*CONFIG_TUN/,
    ],
    [
      'nothing built',
      (m) => {
        delete m.files['/app/dist/native/havip.node'];
      },
      'problem native',
      /npm run build/,
    ],
    [
      'no ip',
      (m) => {
        delete m.programs.ip;
      },
      'problem ip',
      /apt-get install iproute2/,
    ],
    [
      'no namespaces',
      (m) => {
        m.programs.unshare = {
          status: 1,
          output: 'unshare: unshare failed: Operation not permitted\n',
        };
      },
      'problem namespaces',
      /Operation not permitted/,
    ],
    [
      'no unshare',
      (m) => {
        delete m.programs.unshare;
      },
      'note namespaces',
      /util-linux/,
    ],
    [
      'no keepalived',
      (m) => {
        delete m.programs.keepalived;
      },
      'note keepalived',
      /apt-get install keepalived, or let hosts run havip speak/,
    ],
    [
      'an old keepalived',
      (m) => {
        m.programs.keepalived = { status: 0, output: 'Keepalived v1.2.13 (05/28,2014)' };
      },
      'note keepalived',
      /1\.2\.13 is old; install 1\.2\.15/,
    ],
    [
      'no raw-socket',
      (m) => {
        m.modules = [];
      },
      'note raw-socket',
      /only speak needs it/,
    ],
    [
      'bridges that ask iptables',
      (m) => {
        m.files['/proc/sys/net/bridge/bridge-nf-call-iptables'] = '1\n';
      },
      'note br_netfilter',
      /sysctl -w net\.bridge\.bridge-nf-call-iptables=0/,
    ],
    [
      'a router',
      (m) => {
        m.files['/proc/sys/net/ipv4/conf/all/forwarding'] = '1\n';
      },
      'note sysctl',
      /hosts would route.*all\.forwarding=0/,
    ],
    [
      'an odd arp_ignore',
      (m) => {
        m.files['/proc/sys/net/ipv4/conf/all/arp_ignore'] = '8\n';
      },
      'note sysctl',
      /arp_ignore is 8.*unanswered/,
    ],
    [
      'no IPVS',
      (m) => {
        delete m.files['/proc/net/ip_vs'];
      },
      'note ipvs',
      /only some examples/,
    ],
    [
      'no VLAN devices',
      (m) => {
        delete m.files['/proc/net/vlan'];
      },
      'note 8021q',
      /only some examples/,
    ],
    [
      'another lab',
      (m) => {
        m.folders['/run/havip'] = ['drill'];
      },
      'note labs',
      /drill; havip status.*havip down --lab NAME/,
    ],
  ];

  test.each(cases)('%s', (_, change, key, said) => {
    const found = states(made(change));
    expect(Object.keys(found)).toEqual([key]);
    expect(found[key]).toMatch(said);
  });

  test('settings that new namespaces do not inherit are left alone', () => {
    const machine = made((m) => {
      m.files['/proc/sys/net/ipv4/conf/all/forwarding'] = '1\n';
      m.files['/proc/sys/net/core/devconf_inherit_init_net'] = '2\n';
    });
    expect(states(machine)).toEqual({});
  });

  test('modules that can be loaded count as there', () => {
    const machine = made((m) => {
      delete m.files['/proc/net/ip_vs'];
      m.programs.modprobe = { status: 0, output: '' };
    });
    expect(states(machine)).toEqual({});
  });
});

describe('a lab', () => {
  function lab(attach: string, run = 'keepalived -n -f a.conf'): LabInQuestion {
    const text = `provider: classic
subnets: { s: { cidr: 10.0.0.0/24 } }
instances:
  a: { enis: { eth0: { subnet: s, ip: 10.0.0.1, attach: ${attach} } }, run: ["${run}"] }`;
    return { topology: parseLab(text, 'lab.yaml'), folder: '/labs' };
  }

  const withConf = (change: (machine: FakeMachine) => void = () => {}) =>
    made((machine) => {
      machine.files['/labs/a.conf'] = '';
      change(machine);
    });

  test('that finds all it needs', () => {
    const checks = examine(withConf(), lab('{ netns: a }'));
    expect(checks.filter(({ name }) => name === 'lab')).toEqual([
      { name: 'lab', state: 'ok', what: 'nothing on this machine is in its way', mend: null },
    ]);
  });

  test('whose ports are on no bridge does not mind br_netfilter', () => {
    const machine = withConf((m) => {
      m.files['/proc/sys/net/bridge/bridge-nf-call-iptables'] = '1\n';
    });
    expect(states(machine, lab('{ netns: a }'))).toEqual({});
    expect(Object.keys(states(machine, lab('{ tap: t0 }')))).toEqual(['note br_netfilter']);
  });

  test('an address on an attached interface', () => {
    const machine = withConf((m) => {
      m.files['/sys/class/net/ens5'] = '';
      m.files['/sys/class/net/ens5/flags'] = '0x1003\n';
      m.programs['ip -o address show dev ens5'] = {
        status: 0,
        output:
          '2: ens5    inet 192.0.2.7/24 brd 192.0.2.255 scope global ens5\\       valid_lft\n',
      };
    });
    expect(states(machine, lab('{ interface: ens5 }'))).toEqual({
      'note lab':
        'ens5 of a/eth0 has 192.0.2.7/24: this machine answers there too; ' +
        'ip address flush dev ens5',
    });
  });

  test.each([
    ['an interface that is down', '{ interface: ens5 }', 'note lab', /ip link set ens5 up/],
    [
      'an interface that is not there',
      '{ interface: ens9 }',
      'problem lab',
      /no interface ens9.*write one of ens5/,
    ],
    ['a namespace that is there', '{ netns: used }', 'note lab', /used and left in place/],
    ['a TAP that is none', '{ tap: ens5 }', 'problem lab', /is no TAP device/],
  ])('%s', (_, attach, key, said) => {
    const machine = withConf((m) => {
      m.files['/sys/class/net/ens5'] = '';
      m.files['/sys/class/net/ens5/flags'] = '0x1002\n';
      m.folders['/sys/class/net'] = ['ens5', 'lo'];
      m.files['/run/netns/used'] = '';
    });
    expect(states(machine, lab(attach))[key]).toMatch(said);
  });

  test('a namespace of another lab is not to be deleted', () => {
    const machine = withConf((m) => {
      m.folders['/run/havip'] = ['drill', 'spoilt'];
      m.files['/run/havip/drill/lab.json'] = JSON.stringify({ namespaces: ['used'] });
      m.files['/run/havip/spoilt/lab.json'] = '{';
      for (const name of ['used', 'own']) m.files[`/run/netns/${name}`] = '';
    });
    const said = states(machine, lab('{ netns: used }'));
    expect(said['problem lab']).toBe(
      "the namespace used of a/eth0 is lab drill's; " +
        'havip down --lab drill, or write another name behind netns:',
    );
    expect(Object.values(said).join()).not.toContain('ip netns delete');
    expect(states(machine, lab('{ netns: own }'))['note lab']).toMatch(/used and left in place/);
  });

  test.each([
    ['keepalived -n -f a.conf', 'problem keepalived', /the lab runs it; apt-get install/],
    ['keepalived -n -f b.conf', 'problem lab', /runs keepalived with b\.conf, which is not there/],
    ['nginx -g x', 'problem lab', /runs nginx, which is not here/],
    ['./serve.sh', 'problem lab', /runs \.\/serve\.sh/],
  ])('that runs %s where it is missing', (run, key, said) => {
    const machine = withConf((m) => {
      delete m.programs.keepalived;
    });
    expect(states(machine, lab('{ netns: a }', run))[key]).toMatch(said);
  });
});

test.each([
  ['20.19.0', true],
  ['20.20', true],
  ['22.1.0', true],
  ['20.18.9', false],
  ['18', false],
])('version %s', (version, expected) => {
  expect(isAtLeast(version, '20.19.0')).toBe(expected);
});
