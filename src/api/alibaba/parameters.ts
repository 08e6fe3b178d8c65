/**
 * The parameters of an RPC call: the query and the form body as one set of texts. Lists come as
 * `ResourceId.1`, groups as `Filter.1.Key` and `Filter.1.Value.2`; numbers begin at 1.
 */
import type { ApiRequest } from '../dialect.ts';
import { AlibabaError, invalid, missing } from './alibaba-error.ts';

/** Of a list or group; the vendor's longest is 50. */
const INDEX_MAX = 1000;

export class Parameters {
  private readonly texts: ReadonlyMap<string, string>;

  constructor(texts: ReadonlyMap<string, string>) {
    this.texts = texts;
  }

  entries(): [string, string][] {
    return [...this.texts];
  }

  /** Undefined where it is absent or empty. */
  text(name: string): string | undefined {
    const text = this.texts.get(name);
    return text === '' ? undefined : text;
  }

  /** As it was sent, also where it is empty. */
  given(name: string): string | undefined {
    return this.texts.get(name);
  }

  required(name: string): string {
    const text = this.text(name);
    if (text === undefined) throw missing(name);
    return text;
  }

  /** `True`, `true`; the SDKs send both. */
  flag(name: string): boolean {
    const text = this.text(name)?.toLowerCase() ?? 'false';
    if (text !== 'true' && text !== 'false') throw invalid(name, 'it must be true or false');
    return text === 'true';
  }

  /** A whole number from 1 to `most`. */
  count(name: string, otherwise: number, most: number): number {
    const text = this.text(name);
    if (text === undefined) return otherwise;
    const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : 0;
    if (value < 1 || value > most) throw invalid(name, `it must be from 1 to ${most}`);
    return value;
  }

  /** `NAME.1`, `NAME.2`, in the order of their numbers. */
  list(name: string, most: number): string[] {
    const values = this.groups(name, most).flatMap((group) => group.given('') ?? []);
    return values.filter((value) => value !== '');
  }

  /** `NAME.1.*`, `NAME.2.*`: what stands behind each number, as parameters of its own. */
  groups(name: string, most: number): Parameters[] {
    const found = new Map<number, Map<string, string>>();
    const prefix = `${name}.`;
    for (const [key, value] of this.texts) {
      if (!key.startsWith(prefix)) continue;
      const [, digits, rest = ''] =
        /^([0-9]{1,4})(?:\.(.+))?$/.exec(key.slice(prefix.length)) ?? [];
      const index = Number(digits);
      if (!(index >= 1 && index <= INDEX_MAX)) throw invalid(key.slice(0, 100), 'number it from 1');
      let group = found.get(index);
      if (group === undefined) found.set(index, (group = new Map()));
      group.set(rest, value);
    }
    if (found.size > most) {
      throw invalid(name, `there are ${found.size} of them, and at most ${most} are allowed`);
    }
    const ordered = [...found].sort(([one], [other]) => one - other);
    return ordered.map(([, texts]) => new Parameters(texts));
  }
}

/** Query and form; what the body says stands over what the query says. */
export function parametersOf(request: ApiRequest): Parameters {
  return new Parameters(new Map([...request.query, ...formOf(request)]));
}

/** The fields of a form body; none where the body is something else. */
export function formOf({ headers, body }: ApiRequest): URLSearchParams {
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '');
  return new URLSearchParams(isForm ? body.toString('utf8') : '');
}

/** What of a header or a parameter says the same thing; both may, and must then agree. */
export function agreed(name: string, header: string | undefined, parameters: Parameters): string {
  const parameter = parameters.text(name);
  if (header !== undefined && parameter !== undefined && header !== parameter) {
    throw invalid(name, 'the header and the parameter do not say the same');
  }
  const text = header ?? parameter;
  if (text === undefined || text === '') {
    throw new AlibabaError(400, `Missing${name}`, `${name} is mandatory for this action.`);
  }
  return text;
}
