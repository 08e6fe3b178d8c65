// How long does a replay take, beside tcpdump reading the same file? Whole processes in turn, each
// pair in one go, so that a machine that slows down slows both. Prints one ratio: above 1, the
// replay is the faster one.
//
//   node bench/replay.mjs [FILE] [PAIRS]      without FILE it generates 5 million frames

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

const root = join(import.meta.dirname, '..');
const [given, pairs = '7'] = process.argv.slice(2);
const file = given ?? join(tmpdir(), 'havip-bench-5000000.pcap');
if (!existsSync(file)) {
  console.log(`generating ${file}`);
  spawnSync(process.execPath, [join(root, 'bench', 'generate.mjs'), file], { stdio: 'inherit' });
}

const replay = [process.execPath, join(root, 'dist', 'cli', 'main.js'), 'replay', file];
const tcpdump = ['tcpdump', '-r', file, '-w', '/dev/null', 'arp'];

/** Seconds of wall time; throws where the command cannot be run. */
function time([command, ...args]) {
  const started = performance.now();
  const { status, error } = spawnSync(command, args, { stdio: 'ignore' });
  if (error !== undefined || status !== 0) throw new Error(`${command} failed (${status})`);
  return (performance.now() - started) / 1000;
}

function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return `${sorted[0].toFixed(3)} ${median(values).toFixed(3)} ${sorted.at(-1).toFixed(3)}`;
}

time(replay);
time(tcpdump);
const ours = [];
const theirs = [];
for (let pair = 0; pair < Number(pairs); pair++) {
  ours.push(time(replay));
  theirs.push(time(tcpdump));
}
const ratios = ours.map((seconds, pair) => theirs[pair] / seconds);
console.log('seconds: minimum, median, maximum');
console.log(`  havip replay        ${spread(ours)}`);
console.log(`  tcpdump -w null arp ${spread(theirs)}`);
console.log(`tcpdump / replay, pair by pair: ${spread(ratios)}`);
