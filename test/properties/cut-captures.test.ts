/** What a capture tells of its beginning does not depend on how long it goes on. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { ReplayResult } from '../../src/analysis/result.ts';
import { replayMerged } from '../analysis/scene.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'pcaps');
const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const NANOSECOND_MAGIC = 0xa1b23c4d;
/** Kuznetzov's variant, whose records say more. */
const MODIFIED_MAGIC = 0xa1b2cd34;
const MODIFIED_RECORD_HEADER = 24;
/** Seconds: what comes so shortly before the end may wait for adverts that come after it. */
const UNDECIDED = 4.2;
/** Seconds between that and the cuts. */
const AFTER = 0.1;

const names = readdirSync(FOLDER).filter((name) => /\.pcap(\.gz)?$/.test(name));

function octetsOf(name: string): Uint8Array {
  const octets = readFileSync(join(FOLDER, name));
  return name.endsWith('.gz') ? gunzipSync(octets) : octets;
}

interface Ended {
  /** Seconds since the first record. */
  readonly t: number;
  readonly at: number;
}

/** The records and where they end; of files in this machine's byte order. */
function recordsOf(octets: Uint8Array): Ended[] {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const magic = view.getUint32(0, true);
  const header = magic === MODIFIED_MAGIC ? MODIFIED_RECORD_HEADER : RECORD_HEADER;
  const fraction = magic === NANOSECOND_MAGIC ? 1e9 : 1e6;
  const records: Ended[] = [];
  let first = Number.NaN;
  for (let at = FILE_HEADER; at + header <= octets.length; ) {
    const time = view.getUint32(at, true) + view.getUint32(at + 4, true) / fraction;
    if (records.length === 0) first = time;
    at += header + view.getUint32(at + 8, true);
    records.push({ t: time - first, at });
  }
  return records;
}

/** Where the records end that come until soon after each of the first failovers is certain. */
function cutsOf({ failovers }: ReplayResult, records: readonly Ended[]): number[] {
  return failovers.slice(0, 8).flatMap(({ t }) => {
    const until = (t ?? 0) + UNDECIDED + AFTER;
    const count = records.findIndex((record) => record.t > until);
    return count > 0 ? (records[count - 1] as Ended).at : [];
  });
}

function replayed(octets: Uint8Array): Promise<ReplayResult> {
  return replayMerged([{ name: 'cut.pcap', octets }]);
}

/**
 * The failovers until then, and who held what, without what an outage becomes later. Without
 * adverts an address is virtual from a second claimant on: what is not so yet is left out.
 */
function until({ failovers, havips }: ReplayResult, known: ReplayResult, end: number): unknown {
  const isKnown = (one: { ip: string; vlan: number | null }): boolean =>
    known.havips.some(({ ip, vlan }) => ip === one.ip && vlan === one.vlan);
  const early = (one: { t: number | null }): boolean => one.t !== null && one.t < end;
  return {
    failovers: failovers
      .filter(early)
      .map(({ ip, vlan, t, frame, from, to, cause, detectionSeconds }) => {
        return { ip, vlan, t, frame, from, to, cause, detectionSeconds };
      }),
    held: havips
      .filter(isKnown)
      .map(({ ip, vlan, timeline }) => [ip, vlan, timeline.filter(early)]),
  };
}

describe('a capture that ends sooner tells the same of what came long before its end', () => {
  test.each(names)('%s', async (name) => {
    const octets = octetsOf(name);
    const records = recordsOf(octets);
    expect(records.at(-1)?.at).toBe(octets.length);
    const whole = await replayed(octets);
    for (const at of cutsOf(whole, records)) {
      const part = await replayed(octets.subarray(0, at));
      const end = (part.capture.durationSeconds ?? 0) - UNDECIDED;
      expect(until(part, part, end), `its first ${at} octets`).toEqual(until(whole, part, end));
    }
  });
});
