/**
 * The small parts of the lab file's schema: a value with a noun and a remedy, a section with known
 * keys, one-or-many. Each says in its error what was found, what it should be and how to write it.
 */
import { z } from 'zod';
import { isHostBlock, parseAddress, parseCidr } from '../../havip/cidr.ts';
import { parseMac } from '../../wire/mac.ts';
import { suggest } from './nearest.ts';
import { quoted } from './quoted.ts';

/** What zod hands to an error function, as far as it is used here. */
interface Issue {
  code?: string | undefined;
  input?: unknown;
  keys?: unknown;
}

/** `write` completes the sentence "write ...". */
export function wrong(noun: string, write: string) {
  return (issue: Issue): string => {
    if (issue.input === undefined) return `is missing; write ${write}`;
    if (issue.input === null) return `is empty; write ${write}`;
    return `${quoted(issue.input)} is no ${noun}; write ${write}`;
  };
}

/** The same for what YAML may take for something else, such as a host whose name is 1. */
function wrongText(noun: string, write: string) {
  return (issue: Issue): string => {
    const { input } = issue;
    if (typeof input !== 'number' && typeof input !== 'boolean') return wrong(noun, write)(issue);
    return `${quoted(input)} is a ${typeof input} to YAML; write the ${noun} in quotes`;
  };
}

function text(noun: string, write: string, test: (value: string) => boolean) {
  const error = wrongText(noun, write);
  return z.string({ error }).refine(test, { error });
}

const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,62}$/u;
const NAME_WRITE = 'up to 63 letters, digits, dots, hyphens or underscores, such as ecs-1';

/** For editors, whose regular expressions often know no \\p; what counts is NAME. */
const NAME_ROUGHLY = /^[^\s!-/:-@[-`{-~][^\s!-,/:-@[-^`{-~]{0,62}$/;

const nameError = wrongText('name', NAME_WRITE);

/** Names become file names and namespaces, so they hold no slash and begin with no dot. */
export const name = z
  .string({ error: nameError })
  .regex(NAME_ROUGHLY, { error: nameError })
  .refine(isName, { error: nameError });

export function isName(candidate: string): boolean {
  return NAME.test(candidate);
}

/** Linux: 15 octets, no slash, no space, no colon; neither `.` nor `..`. */
const DEVICE = /^(?!\.{1,2}$)[!-.0-9;-~]{1,15}$/;
const deviceError = wrong('interface name', 'at most 15 characters, such as eth0');

export const device = z.string({ error: deviceError }).regex(DEVICE, { error: deviceError });

export function isDeviceName(candidate: string): boolean {
  return DEVICE.test(candidate);
}

const addressError = (issue: Issue): string => {
  const bare = typeof issue.input === 'string' ? issue.input.replace(/\/[0-9]+$/, '') : '';
  if (bare !== issue.input && parseAddress(bare) !== null) {
    return `${quoted(issue.input)} has a prefix length; write ${bare}, the subnet knows the rest`;
  }
  return wrong('IP address', 'one such as 192.168.0.10 or fd00::10')(issue);
};

export const address = z
  .string({ error: addressError })
  .refine((value) => parseAddress(value) !== null, { error: addressError });

const cidrError = (issue: Issue): string => {
  const cidr = typeof issue.input === 'string' ? parseCidr(issue.input) : null;
  if (cidr === null) return wrong('CIDR block', 'one such as 192.168.0.0/24 or fd00::/64')(issue);
  if (!isHostBlock(cidr)) {
    return `${quoted(issue.input)} is no block for hosts; write one such as 192.168.0.0/24`;
  }
  return `${quoted(issue.input)} is a host inside a block; write ${cidr.text}`;
};

export const cidr = z.string({ error: cidrError }).refine(isNetworkBlock, { error: cidrError });

function isNetworkBlock(value: string): boolean {
  const block = parseCidr(value);
  const base = parseAddress(value.replace(/\/.*$/, ''));
  return block !== null && base !== null && base.value === block.first && isHostBlock(block);
}

const macError = wrong('MAC address', 'six octets such as "00:16:3e:00:00:01"');

/** The pattern is for editors; what counts is that `parseMac` reads it. */
export const mac = z
  .string({ error: macError })
  .regex(/^[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}$/, { error: macError })
  .refine((value) => !Number.isNaN(parseMac(value)), { error: macError });

export const command = text(
  'command line',
  'one such as "keepalived -n -l -D -f ecs-1.conf"',
  (value) => value.trim() !== '' && !/[\0\r\n]/.test(value),
);

const MEMBER = /^[^/]+(\/[^/]+)?$/;

export const member = text('member', 'an instance such as ecs-1, or ecs-1/eth0', (value) =>
  MEMBER.test(value),
);

export function integer(noun: string, least: number, most: number) {
  const error = wrong(noun, `a whole number from ${least} to ${most}`);
  return z.int({ error }).min(least, { error }).max(most, { error });
}

export const flag = z.boolean({ error: wrong('boolean', 'true or false') });

/** One value, or a list of at least `least`. */
export function oneOrMany<T extends z.ZodType>(leaf: T, least = 1) {
  const error = 'is an empty list; write at least one';
  return z.union([leaf, z.array(leaf).min(least, { error })]);
}

/** A mapping with known keys. `refused` are keys that a later version will know. */
export function section<T extends z.ZodRawShape>(
  shape: T,
  example: string,
  refused: string[] = [],
) {
  const known = Object.keys(shape);
  const error = (issue: Issue): string => {
    if (issue.code !== 'unrecognized_keys')
      return wrong('mapping', `one such as ${example}`)(issue);
    const key = String((issue.keys as string[])[0]);
    if (refused.includes(key)) return 'not yet: this version cannot do it; remove the section';
    return `is no key known here; ${suggest(key, known)}`;
  };
  return z.strictObject(shape, { error });
}

/** A mapping whose keys are names of the user's choice. */
export function named<T extends z.ZodType>(value: T, example: string) {
  return z.record(name, value, { error: wrong('mapping', `one such as ${example}`) });
}
