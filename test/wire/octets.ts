/** Octets for tests: an exact-length view from hex, hex from a view, a dirty arena. */

/** A view whose length is exactly the octets given, so that any read past the end throws. */
export function octets(hex: string): DataView {
  const digits = hex.replace(/\s/g, '');
  const bytes = new Uint8Array(digits.length / 2);
  for (let i = 0; i < bytes.length; i++)
    bytes[i] = Number.parseInt(digits.slice(i * 2, i * 2 + 2), 16);
  return new DataView(bytes.buffer);
}

/** A view of exactly these octets, from a copy. */
export function exactView(bytes: Uint8Array): DataView {
  return new DataView(bytes.slice().buffer);
}

export function hexOf(view: DataView, at = 0, end = view.byteLength): string {
  let text = '';
  for (let i = at; i < end; i++) text += view.getUint8(i).toString(16).padStart(2, '0');
  return text;
}

/** An arena that shows every octet which an emitter forgot. */
export function dirty(length: number): DataView {
  return new DataView(new Uint8Array(length).fill(0xa5).buffer);
}
