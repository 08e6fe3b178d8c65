/** `havip doctor`: what on this machine would spoil a lab, a line each, and how to mend it. */
import path from 'node:path';
import type { LabInQuestion } from '../lab/doctor/doctor.ts';
import type { Check, CheckState, Machine } from '../lab/doctor/machine.ts';
import { type Look, paint, printable, type Tone } from '../report/page.ts';
import { lookOf } from './look.ts';
import { type CommandSpec, readCommandLine } from './option-table.ts';
import { type Clock, STATUS_CONDITION, STATUS_DONE, type Streams } from './streams.ts';
import { topologyOf } from './topology.ts';
import { UsageError } from './usage-error.ts';

const DOCTOR: CommandSpec = {
  name: 'doctor',
  operands: '',
  summary: 'say what on this machine would spoil a lab, and how to mend it',
  options: [
    { name: 'lab', value: 'FILE', help: 'a lab file: look at its interfaces and programs too' },
    { name: 'json', help: 'one JSON document' },
    { name: 'no-color', help: 'no colours, even on a terminal' },
  ],
  examples: [
    ['havip doctor', 'whether a lab could run here; exit status 1 where it could not'],
    ['havip doctor --lab lab.yaml', 'the same of one lab, with what it attaches to and runs'],
  ],
};

const TONES: Record<CheckState, Tone> = { ok: 'good', note: 'warn', problem: 'bad' };
const MARK_COLUMN = 9;

const loadMachine = async (): Promise<Machine> => (await import('./this-machine.ts')).thisMachine();

export async function doctor(
  arguments_: readonly string[],
  streams: Streams,
  _clock: Clock,
  load: () => Promise<Machine> = loadMachine,
): Promise<number> {
  const line = readCommandLine(DOCTOR, arguments_);
  const look = lookOf(streams.output, streams, line.isGiven('no-color'));
  const [operand] = line.operands;
  if (operand !== undefined) {
    throw new UsageError(`doctor takes no ${operand}`, `write --lab ${operand} for a lab file`);
  }
  const lab = await labInQuestion(line.value('lab'));
  const { examine } = await import('../lab/doctor/doctor.ts');
  const checks = examine(await load(), lab);
  const problems = checks.filter(({ state }) => state === 'problem').length;
  if (line.isGiven('json')) {
    streams.output.write(`${JSON.stringify({ ok: problems === 0, checks }, null, 2)}\n`);
  } else {
    streams.output.write(textOf(checks, problems, look));
  }
  return problems === 0 ? STATUS_DONE : STATUS_CONDITION;
}

async function labInQuestion(file: string | null): Promise<LabInQuestion | null> {
  if (file === null) return null;
  const topology = await topologyOf({ lab: file, havips: [], provider: null });
  return topology === null ? null : { topology, folder: path.dirname(path.resolve(file)) };
}

function textOf(checks: readonly Check[], problems: number, look: Look): string {
  const lines = checks.map(({ name, state, what, mend }) => {
    const mark = paint(state, TONES[state], look) + ' '.repeat(MARK_COLUMN - state.length);
    return mark + printable(`${name}: ${what}${mend === null ? '' : `; ${mend}`}`, look);
  });
  const many = problems === 1 ? 'one problem' : `${problems} problems`;
  const verdict = problems === 0 ? 'A lab can run here.' : `No lab can run here yet: ${many}.`;
  return `${[...lines, verdict].join('\n')}\n`;
}
