/** What an operation names and the account does not have. */
import { refuse } from './decision.ts';
import type { RefusalCode } from './refusal.ts';

const NOT_FOUND = {
  HaVip: 'havip-not-found',
  VPC: 'vpc-not-found',
  subnet: 'subnet-not-found',
  instance: 'instance-not-found',
  ENI: 'eni-not-found',
  EIP: 'eip-not-found',
  'route table': 'route-table-not-found',
  route: 'route-not-found',
} as const satisfies Record<string, RefusalCode>;

export function notFound(what: keyof typeof NOT_FOUND, id: string) {
  return refuse(NOT_FOUND[what], `there is no ${what} ${id}; name one of the account`);
}
