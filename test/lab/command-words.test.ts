/** A `run` line as words: what a POSIX shell would make of it, or a refusal that says how to mend it. */
import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { commandWords } from '../../src/lab/command-words.ts';

/** The words that the system's own shell passes on. */
function shellWords(line: string): string[] {
  const script = `for word in ${line}\ndo printf '%s\\0' "$word"\ndone`;
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

describe('a shell would pass on the same words', () => {
  test.each([
    'keepalived -n -l -D -f ecs-1.conf',
    '  ping   -i\t0.2 192.168.0.88  ',
    `sh -c 'ip addr add 10.0.0.1/24 dev eth0 && exec sleep 9'`,
    `sh -c "echo 'one  two'; true"`,
    `a "" '' b`,
    `ab"cd"'ef'g`,
    String.raw`a\ b c\"d e\\f`,
    String.raw`"a\"b" "c\\d" "e\nf" 'g\h'`,
    '"\\$HOME" "\\`date\\`"',
    'one \\\n  two "three \\\nfour"',
    'a#b c~ x=1 --to=~ [::1]:80 {}',
    'trailing\\ ',
    'nc -l -p 80 "坏 主机"',
  ])('%s', (line) => {
    expect(commandWords(line)).toEqual(shellWords(line));
  });
});

describe('what only a shell can do is refused in one line', () => {
  test.each([
    ['sleep 1 & ', '"&" needs a shell'],
    ['a | b', '"|" needs a shell'],
    ['a > log', '">" needs a shell'],
    ['echo $HOME', '"$" needs a shell'],
    ['echo "$HOME"', '"$" needs a shell'],
    ['echo "`date`"', '"`" needs a shell'],
    ['cat *.conf', '"*" needs a shell'],
    ['(a)', '"(" needs a shell'],
    ['ls ~/x', '"~" needs a shell'],
    ['a # comment', '"#" needs a shell'],
    ['a; b', '";" needs a shell'],
  ])('%s', (line, what) => {
    expect(() => commandWords(line)).toThrow(what);
    expect(() => commandWords(line)).toThrow(/; quote it, or write sh -c '\.\.\.' where/);
  });

  test.each([
    [`echo 'open`, /' is not closed; add the second '/],
    ['echo "a\\"', /" is not closed; add the second "/],
    ['', /an empty command; name a program/],
    [' \t\n', /an empty command; name a program/],
  ])('%j', (line, message) => {
    expect(() => commandWords(line)).toThrow(message);
    expect(() => commandWords(line)).toThrow(expect.objectContaining({ name: 'LabError' }));
  });
});
