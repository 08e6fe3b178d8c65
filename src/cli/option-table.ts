/**
 * The options of a command as a table, and the one reader of command lines. The table also makes
 * the help (help.ts), which alone loads commander: a replay starts without it.
 */
import { parseArgs } from 'node:util';
import { UsageError } from './usage-error.ts';

export interface OptionSpec {
  /** Without the two hyphens. */
  name: string;
  short?: string;
  /** What stands for the value in the help; absent: the option takes none. */
  value?: string;
  isRepeatable?: boolean;
  /** The value where none is written: then the next word is taken only if it looks like one. */
  ifBare?: string;
  looksLike?: RegExp;
  help: string;
}

export interface CommandSpec {
  name: string;
  /** The positional arguments as the help shows them. */
  operands: string;
  summary: string;
  options: readonly OptionSpec[];
  /** A command line that works, with what it does. */
  examples: readonly [command: string, effect: string][];
}

export interface CommandLine {
  operands: string[];
  isGiven(name: string): boolean;
  value(name: string): string | null;
  values(name: string): string[];
}

const HELP: OptionSpec = { name: 'help', short: 'h', help: 'show this help' };

export function allOptions(spec: CommandSpec): OptionSpec[] {
  return [...spec.options, HELP];
}

/** Thrown where `--help` is among the arguments; `runCommand` shows what there is to know. */
export class HelpAsked extends Error {
  readonly spec: CommandSpec;

  constructor(spec: CommandSpec) {
    super(`havip ${spec.name} --help`);
    this.spec = spec;
  }
}

/**
 * Reads the arguments behind the command's name; UsageError names the first that is wrong, and
 * HelpAsked is thrown where none is and help is asked for.
 */
export function readCommandLine(spec: CommandSpec, arguments_: readonly string[]): CommandLine {
  const options: Record<string, { type: 'string' | 'boolean'; multiple: true; short?: string }> =
    {};
  for (const { name, short, value } of allOptions(spec)) {
    const isPlain = value === undefined || specOf(spec, name)?.ifBare !== undefined;
    const type = isPlain ? 'boolean' : 'string';
    options[name] = { type, multiple: true, ...(short === undefined ? {} : { short }) };
  }
  const { tokens } = parseArgs({
    args: joined(spec, arguments_),
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given = new Map<string, string[]>();
  const operands: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    const value = checkedValue(spec, token);
    const values = given.get(token.name);
    if (values === undefined) given.set(token.name, [value]);
    else if (specOf(spec, token.name)?.isRepeatable === true) values.push(value);
    else if (specOf(spec, token.name)?.value !== undefined) {
      throw new UsageError(`--${token.name} is given twice`, 'give it once');
    }
  }
  if (given.has(HELP.name)) throw new HelpAsked(spec);
  return {
    operands,
    isGiven: (name) => given.has(name),
    value: (name) => given.get(name)?.[0] ?? null,
    values: (name) => given.get(name) ?? [],
  };
}

/** `--api 8470` as `--api=8470`, where the option could do without a value. */
function joined(spec: CommandSpec, arguments_: readonly string[]): string[] {
  const words: string[] = [];
  let pattern: RegExp | undefined;
  for (const word of arguments_) {
    if (pattern?.test(word)) words.push(`${words.pop()}=${word}`);
    else words.push(word);
    const option = word.startsWith('--') ? specOf(spec, word.slice(2)) : undefined;
    pattern = option?.ifBare === undefined ? undefined : option.looksLike;
  }
  return words;
}

function specOf(spec: CommandSpec, name: string): OptionSpec | undefined {
  return allOptions(spec).find((option) => option.name === name);
}

interface OptionToken {
  name: string;
  rawName: string;
  value: string | undefined;
  inlineValue: boolean | undefined;
}

function checkedValue(spec: CommandSpec, token: OptionToken): string {
  const { name, rawName, value } = token;
  const option = specOf(spec, name);
  if (option === undefined) {
    const names = allOptions(spec).map((known) => `--${known.name}`);
    throw UsageError.unknown('option', rawName, names, `havip ${spec.name} --help lists them`);
  }
  if (option.value === undefined) {
    if (value === undefined) return '';
    throw new UsageError(`--${name} takes no value`, `leave out "${value}"`);
  }
  if (value === undefined && option.ifBare !== undefined) return option.ifBare;
  const isOption = token.inlineValue === false && value?.startsWith('--') === true;
  if (value === undefined || value === '' || isOption) {
    throw new UsageError(`--${name} needs a value`, `write --${name} ${option.value}`);
  }
  return value;
}
