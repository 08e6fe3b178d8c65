/** Passwords: too long, without effect, or not there. */
import { AUTH_DATA_LENGTH } from '../../vrrp/advert.ts';
import { instancesOf } from '../cluster.ts';
import type { Edit, Rule } from '../finding.ts';
import { dropKeyword, setKeyword } from '../fixes.ts';
import type { Place } from '../notices.ts';
import type { SourceLines } from '../source-lines.ts';

const authTooLong: Rule = {
  id: 'auth-too-long',
  severity: 'warning',
  title: 'a password of which only a part is sent',
  source: 'RFC 2338 5.3.10; keepalived -t: "Truncating auth_pass to 8 characters"',
  check(cluster, report) {
    for (const { config, host } of instancesOf(cluster)) {
      const { authentication } = config;
      const place = authentication?.passwordPlace ?? null;
      if (place === null) continue;
      if (isCut(cluster.source, place)) {
        const message =
          'keepalived takes ! and # for the beginning of a comment, and this password ends ' +
          'there: quote it';
        report({ host, place, message, fix: { edits: [], write: [QUOTED] } });
        continue;
      }
      if ((authentication?.passwordLength ?? 0) <= AUTH_DATA_LENGTH) continue;
      const length = cluster.source.lengthAt(place);
      const isPlain = length === authentication?.passwordLength && !cluster.source.has(place, '$');
      // What is cut off is not repeated, nor is what stays.
      const cut: Edit = {
        file: place.file,
        line: place.line,
        column: place.column + AUTH_DATA_LENGTH,
        endLine: place.line,
        endColumn: place.column + length,
        text: '',
      };
      const message =
        `keepalived uses only the first ${AUTH_DATA_LENGTH} characters of auth_pass: write ` +
        'these alone';
      const write = [`auth_pass <the first ${AUTH_DATA_LENGTH} characters of the password>`];
      report({ host, place, message, fix: { edits: isPlain ? [cut] : [], write } });
    }
  },
};

const QUOTED = 'auth_pass "<the password>"';

/** A comment that nothing parts from the word: neither single quotes nor a backslash prevent it. */
function isCut(source: SourceLines, { file, line, column }: Place): boolean {
  const rest = source.line(file, line)?.slice(column - 1) ?? '';
  return /^(?:[^\s"!#]|"[^"]*")+[!#]/.test(rest);
}

const authVersion3: Rule = {
  id: 'auth-version-3',
  severity: 'warning',
  title: 'authentication with version 3',
  source: 'RFC 9568 1.2; keepalived -t: "VRRP version 3 does not support authentication"',
  check(cluster, report) {
    for (const one of instancesOf(cluster)) {
      const { config, host, version } = one;
      const { authentication } = config;
      if (authentication === null || version !== 3) continue;
      const fix = dropKeyword(one, cluster.source, 'authentication');
      const message = 'VRRP version 3 knows no authentication: keepalived ignores this block';
      report({ host, place: authentication.place, message, fix });
    }
  },
};

const authWithoutPassword: Rule = {
  id: 'auth-without-password',
  severity: 'warning',
  title: 'authentication without a password',
  source: 'keepalived -t: "Authentication specified but no password given. Ignoring"',
  check(cluster, report) {
    for (const one of instancesOf(cluster)) {
      const { config, host, version } = one;
      const { authentication } = config;
      if (authentication === null || version === 3) continue;
      const isTyped = authentication.type !== null;
      if (authentication.passwordPlace !== null && isTyped) continue;
      const fix = dropKeyword(one, cluster.source, 'authentication');
      const what = isTyped ? 'auth_pass' : 'auth_type';
      const message =
        `authentication without ${what} is not used: keepalived sends its adverts ` + 'without';
      report({ host, place: authentication.place, message, fix });
    }
  },
};

const authAhMaster: Rule = {
  id: 'auth-ah-master',
  severity: 'warning',
  title: 'state MASTER with AH',
  source: 'keepalived -t: "Initial state master is incompatible with AH authentication"',
  check(cluster, report) {
    for (const one of instancesOf(cluster)) {
      const { config, host, authType, state } = one;
      if (authType !== 'AH' || state !== 'MASTER') continue;
      const fix = setKeyword(one, cluster.source, 'state', 'BACKUP');
      const message = 'keepalived clears state MASTER, which does not go with auth_type AH';
      report({ host, place: config.state?.place ?? config.place, message, fix });
    }
  },
};

export const AUTHENTICATION_RULES: readonly Rule[] = [
  authTooLong,
  authVersion3,
  authWithoutPassword,
  authAhMaster,
];
