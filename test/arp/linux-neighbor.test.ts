/**
 * A Linux neighbor entry: what RFC 4861 7.2.5 says of advertisements (as net/ipv6/ndisc.c does),
 * and what net/core/neighbour.c does with time. ARP is compared with a kernel in test/live.
 */
import { describe, expect, test } from 'vitest';
import {
  Claim,
  FORM_GRATUITOUS_REPLY,
  FORM_NEIGHBOR_SOLICITATION,
  FORM_SOLICITED_NA,
  FORM_UNSOLICITED_NA,
  TARGET_ONES,
} from '../../src/arp/claim.ts';
import { LinuxNeighbor, STATE_NAMES } from '../../src/arp/linux-neighbor.ts';
import { Link } from '../../src/wire/link.ts';

const OLD = 0x0a;
const NEW = 0x0b;
const TO_ALL = { isUnicast: false, isAsked: false, acceptsNew: false };

function advertisement(flags: {
  solicited?: boolean;
  override?: boolean;
  implied?: boolean;
}): Claim {
  const claim = new Claim(new Link());
  claim.family = 6;
  claim.form = flags.solicited === true ? FORM_SOLICITED_NA : FORM_UNSOLICITED_NA;
  claim.solicited = flags.solicited === true;
  claim.override = flags.override === true;
  claim.isImplied = flags.implied === true;
  return claim;
}

/** An entry of OLD in this state. */
function entryIn(state: 'incomplete' | 'stale' | 'reachable'): LinuxNeighbor {
  const entry = new LinuxNeighbor();
  entry.ask(false, 0);
  if (state === 'incomplete') return entry;
  entry.hear(advertisement({ solicited: state === 'reachable' }), OLD, TO_ALL, 1e9);
  return entry;
}

function text({ state, mac }: LinuxNeighbor): string {
  return `${STATE_NAMES[state]} ${mac === OLD ? 'old' : mac === NEW ? 'new' : 'none'}`;
}

describe('an advertisement', () => {
  test.each([
    ['incomplete', NEW, {}, 'stale new'],
    ['incomplete', NEW, { solicited: true }, 'reachable new'],
    ['incomplete', NEW, { override: true, implied: true }, 'incomplete none'],
    ['stale', OLD, { solicited: true }, 'reachable old'],
    ['stale', NEW, {}, 'stale old'],
    ['stale', NEW, { override: true }, 'stale new'],
    ['reachable', OLD, {}, 'reachable old'],
    ['reachable', NEW, {}, 'stale old'],
    ['reachable', NEW, { solicited: true }, 'stale old'],
    ['reachable', NEW, { override: true }, 'stale new'],
    ['reachable', NEW, { solicited: true, override: true }, 'reachable new'],
    ['reachable', NEW, { override: true, implied: true }, 'reachable old'],
  ] as const)('finds %s, says %i with %o: %s', (state, mac, flags, after) => {
    const entry = entryIn(state);
    entry.hear(advertisement(flags), mac, TO_ALL, 2e9);
    expect(text(entry)).toBe(after);
  });

  test('never makes an entry', () => {
    const entry = new LinuxNeighbor();
    entry.hear(advertisement({ override: true }), NEW, TO_ALL, 0);
    expect(text(entry)).toBe('none none');
  });
});

test('a solicitation is noted by who is asked', () => {
  const claim = advertisement({});
  claim.form = FORM_NEIGHBOR_SOLICITATION;
  const asked = entryIn('reachable');
  asked.hear(claim, NEW, { ...TO_ALL, isAsked: true }, 2e9);
  const other = entryIn('reachable');
  other.hear(claim, NEW, TO_ALL, 2e9);
  expect([text(asked), text(other)]).toEqual(['stale new', 'reachable old']);
});

describe('the locktime runs from the last change', () => {
  function cisco(): Claim {
    const claim = new Claim(new Link());
    claim.form = FORM_GRATUITOUS_REPLY;
    claim.targetHardware = TARGET_ONES;
    return claim;
  }

  test('which a confirmation is not', () => {
    const entry = entryIn('stale');
    entry.hear(cisco(), OLD, TO_ALL, 1.9e9);
    entry.hear(cisco(), NEW, TO_ALL, 2e9);
    expect(text(entry)).toBe('stale old');
    entry.hear(cisco(), NEW, TO_ALL, 2e9 + 1);
    expect(text(entry)).toBe('stale new');
  });

  test('which the first packet to a stale entry is: neigh_event_send makes it DELAY', () => {
    const entry = entryIn('stale');
    entry.use(5e9);
    entry.hear(cisco(), NEW, TO_ALL, 5.5e9);
    expect(text(entry)).toBe('delay old');
    entry.hear(cisco(), NEW, TO_ALL, 6.1e9);
    expect(text(entry)).toBe('stale new');
  });
});
