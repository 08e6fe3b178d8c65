// The rules of the house, kept by a test: which folder may import which, what may read a clock,
// how long a file may grow, what a replay may load before it needs it.

import { existsSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, ROOT, readSources, type Source, targetOf } from './architecture/sources.ts';

/** A folder is a layer: it imports itself and lower numbers only. */
const LAYERS: Readonly<Record<string, number>> = {
  wire: 0,
  fdb: 1,
  arp: 1,
  vrrp: 1,
  capture: 1,
  dataplane: 2,
  ports: 3,
  havip: 3,
  analysis: 3,
  report: 4,
  api: 4,
  lab: 4,
  lint: 4,
  cli: 5,
};

/** Imports that the numbers would allow and the design does not. */
const STRICTER: Readonly<Record<string, readonly string[]>> = {
  capture: ['capture'],
  fdb: ['fdb'],
};

/** Files without which the rules below would judge nothing. */
const LANDMARKS = [
  'src/fdb/ip-table.ts',
  'src/fdb/mac-table.ts',
  'src/arp/arp.ts',
  'src/capture/reader.ts',
  'src/dataplane/switch.ts',
];

const FILE_LINES_MAX = 300;
const FUNCTION_LINES_MAX = 70;
const LINE_COLUMNS_MAX = 100;
/** Exceptions, each with the size it may not exceed; entries leave this list, none joins it. */
const LONGER_FILES: Readonly<Record<string, number>> = {};
const LONGER_FUNCTIONS: Readonly<Record<string, number>> = {};

const OUTSIDE_WORLD = [
  'Date.now',
  'new Date()',
  'performance.now',
  'Math.random',
  'setTimeout',
  'setInterval',
  'process.env',
  'process.argv',
  'process.hrtime',
];
const BIGINT = ['BigInt', 'BigInt64Array', 'BigUint64Array'];
/** Below the reports, who may use Node: the readers of files, and the ports for their addon. */
const NODE_FOLDERS = ['capture', 'ports'];
const HOT_FOLDERS = ['wire', 'fdb', 'arp', 'vrrp', 'dataplane'];
const VAGUE_NAME = /^(utils?|helpers?|common|managers?)$|[-.](utils?|helpers?|manager)$/;

/** What `havip replay --format json` loads only when it needs it, if ever. */
const LOADED_LATE = [
  'zod',
  'fastify',
  'echarts',
  'better-sqlite3',
  'yaml',
  'pino',
  'prom-client',
  'write-excel-file',
];

const sources = readSources();
const byPath = new Map(sources.map((source) => [source.path, source]));

function layerOf(folder: string): number {
  return LAYERS[folder] ?? Number.NaN;
}

function folderOf(path: string): string {
  return parse(path, '').folder;
}

/** Why a relative import is forbidden, or null. */
function forbidden(source: Source, target: string): string | null {
  const to = folderOf(target);
  if (to === source.folder) return null;
  const only = STRICTER[source.folder];
  const isLower = layerOf(to) < layerOf(source.folder);
  const isAllowed = isLower && (only === undefined || only.includes(to));
  return isAllowed ? null : `${source.path} imports ${target}`;
}

/** Uses of forbidden names, as 'src/x/y.ts: Date.now'. */
function usesOf(names: readonly string[], isJudged: (folder: string) => boolean): string[] {
  return sources
    .filter((source) => isJudged(source.folder))
    .flatMap((source) =>
      names.filter((name) => source.uses.has(name)).map((name) => `${source.path}: ${name}`),
    );
}

/** The packages that loading this file loads, by static imports only, each with who asks for it. */
function packagesLoaded(entry: string): Map<string, string> {
  const packages = new Map<string, string>();
  const seen = new Set([entry]);
  for (const path of seen) {
    const source = byPath.get(path);
    if (source === undefined) throw new Error(`no such file: ${path}`);
    for (const { specifier, isRelative, isType, isDynamic } of source.imports) {
      if (isType || isDynamic) continue;
      if (isRelative) seen.add(targetOf(source, specifier));
      else packages.set(packageOf(specifier), path);
    }
  }
  return packages;
}

function packageOf(specifier: string): string {
  const [first = '', second = ''] = specifier.split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
}

describe('layers', () => {
  it('are judged at all: the landmarks exist', () => {
    expect(LANDMARKS.filter((path) => !byPath.has(path))).toEqual([]);
  });

  it('are every folder of src, and no file stands beside them', () => {
    const strays = sources.filter((source) => Number.isNaN(layerOf(source.folder)));
    expect(strays.map((source) => source.path)).toEqual([]);
  });

  it('import only themselves and what lies below', () => {
    const faults = sources.flatMap((source) =>
      source.imports
        .filter((entry) => entry.isRelative)
        .map((entry) => forbidden(source, targetOf(source, entry.specifier)))
        .filter((fault) => fault !== null),
    );
    expect(faults).toEqual([]);
  });

  it('import files that exist, by their .ts name', () => {
    const missing = sources.flatMap((source) =>
      source.imports
        .filter((entry) => entry.isRelative)
        .map((entry) => targetOf(source, entry.specifier))
        .filter((target) => !existsSync(join(ROOT, target)))
        .map((target) => `${source.path} imports ${target}`),
    );
    expect(missing).toEqual([]);
  });

  it('below the reports use nothing of Node, the capture readers and live ports apart', () => {
    const faults = sources
      .filter((source) => layerOf(source.folder) <= 3 && !NODE_FOLDERS.includes(source.folder))
      .flatMap((source) =>
        source.imports
          .filter((entry) => !entry.isRelative && isBuiltin(entry.specifier))
          .map((entry) => `${source.path} imports ${entry.specifier}`),
      );
    expect(faults).toEqual([]);
  });
});

describe('the world outside', () => {
  it('is read by the command line and a running lab alone: no clock, chance, timer elsewhere', () => {
    expect(usesOf(OUTSIDE_WORLD, (folder) => folder !== 'cli' && folder !== 'lab')).toEqual([]);
    const surroundings = ['process.env', 'process.argv', 'Math.random'];
    expect(usesOf(surroundings, (folder) => folder === 'lab')).toEqual([]);
  });

  it('is written to by the command line alone', () => {
    expect(usesOf(['console'], (folder) => folder !== 'cli')).toEqual([]);
  });

  it('costs no BigInt where frames pass', () => {
    expect(usesOf(BIGINT, (folder) => HOT_FOLDERS.includes(folder))).toEqual([]);
  });

  it('does not escape the parser of this test', () => {
    const text = `
      import { type A } from './a.ts'; import type { B } from '../b/b.ts';
      export * from 'zod'; const c = await import('yaml');
      Date.now(); new Date(); new Date(5); Math.random; globalThis.setTimeout(f, 1);
      setInterval(f, 1); process.env.HOME; console.log(1n); view.getBigUint64(0);
      class X { method() {
        return () => performance.now();
      } }`;
    const { uses, imports, functions } = parse('src/wire/sample.ts', text);
    expect([...uses].sort()).toEqual([
      'BigInt',
      'Date.now',
      'Math.random',
      'console',
      'new Date()',
      'performance.now',
      'process.env',
      'setInterval',
      'setTimeout',
    ]);
    const shapes = imports.map((entry) => [entry.specifier, entry.isType, entry.isDynamic]);
    expect(shapes).toEqual([
      ['./a.ts', false, false],
      ['../b/b.ts', true, false],
      ['zod', false, false],
      ['yaml', false, true],
    ]);
    expect(functions).toEqual([
      { name: 'method', lines: 3 },
      { name: 'anonymous', lines: 1 },
    ]);
    const upward = parse('src/fdb/sample.ts', '');
    expect(forbidden(upward, 'src/wire/mac.ts')).not.toBeNull();
    expect(forbidden(upward, 'src/cli/main.ts')).not.toBeNull();
    expect(forbidden(upward, 'src/fdb/hash.ts')).toBeNull();
  });
});

describe('sizes', () => {
  it(`keep a file within ${FILE_LINES_MAX} lines`, () => {
    const long = sources
      .filter(({ path, lines }) => lines.length > (LONGER_FILES[path] ?? FILE_LINES_MAX))
      .map(({ path, lines }) => `${path}: ${lines.length}`);
    expect(long).toEqual([]);
  });

  it(`keep a function within ${FUNCTION_LINES_MAX} lines`, () => {
    const long = sources.flatMap(({ path, functions }) =>
      functions
        .map(({ name, lines }) => ({ id: `${path} ${name}`, lines }))
        .filter(({ id, lines }) => lines > (LONGER_FUNCTIONS[id] ?? FUNCTION_LINES_MAX))
        .map(({ id, lines }) => `${id}: ${lines}`),
    );
    expect(long).toEqual([]);
  });

  it(`keep a line within ${LINE_COLUMNS_MAX} columns`, () => {
    const wide = sources.flatMap(({ path, lines }) =>
      lines.flatMap((line, i) => (line.length > LINE_COLUMNS_MAX ? [`${path}:${i + 1}`] : [])),
    );
    expect(wide).toEqual([]);
  });

  it('say what a file is: none is called utils, helpers, common or manager', () => {
    const vague = sources.filter(({ path }) => VAGUE_NAME.test(posix.basename(path, '.ts')));
    expect(vague.map(({ path }) => path)).toEqual([]);
  });
});

describe('havip replay --format json', () => {
  const main = 'src/cli/main.ts';

  it.skipIf(!byPath.has(main))('loads no HTML, HTTP, database or schema code (main.ts)', () => {
    const loaded = packagesLoaded(main);
    const early = LOADED_LATE.filter((name) => loaded.has(name));
    expect(early.map((name) => `${name}, by ${loaded.get(name)}`)).toEqual([]);
  });
});
