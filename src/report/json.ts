/**
 * The replay result as JSON: one document, keys in the order of the published schema whatever
 * the order in memory, one entry of a list a line. It is handed out in pieces, so that a long
 * list is never one string.
 */
import type { ReplayResult } from '../analysis/result.ts';

/** Keys of an object in their order, and of each value that has nested ones its shape. */
interface Shape {
  readonly keys: readonly string[];
  readonly inner: readonly (Shape | null)[];
}

function shape(words: string, nested: Readonly<Record<string, Shape>> = {}): Shape {
  const keys = words.split(' ');
  return { keys, inner: keys.map((key) => nested[key] ?? null) };
}

/** A frame's place, and in its own file where several were merged. */
const MOMENT = 'time t frame file fileFrame';
const PARTY = shape('mac name speaker');
const HOLDER = shape('mac name');

const LISTS = {
  hosts: shape('mac name addresses role frames'),
  virtualRouters: shape(
    'vrid version family vlan addresses mode authType checksum advertIntervalSeconds speakers',
    { speakers: shape('ip mac priority adverts firstFrame lastFrame faults') },
  ),
  havips: shape('ip vlan subnet enforced members holder claims timeline', {
    claims: shape('moved confirmed noted refused'),
    timeline: shape(`${MOMENT} mac name speaker cause`),
  }),
  claims: shape(`${MOMENT} vlan ip mac ethernetSource name form verdict reason`),
  failovers: shape(
    `ip vlan ${MOMENT} from to cause detectionSeconds outageSeconds ` +
      'masterDownIntervalSeconds evidence receivers',
    {
      from: PARTY,
      to: PARTY,
      evidence: shape(
        'vantage lastAdvertFrame lastServiceFrame firstClaimFrame firstAdvertFrame ' +
          'firstServiceFrame',
      ),
      receivers: shape('profile acceptedFrame t why'),
    },
  ),
  outages: shape(
    'ip vlan client time t seconds unanswered lastServiceFrame firstServiceFrame before after ' +
      'failover cause',
    { client: shape('mac ip'), before: HOLDER, after: HOLDER },
  ),
  findings: shape(`code severity ${MOMENT} vlan ip message advice`),
  caches: shape('ip vlan client elided entries', {
    client: shape('mac ip name'),
    entries: shape(`${MOMENT} untilT untilFrame mac name state why`),
  }),
};

const DOCUMENT = shape(
  'schema capture counts hosts virtualRouters havips claims failovers outages findings elided ' +
    'caches',
  {
    ...LISTS,
    capture: shape(
      'files linkTypes frames bytes firstTime lastTime durationSeconds truncated damaged malformed',
      { damaged: shape('offset reason') },
    ),
    counts: shape(
      'arp gratuitousArpRequest gratuitousArpReply arpProbe neighborSolicitation ' +
        'neighborAdvertisement unsolicitedNeighborAdvertisement vrrp carp ipv4 ipv6 vlanTagged ' +
        'other',
    ),
    elided: shape('claims timeline failovers outages findings'),
  },
);

const PIECE_LENGTH = 65_536;

/** The document in pieces of text; their concatenation ends with a line feed. */
export function* jsonReport(result: ReplayResult): Generator<string> {
  const source = result as unknown as Record<string, unknown>;
  let piece = '{';
  let separator = '\n';
  for (const [place, key] of DOCUMENT.keys.entries()) {
    const inner = DOCUMENT.inner[place] ?? null;
    const value = source[key];
    // What was not asked for has no key.
    if (value === undefined) continue;
    piece += `${separator}"${key}":`;
    separator = ',\n';
    if (!Array.isArray(value)) {
      piece += JSON.stringify(ordered(value, inner));
      continue;
    }
    piece += '[';
    for (const [index, entry] of value.entries()) {
      piece += (index === 0 ? '\n' : ',\n') + JSON.stringify(ordered(entry, inner));
      if (piece.length >= PIECE_LENGTH) {
        yield piece;
        piece = '';
      }
    }
    piece += value.length === 0 ? ']' : '\n]';
  }
  yield piece + '\n}\n';
}

/** The value, or a copy of it, with its keys in the order of the shape, and those alone. */
function ordered(value: unknown, form: Shape | null): unknown {
  if (isOrdered(value, form)) return value;
  if (Array.isArray(value)) return value.map((entry) => ordered(entry, form));
  const { keys, inner } = form as Shape;
  const source = value as Record<string, unknown>;
  const copy: Record<string, unknown> = {};
  for (const [place, key] of keys.entries()) {
    if (source[key] !== undefined) copy[key] = ordered(source[key], inner[place] ?? null);
  }
  return copy;
}

/** Whether the keys stand in order already, as most do: copies of long lists cost time. */
function isOrdered(value: unknown, form: Shape | null): boolean {
  if (form === null || value === null || typeof value !== 'object') return true;
  if (Array.isArray(value)) {
    for (const entry of value) if (!isOrdered(entry, form)) return false;
    return true;
  }
  const { keys, inner } = form;
  const source = value as Record<string, unknown>;
  let place = 0;
  for (const key in source) {
    while (place < keys.length && keys[place] !== key) place++;
    if (place === keys.length || !isOrdered(source[key], inner[place] ?? null)) return false;
    place++;
  }
  return true;
}
