/** `havip down`: ends a lab, and removes what one that crashed has left behind. */
import { askLab, chosenLab, UnreachableError } from '../lab/control-client.ts';
import { removeGround } from '../lab/ground.ts';
import { LabError } from '../lab/lab-error.ts';
import { isRunning, type LabRecord, readLabRecord } from '../lab/lab-record.ts';
import { LAB_OPTION } from './control.ts';
import { type CommandSpec, readCommandLine } from './option-table.ts';
import { type Clock, STATUS_DONE, type Streams } from './streams.ts';
import { UsageError } from './usage-error.ts';

const DOWN: CommandSpec = {
  name: 'down',
  operands: '',
  summary: 'end a lab, and remove what one that crashed has left behind',
  options: [LAB_OPTION],
  examples: [['havip down', 'as an interrupt in the terminal of havip up does']],
};

const WAIT_MS = 15_000;
const LOOK_MS = 50;

export async function down(
  arguments_: readonly string[],
  streams: Streams,
  clock: Clock,
): Promise<number> {
  const line = readCommandLine(DOWN, arguments_);
  if (line.operands.length > 0) throw new UsageError('down takes no operand', 'use --lab NAME');
  const lab = chosenLab(line.value('lab'));
  const record = readLabRecord(lab);
  if (record === null) throw new LabError(`lab ${lab} does not run`, 'nothing is left of it');
  if (isRunning(record)) {
    await askToEnd(record);
    const deadline = clock.now() + WAIT_MS;
    while (readLabRecord(lab) !== null && isRunning(record)) {
      if (clock.now() > deadline) {
        throw new LabError(`lab ${lab} does not end`, `end process ${record.pid}, then try again`);
      }
      await clock.sleep(LOOK_MS);
    }
  }
  const left = readLabRecord(lab) === null ? [] : await removeGround(record);
  for (const name of left) streams.output.write(`removed ${name}\n`);
  streams.output.write(`lab ${lab} is down\n`);
  return STATUS_DONE;
}

/** By its socket; one that has none yet, or none any more, by the signal that ends it as well. */
async function askToEnd(record: LabRecord): Promise<void> {
  try {
    await askLab(record.lab, { command: 'down' });
  } catch (error) {
    // Another one may have asked it first.
    if (!isRunning(record)) return;
    if (!(error instanceof UnreachableError)) throw error;
    terminate(record.pid);
  }
}

function terminate(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch (error) {
    // It has ended this very moment.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
