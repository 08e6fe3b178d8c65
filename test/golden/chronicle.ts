/**
 * A replay result as a chronicle: one line for each thing that was, and one for each thing that
 * happened, in the order of the frames that show it. For people who compare two of them.
 */
import type {
  ClaimEntry,
  FailoverEntry,
  Finding,
  OutageEntry,
  ReplayResult,
  TimelineEntry,
} from '../../src/analysis/result.ts';

interface Line {
  frame: number | null;
  text: string;
}

export function chronicle(result: ReplayResult): string {
  const happened = [
    ...result.claims.map(claimLine),
    ...result.havips.flatMap(({ ip, vlan, timeline }) =>
      timeline.map((entry) => timelineLine(address(ip, vlan), entry)),
    ),
    ...result.failovers.flatMap((failover) => [failoverLine(failover), receiversLine(failover)]),
    ...result.outages.map(outageLine),
    ...result.findings.map(findingLine),
  ];
  // Array.sort is stable: what one frame shows stays in the order of the list above.
  happened.sort((a, b) => (a.frame ?? Infinity) - (b.frame ?? Infinity));
  return [...still(result), ...happened.map(({ text }) => text), ''].join('\n');
}

function still({ capture, counts, hosts, virtualRouters, havips }: ReplayResult): string[] {
  const { frames, bytes, durationSeconds, linkTypes } = capture;
  const counted = Object.entries(counts).filter(([, count]) => count > 0);
  return [
    `capture  ${frames} frames, ${bytes} octets, ${durationSeconds} s, ${linkTypes.join(' ')}`,
    `counts   ${counted.map(([name, count]) => `${name} ${count}`).join(', ')}`,
    ...hosts.map(({ mac, name, role, addresses, frames }) => {
      const who = name === null ? mac : `${name} ${mac}`;
      return `${role.padEnd(7)}  ${[who, ...addresses].join(' ')}, ${frames} frames`;
    }),
    ...virtualRouters.flatMap((router) => [
      `router   VRID ${router.vrid}, VRRPv${router.version} over IPv${router.family}, ` +
        `${router.mode}, auth ${router.authType}, checksum ${router.checksum}, ` +
        `every ${router.advertIntervalSeconds} s: ` +
        (router.addresses.map((ip) => address(ip, router.vlan)).join(' ') || 'no address'),
      ...router.speakers.map(({ ip, mac, priority, adverts, firstFrame, lastFrame, faults }) => {
        const wrong = Object.entries(faults).map(([fault, count]) => `, ${count} ${fault}`);
        const frames = `frames ${firstFrame} to ${lastFrame}`;
        const many = `${adverts} adverts of priority ${priority}`;
        return `speaker  ${ip} ${mac}, ${many}, ${frames}${wrong.join('')}`;
      }),
    ]),
    ...havips.map(({ ip, vlan, enforced, holder, claims }) => {
      const { moved, confirmed, noted, refused } = claims;
      const why = Object.entries(refused).map(([reason, count]) => `, ${count} refused ${reason}`);
      const guarded = enforced ? 'guarded, ' : '';
      const told = `${moved} moved, ${confirmed} confirmed, ${noted} noted${why.join('')}`;
      return `havip    ${address(ip, vlan)}: ${guarded}holder ${holder ?? 'nobody'}; claims: ${told}`;
    }),
    '',
  ];
}

function claimLine(claim: ClaimEntry): Line {
  const { frame, t, verdict, ip, vlan, mac, name, ethernetSource, form, reason } = claim;
  const from = ethernetSource === undefined ? '' : `, from ${ethernetSource}`;
  const why = reason === null ? '' : `: ${reason}`;
  const what = `${address(ip, vlan)} -> ${named(mac, name)} (${form}${from})${why}`;
  return line(frame, t, verdict, what);
}

function timelineLine(ip: string, entry: TimelineEntry): Line {
  const { frame, t, mac, name, speaker, cause } = entry;
  return line(frame, t, 'holder', `${ip} is ${party(mac, name, speaker)} (${cause})`);
}

/** Who follows at which frame: "624 rfc826 linux; 637 no-garp; never gvisor smoltcp". */
function receiversLine({ frame, t, receivers }: FailoverEntry): Line {
  const groups = new Map<string, string[]>();
  for (const { profile, acceptedFrame } of receivers) {
    const when = acceptedFrame === null ? 'never' : String(acceptedFrame);
    groups.set(when, [...(groups.get(when) ?? []), profile]);
  }
  const said = [...groups].map(([when, profiles]) => `${when} ${profiles.join(' ')}`);
  return line(frame, t, 'follow', said.join('; '));
}

function failoverLine(failover: FailoverEntry): Line {
  const { ip, vlan, frame, t, from, to, cause, evidence } = failover;
  const old = party(from.mac, from.name, from.speaker);
  const next = party(to.mac, to.name, to.speaker);
  const lengths = [
    `detection ${seconds(failover.detectionSeconds)}`,
    `outage ${seconds(failover.outageSeconds)}`,
    `expected ${seconds(failover.masterDownIntervalSeconds)}`,
  ].join(', ');
  const { lastAdvertFrame, lastServiceFrame, firstClaimFrame, firstAdvertFrame } = evidence;
  const frames = [
    ['last advert', lastAdvertFrame],
    ['last answer', lastServiceFrame],
    ['first claim', firstClaimFrame],
    ['first advert', firstAdvertFrame],
    ['first answer', evidence.firstServiceFrame],
  ].flatMap(([what, at]) => (at === null ? [] : [`${what} ${at}`]));
  const what = `${cause} of ${address(ip, vlan)}: ${old} -> ${next}, ${lengths}`;
  return line(frame, t, 'failover', `${what}; ${evidence.vantage}: ${frames.join(', ')}`);
}

function outageLine(outage: OutageEntry): Line {
  const { ip, vlan, client, t, unanswered, before, after, cause, lastServiceFrame } = outage;
  const who = client.mac === null ? client.ip : `${client.ip} (${client.mac})`;
  const by = [before, after].map((one) =>
    one === null ? 'nobody' : named(one.mac ?? 'unknown', one.name),
  );
  const length = `${seconds(outage.seconds)}, ${unanswered} unanswered`;
  const what = `${address(ip, vlan)} for ${who}: ${length}, ${by.join(' -> ')} (${cause})`;
  const end = outage.firstServiceFrame;
  return line(end ?? lastServiceFrame, t, end === null ? 'no end' : 'outage', what);
}

function findingLine({ frame, t, code, severity, message }: Finding): Line {
  return line(frame, t, 'finding', `${severity} ${code}: ${message}`);
}

function line(frame: number | null, t: number | null, what: string, text: string): Line {
  const head = frame === null ? ''.padStart(6) : String(frame).padStart(6);
  const time = t === null ? ''.padStart(11) : t.toFixed(6).padStart(11);
  return { frame, text: `${head}${time}  ${what.padEnd(9)}${text}` };
}

function address(ip: string, vlan: number | null): string {
  return vlan === null ? ip : `${ip} in VLAN ${vlan}`;
}

function named(mac: string, name: string | null): string {
  return name === null ? mac : `${name} ${mac}`;
}

function party(mac: string | null, name: string | null, speaker: string | null): string {
  const who = mac === null ? 'nobody' : named(mac, name);
  return speaker === null ? who : `${who} of ${speaker}`;
}

function seconds(value: number | null): string {
  return value === null ? 'unknown' : `${value.toFixed(3)} s`;
}
