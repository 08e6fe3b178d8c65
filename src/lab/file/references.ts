/**
 * What a lab file must fulfil beyond its shape: names that exist, addresses inside their subnets,
 * nothing given twice. Each check fails at the field that is to be changed.
 */
import { type Cidr, cidrContains, parseAddress, parseCidr } from '../../havip/cidr.ts';
import type { RuleSet } from '../../havip/rule-set.ts';
import { formatMac, isGroupMac, parseMac } from '../../wire/mac.ts';
import { commandWords } from '../command-words.ts';
import type { FieldPath, LabDocument } from './lab-document.ts';
import { suggest } from './nearest.ts';
import { quoted } from './quoted.ts';
import type { Lab, LabEni } from './schema.ts';
import { isDeviceName } from './schema-leaves.ts';

/** RFC 8200 section 5: every IPv6 link carries 1,280 octets. */
const IPV6_MTU_MIN = 1280;

/** Throws a LabFileError at the first field that contradicts another. */
export function checkReferences(document: LabDocument, lab: Lab, rules: RuleSet): void {
  const check = new ReferenceCheck(document, lab, rules);
  check.subnets();
  check.enis();
  check.commands();
  check.havips();
}

export function listOf<T>(value: T | T[] | undefined): T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** Each value of a one-or-many field with the path that names it. */
function placed(path: FieldPath, value: string | string[] | undefined): [FieldPath, string][] {
  if (!Array.isArray(value)) return listOf(value).map((text) => [path, text]);
  return value.map((text, i) => [[...path, i], text]);
}

class ReferenceCheck {
  private readonly document: LabDocument;
  private readonly lab: Lab;
  private readonly rules: RuleSet;
  private readonly blocks = new Map<string, Cidr[]>();
  /** Who has what already: addresses by subnet, MACs, devices. The value is for the message. */
  private readonly taken = new Map<string, string>();

  constructor(document: LabDocument, lab: Lab, rules: RuleSet) {
    this.document = document;
    this.lab = lab;
    this.rules = rules;
  }

  subnets(): void {
    for (const [name, subnet] of Object.entries(this.lab.subnets)) {
      const path = ['subnets', name];
      const blocks = listOf(subnet.cidr).map((text) => parseCidr(text)!);
      this.blocks.set(name, blocks);
      this.refuseOverlap(path, blocks);
      for (const [at, text] of placed([...path, 'gateway'], subnet.gateway)) {
        const gateway = parseAddress(text)!;
        const isLinkLocal = gateway.family === 6 && gateway.text.startsWith('fe80:');
        if (isLinkLocal && blocks.some((block) => block.family === 6)) continue;
        this.requireInside(at, text, name);
      }
    }
  }

  enis(): void {
    for (const [instance, { enis }] of Object.entries(this.lab.instances ?? {})) {
      for (const [name, eni] of Object.entries(enis)) {
        const path = ['instances', instance, 'enis', name];
        const owner = `${instance}/${name}`;
        this.requireSubnet([...path, 'subnet'], eni.subnet);
        for (const [at, text] of placed([...path, 'ip'], eni.ip)) {
          this.claimAddress(at, text, eni, owner);
        }
        this.checkMac([...path, 'mac'], eni, owner);
        this.checkMtu([...path, 'mtu'], eni);
        this.checkAttach(path, name, eni);
      }
    }
  }

  commands(): void {
    for (const [instance, { run }] of Object.entries(this.lab.instances ?? {})) {
      for (const [at, line] of placed(['instances', instance, 'run'], run)) {
        try {
          commandWords(line);
        } catch (error) {
          this.document.fail(at, (error as Error).message);
        }
      }
    }
  }

  havips(): void {
    for (const [name, havip] of Object.entries(this.lab.havips ?? {})) {
      const path = ['havips', name];
      this.requireSubnet([...path, 'subnet'], havip.subnet);
      if (havip.ip !== undefined) {
        this.claimAddress([...path, 'ip'], havip.ip, havip, `HaVip ${name}`);
      }
      this.checkMembers([...path, 'bind'], havip.bind, havip.subnet);
    }
  }

  private refuseOverlap(path: FieldPath, blocks: Cidr[]): void {
    blocks.forEach((block, i) => {
      const other = blocks.slice(0, i).find((earlier) => {
        const apart = earlier.last < block.first || earlier.first > block.last;
        return earlier.family === block.family && !apart;
      });
      if (other === undefined) return;
      this.document.fail([...path, 'cidr'], `${block.text} overlaps ${other.text}; keep one`);
    });
  }

  private requireSubnet(path: FieldPath, name: string): void {
    if (this.blocks.has(name)) return;
    const hint = suggest(name, [...this.blocks.keys()]);
    this.document.fail(path, `there is no subnet ${quoted(name)}; ${hint}`);
  }

  private requireInside(path: FieldPath, text: string, subnet: string): void {
    const blocks = this.blocks.get(subnet) ?? [];
    const address = parseAddress(text)!;
    if (blocks.some((block) => cidrContains(block, address))) return;
    const inside = blocks.map((block) => block.text).join(', ');
    this.document.fail(path, `${text} is outside subnet ${subnet}; choose one in ${inside}`);
  }

  private claimAddress(path: FieldPath, text: string, at: { subnet: string }, owner: string): void {
    this.requireInside(path, text, at.subnet);
    const address = parseAddress(text)!.text;
    this.take(path, `${at.subnet} ${address}`, owner, `the address ${address}`);
  }

  private take(path: FieldPath, key: string, owner: string, what: string): void {
    const before = this.taken.get(key);
    if (before !== undefined) {
      this.document.fail(path, `${what} is already that of ${before}; choose another`);
    }
    this.taken.set(key, owner);
  }

  private checkMac(path: FieldPath, eni: LabEni, owner: string): void {
    if (eni.mac === undefined) return;
    const mac = parseMac(eni.mac);
    const write = 'write an address of one host such as "00:16:3e:00:00:01"';
    if (mac === 0) this.document.fail(path, `${quoted(eni.mac)} is the zero address; ${write}`);
    if (isGroupMac(mac)) {
      this.document.fail(path, `${quoted(eni.mac)} is a group address; ${write}`);
    }
    if (mac === this.rules.gatewayMac) {
      this.document.fail(path, `${quoted(eni.mac)} is the MAC of the gateway itself; ${write}`);
    }
    this.take(path, 'mac ' + mac, owner, `the MAC address ${formatMac(mac)}`);
  }

  private checkMtu(path: FieldPath, eni: LabEni): void {
    if (eni.mtu === undefined || eni.mtu >= IPV6_MTU_MIN) return;
    if (!listOf(eni.ip).some((text) => text.includes(':'))) return;
    this.document.fail(path, `${eni.mtu} is too small for IPv6; write ${IPV6_MTU_MIN} or more`);
  }

  private checkAttach(path: string[], name: string, eni: LabEni): void {
    const { attach } = eni;
    if (attach === undefined) return;
    const [kind, where] = Object.entries(attach)[0]!;
    const at = [...path, 'attach', kind];
    if (kind === 'netns' && !isDeviceName(name)) {
      const why = 'names the TAP device, which takes at most 15 ASCII characters';
      this.document.fail(path, `${quoted(name)} ${why}; rename the ENI to one such as eth0`);
    }
    const owner = path.filter((_, i) => i % 2 === 1).join('/');
    if (kind === 'netns') this.take(at, `netns ${where} ${name}`, owner, `${name} in ${where}`);
    else this.take(at, `device ${where}`, owner, `the interface ${where}`);
  }

  private checkMembers(path: FieldPath, bind: string | string[] | undefined, subnet: string): void {
    const members = listOf(bind);
    const seen = new Set<string>();
    for (const [at, text] of placed(path, bind)) {
      this.checkMember(at, text, subnet);
      if (seen.has(text)) this.document.fail(at, `${quoted(text)} stands there twice; keep one`);
      seen.add(text);
    }
    const single = members.find((text) => text.includes('/'));
    const whole = members.find((text) => !text.includes('/'));
    if (this.rules.mixesInstancesAndEnis || single === undefined || whole === undefined) return;
    const mix = `binds an instance (${whole}) and an ENI (${single})`;
    const remedy = 'bind only instances or only ENIs';
    this.document.fail(path, `${mix}, which ${this.rules.name} never mixes; ${remedy}`);
  }

  private checkMember(path: FieldPath, text: string, subnet: string): void {
    const [instance = '', eni] = text.split('/');
    const instances = this.lab.instances ?? {};
    if (!Object.hasOwn(instances, instance)) {
      const hint = suggest(instance, Object.keys(instances));
      this.document.fail(path, `there is no instance ${quoted(instance)}; ${hint}`);
    }
    const { enis } = instances[instance]!;
    if (eni === undefined) {
      if (Object.values(enis).some((candidate) => candidate.subnet === subnet)) return;
      const remedy = 'give it one, or bind another instance';
      this.document.fail(path, `instance ${instance} has no ENI in subnet ${subnet}; ${remedy}`);
    }
    if (!Object.hasOwn(enis, eni)) {
      const hint = suggest(eni, Object.keys(enis));
      this.document.fail(path, `instance ${instance} has no ENI ${quoted(eni)}; ${hint}`);
    }
    if (enis[eni]!.subnet === subnet) return;
    const where = `ENI ${text} is in subnet ${enis[eni]!.subnet}, the HaVip in ${subnet}`;
    this.document.fail(path, `${where}; bind an ENI of the same subnet`);
  }
}
