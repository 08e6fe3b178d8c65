/** DescribeVpcLimits, of the one limit that is kept here. */
import { limitOf } from '../../havip/quotas.ts';
import { handler } from './call.ts';
import { fault, type Result } from './result.ts';

const HAVIPS_OF_VPC = 'vpc-max-havips';
const TYPES_MAX = 100;

export const describeVpcLimits = handler(
  (parameters) => parameters.texts('LimitTypes'),
  (types, { plane: { inventory, rules } }): Result => {
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
    const limit = limitOf(rules, 'havipsPerVpc', inventory.quota('havipsPerVpc')?.most);
    const set = limit === null ? [] : [{ LimitType: HAVIPS_OF_VPC, LimitValue: limit.most }];
    return { fields: { VpcLimitSet: set } };
  },
);
