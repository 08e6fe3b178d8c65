// A block whose keyword is mistyped is one finding: what stands in it is judged once the keyword is
// mended, and nothing that is said to be written undoes another.
import { expect, test } from 'vitest';
import { clean } from './cases.ts';
import { judge, mendedOnce, of, said } from './judge.ts';

const RULE = 'unknown-keyword';
const EXCLUDED = '    virtual_ipaddress_excluded {\n        192.168.0.89/24\n    }\n';

/** The clean file with a block more in its instance. */
function withBlock(block: string): string {
  return clean(1).replace('    garp_master_delay', () => `${block}    garp_master_delay`);
}

function found(text: string) {
  return judge({}, [text]).findings.filter(({ rule }) => rule !== 'instance-missing');
}

test('in an instance: the lines inside are left as they are', () => {
  const right = withBlock(EXCLUDED);
  const text = withBlock(EXCLUDED.replace('ipaddress', 'ipadress'));
  expect(found(text)).toEqual([
    expect.objectContaining({
      rule: RULE,
      message:
        'keepalived 2.2.7 knows no "virtual_ipadress_excluded" in vrrp_instance: it passes over ' +
        'the word and its {, so that the } of this block ends vrrp_instance too early; did you ' +
        'mean virtual_ipaddress_excluded?',
    }),
  ]);
  expect(mendedOnce([text], RULE)).toEqual([right]);
  expect(found(right)).toEqual([]);
});

test('outside of blocks: so is a whole instance, and blocks within it', () => {
  const text = clean(1).replace('vrrp_instance', 'vrrp_instnce');
  const [only, ...others] = found(text);
  expect(others).toEqual([]);
  expect(only?.message).toMatch(
    /the } of this block closes nothing; did you mean vrrp_instance\?$/,
  );
  expect(mendedOnce([text], RULE)).toEqual([clean(1)]);
});

test('what is wrong inside is said once the keyword is right', () => {
  const wrong = EXCLUDED.replace('192.168.0.89/24', '192.168.0.300');
  const text = withBlock(wrong.replace('ipaddress', 'ipadress'));
  expect(found(text).map(({ rule }) => rule)).toEqual([RULE]);
  expect(found(mendedOnce([text], RULE)[0]!).map(({ rule }) => rule)).toEqual(['bad-value']);
});

test('a brace that is missing inside is said nevertheless', () => {
  const result = judge({}, [`${clean(1)}global_dfs {\n    router_id x {\n`]);
  expect(said(result).filter((one) => one.includes('missing-brace'))).toHaveLength(2);
});

test('a block like nothing that is known: it and its lines, which keepalived reads', () => {
  const result = judge({}, [withBlock('    qwertyuiop {\n        asdfghjkl 1\n    }\n')]);
  const messages = of(RULE, result).map(({ message }) => message);
  expect(messages).toHaveLength(2);
  expect(messages.join()).not.toContain('did you mean');
});
