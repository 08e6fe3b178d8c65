/** Marks of a lane: exact while they are few, bounded and complete when they are many. */
import { expect, test } from 'vitest';
import { MARKS_MAX, Marks } from '../../src/analysis/marks.ts';

function told(marks: Marks) {
  return Array.from({ length: marks.size }, (_, i) => ({
    first: marks.first(i),
    last: marks.last(i),
    frame: marks.frame(i),
    count: marks.count(i),
  }));
}

test('a few moments are kept each by itself', () => {
  const marks = new Marks();
  for (let i = 0; i < MARKS_MAX; i++) marks.add(i * 7, i + 1);
  expect(marks.size).toBe(MARKS_MAX);
  expect(told(marks)[99]).toEqual({ first: 693, last: 693, frame: 100, count: 1 });
});

test('a million moments are bounded, none is lost, and buckets keep their order', () => {
  const marks = new Marks();
  const moments = 1_000_000;
  for (let i = 0; i < moments; i++) marks.add(i * 1e5, i + 1);
  const all = told(marks);
  expect(all.length).toBeLessThanOrEqual(MARKS_MAX);
  expect(all.length).toBeGreaterThan(MARKS_MAX / 4);
  expect(all.reduce((sum, { count }) => sum + count, 0)).toBe(moments);
  expect(all[0]).toMatchObject({ first: 0, frame: 1 });
  expect(all.at(-1)?.last).toBe((moments - 1) * 1e5);
  for (const [index, mark] of all.entries()) {
    expect(mark.last).toBeGreaterThanOrEqual(mark.first);
    expect(mark.frame).toBe(mark.first / 1e5 + 1);
    if (index > 0) expect(mark.first).toBeGreaterThan(all[index - 1]!.last);
  }
});

test('a quiet year between two bursts does not make it grow, nor time that runs back', () => {
  const marks = new Marks();
  const year = 365 * 86_400 * 1e9;
  for (let i = 0; i < 5000; i++) marks.add(i * 1e6, i + 1);
  for (let i = 0; i < 5000; i++) marks.add(year + i * 1e6, 5001 + i);
  for (let i = 0; i < 5000; i++) marks.add(i % 2 === 0 ? 0 : year, 10_001 + i);
  expect(marks.size).toBeLessThanOrEqual(MARKS_MAX);
  expect(told(marks).reduce((sum, { count }) => sum + count, 0)).toBe(15_000);
});
