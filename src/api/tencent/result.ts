/** What a call ends in: the fields of its response, or an error in Tencent's words. */

export interface Fault {
  /** `ResourceNotFound`, `UnsupportedOperation.BindEIP`. */
  code: string;
  message: string;
}

export type Fields = Readonly<Record<string, unknown>>;

export type Result = { fields: Fields } | Fault;

/** Of a call whose response has nothing but the RequestId. */
export const NOTHING: Result = { fields: {} };

export function fault(code: string, message: string): Fault {
  return { code, message };
}
