// The rounds of a wire bench: every switch is asked once a round, one after the other, each on
// hosts of its own.

import { option } from './options.mjs';
import * as peers from './peers.mjs';

/** Ends the bench, with success, where it cannot run here. */
export function leaveOut(bench, why) {
  if (why === null) return;
  console.error(`bench: wire/${bench} is left out: ${why}`);
  process.exit(0);
}

/** Those that the machine has and `--only TEXT` means. */
export function chosen(all) {
  const only = option('only', '');
  return peers.present(all).filter(({ name }) => name.includes(only));
}

/** Samples of each by its name; `rounds` is what `--rounds N` is unless said. */
export async function sampled(ground, measured, { rounds, hosts, measure, told }) {
  const samples = new Map(measured.map(({ name }) => [name, []]));
  for (let round = 1; round <= Number(option('rounds', rounds)); round++) {
    for (const peer of measured) {
      const sample = await sampleOf(ground, peer, hosts, measure);
      samples.get(peer.name).push(sample);
      console.error(`round ${round}: ${peer.name}: ${told(sample)}`);
    }
  }
  return samples;
}

async function sampleOf(ground, peer, names, measure) {
  const hosts = peers.makeHosts(ground, names);
  try {
    const stop = await peer.start(ground, hosts);
    const sample = await measure(hosts, peer);
    await stop();
    return sample;
  } finally {
    ground.forget();
  }
}
