/**
 * An account of any size, judged without a switch: what a test asks of it is decided and, where it
 * is accepted, applied.
 */
import { decide } from '../../../src/havip/inventory/decide.ts';
import type { DecisionContext } from '../../../src/havip/inventory/decision.ts';
import { Inventory } from '../../../src/havip/inventory/inventory.ts';
import type { Operation, Outcome } from '../../../src/havip/inventory/operation.ts';
import type { MemberRef, Resource } from '../../../src/havip/inventory/resources.ts';
import { ruleSet } from '../../../src/havip/rule-sets.ts';
import type { ProviderName } from '../../../src/havip/topology.ts';

export const AT = Date.UTC(2026, 10, 21, 12);

/** Twelve instances `i-1` ... `i-12` in `vsw-1`, each with a second ENI there; two VPCs. */
const INSTANCES = 12;

export class Cloud {
  readonly inventory: Inventory;
  readonly held = new Set<string>();
  readonly context: DecisionContext;
  private ids = 0;

  constructor(provider: ProviderName, more: Resource[] = []) {
    this.inventory = new Inventory([...resources(provider), ...more]);
    this.context = {
      rules: ruleSet(provider),
      at: AT,
      newId: () => `n${(++this.ids).toString(36).padStart(7, '0')}`,
      isHeld: (id) => this.held.has(id),
    };
  }

  submit(operation: Operation): Outcome {
    const outcome = decide(this.inventory, operation, this.context);
    if (outcome.ok) this.inventory.apply(outcome);
    return outcome;
  }

  /** The id of what was made; fails the test where it is refused. */
  done(operation: Operation): string {
    const outcome = this.submit(operation);
    if (!outcome.ok) throw new Error(`${operation.kind}: ${outcome.code}: ${outcome.message}`);
    return outcome.subject;
  }

  /** `ok`, or the code of the refusal; a refusal is one sentence and changes nothing. */
  says(operation: Operation): string {
    const before = this.dump();
    const outcome = this.submit(operation);
    if (outcome.ok) return 'ok';
    if (this.dump() !== before) throw new Error(`${operation.kind} was refused and changed things`);
    if (!/^[^\n]{20,}[^.]$/.test(outcome.message)) throw new Error(`message: ${outcome.message}`);
    return outcome.code;
  }

  /** A HaVip of `vsw-1`, or of another subnet. */
  havip(address: string | null = null, members: MemberRef[] = [], subnet = 'vsw-1'): string {
    return this.done({ kind: 'create-havip', subnet, address, members, name: 'web' });
  }

  associate(havip: string, member: MemberRef): string {
    return this.says({ kind: 'associate', havip, member });
  }

  dump(): string {
    const kinds = ['havip', 'eip', 'route', 'instance', 'eni', 'quota'] as const;
    return JSON.stringify(kinds.map((kind) => this.inventory.all(kind)));
  }
}

export const instance = (n: number): MemberRef => ({ instance: `i-${n}` });
export const eni = (n: number, name = 'eth0'): MemberRef => ({ eni: `i-${n}.${name}` });

function resources(provider: ProviderName): Resource[] {
  const { gatewayDefault } = ruleSet(provider);
  const subnet = (id: string, vpc: string, cidrs: string[]): Resource => {
    return { kind: 'subnet', id, name: id, vpc, cidrs, gateways: cidrs.map(gatewayDefault) };
  };
  const all: Resource[] = [
    { kind: 'vpc', id: 'vpc-1', name: 'one' },
    { kind: 'vpc', id: 'vpc-2', name: 'two' },
    { kind: 'route-table', id: 'rtb-vpc-1', vpc: 'vpc-1' },
    { kind: 'route-table', id: 'rtb-more', vpc: 'vpc-1' },
    { kind: 'route-table', id: 'rtb-vpc-2', vpc: 'vpc-2' },
    subnet('vsw-1', 'vpc-1', ['192.168.0.0/24', '2001:db8::/64']),
    subnet('vsw-2', 'vpc-1', ['192.168.1.0/24']),
    subnet('vsw-3', 'vpc-2', ['10.0.0.0/24']),
    subnet('vsw-small', 'vpc-2', ['10.0.1.0/29']),
  ];
  for (let n = 1; n <= INSTANCES; n++) {
    all.push({ kind: 'instance', id: `i-${n}`, name: `ecs ${n}`, status: 'running' });
    all.push(anEni(n, 'eth0', 'vsw-1', `192.168.0.${10 + n}`));
    all.push(anEni(n, 'eth1', 'vsw-1', `192.168.0.${30 + n}`));
  }
  all.push({ kind: 'instance', id: 'i-far', name: 'far', status: 'stopped' });
  all.push(anEni('far', 'eth0', 'vsw-2', '192.168.1.11'));
  all.push({ kind: 'instance', id: 'i-away', name: 'away', status: 'running' });
  all.push(anEni('away', 'eth0', 'vsw-3', '10.0.0.11'));
  return all;
}

function anEni(host: number | string, name: string, subnet: string, address: string): Resource {
  const instance = `i-${host}`;
  return {
    kind: 'eni',
    id: `${instance}.${name}`,
    instance,
    name,
    home: instance,
    subnet,
    addresses: [address],
    mac: null,
    sourceDestCheck: true,
    isPrimary: name === 'eth0',
  };
}
