/** Command lines that mean something to a shell only; keepalived starts the program itself. */
import type { Cluster } from '../cluster.ts';
import type { Fix, Rule } from '../finding.ts';
import { replaceAt, replaceWord } from '../fixes.ts';
import type { ScriptUse, Word } from '../keepalived-conf.ts';
import { shownWord } from '../passwords.ts';
import type { SourceLines } from '../source-lines.ts';
import { scriptsOf } from './scripts.ts';

/** keepalived.conf(5), vrrp_script: `</dev/tcp/...` and `</file` it knows itself. */
const FILE_CHECK = /^<\//;
const PIPE = /^(?:\|\|?|&&?|;)$|^(?:\|\|?|&&)[^|&]|.(?:\|\|?|&&|;)$/;
const REDIRECTION = /^(?:\d*|&)(?:>>?|<)(?!=)/;
const SUBSTITUTION = /\$\(|`/;
/** Of paths alone, without `.*`: other words may be patterns of the program. */
const GLOB = /^\/(?:[^*]*[^*.])?\*/;
/** First words for which there is no program. */
const SHELL_WORD = /^(?:!|\[\[|\(.*|\w+=.*)$/;
/** These have a `;` of their own. */
const EXEC = /^-(?:exec|ok)(?:dir)?$/;
/** What useradd(8) takes and domains add; states of VRRP are meant as such. */
const USER = /^(?!(?:MASTER|BACKUP|FAULT|STOP|DELETED)$)[A-Za-z_][\w.@\\-]*\$?$/i;
/** An escaped sign is one that the program is to have. */
const ESCAPED = /\\[|&;<>()$`*]/;

export const scriptShell: Rule = {
  id: 'script-shell',
  severity: 'error',
  title: 'a command line that needs a shell',
  source: 'tried: keepalived 2.2.7 starts the program itself, with these words as its arguments',
  check(cluster, report) {
    for (const host of cluster.hosts) {
      for (const use of scriptsOf(host)) {
        const [message, needsShell] = mistakeIn(use, cluster) ?? [];
        if (message === undefined) continue;
        const fix = quoted(use, needsShell ?? false, cluster.source);
        report({ host: host.name, place: use.place, message, fix });
      }
    }
  },
};

/** What is to be said of it, and whether a shell is what it lacks; null: nothing. */
function mistakeIn(use: ScriptUse, { source }: Cluster): [string, boolean] | null {
  const { keyword, place } = use;
  const words = commandOf(use).flatMap(({ text }) => text.match(WORDS) ?? []);
  const [program = '', ...rest] = words;
  if (ESCAPED.test(source.line(place.file, place.line) ?? '')) return null;
  if (SHELL_WORD.test(program)) {
    const what = 'keepalived runs no shell, and finds no program that is called as the first word';
    return [`${what}: ${keyword} does nothing`, true];
  }
  const isExec = words.some((word) => EXEC.test(word));
  const judged = FILE_CHECK.test(program) ? rest : words;
  const sign = judged.find((word) => !(isExec && word.endsWith(';')) && isOfShell(word));
  if (sign !== undefined) {
    const what = /\$\(|[|&;<>`*]+/.exec(sign)?.[0] ?? '';
    return [`keepalived runs no shell: ${what} is an argument of the program, as any word`, true];
  }
  if (isUserless(use)) {
    const user = shownWord(use.values[1] as Word);
    const what = `keepalived takes ${user} for the user that is to run it, and finds none`;
    return [`${what}: ${keyword} does nothing; write the command in one pair of quotes`, false];
  }
  if (keyword !== 'script' || use.values.length === 1) return null;
  const first = 'keepalived runs the first word alone, without those behind it';
  return [`${first}: write them in one pair of quotes`, false];
}

/** Behind the quotes of a `notify` stands its user. */
function commandOf(use: ScriptUse): readonly Word[] {
  const { keyword, values } = use;
  const hasUser = keyword !== 'script' && values[0]?.isQuoted && !isUserless(use);
  return hasUser ? values.slice(0, 1) : values;
}

/** Behind a `notify` stands what can be no user: an argument that was meant for the program. */
function isUserless({ keyword, values }: ScriptUse): boolean {
  const [, user] = values;
  return keyword !== 'script' && user !== undefined && !USER.test(user.text);
}

/** What a shell would take apart; what stands in quotes is one argument to both. */
const WORDS = /(?:"[^"]*"|'[^']*'|[^\s"'])+/g;

function isOfShell(word: string): boolean {
  const bare = word.replace(/"[^"]*"|'[^']*'/g, 'x');
  return [PIPE, REDIRECTION, SUBSTITUTION, GLOB].some((sign) => sign.test(bare));
}

/** In quotes, and for a shell in `/bin/sh -c '...'`, where no quotes of its own are in the way. */
function quoted(use: ScriptUse, needsShell: boolean, source: SourceLines): Fix {
  const { keyword, place } = use;
  const command = commandOf(use);
  const [first] = command;
  const text = command.map((word) => word.text).join(' ');
  const isHidden = source.hasPassword(place.file, place.line);
  if (first === undefined || isHidden || /["'\\]/.test(text)) {
    return { edits: [], write: [`${keyword} "<the path of a script that holds the command>"`] };
  }
  const line = needsShell ? `"/bin/sh -c '${text}'"` : `"${text}"`;
  const { edits } = replaceWord(source, first, line);
  const isOne = command.length === 1;
  return {
    edits: isOne ? edits : replaceAt(source, place, text, line),
    write: [`${keyword} ${line}`],
  };
}
