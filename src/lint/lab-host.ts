/** Which host of a lab a keepalived.conf belongs to, and what the lab knows of it. */
import { type Cidr, parseAddress, parseCidr } from '../havip/cidr.ts';
import type { Eni, Havip, Subnet, Topology } from '../havip/topology.ts';
import type { KeepalivedConf } from './keepalived-conf.ts';

export class LabHost {
  readonly instance: string;
  readonly enis: readonly Eni[];
  readonly #topology: Topology;

  constructor(instance: string, topology: Topology) {
    this.instance = instance;
    this.enis = topology.enis.filter((eni) => eni.instance === instance);
    this.#topology = topology;
  }

  eni(device: string | null): Eni | null {
    return this.enis.find(({ name }) => name === device) ?? null;
  }

  /** The first address of the family; canonical. */
  primaryAddress(device: string | null, family: 4 | 6): string | null {
    const own = this.addresses(device).filter((text) => text.includes(':') === (family === 6));
    return own[0] ?? null;
  }

  /** All addresses of an interface, canonical. */
  addresses(device: string | null): string[] {
    const texts = this.eni(device)?.addresses ?? [];
    return texts.flatMap((text) => parseAddress(text)?.text ?? []);
  }

  subnet(device: string | null): Subnet | null {
    const name = this.eni(device)?.subnet;
    return this.#topology.subnets.find((subnet) => subnet.name === name) ?? null;
  }

  blocks(device: string | null, family: 4 | 6): Cidr[] {
    const cidrs = this.subnet(device)?.cidrs ?? [];
    return cidrs.flatMap((text) => parseCidr(text) ?? []).filter((one) => one.family === family);
  }

  isBound({ members, memberMacs, subnet }: Havip, device: string | null): boolean {
    const eni = this.eni(device);
    if (eni?.mac !== null && eni !== null && memberMacs.includes(eni.mac)) return true;
    return members.some(({ instance, eni: name }) => {
      if (instance !== this.instance) return false;
      return name === null ? eni === null || eni.subnet === subnet : name === device;
    });
  }
}

/** Null where the lab has no host that this could be. */
export function labHostOf(topology: Topology, name: string, conf: KeepalivedConf): LabHost | null {
  const instances = [...new Set(topology.enis.map(({ instance }) => instance))];
  const found =
    instances.find((one) => one === name) ??
    instances.find((one) => isStarted(topology, one, conf.file)) ??
    ownerOf(topology, conf);
  return found === undefined ? null : new LabHost(found, topology);
}

/** A command of `run` names the file. */
function isStarted({ run }: Topology, instance: string, file: string): boolean {
  const words = (run[instance] ?? []).flatMap((command) => command.split(/[\s'"]+/));
  return words.some(
    (word) => word.includes('.conf') && (file === word || file.endsWith(`/${word}`)),
  );
}

/** Who has the address that the file sends from. */
function ownerOf({ enis }: Topology, { instances }: KeepalivedConf): string | undefined {
  const sources = new Set(
    instances.flatMap(({ unicastSourceIp }) => unicastSourceIp?.value.text ?? []),
  );
  const owner = enis.find(({ addresses }) =>
    addresses.some((text) => sources.has(parseAddress(text)?.text ?? '')),
  );
  return owner?.instance;
}
