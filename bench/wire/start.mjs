// How long does `havip up --state` take, from the command to `ready`, with 10,000 HaVips of which
// each has two members? They come from the lab file the first time, and from the state then.
//
//   sudo node bench/wire/start.mjs [--json] [--havips N] [--rounds N]

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { print, spreadOf } from '../report.mjs';
import { Ground, obstacle, run } from './ground.mjs';
import { option } from './options.mjs';
import { HAVIP } from './peers.mjs';
import { leaveOut } from './rounds.mjs';

const HOSTS = 4;

leaveOut('start', obstacle());

const count = Number(option('havips', '10000'));
const rounds = Number(option('rounds', '7'));
const ground = new Ground();
const state = join(ground.folder, 'lab.db');

const numbers = (n) => Array.from({ length: n }, (_, i) => i);
const host = (i) => {
  const attach = `{ netns: ${ground.prefix}-${i} }`;
  return `  i-${i}: { enis: { eth0: { subnet: big, ip: 10.0.0.${i + 10}, attach: ${attach} } } }`;
};
const havip = (i) => {
  const address = `10.0.${1 + Math.floor(i / 200)}.${1 + (i % 200)}`;
  return `  v${i}: { subnet: big, ip: ${address}, bind: [i-${i % HOSTS}, i-${(i + 1) % HOSTS}] }`;
};

/** A lab file with so many HaVips. */
function labFile(havips) {
  const file = join(ground.folder, 'lab.yaml');
  const lines = [
    `name: ${ground.prefix}`,
    'provider: alibaba',
    'subnets: { big: { cidr: 10.0.0.0/16 } }',
    `quotas: { havipsPerAccount: ${count}, havipsPerVpc: ${count}, havipsPerInstance: ${count} }`,
    ...['instances:', ...numbers(HOSTS).map(host)],
    ...(havips > 0 ? ['havips:', ...numbers(havips).map(havip)] : []),
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

/** Seconds until the lab is ready. */
async function start(file) {
  const begun = performance.now();
  const child = await ground.start(
    process.execPath,
    [HAVIP, 'up', file, '--json', '--state', state],
    {
      ready: /"event":"ready".*\n/,
    },
  );
  const seconds = (performance.now() - begun) / 1000;
  try {
    const list = run(process.execPath, HAVIP, 'list', '--lab', ground.prefix, '--format', 'csv');
    const listed = list.trimEnd().split('\n').length - 1;
    if (listed !== count) throw new Error(`ready with ${listed} HaVips, not ${count}`);
    return seconds;
  } finally {
    await ground.stop(child);
  }
}

const first = await start(labFile(count));
const file = labFile(0);
const samples = [];
for (let round = 0; round < rounds; round++) samples.push(await start(file));
ground.clear();
print({
  question: 'How long does a lab take to be ready?',
  unit: `seconds, ${count} HaVips, whole command`,
  rows: [
    { what: 'HaVips in the state', figures: spreadOf(samples), target: '2' },
    { what: 'in the lab file, the first time', figures: spreadOf([first]) },
  ],
});
