/**
 * Reads the parameters of one request by name and type. The first thing that is wrong is kept and
 * everything after it reads as absent, so that a handler reads all it needs and asks once. Text is
 * taken for a number or a flag only where the request could carry nothing but text.
 */
import type { ParameterTree } from './flat-parameters.ts';

export interface ParameterFault {
  kind: 'missing' | 'wrong-type' | 'unknown';
  /** With the place: `Filters.0.Name`. */
  name: string;
  /** What was wanted: `a number`. */
  wanted: string;
}

interface Shared {
  isText: boolean;
  fault: ParameterFault | null;
}

const INTEGER = /^-?\d{1,15}$/;
const PLACE = /^\d{1,9}$/;

export class ParameterReader {
  private readonly tree: ParameterTree;
  private readonly path: string;
  private readonly shared: Shared;
  private readonly known = new Set<string>();
  private readonly parts: ParameterReader[] = [];

  /** `isText`: the values came by query or form. */
  constructor(tree: ParameterTree, isText: boolean, path = '', shared?: Shared) {
    this.tree = tree;
    this.path = path;
    this.shared = shared ?? { isText, fault: null };
  }

  /** Null where it is absent or empty. */
  text(name: string): string | null {
    const value = this.valueOf(name);
    if (value === undefined || value === '') return null;
    return typeof value === 'string' ? value : this.wrong(name, 'text');
  }

  requiredText(name: string): string {
    const value = this.text(name);
    if (value === null) this.fail('missing', name, 'text');
    return value ?? '';
  }

  integer(name: string): number | null {
    const value = this.valueOf(name);
    if (value === undefined) return null;
    if (Number.isSafeInteger(value)) return value as number;
    const isText = this.shared.isText && typeof value === 'string' && INTEGER.test(value);
    return isText ? Number(value) : this.wrong(name, 'an integer');
  }

  flag(name: string): boolean | null {
    const value = this.valueOf(name);
    if (value === undefined || typeof value === 'boolean') return value ?? null;
    const word = this.shared.isText && typeof value === 'string' ? value.toLowerCase() : '';
    if (word === 'true' || word === '1') return true;
    return word === 'false' || word === '0' ? false : this.wrong(name, 'true or false');
  }

  /** Empty where it is absent. */
  texts(name: string): string[] {
    const values = this.listOf(name);
    if (values.every((value) => typeof value === 'string')) return values;
    this.fail('wrong-type', name, 'a list of texts');
    return [];
  }

  /** The objects of a list, each with a reader of its own; empty where it is absent. */
  items(name: string): ParameterReader[] {
    return this.listOf(name).flatMap((value, place) => {
      const path = `${this.path}${name}.${place}`;
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        this.fail('wrong-type', `${name}.${place}`, 'an object');
        return [];
      }
      const part = new ParameterReader(value as ParameterTree, false, `${path}.`, this.shared);
      this.parts.push(part);
      return [part];
    });
  }

  /** What is wrong with the request; a name that nobody asked for is, too. Null: nothing. */
  finish(): ParameterFault | null {
    for (const name of Object.keys(this.tree)) {
      if (!this.known.has(name)) this.fail('unknown', name, 'no such name');
    }
    for (const part of this.parts) part.finish();
    return this.shared.fault;
  }

  /** What is wrong with what was read; names that nobody asked for say nothing. */
  faultOfRead(): ParameterFault | null {
    return this.shared.fault;
  }

  /** Names that may be there and say nothing to us. */
  ignore(names: readonly string[]): void {
    for (const name of names) this.known.add(name);
  }

  /** JSON null says the same as nothing. */
  private valueOf(name: string): unknown {
    this.known.add(name);
    const value = Object.hasOwn(this.tree, name) ? this.tree[name] : undefined;
    return value === null ? undefined : value;
  }

  private listOf(name: string): unknown[] {
    const value = this.valueOf(name);
    if (value === undefined) return [];
    if (Array.isArray(value)) return value;
    const places = typeof value === 'object' && this.shared.isText ? Object.keys(value ?? {}) : [];
    if (places.length === 0 || !places.every((place) => PLACE.test(place))) {
      return this.wrong(name, 'a list') ?? [];
    }
    const branch = value as ParameterTree;
    return places.sort((a, b) => Number(a) - Number(b)).map((place) => branch[place]);
  }

  private wrong(name: string, wanted: string): null {
    this.fail('wrong-type', name, wanted);
    return null;
  }

  private fail(kind: ParameterFault['kind'], name: string, wanted: string): void {
    this.shared.fault ??= { kind, name: this.path + name, wanted };
  }
}
