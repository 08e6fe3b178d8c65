type Numbers = Int32Array | Uint32Array | Float32Array | Float64Array | Uint8Array;

/** A longer typed array that begins with the elements of `array`. */
export function resized<T extends Numbers>(array: T, length: number): T {
  const larger = new (array.constructor as new (length: number) => T)(length);
  larger.set(array);
  return larger;
}
