// All benches one after the other, into bench/RESULTS.md and bench/results.json.
//
//   npm run bench

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { machine, table } from './report.mjs';

const folder = import.meta.dirname;
const BENCHES = [
  'frames',
  'tables',
  'announcements',
  'replay',
  'wire/throughput',
  'wire/latency',
  'wire/api',
  'wire/start',
];

const about = machine();
const answers = [];
for (const name of BENCHES) {
  console.error(`bench: ${name}`);
  const script = join(folder, `${name}.mjs`);
  const { status, stdout } = spawnSync(process.execPath, [script, '--json'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`bench/${name}.mjs failed (${status})`);
  // A bench that this machine cannot run has said why, and answers nothing.
  const lines = stdout
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '');
  answers.push(...lines.map((line) => ({ bench: name, ...JSON.parse(line) })));
}

const { processor, processors, memoryGiB, kernel, node, date, loadBefore } = about;
const page = `# Results

${date}: ${processors} × ${processor}, ${memoryGiB} GiB, Linux ${kernel}, Node ${node}, load ${loadBefore} before. Made by \`npm run bench\`; [docs/benches.md](../docs/benches.md) says what each figure means and how noisy it is.

${answers.map(table).join('\n')}`;
writeFileSync(join(folder, 'RESULTS.md'), page);
writeFileSync(
  join(folder, 'results.json'),
  `${JSON.stringify({ machine: about, answers }, null, 1)}\n`,
);
console.log(page);
