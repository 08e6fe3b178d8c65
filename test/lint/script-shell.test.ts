// Which command lines need a shell: each was run by keepalived 2.2.7, which handed the signs on as
// arguments, disabled the check, or did what is written.
import { expect, test } from 'vitest';
import { clean } from './cases.ts';
import { judge, mendedOnce, of } from './judge.ts';

function file(line: string): string {
  const notify = line.startsWith('notify');
  const script = notify ? '' : `vrrp_script chk {\n    ${line}\n}\n`;
  const instance = clean(1).replace('advert_int 1', `advert_int 1\n    ${notify ? line : ''}`);
  return script + instance;
}

const found = (line: string) => of('script-shell', judge({}, [file(line)]));

test.each([
  ['script "/bin/check | grep :80"', `script "/bin/sh -c '/bin/check | grep :80'"`],
  ['script "/bin/check > /tmp/said"', `script "/bin/sh -c '/bin/check > /tmp/said'"`],
  ['script "/bin/check 2>&1"', `script "/bin/sh -c '/bin/check 2>&1'"`],
  ['script "/bin/check && /bin/true"', `script "/bin/sh -c '/bin/check && /bin/true'"`],
  ['script "/bin/check || exit 1"', `script "/bin/sh -c '/bin/check || exit 1'"`],
  ['script "/bin/check; /bin/true"', `script "/bin/sh -c '/bin/check; /bin/true'"`],
  ['script "/bin/check $(hostname)"', `script "/bin/sh -c '/bin/check $(hostname)'"`],
  ['script "/bin/check `hostname`"', 'script "/bin/sh -c \'/bin/check `hostname`\'"'],
  ['script "/bin/ls /run/*.pid"', `script "/bin/sh -c '/bin/ls /run/*.pid'"`],
  ['script "/bin/check &"', `script "/bin/sh -c '/bin/check &'"`],
  ['script "! /bin/check"', `script "/bin/sh -c '! /bin/check'"`],
  ['script "PORT=80 /bin/check"', `script "/bin/sh -c 'PORT=80 /bin/check'"`],
  ['script /bin/check | grep a', `script "/bin/sh -c '/bin/check | grep a'"`],
  ['script /bin/check 80', 'script "/bin/check 80"'],
  ['notify /bin/say MASTER', 'notify "/bin/say MASTER"'],
  ['notify_backup /bin/say backup 50', 'notify_backup "/bin/say backup 50"'],
  ['notify_fault /bin/say --state=fault', 'notify_fault "/bin/say --state=fault"'],
  ['notify_stop /bin/say 0', 'notify_stop "/bin/say 0"'],
  ['notify "/bin/say && /bin/true"', `notify "/bin/sh -c '/bin/say && /bin/true'"`],
])('%s: %s', (line, instead) => {
  const [one, ...others] = found(line);
  expect(others).toEqual([]);
  expect(one?.severity).toBe('error');
  expect(one?.fix?.write).toEqual([instead]);
  const [made = ''] = mendedOnce([file(line)], 'script-shell');
  expect(made).toContain(`    ${instead}\n`);
  expect(of('script-shell', judge({}, [made]))).toEqual([]);
});

test('quotes of its own stand in the way: a script file', () => {
  const [one] = found(`script "/bin/check 'a' | grep b"`);
  expect(one?.fix).toEqual({
    edits: [],
    write: ['script "<the path of a script that holds the command>"'],
  });
});

test('a word behind the quotes that is no user is told, and what to write', () => {
  const [one, ...others] = found('notify_master "/bin/say" MASTER');
  expect(others).toEqual([]);
  expect(one?.message).toContain('takes "MASTER" for the user that is to run it');
  expect(one?.fix?.write).toEqual(['notify_master "/bin/say MASTER"']);
});

test.each([
  ['script "/bin/sh -c \'/bin/check | cat; touch /tmp/x\'"'],
  ['script "/bin/sh -c \\"/bin/check | cat\\""'],
  [`script "/bin/grep -E 'a | b' /etc/hosts"`],
  ['script "/bin/grep -E a|b /etc/hosts"'],
  ['script "/usr/bin/pgrep -f /usr/sbin/ngin.*"'],
  ['script "/usr/bin/find /run -name *.pid"'],
  ['script "/usr/bin/find /run -exec ls {} ;"'],
  ['script "/usr/bin/curl http://127.0.0.1/?a=1&b=2"'],
  ['script "</dev/tcp/127.0.0.1/80"'],
  ['script "</etc/hosts"'],
  ['script "/bin/check --least>=5"'],
  ['script /bin/check'],
  ['notify /bin/say root root'],
  ['notify "/bin/say a" root root'],
  ['notify_master /bin/say web-1 www-data'],
])('%s: nothing', (line) => {
  expect(found(line)).toEqual([]);
});
