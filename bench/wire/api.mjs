// Do requests to the API hold up frames? A paced flow of 100,000 frames a second and takeovers
// beside it, with and without 500 requests a second, of which a fifth are changes that are written
// to the state file.
//
//   sudo node bench/wire/api.mjs [--json] [--pairs N]
//
// One lab; the two alternate, and which comes first alternates, too. A pair's figure is the ratio
// of its two.

import { join } from 'node:path';
import { print, spreadOf } from '../report.mjs';
import { Ground, obstacle, run } from './ground.mjs';
import { option } from './options.mjs';
import * as peers from './peers.mjs';
import { leaveOut } from './rounds.mjs';

const FLOW = 100_000;
const REQUESTS = 500;
const PORT = 7330;
/** Takeovers of one measurement, microseconds from one to the next. */
const CYCLES = Number(option('cycles', '800'));
const INTERVAL = 4000;
const LIMIT = 10;
/** How long flow and requests last, in seconds; the takeovers come in their midst. */
const FLOW_TIME = 4;
const HOSTS = ['client', 'member-1', 'member-2', 'source', 'sink'];

leaveOut('api', obstacle());

const pairs = Number(option('pairs', '10'));
const ground = new Ground();
const percentile = (sorted, share) =>
  sorted[Math.min(sorted.length - 1, (sorted.length * share) | 0)];
const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

async function takeovers(peer, [client, one, two]) {
  const args = [client.namespace, one.namespace, two.namespace, CYCLES, INTERVAL, peer.target];
  args.push(peer.announcer(one), peer.announcer(two), client.mac);
  args.push(peers.HAVIP_ADDRESS, client.ip, LIMIT);
  const child = await ground.start(ground.program('takeover'), args.map(String));
  return JSON.parse(await ground.result(child));
}

async function measure(peer, hosts, url) {
  const [, , , source, sink] = hosts;
  const counter = await ground.start(
    ground.program('count'),
    [PORT, 0, FLOW_TIME + 1].map(String),
    {
      namespace: sink.namespace,
      ready: /ready/,
    },
  );
  const flow = [sink.ip, PORT, FLOW, FLOW_TIME].map(String);
  const sender = await ground.start(ground.program('send'), flow, { namespace: source.namespace });
  const script = join(import.meta.dirname, 'requests.mjs');
  const client =
    url === null
      ? null
      : await ground.start(
          process.execPath,
          [script, url, REQUESTS, FLOW_TIME, 'shared'].map(String),
        );
  await pause(0.5);
  const { samples, lost } = await takeovers(peer, hosts);
  const { sent, refused } = JSON.parse(await ground.result(sender));
  const counted = await ground.result(counter);
  const { before, frames } = JSON.parse(counted.slice(counted.indexOf('{')));
  const requests = client === null ? null : JSON.parse(await ground.result(client));
  return {
    // What the device did not take from the sender is lost, too.
    loss: (sent + refused - before - frames) / (sent + refused),
    rate: sent / FLOW_TIME,
    p50: percentile(samples, 0.5),
    p99: percentile(samples, 0.99),
    lost,
    requests,
  };
}

const hosts = peers.makeHosts(ground, HOSTS);
const state = join(ground.folder, 'state.db');
const peer = peers.havip('alibaba', ['--api', '127.0.0.1:0', '--state', state]);
const samples = [];
try {
  const stop = await peer.start(ground, hosts);
  const { api } = stop.ready;
  for (const [index, { namespace }] of hosts.entries()) {
    const { ip } = hosts[(index + 1) % hosts.length];
    run('ip', 'netns', 'exec', namespace, 'ping', '-c', '1', '-W', '2', ip);
  }
  await measure(peer, hosts, api);
  for (let pair = 0; pair < pairs; pair++) {
    const sample = {};
    for (const what of pair % 2 === 0 ? ['quiet', 'asked'] : ['asked', 'quiet']) {
      sample[what] = await measure(peer, hosts, what === 'asked' ? api : null);
    }
    samples.push(sample);
    const told = Object.entries(sample).map(
      ([what, { p50, p99, loss, lost, rate, requests }]) =>
        `${what} ${p50.toFixed(0)}/${p99.toFixed(0)} µs, loss ${(100 * loss).toFixed(3)} % of ${(rate / 1e3).toFixed(0)} k, takeovers lost ${lost}${requests === null ? '' : `, ${requests.done} of ${requests.sent} requests answered`}`,
    );
    console.error(`pair ${pair + 1}: ${told.join('; ')}`);
  }
  await stop();
} finally {
  ground.forget();
}

const row = (what, of, target) => ({ what, figures: spreadOf(samples.map(of)), target });
print({
  question: 'Do requests to the API hold up frames?',
  unit: 'at most',
  rows: [
    row('loss at 100,000 frames/s, %', ({ quiet }) => 100 * quiet.loss, '0.1'),
    row('loss beside 500 requests/s, %', ({ asked }) => 100 * asked.loss, '0.1'),
    row(
      'takeover p50: beside requests / without',
      ({ quiet, asked }) => asked.p50 / quiet.p50,
      '1.1',
    ),
    row(
      'takeover p99: beside requests / without',
      ({ quiet, asked }) => asked.p99 / quiet.p99,
      '1.25',
    ),
  ],
});
