/**
 * The lab file: YAML text to a Topology, or one LabFileError. It reads no files and resolves no
 * names of files: the caller has read the text, and `run` stays as written.
 */
import { basename, dirname } from 'node:path';
import { cidrContains, parseAddress, parseCidr } from '../../havip/cidr.ts';
import type { RuleSet } from '../../havip/rule-set.ts';
import { ruleSet } from '../../havip/rule-sets.ts';
import type {
  Attachment,
  Eni,
  Havip,
  ProviderName,
  Subnet,
  Topology,
  VlanPort,
} from '../../havip/topology.ts';
import { parseMac } from '../../wire/mac.ts';
import { LabDocument } from './lab-document.ts';
import { checkReferences, listOf } from './references.ts';
import type { Lab, LabEni } from './schema.ts';
import { isName } from './schema-leaves.ts';
import { checkShape } from './shape.ts';

export { LabFileError } from './lab-file-error.ts';
export { placedError } from './placed-error.ts';
export { labJsonSchema } from './schema.ts';

export interface ParseLabOptions {
  /** Folder of the file, whose last part names a lab without `name`. Default: from `fileName`. */
  folder?: string | undefined;
  /** Rules to hold in place of the file's own (`--provider`). */
  provider?: ProviderName | undefined;
}

const MTU_DEFAULT = 1500;
const NAME_MAX = 63;

/**
 * The topology that a lab file describes. `fileName` appears in messages as given.
 * Throws LabFileError and nothing else, whatever the text.
 */
export function parseLab(text: string, fileName: string, options: ParseLabOptions = {}): Topology {
  const document = new LabDocument(text, fileName);
  const lab = checkShape(document);
  const rules = ruleSet(options.provider ?? lab.provider);
  checkReferences(document, lab, rules);
  const run: Record<string, string[]> = Object.create(null);
  for (const [instance, { run: commands }] of Object.entries(lab.instances ?? {})) {
    if (commands !== undefined) run[instance] = listOf(commands);
  }
  return {
    name: lab.name ?? nameOfFolder(options.folder ?? dirname(fileName)),
    provider: rules.name,
    subnets: subnetsOf(lab, rules),
    enis: enisOf(lab),
    havips: havipsOf(lab),
    run,
    quotas: quotasOf(lab),
  };
}

/** A folder may be called anything, a lab not: other characters become hyphens. */
function nameOfFolder(folder: string): string {
  const name = basename(folder)
    .replace(/[^\p{L}\p{N}._-]/gu, '-')
    .replace(/^[._-]+/, '');
  const short = [...name].slice(0, NAME_MAX).join('');
  return isName(short) ? short : 'lab';
}

function quotasOf(lab: Lab): Record<string, number> {
  const quotas: Record<string, number> = {};
  for (const [name, most] of Object.entries(lab.quotas ?? {})) {
    if (most !== undefined) quotas[name] = most;
  }
  return quotas;
}

function subnetsOf(lab: Lab, rules: RuleSet): Subnet[] {
  return Object.entries(lab.subnets).map(([name, subnet]) => {
    const cidrs = listOf(subnet.cidr).map((text) => parseCidr(text)!.text);
    const named = listOf(subnet.gateway).map((text) => parseAddress(text)!);
    const wantsNone = Array.isArray(subnet.gateway) && named.length === 0;
    const defaults = cidrs.filter((text) => {
      const block = parseCidr(text)!;
      const isNamed = named.some(
        (gateway) => cidrContains(block, gateway) || (gateway.family === 6 && block.family === 6),
      );
      return !isNamed && !wantsNone;
    });
    const gateways = [
      ...named.map((gateway) => gateway.text),
      ...defaults.map((cidr) => rules.gatewayDefault(cidr)),
    ];
    return { name, vpc: subnet.vpc ?? 'default', cidrs, gateways };
  });
}

function enisOf(lab: Lab): Eni[] {
  return Object.entries(lab.instances ?? {}).flatMap(([instance, { enis }]) =>
    Object.entries(enis).map(([name, eni]) => ({
      instance,
      name,
      subnet: eni.subnet,
      addresses: listOf(eni.ip).map((text) => parseAddress(text)!.text),
      mac: eni.mac === undefined ? null : parseMac(eni.mac),
      mtu: eni.mtu ?? MTU_DEFAULT,
      vlan: vlanOf(eni),
      sourceDestCheck: eni.sourceDestCheck ?? true,
      attach: (eni.attach as Attachment | undefined) ?? null,
    })),
  );
}

function vlanOf({ vlan }: LabEni): VlanPort | null {
  if (vlan === undefined) return null;
  if (vlan.access !== undefined) return { access: vlan.access };
  return { trunk: vlan.trunk ?? [], native: vlan.native ?? null };
}

function havipsOf(lab: Lab): Havip[] {
  return Object.entries(lab.havips ?? {}).map(([name, havip]) => ({
    name,
    subnet: havip.subnet,
    address: havip.ip === undefined ? null : parseAddress(havip.ip)!.text,
    members: listOf(havip.bind).map((text) => {
      const [instance = '', eni] = text.split('/');
      return { instance, eni: eni ?? null };
    }),
    memberMacs: [],
    checkAssociate: havip.checkAssociate ?? false,
  }));
}
