/** One line of `virtual_ipaddress`: an address with its prefix, device and label. */
import { type Family, parseAddress } from '../havip/cidr.ts';
import type { Statement } from './blocks.ts';
import type { NoticeLog, Place } from './notices.ts';
import { shownWord } from './passwords.ts';
import { type Given, hostAddress, insteadOf, isHostAddress, meantNumber } from './settings.ts';
import type { Word } from './words.ts';

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
  /** `no_track`: the failure of its interface moves nothing. */
  readonly isUntracked: boolean;
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
    notices.add('bad-value', keyword.place, `${what}; write one such as 192.168.0.88/24`, {
      ...insteadOf(keyword, meantWord(keyword.text)),
    });
    return null;
  }
  const options = optionsOf(values, notices);
  refuseLongLabel(options.get('label'), notices);
  return {
    address: address.text,
    word: keyword.text,
    family: address.family,
    prefix: prefixOf(prefixText, address.family, line, notices),
    device: options.get('dev') ?? null,
    label: options.get('label') ?? null,
    usesVmac: values.some(({ text }) => text === 'use_vmac'),
    isUntracked: values.some(({ text }) => text === 'no_track'),
    place: keyword.place,
  };
}

/** The address with its prefix, without what other languages end a line with. */
function meantWord(text: string): string | null {
  const plain = text.replace(/[;,]+$/, '');
  return plain !== text && hostAddress(plain) !== null ? plain : null;
}

function optionsOf(values: readonly Word[], notices: NoticeLog): Map<string, Given<string>> {
  const options = new Map<string, Given<string>>();
  const unknown: Word[] = [];
  for (let i = 0; i < values.length; i++) {
    const word = values[i];
    const next = values[i + 1];
    if (word === undefined || ALONE.includes(word.text)) continue;
    if (WITH_VALUE.includes(word.text) && next !== undefined) {
      options.set(word.text, { value: next.text, place: next.place });
      i++;
    } else unknown.push(word);
  }
  const [first] = unknown;
  if (first !== undefined) reportUnknown(first, unknown, notices);
  return options;
}

/** Several are one mistake: a remark behind `//`, a second address. */
function reportUnknown(first: Word, unknown: readonly Word[], notices: NoticeLog): void {
  const list = unknown.slice(0, SHOWN_MAX).map(shownWord).join(' ');
  const isAddress = isHostAddress(first);
  const isRemark = first.text.startsWith('/');
  const is = unknown.length === 1 ? 'is no option' : 'are no options';
  const what = isAddress
    ? `${list} is left out, since another address stands before it; write each on a line of its own`
    : `${list} ${is} of an address; ${isRemark ? 'write # before a remark' : 'remove them'}`;
  const mend = isRemark
    ? [{ place: first.place, from: first.text, to: `# ${first.text}` }]
    : unknown.map(({ place, text }) => ({ place, from: text, to: '' }));
  const write = unknown.filter(isHostAddress).map(({ text }) => text);
  notices.add('bad-value', first.place, what, isAddress ? { isError: true, write } : { mend });
}

/** IFNAMSIZ, less the octet that ends it. */
const LABEL_MAX = 15;
const SHOWN_MAX = 5;

function refuseLongLabel(label: Given<string> | undefined, notices: NoticeLog): void {
  if (label === undefined || label.value.length <= LABEL_MAX) return;
  const what = `a label has ${LABEL_MAX} characters at most, and this one ${label.value.length}`;
  notices.add('bad-value', label.place, `${what}: keepalived leaves the address out; shorten it`, {
    isError: true,
    write: ['label <15 characters or less>'],
  });
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
  const bare = keyword.text.replace(/\/.*/, '');
  const meant = meantNumber(text, { least: 0, most });
  notices.add('bad-value', keyword.place, `${what}; write /0 to /${most}`, {
    ...(meant === null ? { write: [`${bare}/${most}`] } : insteadOf(keyword, `${bare}/${meant}`)),
  });
  return null;
}
