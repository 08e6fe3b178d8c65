/**
 * The dialects that the port speaks, and which of them a plane answers: each cloud's rules belong
 * to its dialect, so a plane with the rules of one cloud is not shown through another's API. The
 * native REST serves every provider, and `classic`, which is nobody's cloud, serves all dialects.
 */
import type { ProviderName } from '../havip/topology.ts';
import { alibaba } from './alibaba/alibaba.ts';
import type { ApiRequest, Dialect } from './dialect.ts';
import { huawei } from './huawei/huawei.ts';
import { native } from './native/native.ts';
import { tencent } from './tencent/tencent.ts';
import { ucloud } from './ucloud/ucloud.ts';

/** In the order in which they are asked whether a request is theirs. */
export const DIALECTS: readonly Dialect[] = [native, alibaba, tencent, huawei, ucloud];

/** The dialect that goes with a provider; null where all do. */
const DIALECT_OF: Readonly<Record<ProviderName, string | null>> = {
  alibaba: 'alibaba',
  'alibaba-2021': 'alibaba',
  tencent: 'tencent',
  huawei: 'huawei',
  ucloud: 'ucloud',
  classic: null,
};

/** Whether a plane with this provider's rules answers a dialect. */
export function isServed(dialect: string, provider: ProviderName): boolean {
  const only = DIALECT_OF[provider];
  return only === null || only === dialect || dialect === 'native';
}

/** What the asker of another cloud's dialect is told. */
export function otherProviderMessage(dialect: string, provider: ProviderName): string {
  return (
    `this lab's provider is ${provider}: requests of ${dialect} are not answered here; ` +
    `set "provider: ${dialect}" in the lab file, or use the native API at /api/v1`
  );
}

/** Whose a request is, or null. */
export function dialectOf(request: ApiRequest, dialects: readonly Dialect[]): Dialect | null {
  return dialects.find((dialect) => dialect.isMine(request)) ?? null;
}
