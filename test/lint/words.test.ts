// Quotes, escapes and comments as keepalived.conf(5) has them under "Quoted strings".
import { describe, expect, test } from 'vitest';
import { NoticeLog } from '../../src/lint/notices.ts';
import { sourceLine } from '../../src/lint/source-text.ts';
import { withoutComment, wordsOf } from '../../src/lint/words.ts';

function words(text: string): string[] {
  const source = withoutComment(sourceLine(text, 'a.conf', 3));
  return wordsOf(source, new NoticeLog()).map((word) => word.text);
}

describe('the examples of the man page', () => {
  test('quotes join, and need no blank around them', () => {
    expect(words('abcd" efg h jkl "mnop')).toEqual(['abcd efg h jkl mnop']);
  });

  test('quotes between blanks make one word', () => {
    expect(words('abcd "efg h jkl" mnop')).toEqual(['abcd', 'efg h jkl', 'mnop']);
  });

  test('escapes of letters, octal, hexadecimal and control characters', () => {
    expect(words('"\\t\\101\\x41\\cA\\\\\\""')).toEqual(['\tAA\x01\\"']);
  });
});

describe('comments', () => {
  test.each(['!', '#'])('%s begins one, inside a word too', (mark) => {
    expect(words(`auth_pass 11${mark}22 33`)).toEqual(['auth_pass', '11']);
  });

  test('inside double quotes there is none', () => {
    expect(words('notify "a # b" "c\\"#d" # e')).toEqual(['notify', 'a # b', 'c"#d']);
  });

  test('a backslash does not keep one off, as keepalived 2.2.7 shows', () => {
    expect(words('notify_master /bin/a\\#b c')).toEqual(['notify_master', '/bin/a']);
    expect(words('notify_fault /bin/x\\\\#b')).toEqual(['notify_fault', '/bin/x\\']);
  });

  test('a single quote does not keep one off, as keepalived 2.2.7 reports', () => {
    const notices = new NoticeLog();
    const source = withoutComment(sourceLine("notify 'a # b'", 'a.conf', 1));
    expect(wordsOf(source, notices).map(({ text }) => text)).toEqual(['notify', 'a ']);
    expect(notices.list.map(({ code }) => code)).toEqual(['unterminated-quote']);
  });
});

describe('braces', () => {
  test('are words of their own wherever they stand', () => {
    expect(words('a{b}c {}')).toEqual(['a', '{', 'b', '}', 'c', '{', '}']);
  });

  test('inside quotes are letters', () => {
    expect(words('notify "/a { b }"')).toEqual(['notify', '/a { b }']);
  });
});

test('places are those of the first character, the quote included', () => {
  const list = wordsOf(sourceLine('\tstate  "MASTER" x', 'a.conf', 3), new NoticeLog());
  expect(list.map(({ place }) => [place.line, place.column])).toEqual([
    [3, 2],
    [3, 9],
    [3, 18],
  ]);
});

describe('what looks like a blank and is none', () => {
  const places = (text: string) => {
    const notices = new NoticeLog();
    wordsOf(withoutComment(sourceLine(text, 'a.conf', 3)), notices);
    return notices.list.map(({ code, place }) => `${place.column} ${code}`);
  };

  test.each([
    ['interface\u00a0eth0', '10 false-blank'],
    ['\u3000\u3000interface eth0', '1 false-blank'],
    ['\ufeffglobal_defs {', '1 false-blank'],
    ['interface eth0\u00a0', '15 false-blank'],
    ['inter\u200bface eth0', '6 false-blank'],
  ])('%j parts words, and is remarked upon', (text, expected) => {
    expect(places(text)).toEqual([expected]);
    expect(words(text).at(-1)).toMatch(/^(eth0|{)$/);
  });

  test('not in quotes, in a comment, or alone', () => {
    expect(words('notify "a\u00a0b"')).toEqual(['notify', 'a\u00a0b']);
    const harmless = ['notify "a\u00a0b"', 'a # \u00a0', '\ufeff! Configuration', '\u3000\u3000'];
    expect(harmless.flatMap(places)).toEqual([]);
  });
});
