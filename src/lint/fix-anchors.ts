/** Behind which statement of a block a new line goes: one that people look for it at. */
import type { Statement } from './blocks.ts';

const PREFERRED = ['advert_int', 'priority', 'virtual_router_id', 'interface', 'state'];

/** The best statement without a block; the last of all where none is preferred. */
export function shortPlain(block: readonly Statement[]): Statement | null {
  const plain = block.filter((one) => one.applies && one.block === null);
  for (const keyword of PREFERRED) {
    const found = plain.find((one) => one.keyword.text === keyword);
    if (found !== undefined) return found;
  }
  return plain.at(-1) ?? block.at(-1) ?? null;
}
