/** The live analysis, fed as a running lab feeds it: frame by frame, and with time that passes. */
import { LiveAnalysis, type Takeover } from '../../src/analysis/live.ts';
import type { ClaimEntry, Finding, OutageEntry, TimelineEntry } from '../../src/analysis/result.ts';
import { openCapture, RecordBatch } from '../../src/capture/index.ts';
import { compile } from '../../src/havip/compile.ts';
import type { Topology } from '../../src/havip/topology.ts';

export interface Told {
  claims: ClaimEntry[];
  takeovers: Takeover[];
  outages: OutageEntry[];
  findings: Finding[];
  timeline: (TimelineEntry & { ip: string })[];
  /** When each takeover was told, in nanoseconds since the base. */
  toldAt: number[];
}

export interface LiveRun {
  live: LiveAnalysis;
  told: Told;
  /** One frame; nothing has refused it unless `refused` says so. */
  frame(second: number, view: DataView, refused?: number): void;
  /** The octets [at, end) of `view`, `now` nanoseconds since the base. */
  octets(view: DataView, at: number, end: number, now: number): void;
  poll(second: number): void;
  finish(second: number): void;
}

export function liveRun(topology: Topology, base: number, dryRun = false): LiveRun {
  const told: Told = {
    ...{ claims: [], takeovers: [], outages: [], findings: [], timeline: [], toldAt: [] },
  };
  let now = 0;
  const options = { base, allClaims: true, dryRun };
  const live = new LiveAnalysis(compile(topology), options, {
    onClaim: (claim) => told.claims.push(claim),
    onTimeline: (ip, _vlan, entry) => told.timeline.push({ ...entry, ip }),
    onTakeover: (takeover) => {
      told.takeovers.push(takeover);
      told.toldAt.push(now);
    },
    onOutage: (outage) => told.outages.push(outage),
    onFinding: (finding) => told.findings.push(finding),
  });
  const nanoseconds = (second: number): number => (now = Math.round(second * 1e9));
  return {
    live,
    told,
    frame: (second, view, refused = 0) =>
      live.onFrame(view, 0, view.byteLength, nanoseconds(second), refused),
    octets: (view, at, end, time) => {
      now = time;
      live.onFrame(view, at, end, time, 0);
    },
    poll: (second) => live.poll(nanoseconds(second)),
    finish: (second) => live.finish(nanoseconds(second)),
  };
}

const POLL = 1e8;

/** A whole capture of Ethernet frames, with a look at the clock ten times a second. */
export async function feedCapture(path: string, topology: Topology): Promise<Told> {
  const capture = await openCapture(path);
  const batch = new RecordBatch();
  let run: LiveRun | null = null;
  let base = 0;
  let polled = 0;
  let now = 0;
  for (let hasMore = true; hasMore; hasMore = await capture.fill()) {
    while (capture.read(batch) > 0) {
      for (let i = 0; i < batch.count; i++) {
        if (run === null) {
          base = batch.seconds[i] as number;
          run = liveRun(topology, base);
        }
        now = ((batch.seconds[i] as number) - base) * 1e9 + (batch.nanoseconds[i] as number);
        for (; polled + POLL < now; polled += POLL) run.poll((polled + POLL) / 1e9);
        run.octets(batch.view, batch.at[i] as number, batch.end[i] as number, now);
      }
    }
  }
  await capture.close();
  if (run === null) throw new Error(`no frames in ${path}`);
  run.finish(now / 1e9 + 3);
  return run.told;
}
