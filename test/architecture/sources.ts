// The source tree as the architecture test sees it: each file parsed once by the compiler's own
// parser, with its imports, its functions and the names it uses.

import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import ts from 'typescript';

export const ROOT = join(import.meta.dirname, '..', '..');

export interface Import {
  /** As written: './mac.ts', 'node:fs', 'zod'. */
  readonly specifier: string;
  readonly isRelative: boolean;
  /** Erased by the compiler: `import type`, or every name of it is a type. */
  readonly isType: boolean;
  /** `import()`: loaded when it is reached. */
  readonly isDynamic: boolean;
}

export interface Source {
  /** 'src/fdb/ip-table.ts' */
  readonly path: string;
  /** 'fdb', or '' for a file that stands in src itself. */
  readonly folder: string;
  readonly lines: readonly string[];
  readonly imports: readonly Import[];
  readonly functions: readonly { name: string; lines: number }[];
  /** What it uses of the world outside: 'Date.now', 'setTimeout', 'BigInt', 'console'. */
  readonly uses: ReadonlySet<string>;
}

const CLOCK_MEMBERS = ['Date.now', 'performance.now', 'Math.random'];
const PROCESS_MEMBERS = ['process.env', 'process.argv', 'process.hrtime'];
const MEMBERS = new Set([...CLOCK_MEMBERS, ...PROCESS_MEMBERS]);
const GLOBALS = new Set(['setTimeout', 'setInterval', 'BigInt', 'BigInt64Array', 'BigUint64Array']);
const BIGINT_READERS = /^[gs]etBig(Int|Uint)64$/;

/** Every .ts file below src. */
export function readSources(): Source[] {
  const paths = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
  return paths
    .filter((path) => path.endsWith('.ts'))
    .map((path) => posix.join('src', ...path.split(/[\\/]/)))
    .sort()
    .map((path) => parse(path, readFileSync(join(ROOT, path), 'utf8')));
}

export function parse(path: string, text: string): Source {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const imports: Import[] = [];
  const functions: { name: string; lines: number }[] = [];
  const uses = new Set<string>();
  const visit = (node: ts.Node): void => {
    const found = importOf(node);
    if (found !== null) imports.push(found);
    const use = useOf(node);
    if (use !== null) uses.add(use);
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      functions.push({ name: nameOf(node), lines: linesOf(file, node) });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  const [, first = '', ...rest] = path.split('/');
  const folder = rest.length === 0 ? '' : first;
  return { path, folder, lines: text.replace(/\n$/, '').split('\n'), imports, functions, uses };
}

/** The file of the tree that a relative import of `source` names. */
export function targetOf(source: Source, specifier: string): string {
  return posix.join(posix.dirname(source.path), specifier);
}

function importOf(node: ts.Node): Import | null {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    const module = node.moduleSpecifier;
    if (module === undefined || !ts.isStringLiteral(module)) return null;
    return describe(module.text, isErased(node), false);
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const [module] = node.arguments;
    return module !== undefined && ts.isStringLiteral(module)
      ? describe(module.text, false, true)
      : null;
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return describe((node.argument.literal as ts.StringLiteral).text, true, false);
  }
  return null;
}

function describe(specifier: string, isType: boolean, isDynamic: boolean): Import {
  return { specifier, isRelative: specifier.startsWith('.'), isType, isDynamic };
}

/** With verbatimModuleSyntax only `import type` vanishes; `import { type X }` still loads. */
function isErased(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  return node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}

function useOf(node: ts.Node): string | null {
  if (ts.isBigIntLiteral(node)) return 'BigInt';
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date') {
    return (node.arguments?.length ?? 0) === 0 ? 'new Date()' : null;
  }
  if (ts.isPropertyAccessExpression(node)) {
    if (BIGINT_READERS.test(node.name.text)) return 'BigInt';
    const text = node.getText().replace(/^globalThis\./, '');
    if (MEMBERS.has(text)) return text;
    if (GLOBALS.has(text)) return text;
    return text.startsWith('console.') ? 'console' : null;
  }
  const isName = ts.isIdentifier(node) && GLOBALS.has(node.text);
  return isName && !ts.isPropertyAccessExpression(node.parent) ? node.text : null;
}

function nameOf(node: ts.SignatureDeclaration): string {
  if (node.name !== undefined) return node.name.getText();
  if (ts.isConstructorDeclaration(node)) return 'constructor';
  return ts.isVariableDeclaration(node.parent) ? node.parent.name.getText() : 'anonymous';
}

function linesOf(file: ts.SourceFile, node: ts.Node): number {
  const line = (position: number) => file.getLineAndCharacterOfPosition(position).line;
  return line(node.getEnd()) - line(node.getStart()) + 1;
}
