/** What the reader of the file remarked upon: braces, words that nobody knows, values. */
import type { Cluster, Host } from '../cluster.ts';
import type { Fix, Report, Rule, Severity } from '../finding.ts';
import { drop, replaceAt, replaceWord } from '../fixes.ts';
import type { Mend, Notice, NoticeCode } from '../notices.ts';
import type { SourceLines } from '../source-lines.ts';
import { statementAt } from '../statements.ts';

const READ = 'keepalived 2.2.7, read by keepalived -t';
const PAGE = 'keepalived.conf(5)';
const BOUNDS = 'ours: so that every file is judged in seconds';
const LOOP = `${READ}: "Too many open files"`;

const template: Rule = {
  id: 'template',
  severity: 'error',
  title: 'a template in place of a configuration',
  source: `${READ}: "Unexpected '{'", "Unknown keyword"`,
  check({ hosts }, report) {
    for (const { name: host, template: place } of hosts) {
      if (place === null) continue;
      const message = 'this is a template: render it first, and judge what comes of it';
      report({ host, place, message });
    }
  },
};

export const READING_RULES: readonly Rule[] = [
  template,
  ofNotice('surplus-brace', 'error', 'a closing brace too many', 'extra-brace', READ),
  ofNotice('missing-brace', 'error', 'a block that nothing closes', 'unclosed-block', READ),
  ofNotice('missing-block', 'error', 'a keyword without its block', 'missing-block', READ),
  ofNotice('unexpected-block', 'error', 'braces where there is no block', 'unexpected-block', READ),
  ofNotice('unknown-keyword', 'warning', 'a word that is passed over', 'unknown-keyword', READ),
  ofNotice('bad-value', 'warning', 'a value that is left out', 'bad-value', READ),
  ofNotice('unclosed-quote', 'warning', 'a quote not closed', 'unterminated-quote', PAGE),
  ofNotice('include-missing', 'warning', 'an include that finds nothing', 'include-failed', PAGE),
  ofNotice('include-cycle', 'error', 'a file that includes itself', 'include-cycle', LOOP),
  ofNotice('too-large', 'warning', 'more than is read', 'too-much', BOUNDS),
  ofNotice('duplicate-name', 'error', 'two instances of one name', 'duplicate-name', READ),
];

function ofNotice(
  id: string,
  severity: Severity,
  title: string,
  code: NoticeCode,
  source: string,
): Rule {
  const check = (cluster: Cluster, report: Report) => {
    for (const host of cluster.hosts) {
      if (id === 'surplus-brace' && host.brace !== null) reportBrace(host, report);
      if (id === 'unknown-keyword') reportFalseBlanks(cluster, host, report);
      for (const notice of host.conf.notices) {
        if (notice.code === code) reportNotice(cluster, host, notice, report);
      }
    }
  };
  return { id, severity, title, source, check };
}

function reportNotice(cluster: Cluster, host: Host, notice: Notice, report: Report): void {
  const { place, message, unknown, isError } = notice;
  const close =
    unknown === undefined ? null : (cluster.nearest?.(unknown.word, unknown.known) ?? null);
  const meant = close === null ? '' : `; did you mean ${close}?`;
  report({
    host: host.name,
    place,
    message: message + meant,
    fix: fixOf(cluster, host, notice, close),
    ...(isError ? { severity: 'error' as const } : {}),
  });
}

/** A text that was pasted from a page has hundreds, and they are one mistake. */
function reportFalseBlanks({ source }: Cluster, { name, conf }: Host, report: Report): void {
  const blanks = conf.notices.filter(({ code }) => code === 'false-blank');
  const [first] = blanks;
  if (first === undefined) return;
  const { edits } = mendFix(
    source,
    blanks.flatMap(({ mend }) => mend ?? []),
  );
  const more = blanks.length === 1 ? '' : ` (${blanks.length} places)`;
  report({
    host: name,
    place: first.place,
    message: `${first.message}, which does not know the word that it makes${more}; write a blank`,
    fix: { edits, write: ['a blank in its place'] },
    severity: 'error',
  });
}

/** The word that is meant; else the statement goes, as keepalived passes it over. */
function fixOf({ source }: Cluster, { conf }: Host, notice: Notice, close: string | null): Fix {
  const { code, place, unknown, mend, write } = notice;
  if (write !== undefined) return { edits: [], write };
  if (mend !== undefined) return mendFix(source, mend);
  if (close !== null && unknown !== undefined) {
    return replaceWord(source, { text: unknown.word, place }, close);
  }
  if (code === 'extra-brace') {
    return replaceWord(source, { text: '}', place }, '');
  }
  const statement = REMOVED.includes(code) ? statementAt(conf.statements, place) : null;
  return statement === null ? { edits: [], write: [] } : drop(source, statement);
}

function mendFix(source: SourceLines, mends: readonly Mend[]): Fix {
  const edits = mends.flatMap(({ place, from, to }) => replaceAt(source, place, from, to));
  return { edits, write: mends.map(({ to }) => to).filter((to) => to !== '') };
}

/** What keepalived passes over, so that nothing is lost with it. */
const REMOVED: readonly NoticeCode[] = ['unknown-keyword', 'bad-value', 'include-failed'];

function reportBrace({ name, brace }: Host, report: Report): void {
  if (brace === null) return;
  const { place, block, stray } = brace;
  const [first] = stray;
  const left = first === undefined ? '' : `, so ${first.word} and what follows stand outside of it`;
  const { file, line, column } = place;
  const edit = { file, line, column, endLine: line, endColumn: column + 1, text: '' };
  report({
    host: name,
    place,
    message: `this } ends ${block} too early${left}, and keepalived passes it all over`,
    fix: { edits: [edit], write: [] },
    related: stray.map((one) => ({ place: one.place, message: `${one.word} is left outside` })),
  });
}
