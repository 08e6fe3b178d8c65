/** Which receivers follow a failover, when, and why others never do: a line for each group. */
import type { FailoverEntry, ReceiverEntry } from '../analysis/result.ts';
import { difference, listed } from './quantity.ts';

const NAMES: Record<string, string> = {
  rfc826: 'RFC 826',
  linux: 'Linux',
  'linux-arp-accept': 'Linux with arp_accept',
  freebsd: 'FreeBSD',
  lwip: 'lwIP',
  gvisor: 'gVisor',
  smoltcp: 'smoltcp',
  'no-garp': 'a host that drops gratuitous ARP',
};

/** Most failovers of a capture are followed alike: what was said once is referred to. */
export class ReceiverTexts {
  readonly #told = new Map<string, number>();

  lines(failover: FailoverEntry, number: number): string[] {
    const lines = receiverLines(failover);
    if (lines.length < 2) return lines;
    const fate = fateOf(failover);
    const told = this.#told.get(fate);
    if (told !== undefined) return [`as in failover ${told}, at frame ${failover.frame} and later`];
    this.#told.set(fate, number);
    return lines;
  }
}

/** Who follows at once, who later, and who never. */
function fateOf({ receivers, frame }: FailoverEntry): string {
  return receivers
    .map(({ profile, acceptedFrame }) => {
      const when = acceptedFrame === null ? 'never' : acceptedFrame === frame ? 'now' : 'later';
      return `${profile} ${when}`;
    })
    .join();
}

export function receiverLines(failover: FailoverEntry): string[] {
  const { receivers, frame } = failover;
  if (receivers.length === 0) return [];
  if (failover.from.mac === failover.to.mac) return ['nobody has to follow: the MAC is the same'];
  const groups = new Map<string, ReceiverEntry[]>();
  for (const receiver of receivers) {
    if (receiver.profile === 'rfc826' && failover.ip.includes(':')) continue;
    // Those that follow at once need no reason, the others are grouped by theirs.
    const { acceptedFrame, why } = receiver;
    const key = acceptedFrame === frame ? 'at once' : `${acceptedFrame} ${why}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [receiver]);
    else group.push(receiver);
  }
  return [...groups.values()].map((group) => sentence(failover, group));
}

function sentence(failover: FailoverEntry, group: ReceiverEntry[]): string {
  const [{ acceptedFrame, t, why }] = group as [ReceiverEntry];
  const names = listed(group.map(({ profile }) => NAMES[profile] ?? profile));
  const who = names[0] === 'a' ? `A${names.slice(1)}` : names;
  const isOne = group.length === 1;
  if (acceptedFrame === null) return `${who} never ${isOne ? 'follows' : 'follow'}: ${why}`;
  const follows = isOne ? 'follows' : 'follow';
  if (acceptedFrame === failover.frame)
    return `${who} ${follows} at frame ${acceptedFrame}, at once`;
  const later = t === null || failover.t === null ? '' : ` (${difference(t - failover.t)})`;
  return `${who} ${follows} at frame ${acceptedFrame}${later}: ${why}`;
}
