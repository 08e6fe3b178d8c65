// How long after an announcement does the first client frame come out at the new holder's device,
// and what does a ping take, idle and beside a paced flow of 100,000 frames a second?
//
//   sudo node bench/wire/latency.mjs [--json] [--rounds N] [--provider NAME] [--only TEXT]
//
// Five hosts, one switch at a time between them: a client, two members that announce the HaVip in
// turn, and two for the flow. bench/wire/takeover.c says what is measured. Each round goes through
// all switches; the figures are those of all rounds: minimum, median and maximum of the rounds'
// percentiles.

import { print, spreadOf } from '../report.mjs';
import { Ground, has, obstacle, run } from './ground.mjs';
import { option } from './options.mjs';
import * as peers from './peers.mjs';
import { chosen, leaveOut, sampled } from './rounds.mjs';

const FLOW = 100_000;
const PORT = 7330;
/** Takeovers, and pings, of one round; microseconds from one takeover to the next. */
const CYCLES = Number(option('cycles', '400'));
const INTERVAL = 4000;
/** Seconds after which a switch that is slow to repoint need not go on. */
const LIMIT = 5;
const PINGS = 1000;
const PING_INTERVAL = '0.002';
const HOSTS = ['client', 'member-1', 'member-2', 'source', 'sink'];

leaveOut('latency', obstacle() ?? (has('ping') ? null : 'needs ping: apt install iputils-ping'));

const ours = peers.havip(option('provider', 'alibaba'));
const loop = peers.loop();
// With the priority that our engine gives itself.
const loopFirst = peers.loop({ first: true });
const measured = chosen([ours, peers.openVSwitch, loop, loopFirst, peers.bridge]);
const ground = new Ground();

/** Value below which that share of the sorted values lies. */
const percentile = (sorted, share) =>
  sorted[Math.min(sorted.length - 1, (sorted.length * share) | 0)];

async function takeovers(peer, [client, one, two]) {
  const args = [client.namespace, one.namespace, two.namespace, CYCLES, INTERVAL, peer.target];
  args.push(peer.announcer(one), peer.announcer(two), client.mac);
  args.push(peers.HAVIP_ADDRESS, client.ip, LIMIT);
  const child = await ground.start(ground.program('takeover'), args.map(String));
  const { samples, lost, missed } = JSON.parse(await ground.result(child));
  return { p50: percentile(samples, 0.5), p99: percentile(samples, 0.99), lost, missed };
}

async function pings([client, member]) {
  const args = ['-n', '-i', PING_INTERVAL, '-c', String(PINGS), '-W', '1', member.ip];
  const child = await ground.start('ping', args, { namespace: client.namespace });
  await child.ended;
  const times = [...child.output.matchAll(/time=([\d.]+)/g)].map(([, ms]) => Number(ms) * 1000);
  times.sort((a, b) => a - b);
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99), lost: PINGS - times.length };
}

/** A flow from source to sink, for as long as `during` takes; its rate is what arrived. */
async function besideFlow(hosts, during) {
  const [, , , source, sink] = hosts;
  const counter = await ground.start(ground.program('count'), [PORT, 0.2, 1].map(String), {
    namespace: sink.namespace,
    ready: /ready/,
  });
  const args = [sink.ip, PORT, FLOW, 600].map(String);
  const sender = await ground.start(ground.program('send'), args, { namespace: source.namespace });
  const counted = await ground.result(counter);
  const answer = await during();
  await ground.stop(sender);
  return { ...answer, rate: JSON.parse(counted.slice(counted.indexOf('{'))).rate };
}

/** Every switch knows where everybody is before anything is measured. */
function acquaint(hosts) {
  for (const [index, { namespace }] of hosts.entries()) {
    const { ip } = hosts[(index + 1) % hosts.length];
    run('ip', 'netns', 'exec', namespace, 'ping', '-c', '1', '-W', '2', ip);
  }
}

async function measure(hosts, peer) {
  acquaint(hosts);
  return {
    idle: await takeovers(peer, hosts),
    busy: await besideFlow(hosts, () => takeovers(peer, hosts)),
    ping: await besideFlow(hosts, () => pings(hosts)),
  };
}

function told(sample) {
  const parts = Object.entries(sample).map(
    ([what, { p50, p99, lost, missed = 0, rate = 0 }]) =>
      `${what} ${p50?.toFixed(0)}/${p99?.toFixed(0)} µs (lost ${lost}, missed ${missed}, flow ${(rate / 1e3).toFixed(0)} k)`,
  );
  return parts.join(', ');
}

const samples = await sampled(ground, measured, { rounds: '3', hosts: HOSTS, measure, told });

const WHAT = {
  idle: 'idle',
  busy: 'beside 100,000 frames/s',
  ping: 'beside 100,000 frames/s',
};
const values = (peer, what, share) => samples.get(peer.name).map((sample) => sample[what][share]);

function rowsOf(what) {
  return measured.flatMap((peer) =>
    ['p50', 'p99'].map((share) => ({
      what: `${peer.name}, ${WHAT[what]}, ${share}`,
      figures: spreadOf(values(peer, what, share)),
    })),
  );
}

const unit = 'µs';
print({
  question: 'From announcement to the first client frame at the new holder?',
  unit,
  rows: [...rowsOf('idle'), ...rowsOf('busy')],
});
print({ question: 'What does a ping take?', unit, rows: rowsOf('ping') });
if (measured.includes(ours)) {
  const rows = [];
  for (const [peer, target] of [
    [peers.openVSwitch, '1'],
    [loop, '1.3'],
    [loopFirst, ''],
    [peers.bridge, ''],
  ]) {
    if (!measured.includes(peer)) continue;
    for (const what of ['idle', 'busy', 'ping']) {
      for (const share of ['p50', 'p99']) {
        const theirs = values(peer, what, share);
        const figures = spreadOf(values(ours, what, share).map((value, i) => value / theirs[i]));
        const title = what === 'ping' ? 'ping' : 'takeover';
        rows.push({
          what: `${title} ${WHAT[what]}, ${share}: ours / ${peer.name}`,
          figures,
          target,
        });
      }
    }
  }
  print({ question: 'How does our latency compare?', unit: 'at most', rows });
}
