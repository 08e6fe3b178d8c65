// How many frames a second go from one TAP device to another, and how fast is one TCP stream?
//
//   sudo node bench/wire/throughput.mjs [--json] [--rounds N] [--provider NAME] [--only TEXT]
//
// Two hosts in namespaces, one switch at a time between them. A paced sender offers more than any
// of them forwards (64-octet UDP frames); a counter at the other end counts what arrives. Each
// round measures all switches, one after the other. The stream is CUBIC's (RFC 9438), Linux's own
// choice; where the machine is set to another, such as BBR, which paces by a timer what a switch is
// to carry, there is one of its as well.

import { readFileSync } from 'node:fs';
import { print, spreadOf } from '../report.mjs';
import { Ground, has, obstacle } from './ground.mjs';
import { option } from './options.mjs';
import * as peers from './peers.mjs';
import { chosen, leaveOut, sampled } from './rounds.mjs';

/** Frames a second that are offered. */
const OFFERED = 600_000;
const PORT = 7330;
const WARMUP = 0.5;
const SECONDS = 2;
const TCP_SECONDS = 3;
const OWN_CONTROL = readFileSync('/proc/sys/net/ipv4/tcp_congestion_control', 'utf8').trim();
/** Congestion controls of the streams. */
const CONTROLS = [...new Set(['cubic', OWN_CONTROL])];

leaveOut('throughput', obstacle());

const ours = peers.havip(option('provider', 'alibaba'));
const plain = peers.loop();
const offloading = peers.loop({ offload: true });
const all = [ours, peers.openVSwitch, plain, offloading, peers.bridge, peers.vde];
const measured = chosen(all);
const ground = new Ground();
const hasIperf = has('iperf3');
if (!hasIperf) console.error('bench: without TCP: apt install iperf3');

async function frames(from, to) {
  const counter = await ground.start(ground.program('count'), [PORT, WARMUP, SECONDS].map(String), {
    namespace: to.namespace,
    ready: /ready/,
  });
  const time = WARMUP + SECONDS + 0.5;
  const sender = await ground.start(
    ground.program('send'),
    [to.ip, PORT, OFFERED, time].map(String),
    { namespace: from.namespace },
  );
  const [sent, received] = await Promise.all([ground.result(sender), ground.result(counter)]);
  return {
    sent: JSON.parse(sent).rate,
    frames: JSON.parse(received.slice(received.indexOf('{'))).rate,
  };
}

async function tcp(from, to, control) {
  const server = await ground.start('iperf3', ['-s', '-1', '--forceflush'], {
    namespace: to.namespace,
    ready: /listening/,
  });
  const args = ['-c', to.ip, '-t', String(TCP_SECONDS), '-O', '1', '-C', control, '-J'];
  const client = await ground.start('iperf3', args, { namespace: from.namespace });
  const { end } = JSON.parse(await ground.result(client));
  await ground.stop(server);
  return end.sum_received.bits_per_second / 1e9;
}

async function measure([from, to]) {
  const seen = await frames(from, to);
  const streams = {};
  for (const control of hasIperf ? CONTROLS : []) streams[control] = await tcp(from, to, control);
  return { ...seen, ...streams };
}

function told({ sent, frames: arrived, ...streams }) {
  const parts = [
    `${(arrived / 1e3).toFixed(0)} k frames/s of ${(sent / 1e3).toFixed(0)} k offered`,
  ];
  for (const [control, gigabits] of Object.entries(streams)) {
    parts.push(`TCP (${control}) ${gigabits.toFixed(2)} Gbit/s`);
  }
  return parts.join(', ');
}

const hosts = ['sender', 'receiver'];
const samples = await sampled(ground, measured, { rounds: '5', hosts, measure, told });

const figures = (peer, what) => spreadOf(samples.get(peer.name).map((sample) => sample[what]));
const thousands = ({ minimum, median, maximum }) => ({
  minimum: minimum / 1e3,
  median: median / 1e3,
  maximum: maximum / 1e3,
});
/** Ours to the peer's, round by round. */
function ratio(peer, what) {
  const theirs = samples.get(peer.name);
  return spreadOf(samples.get(ours.name).map((sample, i) => sample[what] / theirs[i][what]));
}

print({
  question: 'How many frames a second from TAP to TAP?',
  unit: 'thousands of 64-octet frames',
  rows: measured.map((peer) => ({ what: peer.name, figures: thousands(figures(peer, 'frames')) })),
});
for (const control of hasIperf ? CONTROLS : []) {
  print({
    question: `How fast is one TCP stream, by ${control}?`,
    unit: 'Gbit/s',
    rows: measured.map((peer) => ({ what: peer.name, figures: figures(peer, control) })),
  });
}
if (measured.includes(ours)) {
  const rows = [];
  const compare = (peer, what, label, target) => {
    if (!measured.includes(peer)) return;
    rows.push({ what: `${label}: ours / ${peer.name}`, figures: ratio(peer, what), target });
  };
  compare(peers.openVSwitch, 'frames', 'frames', '1.3');
  compare(plain, 'frames', 'frames', '0.95');
  compare(offloading, 'frames', 'frames', '');
  compare(peers.vde, 'frames', 'frames', '');
  compare(peers.bridge, 'frames', 'frames', '');
  for (const control of hasIperf ? CONTROLS : []) {
    compare(peers.bridge, control, `TCP (${control})`, '0.95');
    compare(offloading, control, `TCP (${control})`, '');
    compare(peers.openVSwitch, control, `TCP (${control})`, '');
  }
  print({ question: 'How does our switch compare on the wire?', unit: 'at least', rows });
}
