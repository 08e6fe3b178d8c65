/** Names, descriptions and tags: what a cloud takes of them. */
import { ACCOUNT_RULES, type TextRule } from '../account-rules.ts';
import type { RuleSet } from '../rule-set.ts';
import { type Fault, refuse } from './decision.ts';
import type { HavipTexts } from './operation.ts';
import type { Tag } from './resources.ts';

/** Characters of a tag's key and of its value; ours. */
const TAG_KEY_MAX = 128;
const TAG_VALUE_MAX = 256;

export function faultOfTexts(rules: RuleSet, texts: HavipTexts): Fault {
  const account = ACCOUNT_RULES[rules.name];
  const { name, description, tags } = texts;
  const wrongName = name === undefined ? null : wrongOf(account.name, name);
  if (wrongName !== null) return refuse('name-malformed', `the name ${wrongName}`);
  const wrong = description === undefined ? null : wrongOf(account.description, description);
  if (wrong !== null) return refuse('description-malformed', `the description ${wrong}`);
  const wrongTags = tags === undefined ? null : wrongOfTags(tags, account.tagsMax);
  return wrongTags === null ? null : refuse('tags-malformed', wrongTags);
}

function wrongOf({ least, most, barsUrls }: TextRule, text: string): string | null {
  const length = lengthOf(text);
  if (length < least || length > most) {
    return `has ${length} characters; give it ${least} to ${most}`;
  }
  if (!barsUrls || !/^https?:\/\//i.test(text)) return null;
  return 'begins as a URL; begin it with something else than http:// or https://';
}

function wrongOfTags(tags: readonly Tag[], most: number): string | null {
  if (tags.length > most) return `there are ${tags.length} tags; give ${most} at most`;
  if (new Set(tags.map(({ key }) => key)).size < tags.length) {
    return 'two tags have the same key; give each key once';
  }
  const isLong = ({ key, value }: Tag): boolean =>
    key === '' || lengthOf(key) > TAG_KEY_MAX || lengthOf(value) > TAG_VALUE_MAX;
  if (!tags.some(isLong)) return null;
  const lengths = `keys have 1 to ${TAG_KEY_MAX} characters, values up to ${TAG_VALUE_MAX}`;
  return `a tag is too long or has no key; ${lengths}`;
}

function lengthOf(text: string): number {
  return [...text].length;
}
