// Files of thousands of scripts are judged, too, before anybody gives up waiting.
import { expect, test } from 'vitest';
import { clean } from './cases.ts';
import { judge, of } from './judge.ts';

const SCRIPTS = 20_000;

function text(host: 1 | 2, tracked: string, isLate = false): string {
  const names = Array.from({ length: SCRIPTS }, (_, i) => `${i}`);
  const scripts = names.map((i) => `vrrp_script c${i} {\nscript /bin/true\nweight 1\n}\n`).join('');
  const tracks = names.map((i) => `${tracked}${i}\n`).join('');
  const whole = clean(host).replace(
    /priority \d+\n/,
    (line) => `${line}track_script {\n${tracks}}\n`,
  );
  return isLate
    ? `${whole}${scripts}`
    : whole.replace('vrrp_instance', () => `${scripts}vrrp_instance`);
}

test.each<[string, string, boolean, boolean]>([
  ['are defined', 'c', false, false],
  ['are defined too late', 'c', true, true],
  ['are not defined', 'x', false, true],
])('twenty thousand tracks that %s', { timeout: 60_000 }, (_, tracked, isLate, isFound) => {
  const files = [text(1, tracked, isLate), text(2, tracked, isLate)];
  const result = judge({}, files);
  expect(of('track-unknown', result).length > 0).toBe(isFound);
});
