/**
 * A lab file as YAML: its value as plain data, and the line of each field. What the fields mean is
 * no concern of this module. Text that could cost unbounded time or memory is refused by name:
 * size, depth, number of aliases.
 */
import type { Document, Node, Pair } from 'yaml';
import { isAlias, isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import { LabFileError } from './lab-file-error.ts';
import { quoted } from './quoted.ts';
import { lineNestedTooDeep } from './yaml-depth.ts';

export type FieldPath = readonly (string | number)[];

export const LAB_FILE_OCTETS_MAX = 1024 * 1024;
const ALIASES_MAX = 100;
/** A lab nests six deep. */
const DEPTH_MAX = 40;

export class LabDocument {
  readonly file: string;
  readonly value: unknown;
  private readonly document: Document.Parsed;
  private readonly lines: LineCounter;

  /** Throws a LabFileError where the text is too large or is no YAML. */
  constructor(text: string, file: string) {
    this.file = file;
    this.lines = new LineCounter();
    if (text.length > LAB_FILE_OCTETS_MAX || Buffer.byteLength(text) > LAB_FILE_OCTETS_MAX) {
      this.failAt(1, 'the file is larger than 1 MiB; is it a lab file?');
    }
    const tooDeep = lineNestedTooDeep(text, DEPTH_MAX);
    if (tooDeep !== null) {
      this.failAt(tooDeep, `nested more than ${DEPTH_MAX} levels deep; a lab needs six`);
    }
    this.document = parseDocument(text, {
      lineCounter: this.lines,
      prettyErrors: false,
      logLevel: 'error',
      stringKeys: true,
      // Its own check compares every key with every other; ours below is linear.
      uniqueKeys: false,
      resolveKnownTags: false,
    });
    const [fault] = [...this.document.errors, ...this.document.warnings];
    if (fault?.code === 'MULTIPLE_DOCS') {
      const why = 'a second YAML document begins; a lab file is one, so give each lab its own file';
      this.failAt(this.lineAt(fault.pos[0]), why);
    }
    if (fault !== undefined) this.failYaml(fault.pos[0], fault.message);
    this.refuseNodes();
    this.value = this.plainValue();
  }

  private plainValue(): unknown {
    try {
      return this.document.toJS({ maxAliasCount: ALIASES_MAX });
    } catch {
      // The reader throws on aliases of aliases that would unfold without end, and only then.
      return this.failAt(1, 'its aliases unfold to too much; spell the values out');
    }
  }

  /** Throws the error of one field; the line is that of its value. */
  fail(path: FieldPath, problem: string): never {
    throw this.error(path, problem);
  }

  error(path: FieldPath, problem: string): LabFileError {
    const place = { file: this.file, line: this.lineOf(path), field: path.join('.') };
    return new LabFileError(place, problem);
  }

  /** 1-based line of a field; of the nearest field around it where it is not there. */
  lineOf(path: FieldPath): number {
    let node: unknown = this.document.contents;
    let offset = offsetOf(node) ?? 0;
    for (const segment of path) {
      const item = this.item(node, segment);
      if (item === null) break;
      // A list or mapping begins on the line of its key, a value where it stands.
      const own = item.key === null || isWritten(item.value) ? offsetOf(item.value) : null;
      offset = own ?? offsetOf(item.key) ?? offset;
      node = item.value;
    }
    return this.lineAt(offset);
  }

  private item(around: unknown, segment: string | number) {
    const node = isAlias(around) ? around.resolve(this.document) : around;
    if (isSeq(node)) {
      const value = node.items[Number(segment)];
      return value === undefined ? null : { key: null, value };
    }
    if (!isMap(node)) return null;
    const pair = node.items.find((candidate) => keyOf(candidate) === String(segment));
    return pair === undefined ? null : { key: pair.key, value: pair.value };
  }

  private lineAt(offset: number): number {
    return Math.max(1, this.lines.linePos(offset).line);
  }

  private failAt(line: number, problem: string): never {
    throw new LabFileError({ file: this.file, line, field: '' }, problem);
  }

  private failYaml(offset: number, message: string): never {
    const said = message.replace(/\s+/g, ' ').trim();
    this.failAt(this.lineAt(offset), `no valid YAML: ${said}; mend the syntax there`);
  }

  private refuseNodes(): void {
    let aliases = 0;
    visit(this.document, {
      Alias: (_, alias) => {
        const line = this.lineAt(offsetOf(alias) ?? 0);
        if (++aliases > ALIASES_MAX)
          this.failAt(line, `more than ${ALIASES_MAX} aliases; spell it`);
        const target = alias.resolve(this.document);
        if (target === undefined) this.failAt(line, `no anchor &${alias.source} before it; add it`);
        if (contains(target, alias)) this.failAt(line, 'an alias inside its own anchor; spell it');
      },
      Map: (_, map) => {
        const seen = new Set<string>();
        for (const pair of map.items) this.refuseKey(pair, seen);
      },
    });
  }

  private refuseKey(pair: Pair<unknown, unknown>, seen: Set<string>): void {
    const key = keyOf(pair);
    const line = this.lineAt(offsetOf(pair.key) ?? 0);
    if (seen.has(key)) this.failAt(line, `the key ${quoted(key)} stands there twice; keep one`);
    if (key === '__proto__') this.failAt(line, '"__proto__" is no name; choose another');
    seen.add(key);
  }
}

function keyOf(pair: Pair<unknown, unknown>): string {
  return String(isScalar(pair.key) ? pair.key.value : pair.key);
}

function offsetOf(node: unknown): number | null {
  if (isPair(node)) return offsetOf(node.key);
  return (node as Node | null | undefined)?.range?.[0] ?? null;
}

/** A scalar that is there; `mac:` without a value has a place only after its key's line. */
function isWritten(node: unknown): boolean {
  return isScalar(node) && node.source !== '';
}

function contains(around: unknown, wanted: Node): boolean {
  let found = false;
  visit(around as Node, (_, node) => {
    found ||= node === wanted;
    return found ? visit.BREAK : undefined;
  });
  return found;
}
