/** Which file a frame of a merged capture was in, and as which frame: against a plain list. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameOrigins } from '../../src/analysis/frame-origins.ts';
import type { FrameOrigin } from '../../src/analysis/result.ts';

type Run = readonly [file: number, frames: number];

const NAMES = Array.from({ length: 40 }, (_, i) => `${i}.pcap`);

/** The definition, as a program. */
function listed(runs: readonly Run[]): FrameOrigin[] {
  const passed = NAMES.map(() => 0);
  return runs.flatMap(([file, frames]) =>
    Array.from({ length: frames }, () => ({
      file: NAMES[file] as string,
      fileFrame: (passed[file] = (passed[file] as number) + 1),
    })),
  );
}

function told(runs: readonly Run[], files: number, runsMax?: number): FrameOrigins {
  const origins = new FrameOrigins(NAMES.slice(0, files), runsMax);
  for (const [file, frames] of runs) origins.pass(file, frames);
  return origins;
}

describe('frame origins', () => {
  test('of any interleaving are those of a plain list', () => {
    const shape = fc.integer({ min: 1, max: NAMES.length }).chain((files) => {
      const run = fc.tuple(fc.nat(files - 1), fc.integer({ min: 1, max: 9 }));
      return fc.tuple(fc.constant(files), fc.array(run, { maxLength: 2000, size: 'max' }));
    });
    fc.assert(
      fc.property(shape, ([files, runs]) => {
        const origins = told(runs, files);
        const list = listed(runs);
        expect(list.map((_, i) => origins.origin(i + 1))).toEqual(list);
      }),
      { numRuns: 40 },
    );
  });

  test('are known from the first frame on while more frames pass', () => {
    const origins = new FrameOrigins(['a', 'b']);
    for (let i = 0; i < 5000; i++) {
      origins.pass(i & 1, 1);
      const fileFrame = (i >> 1) + 1;
      expect(origins.origin(i + 1)).toEqual({ file: i & 1 ? 'b' : 'a', fileFrame });
      expect(origins.origin(i + 2)).toBeNull();
    }
    expect(origins.origin(1)).toEqual({ file: 'a', fileFrame: 1 });
    expect(origins.origin(0)).toBeNull();
  });

  test('of a long run are known, too: it is kept in pieces', () => {
    const origins = told(
      [
        [0, 200_000],
        [1, 65_535],
        [1, 1],
        [0, 1],
      ],
      2,
      4 + 2 + 1,
    );
    expect(origins.origin(200_000)).toEqual({ file: '0.pcap', fileFrame: 200_000 });
    expect(origins.origin(200_001)).toEqual({ file: '1.pcap', fileFrame: 1 });
    expect(origins.origin(265_536)).toEqual({ file: '1.pcap', fileFrame: 65_536 });
    expect(origins.origin(265_537)).toEqual({ file: '0.pcap', fileFrame: 200_001 });
  });

  test('beyond so many runs are not known, for good', () => {
    const runs: Run[] = [
      [0, 2],
      [1, 3],
      [0, 1],
      [1, 1],
      [1, 4],
      [0, 2],
    ];
    const origins = told(runs, 2, 3);
    expect(origins.origin(6)).toEqual({ file: '0.pcap', fileFrame: 3 });
    for (let frame = 7; frame <= 13; frame++) expect(origins.origin(frame)).toBeNull();
  });
});
