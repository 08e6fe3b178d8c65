import { formatMac, isVirtualMac } from '../wire/mac.ts';
import type { Entries, EntrySources } from './entries.ts';
import { OUTAGE } from './logs.ts';
import { passedOnOf } from './passed-on.ts';
import type { OutageEntry } from './result.ts';
import type { Track } from './track.ts';
import { successorOf } from './vacancy.ts';
import type { Speaker } from './virtual-router.ts';

type Asides = Pick<OutageEntry, 'claim' | 'isLost' | 'resigned' | 'successor' | 'passedOn'>;

/** A resignation begins an outage whose last answer came so few intervals before or after it. */
const NEAR_INTERVALS = 2;

/** What is told of an outage beside the document: each part only where there is one. */
export function outageAsides(sequence: number, from: EntrySources, entries: Entries): Asides {
  const { outages } = from.logs;
  const isLed = outages.get(sequence, OUTAGE.FAILOVER) >= 0;
  const passedOn = passedOnOf(sequence, from.logs, from.clients);
  return {
    ...(isLed ? {} : claimBehind(sequence, from, entries)),
    ...(isLed ? {} : resignationBehind(sequence, from, entries)),
    ...(outages.get(sequence, OUTAGE.LOST) === 1 ? { isLost: true } : {}),
    ...(passedOn === null ? {} : { passedOn }),
  };
}

/** The claim that made an outage without failover. */
function claimBehind(sequence: number, { logs }: EntrySources, entries: Entries): Asides {
  const mac = logs.outages.get(sequence, OUTAGE.CLAIM_MAC);
  const frame = logs.outages.get(sequence, OUTAGE.CLAIM_FRAME);
  if (frame === 0) return {};
  const name = entries.name(mac);
  return { claim: { mac: formatMac(mac), name, frame, ...entries.originOf(frame) } };
}

/** The resignation of whoever answered before, where it began the outage. */
function resignationBehind(sequence: number, from: EntrySources, entries: Entries): Asides {
  const field = (index: number): number => from.logs.outages.get(sequence, index);
  const track = from.tracks[field(OUTAGE.ID)];
  const after = field(OUTAGE.AFTER_MAC);
  const isOthers = after !== 0 && after !== field(OUTAGE.BEFORE_MAC);
  if (track === undefined || isOthers) return {};
  const [start, last] = [field(OUTAGE.START), field(OUTAGE.END)];
  const isOpen = field(OUTAGE.FIRST_SERVICE) === 0;
  for (const speaker of speakersBehind(track, field(OUTAGE.BEFORE_MAC))) {
    const { interval } = speaker.observer;
    const run = speaker.observer
      .newestFirst()
      .find(({ resigned }) => Math.abs(resigned - start) <= NEAR_INTERVALS * interval);
    // Nobody asks any more where a successor was about to come: it is heard by then.
    const end = isOpen ? last + NEAR_INTERVALS * interval : last;
    if (run === undefined) continue;
    const resigned = entries.adverts(speaker, run.resignedFrame, run.resignedFrame);
    const successor = successorOf(track, speaker, run.resigned, end);
    if (successor === null) return { resigned };
    // Who took over answers; only where that is out of sight the resignation is what is known.
    if (field(OUTAGE.LOST) !== 1) continue;
    const { speaker: next, run: term } = successor;
    const { lastAdvertFrame } = next.observer;
    return { resigned, successor: entries.adverts(next, term.startFrame, lastAdvertFrame) };
  }
  return {};
}

/** With `use_vmac` hosts answer from their own MAC and speak from the virtual one. */
function speakersBehind(track: Track, mac: number): Speaker[] {
  const routers = track.routers.length > 0 ? track.routers : track.companions;
  const speakers = routers.flatMap((router) => router.speakers);
  const own = speakers.filter((speaker) => speaker.mac === mac);
  return own.length > 0 ? own : speakers.filter((speaker) => isVirtualMac(speaker.mac));
}
