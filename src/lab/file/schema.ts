/**
 * The lab file's schema: the shape of each section and field. What no schema can say (that a
 * subnet exists, that an address lies in it) is in `references.ts`.
 */
import { z } from 'zod';
import { QUOTA_NAMES, type QuotaName } from '../../havip/rule-set.ts';
import { RULE_SET_NAMES } from '../../havip/rule-sets.ts';
import type { ProviderName } from '../../havip/topology.ts';
import { quoted } from './quoted.ts';
import * as leaf from './schema-leaves.ts';

/** Sections of a later version, refused by name rather than as unknown keys. */
const NOT_YET = ['vpcs', 'routes', 'eips', 'external', 'peerings'];

/** RFC 791 asks for 68 octets at least; jumbo frames go to 9,216. */
const MTU_MIN = 68;
const MTU_MAX = 9216;
/** IEEE 802.1Q: 0 and 4095 are reserved. */
const VLAN_MAX = 4094;

const provider = z
  .enum(RULE_SET_NAMES as [ProviderName, ...ProviderName[]], {
    error: ({ input }) => {
      const all = RULE_SET_NAMES.join(', ');
      if (typeof input !== 'string') return leaf.wrong('provider', `one of ${all}`)({ input });
      return `${quoted(input)} is no provider; write one of ${all}`;
    },
  })
  .describe('The cloud whose rules hold.');

const subnet = leaf
  .section(
    {
      cidr: leaf.oneOrMany(leaf.cidr).describe('CIDR block or blocks, IPv4 and IPv6.'),
      gateway: leaf
        .oneOrMany(leaf.address, 0)
        .optional()
        .describe('Gateway addresses; by default the place that the provider uses. []: none.'),
      vpc: leaf.name.optional().describe('Name of the VPC; by default "default".'),
    },
    '{ cidr: 192.168.0.0/24 }',
  )
  .describe('A subnet (vSwitch).');

const vlanId = leaf.integer('VLAN', 1, VLAN_MAX);

const vlan = leaf
  .section(
    {
      access: vlanId.optional().describe('Frames are untagged at the host, and in this VLAN.'),
      trunk: z
        .array(vlanId, { error: leaf.wrong('list of VLANs', 'one such as [100, 200]') })
        .min(1, { error: 'is an empty list; write at least one VLAN' })
        .optional()
        .describe('Frames are tagged at the host with one of these VLANs.'),
      native: vlanId.nullable().optional().describe('The VLAN of untagged frames on a trunk.'),
    },
    '{ access: 100 }',
  )
  .refine((value) => (value.access === undefined) !== (value.trunk === undefined), {
    error: 'needs either access or trunk; write { access: 100 } or { trunk: [100, 200] }',
  })
  .refine((value) => value.native === undefined || value.trunk !== undefined, {
    error: 'has native without trunk; write { trunk: [100, 200], native: 1 }',
  })
  .meta({ oneOf: [{ required: ['access'] }, { required: ['trunk'] }] })
  .describe('How the port carries VLANs; absent: untagged.');

const attach = leaf
  .section(
    {
      netns: leaf.name.optional().describe('A TAP device named as the ENI in this namespace.'),
      tap: leaf.device.optional().describe('A TAP device of this name, left unconfigured.'),
      interface: leaf.device.optional().describe('An existing interface, by AF_PACKET.'),
    },
    '{ netns: ecs-1 }',
  )
  .refine((value) => Object.keys(value).length === 1, {
    error: 'needs exactly one of netns, tap, interface; write one such as { netns: ecs-1 }',
  })
  .meta({ minProperties: 1, maxProperties: 1 })
  .describe('What the ENI is on this machine; absent: replay only.');

const eni = leaf.section(
  {
    subnet: leaf.name.describe('Name of a subnet of this file.'),
    ip: leaf.oneOrMany(leaf.address).describe('Address or addresses inside the subnet.'),
    mac: leaf.mac.optional().describe('MAC address; absent: chosen when the lab starts.'),
    mtu: leaf.integer('MTU', MTU_MIN, MTU_MAX).optional().describe('MTU in octets; 1500.'),
    vlan: vlan.optional(),
    sourceDestCheck: leaf.flag.optional().describe('Source/destination check (huawei); true.'),
    attach: attach.optional(),
  },
  '{ subnet: vsw-1, ip: 192.168.0.10 }',
);

const instance = leaf
  .section(
    {
      enis: leaf
        .named(eni, '{ eth0: { subnet: vsw-1, ip: 192.168.0.10 } }')
        .refine((value) => Object.keys(value).length > 0, {
          error: 'has no ENI; write one such as { eth0: { subnet: vsw-1, ip: 192.168.0.10 } }',
        })
        .describe('Network interfaces by name.'),
      run: leaf
        .oneOrMany(leaf.command, 0)
        .optional()
        .describe('Commands started in its namespace.'),
    },
    '{ enis: { eth0: { subnet: vsw-1, ip: 192.168.0.10 } } }',
  )
  .describe('A host.');

const havip = leaf
  .section(
    {
      subnet: leaf.name.describe('Name of a subnet of this file.'),
      ip: leaf.address.optional().describe('Address; absent: allocated when the lab starts.'),
      bind: leaf
        .oneOrMany(leaf.member, 0)
        .optional()
        .describe('Who may claim it: instances (all ENIs in the subnet) or instance/eni.'),
      checkAssociate: leaf.flag
        .optional()
        .describe('Tencent: only who is bound may claim it; false.'),
    },
    '{ subnet: vsw-1, ip: 192.168.0.88, bind: [ecs-1, ecs-2] }',
  )
  .describe('A highly available virtual IP.');

const quotaLimits = Object.fromEntries(
  QUOTA_NAMES.map((name) => [name, leaf.integer('quota', 0, 1_000_000).optional()]),
) as Record<QuotaName, z.ZodOptional<z.ZodInt>>;

const quotas = leaf
  .section(quotaLimits, '{ hostsPerHavip: 3 }')
  .describe('Limits in place of those of the provider.');

export const labSchema = leaf
  .section(
    {
      name: leaf.name.optional().describe('Name of the lab; by default that of its folder.'),
      provider,
      subnets: leaf
        .named(subnet, '{ vsw-1: { cidr: 192.168.0.0/24 } }')
        .refine((value) => Object.keys(value).length > 0, {
          error: 'has no subnet; write one such as { vsw-1: { cidr: 192.168.0.0/24 } }',
        }),
      instances: leaf
        .named(instance, '{ ecs-1: { enis: { eth0: { subnet: vsw-1, ip: 192.168.0.10 } } } }')
        .optional(),
      havips: leaf.named(havip, '{ web: { subnet: vsw-1, ip: 192.168.0.88 } }').optional(),
      quotas: quotas.optional(),
    },
    '"provider: alibaba" and so on',
    NOT_YET,
  )
  .meta({ title: 'havip-switch lab file' });

export type Lab = z.infer<typeof labSchema>;
export type LabEni = NonNullable<Lab['instances']>[string]['enis'][string];

/** The JSON Schema of a lab file, for editors. Cross-references are not in it. */
export function labJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(labSchema, { io: 'input' }) };
}
