/** One line of `virtual_ipaddress`: an address with its prefix, device and label. */
import { type Family, parseAddress } from '../havip/cidr.ts';
import type { Statement } from './blocks.ts';
import type { NoticeLog, Place } from './notices.ts';
import { shownWord } from './passwords.ts';
import type { Given } from './settings.ts';

export interface VirtualAddress {
  readonly address: string;
  /** The first word of the line as written: the address with its prefix. */
  readonly word: string;
  readonly family: Family;
  /** Null where none is written: keepalived then takes 32, or 128. */
  readonly prefix: Given<number> | null;
  /** `dev`; null: the interface of the instance. */
  readonly device: Given<string> | null;
  readonly label: Given<string> | null;
  /** `use_vmac` on this address alone. */
  readonly usesVmac: boolean;
  readonly place: Place;
}

const WITH_VALUE = [
  'brd',
  'broadcast',
  'dev',
  'scope',
  'label',
  'peer',
  'preferred_lft',
  'track_group',
];
const ALONE = ['home', '-nodad', 'mngtmpaddr', 'noprefixroute', 'autojoin', 'no_track', 'use_vmac'];

/** Null where the line is no address; a word that is unknown is remarked upon and passed over. */
export function virtualAddressOf(line: Statement, notices: NoticeLog): VirtualAddress | null {
  const { keyword, values } = line;
  const [bare = '', prefixText] = keyword.text.split('/');
  const address = parseAddress(bare);
  if (address === null) {
    const what = `${shownWord(keyword)} is no address and is left out`;
    notices.add('bad-value', keyword.place, `${what}; write one such as 192.168.0.88/24`);
    return null;
  }
  const options = new Map<string, Given<string>>();
  for (let i = 0; i < values.length; i++) {
    const word = values[i];
    const next = values[i + 1];
    if (word === undefined || ALONE.includes(word.text)) continue;
    if (!WITH_VALUE.includes(word.text) || next === undefined) {
      const what = `${shownWord(word)} is no option of an address; remove it`;
      notices.add('bad-value', word.place, what);
      continue;
    }
    options.set(word.text, { value: next.text, place: next.place });
    i++;
  }
  return {
    address: address.text,
    word: keyword.text,
    family: address.family,
    prefix: prefixOf(prefixText, address.family, line, notices),
    device: options.get('dev') ?? null,
    label: options.get('label') ?? null,
    usesVmac: values.some(({ text }) => text === 'use_vmac'),
    place: keyword.place,
  };
}

function prefixOf(
  text: string | undefined,
  family: Family,
  { keyword }: Statement,
  notices: NoticeLog,
): Given<number> | null {
  if (text === undefined) return null;
  const most = family === 4 ? 32 : 128;
  const value = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (value <= most) return { value, place: keyword.place };
  const what = `${shownWord(keyword)} has no prefix that keepalived reads`;
  notices.add('bad-value', keyword.place, `${what}; write /0 to /${most}`);
  return null;
}
