// Parameters, conditions, repetitions and includes; the expected lines are the examples of
// keepalived.conf(5) and what keepalived 2.2.7 calls unknown when it is shown the same text.
import { describe, expect, test } from 'vitest';
import { type IncludedFile, type LineOptions, readLines } from '../../src/lint/lines.ts';
import { NoticeLog } from '../../src/lint/notices.ts';

/** Files of some lines, on a machine that does other things too. */
const SLOWEST_MS = 20_000;

function read(text: string, options: LineOptions = {}) {
  const notices = new NoticeLog();
  const lines = readLines(text, 'etc/keepalived.conf', options, notices);
  const applied = lines.filter((line) => line.applies);
  return {
    lines,
    texts: applied.map(({ words }) => words.map((word) => word.text).join(' ')),
    places: applied.map(({ words }) => words[0]?.place),
    codes: notices.list.map(({ code }) => code),
  };
}

describe('parameters', () => {
  test('are replaced where they are used, with what they are then', () => {
    const { texts } = read(`
      $ADDRESS_BASE=10.2.\${ADDRESS_BASE_SUB}
      $ADDRESS_BASE_SUB=0
      \${ADDRESS_BASE}.100/32
      $ADDRESS_BASE_SUB=10
      \${ADDRESS_BASE}.100/32`);
    expect(texts).toEqual(['10.2.0.100/32', '10.2.10.100/32']);
  });

  test('without braces end at a blank; what is not defined stays', () => {
    const { texts } = read(`$A=1\nx $A $Ab $B \${B}y $A`);
    expect(texts).toEqual(['x 1 $Ab $B $ { B } y 1']);
  });

  test('of several lines make lines, at the place of their use', () => {
    const { texts, places } = read(`$M= \\\n bogus$N \\\n bogus\${N}x \n$N=1\n  $M\n$N=2\n$M\nz`);
    expect(texts).toEqual(['bogus1', 'bogus1x', 'bogus2', 'bogus2x', 'z']);
    expect(places.map((place) => place?.line)).toEqual([5, 5, 7, 7, 8]);
    expect(places[0]?.column).toBe(3);
  });

  test('an empty line ends the definition', () => {
    const { texts } = read('$M= \\\n bogus1 \\\n\n bogus3\n$M\n');
    expect(texts).toEqual(['bogus3', 'bogus1']);
  });

  test('that contain themselves are given up, with a remark', () => {
    const { texts, codes } = read(`$A=\${B}\${B}\n$B=\${A}\${A}\nx \${A}\ny`);
    expect(texts.at(-1)).toBe('y');
    expect(codes).toEqual(['too-much']);
    expect(read('$A= \\\nx \\\n$A\n$A\ny').codes).toContain('too-much');
  });

  test('take a condition', () => {
    const text = '@main $P=240\n@backup $P=200\npriority $P';
    expect(read(text, { configId: 'main' }).texts).toEqual(['priority 240']);
    expect(read(text, { configId: 'backup' }).texts).toEqual(['priority 200']);
  });
});

describe('conditions', () => {
  const text = `
    @main    unicast_src_ip 1.2.3.4
    @backup  unicast_src_ip 1.2.3.5
    @^main    1.2.3.4
    @^backup  1.2.3.5
    @^backup2 1.2.3.6`;

  test.each([
    ['main', ['unicast_src_ip 1.2.3.4', '1.2.3.5', '1.2.3.6']],
    ['backup', ['unicast_src_ip 1.2.3.5', '1.2.3.4', '1.2.3.6']],
    [null, ['1.2.3.4', '1.2.3.5', '1.2.3.6']],
  ])('for the id %s', (configId, expected) => {
    expect(read(text, { configId }).texts).toEqual(expected);
  });

  test('are kept with the lines that do not apply', () => {
    const { lines } = read(text);
    expect(lines.map(({ condition }) => [condition?.id, condition?.isNegated])).toEqual([
      ['main', false],
      ['backup', false],
      ['main', true],
      ['backup', true],
      ['backup2', true],
    ]);
  });

  test('may be the value of a parameter', () => {
    const { texts } = read('$IF_MAIN=@main\n$IF_MAIN priority 240', { configId: 'main' });
    expect(texts).toEqual(['priority 240']);
    expect(read('$IF_MAIN=@main\n$IF_MAIN priority 240').texts).toEqual([]);
  });
});

describe('repetitions', () => {
  test.each([
    [`~SEQ(SUBNET, 0, 3) ip 10.0.\${SUBNET}.1`, ['0', '1', '2', '3'].map((n) => `ip 10.0.${n}.1`)],
    [`~SEQ(W,2) e\${W}`, ['e1', 'e2']],
    [`~SEQ(Y,3,1) c\${Y}`, ['c3', 'c2', 'c1']],
    [`~SEQ(IP2,168,2,172) \${IP2}`, ['168', '170', '172']],
    [
      `~SEQx(Z, 0x90, 0x10, 0xc0) fe80::20:\${Z}:1`,
      ['90', 'a0', 'b0', 'c0'].map((n) => `fe80::20:${n}:1`),
    ],
    [`~LST({IP, IP1}, {10,1},{20,4}) 192.168.\${IP}.\${IP1}`, ['192.168.10.1', '192.168.20.4']],
    [`~LST(A, 1, 2) ~LST(B, 5,6) \${A}.\${B}`, ['1.5', '1.6', '2.5', '2.6']],
  ])('%s', (text, expected) => {
    expect(read(text).texts).toEqual(expected);
  });

  test('without bound are not written out', () => {
    expect(read(`~SEQ(A,1,0,9) \${A}`).texts).toEqual(['~SEQ(A,1,0,9) $ { A }']);
    const endless = read('~SEQ(A,1,1000000000) x\ny');
    expect([endless.texts, endless.codes]).toEqual([['y'], ['too-much']]);
    const { lines, codes } = read('~SEQ(A,1,9999) ~SEQ(B,1,9999) x\ny');
    expect(lines.length).toBe(100_000);
    expect(codes).toEqual(['too-much']);
  });

  test.each([
    ['that make no line', '~SEQ(A,1,10000) ~SEQ(B,1,10000) ~SEQ(C,1,10000)'],
    ['of long parameters', `$X=${'x'.repeat(1000)}\n$Y=${'$X '.repeat(60)}\n~SEQ(A,1,10000) $Y`],
  ])('%s come to an end soon', (_name, text) => {
    const from = performance.now();
    const { lines, codes } = read(`${text}\ny`);
    expect(performance.now() - from).toBeLessThan(SLOWEST_MS);
    expect(lines.length).toBeLessThan(100);
    expect(codes).toEqual(['too-much']);
  });
});

test('a long line of nothing but blanks that are none is gone through once', () => {
  const from = performance.now();
  expect(read('\u00a0 '.repeat(300_000))).toMatchObject({ lines: [], codes: [] });
  expect(performance.now() - from).toBeLessThan(SLOWEST_MS);
});

describe('includes', () => {
  const files: Record<string, IncludedFile[]> = {
    'conf.d/*.conf': [
      { file: 'etc/conf.d/a.conf', text: `a \${_PWD}\ninclude b` },
      { file: 'etc/conf.d/c.conf', text: 'c' },
    ],
    b: [{ file: 'etc/conf.d/b', text: 'b' }],
    me: [{ file: 'etc/keepalived.conf', text: 'never' }],
  };
  const asked: string[] = [];
  const include = (pattern: string, from: string) => {
    asked.push(`${pattern} from ${from}`);
    return files[pattern] ?? [];
  };

  test('stand where they are included, relative to who includes', () => {
    const { texts, places } = read(`x\ninclude conf.d/*.conf # c\ny \${_PWD}`, { include });
    expect(texts).toEqual(['x', 'a etc/conf.d', 'b', 'c', 'y etc']);
    expect(places[2]).toEqual({ file: 'etc/conf.d/b', line: 1, column: 1 });
    expect(asked).toEqual(['conf.d/*.conf from etc/keepalived.conf', 'b from etc/conf.d/a.conf']);
  });

  test('of the file itself, or of nothing, are remarked upon and passed over', () => {
    const { texts, codes } = read('include me\nincludea gone\nincluder no*.conf\nz', { include });
    expect(texts).toEqual(['z']);
    expect(codes).toEqual(['include-cycle', 'include-failed']);
  });

  test('without end stop', () => {
    let count = 0;
    const deeper = () => [{ file: `f${++count}`, text: 'include next' }];
    expect(read('include next', { include: deeper }).codes).toEqual(['too-much']);
    const many = () => Array.from({ length: 300 }, (_, i) => ({ file: `g${i}`, text: 'w' }));
    const { lines, codes } = read('include many', { include: many });
    expect([lines.length, codes]).toEqual([256, ['too-much']]);
  });
});

test('lines may end as on any system', () => {
  expect(read('a 1\r\nb 2\rc 3').texts).toEqual(['a 1', 'b 2', 'c 3']);
});
