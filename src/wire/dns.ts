/**
 * Of a DNS message (RFC 1035 section 4.1.1) what matches a response to its query: the identifier,
 * and which of the two it is.
 */

export const DNS_PORT = 53;
/** Identifier and flags. */
export const DNS_HEAD_LENGTH = 4;

const IDENTIFIER = 0;
const FLAGS = IDENTIFIER + 2;
const RESPONSE = 0x80;

export function readDnsIdentifier(view: DataView, at: number): number {
  return view.getUint16(at + IDENTIFIER);
}

export function isDnsResponse(view: DataView, at: number): boolean {
  return (view.getUint8(at + FLAGS) & RESPONSE) !== 0;
}
