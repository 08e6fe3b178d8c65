/** DescribeVpcLimits, of the one limit that is kept here. */
import type { Plane } from '../../havip/inventory/plane.ts';
import { handler } from './call.ts';
import { fault, type Result } from './result.ts';

const HAVIPS_OF_VPC = 'vpc-max-havips';
const TYPES_MAX = 100;

export const describeVpcLimits = handler(
  (parameters) => parameters.texts('LimitTypes'),
  (types, { plane }): Result => {
    if (types.length === 0) return fault('MissingParameter', 'LimitTypes is missing');
    if (types.length > TYPES_MAX) {
      const message = `there are ${types.length} LimitTypes; at most ${TYPES_MAX} are taken`;
      return fault('InvalidParameterValue', message);
    }
    const strange = types.find((type) => type !== HAVIPS_OF_VPC);
    if (strange !== undefined) {
      const message = `no limit ${strange} is kept here; there is ${HAVIPS_OF_VPC}`;
      return fault('InvalidParameterValue', message);
    }
    const most = havipsOfVpc(plane);
    const set = most === null ? [] : [{ LimitType: HAVIPS_OF_VPC, LimitValue: most }];
    return { fields: { VpcLimitSet: set } };
  },
);

/** As the operator has set it, else the vendor's; null under rules that have no such limit. */
function havipsOfVpc({ inventory, rules }: Plane): number | null {
  const own = inventory.quota('havipsPerVpc')?.most;
  return own ?? rules.limits.find(({ name }) => name === 'havipsPerVpc')?.most ?? null;
}
