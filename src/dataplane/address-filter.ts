/**
 * Which IPv4 addresses may be in the table: a bitmap of hashes, small enough for the first cache.
 * "No" is certain, "maybe" is asked of the table. Addresses are never taken out; when very many
 * have been added everything is a maybe, which costs time and nothing else.
 */
const BITS = 16;

export class AddressFilter {
  private readonly words = new Int32Array(1 << (BITS - 5));

  add(address: number): void {
    const bit = Math.imul(address, 0x9e3779b1) >>> (32 - BITS);
    this.words[bit >>> 5] = this.words[bit >>> 5]! | (1 << (bit & 31));
  }

  /** False where the address was certainly never added. */
  mayHold(address: number): boolean {
    const bit = Math.imul(address, 0x9e3779b1) >>> (32 - BITS);
    return (this.words[bit >>> 5]! & (1 << (bit & 31))) !== 0;
  }
}
