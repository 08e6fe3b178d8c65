/**
 * Parameters of a keepalived.conf: `$NAME=VALUE`, `$NAME`, `${NAME}` (keepalived.conf(5),
 * "Parameter substitution"). Substitution happens where a parameter is used and goes on until
 * nothing is left to replace; what is not defined stays as it is.
 */
import type { NoticeLog } from './notices.ts';
import { placeAt, replaced, type SourceText } from './source-text.ts';

/** Substitutions in one line; more means that a parameter contains itself. */
const SUBSTITUTIONS_MAX = 200;
/** Characters that a line may grow to. */
const LINE_MAX = 64 * 1024;

const DEFINITION = /^\s*\$([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s;
const USE = /\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*)(?=\s|$))/g;

export interface Definition {
  name: string;
  value: string;
}

export class Parameters {
  readonly #values = new Map<string, string>();
  /** Characters of all lines that were written anew. */
  copied = 0;

  define({ name, value }: Definition): void {
    this.#values.set(name, value);
  }

  substitute(source: SourceText, notices: NoticeLog): SourceText {
    let line = source;
    let from = 0;
    for (let count = 0; line.text.includes('$', from); count++) {
      USE.lastIndex = from;
      const use = USE.exec(line.text);
      if (use === null) break;
      const value = this.#values.get(use[1] ?? use[2] ?? '');
      const end = use.index + use[0].length;
      if (value === undefined) {
        from = end;
        continue;
      }
      if (count >= SUBSTITUTIONS_MAX || line.text.length + value.length > LINE_MAX) {
        const what = 'this line grows without end by its parameters; spell it out';
        notices.add('too-much', placeAt(line, use.index), what);
        return source;
      }
      this.copied += line.text.length + value.length;
      line = replaced(line, use.index, end, value);
      from = use.index;
    }
    return line;
  }
}

/** The definition that a line is; null where it is none. */
export function definitionOf(text: string): Definition | null {
  const [, name, value] = DEFINITION.exec(text) ?? [];
  return name === undefined || value === undefined ? null : { name, value: value.trim() };
}
