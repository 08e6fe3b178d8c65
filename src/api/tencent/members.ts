/** The instances and ENIs that a request names, as the control plane knows them. */
import type { Inventory } from '../../havip/inventory/inventory.ts';
import type { MemberRef } from '../../havip/inventory/resources.ts';
import type { ParameterReader } from '../parameter-reader.ts';
import { type Fault, fault } from './result.ts';

/** An entry of `HaVipAssociationSet`. */
export interface Named {
  havip: string | null;
  instance: string;
  type: string | null;
}

/** As the vendor's documents say of both calls that take a set. */
const ASSOCIATIONS_MAX = 10;

export function readAssociations(parameters: ParameterReader): Named[] {
  return parameters.items('HaVipAssociationSet').map((part) => ({
    havip: part.text('HaVipId'),
    instance: part.requiredText('InstanceId'),
    type: part.text('InstanceType'),
  }));
}

/** `mismatch`: the code that the call has for a type that is not the one of the id. */
export function memberOf(
  inventory: Inventory,
  { instance: id, type }: Named,
  mismatch: string,
): MemberRef | Fault {
  const isInstance = inventory.instance(id) !== undefined;
  const isEni = inventory.eni(id) !== undefined;
  switch (type) {
    case null:
      return isEni && !isInstance ? { eni: id } : { instance: id };
    case 'CVM':
      if (isInstance || !isEni) return { instance: id };
      return fault(mismatch, `${id} is an ENI; InstanceType has to be ENI`);
    case 'ENI':
      if (isEni || !isInstance) return { eni: id };
      return fault(mismatch, `${id} is an instance; InstanceType has to be CVM`);
    default: {
      const message = `${JSON.stringify(type)} is no InstanceType; it is CVM or ENI`;
      return fault('InvalidParameterValue.Malformed', message);
    }
  }
}

export function tooMany(count: number): Fault | null {
  if (count <= ASSOCIATIONS_MAX) return null;
  const message = `HaVipAssociationSet has ${count} entries; ${ASSOCIATIONS_MAX} are taken at most`;
  return fault('LimitExceeded', message);
}
