/** Stations whose addresses were chosen so that they fall on one slot of the usual tables. */
import { expect, test } from 'vitest';
import { DEFAULT_SEED, hashTwo } from '../../src/fdb/hash.ts';
import { liveSwitchOf } from '../../src/havip/live-switch.ts';
import { Journal, topologyOf } from './site.ts';

const HIGH = 0x0200;
const CHOSEN = 300;

function chosen(): number[] {
  const found: number[] = [];
  for (let low = 1; found.length < CHOSEN; low++) {
    if ((hashTwo(DEFAULT_SEED, HIGH, low) & 0xffff) === 0) found.push(low);
  }
  return found;
}

function longestProbe(seed?: number): number {
  const options = { observer: new Journal(), ...(seed === undefined ? {} : { seed }) };
  const { stations } = liveSwitchOf(topologyOf('classic'), options).owner;
  for (const low of chosen()) stations.learn(0, HIGH, low, 0, 0);
  return stations.statistics().longestProbe;
}

test('a switch with a seed of its own spreads them', () => {
  expect(longestProbe()).toBeGreaterThanOrEqual(CHOSEN);
  expect(longestProbe(0x12345678)).toBeLessThan(40);
});
