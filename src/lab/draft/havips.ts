/** The HaVips of a draft: the virtual addresses, by whom they are listed, and their names. */

import { isName } from '../file/schema-leaves.ts';
import type { HostDraft } from './lab-draft.ts';
import type { DraftNotes } from './notes.ts';
import { containsAddress, type DraftSubnet, isLinkLocal } from './subnets.ts';

export interface PlannedHavip {
  name: string;
  subnet: string;
  address: string;
  bind: string[];
  where: string[];
}

/** Leaves room for a number within the 63 of a name. */
const STEM_MAX = 50;

export class DraftHavips {
  readonly #notes: DraftNotes;
  readonly #names = new Set<string>();
  /** The last number that was given out, by stem. */
  readonly #numbers = new Map<string, number>();

  constructor(notes: DraftNotes) {
    this.#notes = notes;
  }

  /** `own` are addresses of hosts, which nobody else can have. */
  plan(draft: DraftSubnet, subnet: string, own: ReadonlySet<string>): PlannedHavip[] {
    const havips = new Map<string, PlannedHavip>();
    for (const { host, virtual } of draft.ports) {
      const stems = stemsOf(host);
      for (const { address, where } of virtual) {
        const { text } = address;
        const known = havips.get(text);
        if (own.has(text)) {
          this.#notes.add(where, `${text} is the address of a host`, 'make one of them another');
        } else if (!containsAddress(draft, text)) {
          const blocks = draft.blocks.map(({ cidr }) => cidr).join(', ');
          const what = `${text} lies outside ${blocks}, where its hosts are, and becomes no HaVip`;
          this.#notes.add(where, what, 'write an address of that subnet');
        } else if (known === undefined) {
          const name = this.#nameOf(stems.get(text) ?? { stem: 'havip', isAlone: false });
          havips.set(text, { name, subnet, address: text, bind: [host.name], where: [where] });
        } else if (!known.bind.includes(host.name)) {
          known.bind.push(host.name);
          known.where.push(where);
        }
      }
    }
    return [...havips.values()];
  }

  #nameOf({ stem, isAlone }: Stem): string {
    for (;;) {
      const number = (this.#numbers.get(stem) ?? 0) + 1;
      this.#numbers.set(stem, number);
      const name = isAlone && number === 1 ? stem : `${stem}-${number}`;
      if (this.#names.has(name)) continue;
      this.#names.add(name);
      return name;
    }
  }
}

/** What an address is named after: its instance, with a number where that has several. */
interface Stem {
  stem: string;
  isAlone: boolean;
}

function stemsOf({ routers }: HostDraft): Map<string, Stem> {
  const stems = new Map<string, Stem>();
  for (const { name, addresses } of routers) {
    const plain = [...name.replace(/[^\p{L}\p{N}._-]/gu, '-')].slice(0, STEM_MAX).join('');
    const stem = isName(plain) ? plain : 'havip';
    const movable = addresses.filter(({ address }) => !isLinkLocal(address));
    for (const { address } of movable) {
      if (!stems.has(address.text)) stems.set(address.text, { stem, isAlone: movable.length < 2 });
    }
  }
  return stems;
}
