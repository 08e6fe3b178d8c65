/** `havip status`: a running lab as it stands. */
import type { LabStatusAnswer } from '../analysis/live-events.ts';
import { askLab, chosenLab } from '../lab/control-client.ts';
import { statusPage } from '../report/lab-status.ts';
import { LAB_OPTION } from './control.ts';
import { lookOf } from './look.ts';
import { type CommandSpec, readCommandLine } from './option-table.ts';
import { type Clock, STATUS_DONE, type Streams } from './streams.ts';
import { UsageError } from './usage-error.ts';

const STATUS: CommandSpec = {
  name: 'status',
  operands: '',
  summary: 'ports with their rates, HaVips with holder and members, IP → MAC table, drops',
  options: [
    LAB_OPTION,
    { name: 'json', help: 'print one JSON object' },
    { name: 'no-color', help: 'no colours, even on a terminal' },
  ],
  examples: [['havip status', 'the lab that runs']],
};

export async function status(
  arguments_: readonly string[],
  streams: Streams,
  _clock: Clock,
): Promise<number> {
  const line = readCommandLine(STATUS, arguments_);
  const look = lookOf(streams.output, streams, line.isGiven('no-color'));
  if (line.operands.length > 0) throw new UsageError('status takes no operand', 'use --lab NAME');
  const lab = chosenLab(line.value('lab'));
  const answer = (await askLab(lab, { command: 'status' })) as LabStatusAnswer;
  const { dead, ...shown } = answer;
  const text = line.isGiven('json') ? `${JSON.stringify(shown)}\n` : statusPage(shown, look, dead);
  streams.output.write(text);
  return STATUS_DONE;
}
