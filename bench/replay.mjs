// How long does a replay take, beside others who read the same file? Whole processes in turn, each
// pair in one go, so that a machine that slows down slows both. Ratios above 1: the replay is the
// faster one. tshark takes minutes for what the others do in a second, so it reads a tenth of the
// frames, and its ratio is by frame.
//
//   node bench/replay.mjs [FILE] [PAIRS] [--json]      without FILE it generates 5 million frames

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { print, spreadOf } from './report.mjs';

const root = join(import.meta.dirname, '..');
const [given, pairs = '5'] = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const FRAMES = 5_000_000;
const FEW = 100_000;

function generated(frames) {
  const file = join(tmpdir(), `havip-bench-${frames}.pcap`);
  if (!existsSync(file)) {
    const generate = join(root, 'bench', 'generate.mjs');
    spawnSync(process.execPath, [generate, file, String(frames)], { stdio: 'inherit' });
  }
  return file;
}

const file = given ?? generated(FRAMES);
const few = given === undefined ? generated(FEW) : null;
const replay = (path) => [process.execPath, join(root, 'dist', 'cli', 'main.js'), 'replay', path];
const parser = `
  import parse from 'pcap-parser';
  let frames = 0;
  const reading = parse.parse(process.argv[1]);
  reading.on('packet', () => frames++);
  reading.on('end', () => process.exit(frames > 0 ? 0 : 1));
`;
const others = [
  { name: 'tcpdump', command: ['tcpdump', '-r', file, '-w', '/dev/null', 'arp'], least: 1 },
  {
    name: 'pcap-parser',
    command: [process.execPath, '--input-type=module', '-e', parser, file],
    least: 8,
  },
];
if (few !== null) {
  const command = [
    'tshark',
    '-n',
    '-r',
    few,
    '-Y',
    'arp.isgratuitous',
    '-T',
    'fields',
    '-e',
    'arp',
  ];
  others.push({ name: 'tshark', command, least: 100, share: FRAMES / FEW });
}

/** Seconds of wall time; NaN where the command cannot be run. */
function time([command, ...args]) {
  const started = performance.now();
  const { status, error } = spawnSync(command, args, { stdio: 'ignore', cwd: root });
  return error !== undefined || status !== 0 ? Number.NaN : (performance.now() - started) / 1000;
}

time(replay(file));
const seconds = [];
const ratios = [];
for (const { name, command, least, share = 1 } of others) {
  if (Number.isNaN(time(command))) {
    console.error(`bench: ${name} cannot be run here, left out`);
    continue;
  }
  const rounds = share > 1 ? 2 : Number(pairs);
  const ours = [];
  const theirs = [];
  for (let pair = 0; pair < rounds; pair++) {
    ours.push(time(replay(file)));
    theirs.push(time(command) * share);
  }
  seconds.push({ what: `havip replay, beside ${name}`, figures: spreadOf(ours) });
  const note = share > 1 ? `, ${share} times that of ${FEW} frames` : '';
  seconds.push({ what: `${name}${note}`, figures: spreadOf(theirs) });
  const each = ours.map((own, pair) => theirs[pair] / own);
  ratios.push({ what: `${name} / havip replay`, figures: spreadOf(each), target: least });
}
print({ question: 'How many seconds does a replay take?', unit: 'seconds', rows: seconds });
print({ question: 'How many times faster is a replay?', unit: 'at least', rows: ratios });
