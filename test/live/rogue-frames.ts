/**
 * How a host that may not have the HaVip can say that it has: the forms that tools send and some
 * that no tool does, each with what a lab under a cloud's rules must make of it.
 */
import { FLAG_OVERRIDE } from '../../src/arp/neighbor.ts';
import { announcement, arp, BROADCAST, NO_MAC, neighbor } from '../dataplane/frames.ts';
import { HAVIP, HAVIP6, ipOf, ipv6Of, macOf } from './pair-lab.ts';

export interface Attempt {
  what: string;
  frame: DataView;
  form: string;
  /** Why it is refused. */
  reason: string;
}

const ROGUE = macOf('rogue');
const VIRTUAL = '00:00:5e:00:01:33';
const ELSEWHERE = '10.78.0.88';

/** Forms for the HaVip, all by a known host that is not bound. */
function forms(): [string, string, DataView][] {
  const own = { source: ROGUE, spa: HAVIP, tpa: HAVIP };
  const toClient = { source: ROGUE, spa: HAVIP, tpa: ipOf('client') };
  const client = macOf('client');
  const to = { destination: client, tha: client };
  const na = { type: 136, source: ROGUE, from: ipv6Of('rogue'), target: HAVIP6 } as const;
  const ns = { type: 135, source: ROGUE, from: HAVIP6, target: ipv6Of('client') } as const;
  return [
    // iputils, arping.c: the target MAC is where it is sent to, with -A the sender's own.
    ['arping -U of iputils', 'gratuitous-request', arp({ ...own, operation: 1, tha: BROADCAST })],
    ['arping -A of iputils', 'gratuitous-reply', arp({ ...own, operation: 2, tha: ROGUE })],
    ['a gratuitous reply to one', 'gratuitous-reply', arp({ ...own, operation: 2, ...to })],
    ['a question in its name', 'arp-request', arp({ ...toClient, operation: 1, tha: NO_MAC })],
    ['an answer in its name', 'arp-reply', arp({ ...toClient, operation: 2, ...to })],
    [
      'an unsolicited advertisement',
      'unsolicited-na',
      neighbor({ ...na, flags: FLAG_OVERRIDE, option: ROGUE }),
    ],
    ['one that does not override', 'unsolicited-na', neighbor({ ...na, option: ROGUE })],
    [
      'a solicitation in its name',
      'neighbor-solicitation',
      neighbor({ ...ns, option: ROGUE, to: ipv6Of('client') }),
    ],
  ];
}

/** Announcements that are refused before anybody asks who is bound. */
function forgeries(): [string, string, DataView][] {
  const own = { operation: 1, source: ROGUE, spa: HAVIP, tpa: HAVIP };
  const holder = macOf('node-1');
  return [
    ['another sender inside', 'sender-mac-mismatch', arp({ ...own, sha: holder })],
    ['a virtual MAC inside', 'virtual-mac', arp({ ...own, sha: VIRTUAL })],
    ['a virtual MAC as source, too', 'virtual-mac', announcement(VIRTUAL, HAVIP)],
    ['the MAC of a member, at another port', 'wrong-port', announcement(holder, HAVIP)],
    ['the address of a neighbor', 'ordinary-address', announcement(ROGUE, ipOf('client'))],
    ['an address of another subnet', 'wrong-subnet', announcement(ROGUE, ELSEWHERE)],
  ];
}

export function attempts(): Attempt[] {
  const list = forms().map(([what, form, frame]) => ({ what, form, frame, reason: 'not-member' }));
  const form = 'gratuitous-request';
  return [...list, ...forgeries().map(([what, reason, frame]) => ({ what, form, frame, reason }))];
}
