/**
 * One vendor's way of asking: which requests are its own, and what it answers. Dialects share one
 * port; the server has read the body, within its limit, before it asks them.
 */
import type { HistoryQuery, Plane } from '../havip/inventory/plane.ts';

export interface ApiRequest {
  /** Upper case. */
  readonly method: string;
  /** As sent, without the query: `/v2.0/ports/p-1`. */
  readonly path: string;
  /** As sent, without the question mark; signatures cover it. */
  readonly rawQuery: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** As sent; empty where there is none. */
  readonly body: Buffer;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a Buffer or string is sent as it is, with the content type of the headers. */
  readonly body: unknown;
}

/** What every dialect is given. */
export interface ApiContext {
  readonly plane: Plane;
  /** Secret keys by access key id; where there is none, nothing is verified. */
  readonly keys: ReadonlyMap<string, string>;
  /** The region that the account is in; requests that name another are answered all the same. */
  readonly region: string;
  /** An id as this vendor's request ids look. */
  readonly newRequestId: () => string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** What was kept of holders, refused claims and calls; absent where no state is kept. */
  readonly history?: (query: HistoryQuery) => unknown[];
}

/** Why the server itself refuses a request, before or instead of a dialect's answer. */
export interface ServerRefusal {
  /** Another cloud's plane is behind the port; too many requests in a second; a fault of ours. */
  readonly why: 'other-provider' | 'throttled' | 'failed';
  /** One sentence, with the way to mend it. */
  readonly message: string;
}

export interface Dialect {
  /** `alibaba`, `tencent`, `huawei`, `ucloud`. */
  readonly name: string;
  /** Whether the request is one of this vendor's. */
  isMine(request: ApiRequest): boolean;
  /** Never throws on what a request holds; what it does throw is told to the operator alone. */
  answer(request: ApiRequest, context: ApiContext): Promise<ApiAnswer>;
  /** The server's refusal in this vendor's shape; plain JSON where a dialect has none. */
  refuse?(request: ApiRequest, context: ApiContext, refusal: ServerRefusal): ApiAnswer;
}
