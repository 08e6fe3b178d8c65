/**
 * For every rule a configuration that it finds fault with and a near miss that it does not: two
 * hosts and a lab that are clean, and what is changed of them. test/lint/rules.test.ts asks our
 * rules, test/live/lint-keepalived.test.ts asks keepalived itself about the same files.
 */
import type { ProviderName } from '../../src/havip/topology.ts';
import type { ScriptFacts } from '../../src/lint/cluster.ts';

export const LAB = `provider: alibaba
subnets:
  vsw-1: { cidr: 192.168.0.0/24 }
  vsw-2: { cidr: 192.168.1.0/24 }
instances:
  ecs-1:
    enis:
      eth0: { subnet: vsw-1, ip: [192.168.0.209, 192.168.0.219], mac: "00:16:3e:00:00:01" }
      eth1: { subnet: vsw-2, ip: 192.168.1.209, mac: "00:16:3e:00:00:11" }
  ecs-2:
    enis:
      eth0: { subnet: vsw-1, ip: 192.168.0.210, mac: "00:16:3e:00:00:02" }
  ecs-3:
    enis:
      eth0: { subnet: vsw-1, ip: 192.168.0.211, mac: "00:16:3e:00:00:03" }
havips:
  web: { subnet: vsw-1, ip: 192.168.0.88, bind: [ecs-1, ecs-2] }
  old: { subnet: vsw-1, ip: 192.168.0.89, bind: [ecs-1] }
`;

/** The file of ecs-1, or ecs-2: nothing is to be said of either. */
export function clean(host: 1 | 2): string {
  const [own, peer, priority] = host === 1 ? [209, 210, 100] : [210, 209, 90];
  return `global_defs {
    router_id ecs-${host}
}
vrrp_instance VI_1 {
    state BACKUP
    interface eth0
    virtual_router_id 51
    nopreempt
    priority ${priority}
    advert_int 1
    authentication {
        auth_type PASS
        auth_pass 1111
    }
    unicast_src_ip 192.168.0.${own}
    unicast_peer {
        192.168.0.${peer}
    }
    virtual_ipaddress {
        192.168.0.88/24
    }
    garp_master_delay 1
    garp_master_refresh 5
    track_interface {
        eth0
    }
}
`;
}

/** Text of the file and what stands there instead, one after the other. */
export type Change = readonly [from: string, to: string];

export interface Variant {
  readonly one?: readonly Change[];
  readonly two?: readonly Change[];
  /** Of both files. */
  readonly both?: readonly Change[];
  readonly provider?: ProviderName;
  readonly keepalived?: string;
  readonly lab?: boolean;
  /** Files beside them that `include` finds, by name. */
  readonly included?: Readonly<Record<string, string>>;
  /** What the machine has of scripts; others are as they should be. */
  readonly scripts?: Readonly<Record<string, ScriptFacts | null>>;
}

export interface Case {
  readonly rule: string;
  readonly trigger: Variant;
  /** A part of the line that the finding is at. */
  readonly at: string;
  readonly near: Variant;
}

export function texts({ one = [], two = [], both = [] }: Variant): [string, string] {
  return [changed(clean(1), [...one, ...both]), changed(clean(2), [...two, ...both])];
}

function changed(text: string, changes: readonly Change[]): string {
  return changes.reduce((made, [from, to]) => {
    if (!made.includes(from)) throw new Error(`${from} is not in the text`);
    return made.replace(from, () => to);
  }, text);
}

const AUTH: Change = [
  '    authentication {\n        auth_type PASS\n        auth_pass 1111\n    }\n',
  '',
];
const SOURCE: Change = ['    unicast_src_ip 192.168.0.209\n', ''];
const PEERS: Change = ['    unicast_peer {\n        192.168.0.210\n    }\n', ''];
const PEERS_2: Change = ['    unicast_peer {\n        192.168.0.209\n    }\n', ''];
const SOURCE_2: Change = ['    unicast_src_ip 192.168.0.210\n', ''];
export const MULTICAST: Pick<Variant, 'one' | 'two'> = {
  one: [SOURCE, PEERS],
  two: [SOURCE_2, PEERS_2],
};
/** Behind `advert_int`. */
const plus = (...lines: string[]): Change => [
  'advert_int 1\n',
  `advert_int 1\n${lines.map((line) => `    ${line}\n`).join('')}`,
];
const global = (...lines: string[]): Change => [
  'global_defs {\n',
  `global_defs {\n${lines.map((line) => `    ${line}\n`).join('')}`,
];
const SECURE = global('script_user root', 'enable_script_security');
const SECOND = `vrrp_instance VI_2 {
    interface eth0
    virtual_router_id 52
    priority 50
    unicast_src_ip 192.168.0.209
    unicast_peer {
        192.168.0.210
    }
    virtual_ipaddress {
        192.168.0.89/24
    }
}
`;
/** Behind everything. */
const append = (text: string): Change => [
  '        eth0\n    }\n}\n',
  `        eth0\n    }\n}\n${text}`,
];
const CHECK = (...lines: string[]): Change => [
  'vrrp_instance VI_1',
  `vrrp_script chk {\n    script /bin/true\n    ${lines.join('\n    ')}\n}\nvrrp_instance VI_1`,
];
const SCRIPT = (command: string): Change => [
  'vrrp_instance VI_1',
  `vrrp_script chk {\n    script ${command}\n}\nvrrp_instance VI_1`,
];
/** Whoever is the higher takes over. */
const PREEMPTING: Change = ['    nopreempt\n', ''];
const TRACK = (...lines: string[]) => plus('track_script {', ...lines.map((l) => `    ${l}`), '}');

const READING: readonly Case[] = [
  {
    rule: 'template',
    trigger: { one: [['router_id ecs-1', 'router_id {{ name }}']] },
    at: '{{ name }}',
    near: { one: [['router_id ecs-1', 'router_id ecs-1 # {{ name }}']] },
  },
  {
    rule: 'surplus-brace',
    trigger: { one: [['    virtual_ipaddress', '}\n    virtual_ipaddress']] },
    at: '}',
    near: {},
  },
  {
    rule: 'missing-brace',
    trigger: { one: [['        eth0\n    }\n}\n', '        eth0\n    }\n']] },
    at: 'vrrp_instance VI_1',
    near: {},
  },
  {
    rule: 'missing-block',
    trigger: { one: [['    track_interface {\n        eth0\n    }\n', '    track_interface\n']] },
    at: 'track_interface',
    near: { one: [['    track_interface {\n', '    track_interface\n    {\n']] },
  },
  {
    // Instances that stand in the group itself.
    rule: 'missing-block',
    trigger: { one: [append(`${SECOND}vrrp_sync_group G {\n    VI_1\n    VI_2\n}\n`)] },
    at: 'VI_1',
    near: {
      one: [append(`${SECOND}vrrp_sync_group G {\n    group {\n VI_1\n VI_2\n    }\n}\n`)],
    },
  },
  {
    rule: 'unexpected-block',
    trigger: { one: [['priority 100', 'priority 100 {\n    }']] },
    at: 'priority',
    near: {},
  },
  {
    rule: 'unknown-keyword',
    trigger: { one: [['priority 100', 'prioritty 100']] },
    at: 'prioritty',
    near: { one: [['priority 100', 'priority 100 # prioritty 100']] },
  },
  {
    rule: 'bad-value',
    trigger: { one: [global('vrrp_garp_interval 0')] },
    at: 'vrrp_garp_interval',
    near: { one: [global('vrrp_garp_interval 0.001')] },
  },
  {
    rule: 'unclosed-quote',
    trigger: { one: [['router_id ecs-1', 'router_id "ecs-1']] },
    at: '"ecs-1',
    near: { one: [['router_id ecs-1', 'router_id "ecs-1"']] },
  },
  {
    rule: 'include-missing',
    trigger: { one: [['global_defs', 'include nowhere.conf\nglobal_defs']] },
    at: 'include',
    near: { one: [['global_defs', 'include nowhere*.conf\nglobal_defs']] },
  },
  {
    rule: 'include-cycle',
    trigger: {
      one: [['global_defs', 'include around.part\nglobal_defs']],
      included: { 'around.part': '! once more\ninclude around.part\n' },
    },
    at: 'include around.part',
    near: {
      one: [['global_defs', 'include twice.part\ninclude twice.part\nglobal_defs']],
      included: { 'twice.part': '! include twice.part\n' },
    },
  },
  {
    rule: 'too-large',
    trigger: { one: [global('~SEQ(n, 1, 10001) router_id ecs-$n')] },
    at: '~SEQ',
    near: { one: [global('~SEQ(n, 1, 10000) router_id ecs-$n')] },
  },
  {
    rule: 'duplicate-name',
    trigger: { one: [append(SECOND.replace('VI_2', 'VI_1'))] },
    at: 'vrrp_instance VI_1',
    near: { one: [append(SECOND)] },
  },
];

const WHOLE = clean(1).slice(clean(1).indexOf('vrrp_instance'));

const INSTANCES: readonly Case[] = [
  {
    rule: 'instance-missing',
    trigger: { one: [[WHOLE, '']] },
    at: 'global_defs',
    near: { one: [['global_defs', '! vrrp_instance VI_1 is below\nglobal_defs']] },
  },
  {
    rule: 'vrid-missing',
    trigger: { one: [['virtual_router_id 51', 'virtual_router_id 300']] },
    at: '300',
    near: { both: [['virtual_router_id 51', 'virtual_router_id 255']] },
  },
  {
    rule: 'vrid-twice',
    trigger: { one: [append(SECOND.replace('52', '51'))] },
    at: '51',
    near: { one: [append(SECOND.replace('52', '51').replace('0.210', '0.211'))] },
  },
  {
    rule: 'interface-missing',
    trigger: { ...MULTICAST, one: [SOURCE, PEERS, ['    interface eth0\n', '']] },
    at: 'vrrp_instance',
    near: MULTICAST,
  },
  {
    rule: 'address-missing',
    trigger: {
      both: [['    virtual_ipaddress {\n        192.168.0.88/24\n    }\n', '']],
    },
    at: 'vrrp_instance',
    near: {},
  },
  {
    rule: 'family-mixed',
    trigger: { both: [['192.168.0.88/24', '192.168.0.88/24\n        2001:db8::88/64']] },
    at: '2001:db8::88',
    near: {
      both: [
        [
          '    virtual_ipaddress {',
          '    virtual_ipaddress_excluded {\n        2001:db8::88/64\n    }\n    virtual_ipaddress {',
        ],
      ],
    },
  },
];

const ELECTION: readonly Case[] = [
  {
    rule: 'nopreempt-cleared',
    trigger: { one: [['state BACKUP', 'state MASTER']] },
    at: 'state MASTER',
    near: { both: [['    nopreempt\n', '']], one: [['state BACKUP', 'state MASTER']] },
  },
  {
    rule: 'preempt-delay-cleared',
    trigger: { one: [plus('preempt_delay 10')] },
    at: 'preempt_delay',
    near: { one: [plus('preempt_delay 10')], both: [['    nopreempt\n', '']] },
  },
  {
    rule: 'nopreempt-one-sided',
    trigger: { two: [['    nopreempt\n', '']] },
    at: 'vrrp_instance',
    near: { both: [['    nopreempt\n', '']] },
  },
  {
    rule: 'equal-priority',
    trigger: { two: [['priority 90', 'priority 100']] },
    at: 'priority 100',
    near: { two: [['priority 90', 'priority 99']] },
  },
  {
    rule: 'priority-invalid',
    trigger: { two: [['priority 90', 'priority 0']] },
    at: 'priority 0',
    near: { two: [['priority 90', 'priority 1']] },
  },
  {
    rule: 'priority-owner',
    trigger: { one: [['priority 100', 'priority 255']], both: [['    nopreempt\n', '']] },
    at: 'priority 255',
    near: { one: [['priority 100', 'priority 254']] },
  },
  {
    rule: 'master-without-priority',
    trigger: {
      one: [
        ['    priority 100\n', ''],
        ['state BACKUP', 'state MASTER'],
      ],
      both: [['    nopreempt\n', '']],
    },
    at: 'state MASTER',
    near: { one: [['    priority 100\n', '']] },
  },
  {
    rule: 'two-masters',
    trigger: {
      both: [
        ['state BACKUP', 'state MASTER'],
        ['    nopreempt\n', ''],
      ],
    },
    at: 'state MASTER',
    near: { one: [['state BACKUP', 'state MASTER']], both: [['    nopreempt\n', '']] },
  },
];

const UNICAST: readonly Case[] = [
  {
    rule: 'multicast-not-carried',
    trigger: { ...MULTICAST, provider: 'alibaba' },
    at: 'vrrp_instance',
    near: { ...MULTICAST, provider: 'huawei' },
  },
  {
    rule: 'unicast-without-peers',
    trigger: { one: [PEERS], two: [PEERS_2] },
    at: 'unicast_src_ip',
    near: MULTICAST,
  },
  {
    rule: 'unicast-ttl-unused',
    trigger: { ...MULTICAST, both: [plus('unicast_ttl 5')] },
    at: 'unicast_ttl',
    near: { both: [plus('unicast_ttl 5')] },
  },
  {
    rule: 'unicast-source-missing',
    trigger: { one: [SOURCE], lab: true },
    at: 'unicast_peer',
    near: { lab: true },
  },
  {
    rule: 'unicast-source-foreign',
    trigger: { one: [['src_ip 192.168.0.209', 'src_ip 192.168.0.201']], lab: true },
    at: 'unicast_src_ip',
    near: { lab: true },
  },
  {
    rule: 'unicast-source-not-primary',
    trigger: {
      one: [['src_ip 192.168.0.209', 'src_ip 192.168.0.219']],
      two: [['        192.168.0.209', '        192.168.0.219']],
      lab: true,
    },
    at: 'unicast_src_ip',
    near: { lab: true },
  },
  {
    rule: 'unicast-source-shared',
    trigger: { two: [['src_ip 192.168.0.210', 'src_ip 192.168.0.209']] },
    at: 'unicast_src_ip',
    near: {},
  },
  {
    rule: 'heartbeat-from-havip',
    trigger: { one: [['src_ip 192.168.0.209', 'src_ip 192.168.0.88']] },
    at: 'unicast_src_ip',
    near: { ...MULTICAST, one: [SOURCE, PEERS, plus('mcast_src_ip 192.168.0.209')] },
  },
];

const PEERING: readonly Case[] = [
  {
    rule: 'peer-not-mutual',
    trigger: { two: [['        192.168.0.209', '        192.168.0.208']] },
    at: '192.168.0.208',
    near: {},
  },
  {
    rule: 'peer-unknown',
    trigger: { one: [['        192.168.0.210', '        192.168.0.210\n        192.168.0.208']] },
    at: '192.168.0.208',
    near: {
      one: [['        192.168.0.210', '        192.168.0.210\n        192.168.0.211']],
      lab: true,
    },
  },
  {
    rule: 'peer-self',
    trigger: { one: [['        192.168.0.210', '        192.168.0.210\n        192.168.0.209']] },
    at: '192.168.0.209',
    near: {},
  },
  {
    rule: 'peer-havip',
    trigger: { one: [['        192.168.0.210', '        192.168.0.210\n        192.168.0.88']] },
    at: '192.168.0.88',
    near: {},
  },
];

const AGREEMENT: readonly Case[] = [
  {
    rule: 'vrid-differs',
    trigger: { two: [['virtual_router_id 51', 'virtual_router_id 52']] },
    at: '52',
    near: { both: [['virtual_router_id 51', 'virtual_router_id 52']] },
  },
  {
    rule: 'version-differs',
    trigger: { two: [plus('version 3')], both: [AUTH] },
    at: 'version 3',
    near: { both: [plus('version 3'), AUTH] },
  },
  {
    rule: 'interval-differs',
    trigger: { two: [['advert_int 1', 'advert_int 2']] },
    at: 'advert_int 2',
    near: { both: [['advert_int 1', 'advert_int 2']] },
  },
  {
    rule: 'down-timer-differs',
    trigger: { two: [plus('down_timer_adverts 4')] },
    at: 'down_timer_adverts 4',
    near: { both: [plus('down_timer_adverts 4')] },
  },
  {
    rule: 'authentication-differs',
    trigger: { two: [['auth_pass 1111', 'auth_pass 1112']] },
    at: 'auth_pass',
    near: {
      one: [['auth_pass 1111', 'auth_pass 12345678x']],
      two: [['auth_pass 1111', 'auth_pass 12345678']],
    },
  },
  {
    rule: 'addresses-differ',
    trigger: { one: [['192.168.0.88/24', '192.168.0.88/24\n        192.168.0.89/24']] },
    at: 'virtual_ipaddress',
    near: { both: [['192.168.0.88/24', '192.168.0.88/24\n        192.168.0.89/24']] },
  },
];

const TIMING: readonly Case[] = [
  {
    rule: 'interval-fraction',
    trigger: { both: [['advert_int 1', 'advert_int 0.5']] },
    at: 'advert_int 0.5',
    near: { both: [['advert_int 1', 'advert_int 0.5\n    version 3'], AUTH] },
  },
  {
    rule: 'interval-range',
    trigger: { both: [['advert_int 1', 'advert_int 50\n    version 3'], AUTH] },
    at: 'advert_int 50',
    near: { both: [['advert_int 1', 'advert_int 40.95\n    version 3'], AUTH] },
  },
  {
    rule: 'garp-refresh-off',
    trigger: { one: [['garp_master_refresh 5', 'garp_master_refresh 0']] },
    at: 'garp_master_refresh 0',
    near: { one: [['garp_master_refresh 5', 'garp_master_refresh 1']] },
  },
  {
    rule: 'garp-delay-long',
    trigger: { one: [['garp_master_delay 1', 'garp_master_delay 10']] },
    at: 'garp_master_delay 10',
    near: {
      both: [
        ['advert_int 1', 'advert_int 10'],
        ['garp_master_delay 1', 'garp_master_delay 10'],
      ],
    },
  },
  {
    rule: 'garp-lower-prio-off',
    trigger: { one: [plus('garp_lower_prio_repeat 0')] },
    at: 'garp_lower_prio_repeat 0',
    near: { one: [plus('garp_lower_prio_repeat 1')] },
  },
  {
    rule: 'split-brain-unhealed',
    trigger: { both: [['garp_master_refresh 5', 'garp_master_refresh 0']] },
    at: 'vrrp_instance',
    near: {
      both: [
        ['garp_master_refresh 5', 'garp_master_refresh 0'],
        plus('higher_prio_send_advert on'),
      ],
    },
  },
];

const AUTHENTICATION: readonly Case[] = [
  {
    rule: 'auth-too-long',
    trigger: { both: [['auth_pass 1111', 'auth_pass 123456789']] },
    at: 'auth_pass',
    near: { both: [['auth_pass 1111', 'auth_pass 12345678']] },
  },
  {
    // A comment begins in it, of which keepalived says nothing.
    rule: 'auth-too-long',
    trigger: { both: [['auth_pass 1111', 'auth_pass 11!ve']] },
    at: 'auth_pass',
    near: { both: [['auth_pass 1111', 'auth_pass "11!ve" # changed']] },
  },
  {
    rule: 'auth-version-3',
    trigger: { both: [plus('version 3')] },
    at: 'authentication',
    near: { both: [plus('version 2')] },
  },
  {
    rule: 'auth-without-password',
    trigger: { both: [['        auth_pass 1111\n', '']] },
    at: 'authentication',
    near: { both: [AUTH] },
  },
  {
    rule: 'auth-ah-master',
    trigger: {
      one: [['state BACKUP', 'state MASTER']],
      both: [
        ['auth_type PASS', 'auth_type AH'],
        ['    nopreempt\n', ''],
      ],
    },
    at: 'state MASTER',
    near: { both: [['auth_type PASS', 'auth_type AH']] },
  },
];

const STRICT: readonly Case[] = [
  {
    rule: 'strict-unicast',
    trigger: { both: [global('vrrp_strict'), AUTH] },
    at: 'vrrp_strict',
    near: { ...MULTICAST, both: [global('vrrp_strict'), AUTH] },
  },
  {
    rule: 'strict-authentication',
    trigger: { ...MULTICAST, both: [global('vrrp_strict')] },
    at: 'authentication',
    near: { ...MULTICAST, both: [global('vrrp_strict'), AUTH] },
  },
  {
    rule: 'strict-clears',
    trigger: {
      ...MULTICAST,
      both: [global('vrrp_strict'), AUTH, plus('higher_prio_send_advert on')],
    },
    at: 'higher_prio_send_advert',
    near: { both: [plus('higher_prio_send_advert on')] },
  },
];

const VIRTUAL_MAC: readonly Case[] = [
  {
    rule: 'vmac-not-member',
    trigger: { both: [plus('use_vmac', 'vmac_xmit_base')], provider: 'huawei' },
    at: 'use_vmac',
    near: { both: [plus('use_vmac', 'vmac_xmit_base')], provider: 'classic' },
  },
  {
    rule: 'vmac-xmit-base-alone',
    trigger: { both: [plus('vmac_xmit_base')] },
    at: 'vmac_xmit_base',
    near: { both: [plus('use_vmac', 'vmac_xmit_base')] },
  },
  {
    rule: 'vmac-unicast',
    trigger: { both: [plus('use_vmac')] },
    at: 'use_vmac',
    near: { ...MULTICAST, both: [plus('use_vmac')] },
  },
  {
    rule: 'accept-mode',
    trigger: { both: [plus('no_accept')] },
    at: 'no_accept',
    near: { both: [plus('accept')] },
  },
];

const ADDRESSES: readonly Case[] = [
  {
    rule: 'address-not-havip',
    trigger: { both: [['192.168.0.88/24', '192.168.0.90/24']], lab: true },
    at: '192.168.0.90',
    near: { lab: true },
  },
  {
    rule: 'address-of-host',
    trigger: { both: [['192.168.0.88/24', '192.168.0.211/24']], lab: true },
    at: '192.168.0.211',
    near: { lab: true },
  },
  {
    rule: 'address-not-bound',
    trigger: { both: [['192.168.0.88/24', '192.168.0.89/24']], lab: true },
    at: '192.168.0.89',
    near: { both: [['192.168.0.88/24', '192.168.0.89/24']], lab: true, provider: 'tencent' },
  },
  {
    rule: 'address-outside-subnet',
    trigger: { both: [['192.168.0.88/24', '192.168.7.88/24']], lab: true },
    at: '192.168.7.88',
    near: { lab: true },
  },
  {
    rule: 'address-reserved',
    trigger: { both: [['192.168.0.88/24', '192.168.0.253/24']], lab: true },
    at: '192.168.0.253',
    near: { both: [['192.168.0.88/24', '192.168.0.251/24']], lab: true },
  },
  {
    rule: 'address-ipv6',
    trigger: {
      both: [
        [
          '    virtual_ipaddress {',
          '    virtual_ipaddress_excluded {\n        2001:db8::88/64\n    }\n    virtual_ipaddress {',
        ],
      ],
      provider: 'alibaba',
    },
    at: '2001:db8::88',
    near: {
      both: [
        [
          '    virtual_ipaddress {',
          '    virtual_ipaddress_excluded {\n        2001:db8::88/64\n    }\n    virtual_ipaddress {',
        ],
      ],
      provider: 'classic',
    },
  },
  {
    rule: 'prefix-missing',
    trigger: { one: [['192.168.0.88/24', '192.168.0.88']] },
    at: '192.168.0.88',
    near: { one: [['192.168.0.88/24', '192.168.0.88/32']] },
  },
  {
    rule: 'prefix-wrong',
    trigger: { one: [['192.168.0.88/24', '192.168.0.88/16']], lab: true },
    at: '192.168.0.88/16',
    near: { one: [['192.168.0.88/24', '192.168.0.88/32']], lab: true },
  },
];

const five = Array.from({ length: 5 }, (_, i) => `192.168.0.${30 + i}/24`);
const six = [...five, '192.168.0.36/24'];
const lines = (list: string[]): Change => ['192.168.0.88/24', list.join('\n        ')];

const HOSTS: readonly Case[] = [
  {
    rule: 'host-not-in-lab',
    trigger: {
      one: [
        ['src_ip 192.168.0.209', 'src_ip 192.168.0.201'],
        ['router_id ecs-1', 'router_id x'],
      ],
      lab: true,
    },
    at: 'vrrp_instance',
    near: { lab: true },
  },
  {
    rule: 'interface-not-in-lab',
    trigger: { one: [['interface eth0', 'interface eth9']], lab: true },
    at: 'interface eth9',
    near: { lab: true },
  },
  {
    rule: 'too-many-havips',
    trigger: { both: [lines(six)], provider: 'alibaba' },
    at: '192.168.0.36',
    near: { both: [lines(five)], provider: 'alibaba' },
  },
  {
    rule: 'keepalived-old',
    trigger: { provider: 'alibaba', keepalived: '1.2.13' },
    at: 'vrrp_instance',
    near: { provider: 'alibaba', keepalived: '1.2.15' },
  },
  {
    rule: 'sync-group-members',
    trigger: { one: [append('vrrp_sync_group G {\n    group {\n        VI_1\n    }\n}\n')] },
    at: 'vrrp_sync_group',
    near: {
      one: [
        append(`${SECOND}vrrp_sync_group G {\n    group {\n        VI_1\n        VI_2\n    }\n}\n`),
      ],
    },
  },
];

const TRACKING: readonly Case[] = [
  {
    rule: 'track-interface-missing',
    trigger: { both: [plus('dont_track_primary')] },
    at: 'dont_track_primary',
    near: { one: [['    track_interface {\n        eth0\n    }\n', '']] },
  },
  {
    rule: 'track-unknown',
    trigger: { one: [SECURE, TRACK('chkk'), CHECK('interval 2')] },
    at: 'chkk',
    near: { one: [SECURE, TRACK('chk'), CHECK('interval 2')] },
  },
  {
    rule: 'track-unknown',
    trigger: {
      one: [SECURE, TRACK('chk'), append('vrrp_script chk {\n    script /bin/true\n}\n')],
    },
    at: 'chk',
    near: { one: [SECURE, TRACK('chk'), CHECK('interval 2')] },
  },
  {
    rule: 'track-weight-idle',
    trigger: { one: [SECURE, TRACK('chk'), CHECK('weight -5')], both: [PREEMPTING] },
    at: 'weight -5',
    near: { one: [SECURE, TRACK('chk'), CHECK('weight -11')], both: [PREEMPTING] },
  },
  {
    // A tie moves nothing either: only a higher priority takes over.
    rule: 'track-weight-idle',
    trigger: { one: [SECURE, TRACK('chk'), CHECK('weight -10')], both: [PREEMPTING] },
    at: 'weight -10',
    near: { one: [SECURE, TRACK('chk'), CHECK('weight -11')], both: [PREEMPTING] },
  },
  {
    // A weight above 0 is taken back by a failure, and the priority stays.
    rule: 'track-weight-idle',
    trigger: { one: [SECURE, TRACK('chk'), CHECK('weight 10')], both: [PREEMPTING] },
    at: 'weight 10',
    near: { one: [SECURE, TRACK('chk'), CHECK('weight -11')], both: [PREEMPTING] },
  },
  {
    rule: 'track-weight-idle',
    trigger: { both: [PREEMPTING, SECURE, TRACK('chk'), CHECK('weight 10')] },
    at: 'weight 10',
    near: { both: [PREEMPTING, SECURE, TRACK('chk'), CHECK('weight 11')] },
  },
  {
    rule: 'track-weight-nopreempt',
    trigger: { one: [SECURE, TRACK('chk'), CHECK('weight -20')] },
    at: 'weight -20',
    near: { one: [SECURE, TRACK('chk'), CHECK('weight -20')], two: [PREEMPTING] },
  },
  {
    // Without a weight the host leaves for FAULT, and no longer sends.
    rule: 'track-weight-nopreempt',
    trigger: { two: [['        eth0\n    }', '        eth0 weight -20\n    }']] },
    at: 'eth0 weight -20',
    near: { two: [['        eth0\n    }', '        eth0 weight 0\n    }']] },
  },
  {
    rule: 'script-empty',
    trigger: { one: [SECURE, append('vrrp_script chk {\n    interval 2\n}\n')] },
    at: 'vrrp_script',
    near: { one: [SECURE, CHECK('interval 2')] },
  },
];

const NOTIFY = plus('notify_master "/opt/notify.sh MASTER"');
const GOOD: ScriptFacts = { isExecutable: true, writable: null };

const SCRIPTS: readonly Case[] = [
  {
    rule: 'script-security-off',
    trigger: { one: [global('script_user root'), TRACK('chk'), CHECK('interval 2')] },
    at: '/bin/true',
    near: { one: [SECURE, TRACK('chk'), CHECK('interval 2')] },
  },
  {
    rule: 'script-user-missing',
    trigger: { one: [global('enable_script_security'), TRACK('chk'), CHECK('interval 2')] },
    at: '/bin/true',
    near: { one: [SECURE, TRACK('chk'), CHECK('interval 2')] },
  },
  {
    rule: 'script-missing',
    trigger: { one: [SECURE, NOTIFY], scripts: { '/opt/notify.sh': null } },
    at: '/opt/notify.sh',
    near: { one: [SECURE, NOTIFY], scripts: { '/opt/notify.sh': GOOD } },
  },
  {
    rule: 'script-not-executable',
    trigger: {
      one: [SECURE, NOTIFY],
      scripts: { '/opt/notify.sh': { isExecutable: false, writable: null } },
    },
    at: '/opt/notify.sh',
    near: { one: [SECURE, NOTIFY], scripts: { '/opt/notify.sh': GOOD } },
  },
  {
    rule: 'script-writable',
    trigger: {
      one: [SECURE, NOTIFY],
      scripts: { '/opt/notify.sh': { isExecutable: true, writable: '/opt/notify.sh' } },
    },
    at: '/opt/notify.sh',
    near: { one: [SECURE, NOTIFY], scripts: { '/opt/notify.sh': GOOD } },
  },
  {
    rule: 'script-shell',
    trigger: { one: [SECURE, TRACK('chk'), SCRIPT('"/bin/cat /etc/hosts | grep a"')] },
    at: '/bin/cat',
    near: { one: [SECURE, TRACK('chk'), SCRIPT(`"/bin/sh -c 'cat /etc/hosts | grep a'"`)] },
  },
  {
    // keepalived takes one word, or one pair of quotes.
    rule: 'script-shell',
    trigger: { one: [SECURE, TRACK('chk'), SCRIPT('/bin/cat /etc/hosts')] },
    at: '/bin/cat',
    near: { one: [SECURE, TRACK('chk'), SCRIPT('"/bin/cat /etc/hosts"')] },
  },
];

export const CASES: readonly Case[] = [
  ...READING,
  ...INSTANCES,
  ...ELECTION,
  ...UNICAST,
  ...PEERING,
  ...AGREEMENT,
  ...TIMING,
  ...AUTHENTICATION,
  ...STRICT,
  ...VIRTUAL_MAC,
  ...ADDRESSES,
  ...HOSTS,
  ...TRACKING,
  ...SCRIPTS,
];
