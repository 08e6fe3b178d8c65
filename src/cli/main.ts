#!/usr/bin/env node
/** The `havip` program: the process's arguments, streams and clock handed to a command. */
import { runCommand } from './commands.ts';
import { noticeLine, noticeLines } from './notice.ts';
import { processClock, processStreams } from './process-streams.ts';
import { STATUS_UNUSABLE } from './streams.ts';

const streams = processStreams();
let status: number;
try {
  status = await runCommand(process.argv.slice(2), streams, processClock);
} catch (error) {
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  streams.errors.write(noticeLines('havip: an error of our own, please report it', what));
  status = STATUS_UNUSABLE;
}
await streams.output.drained();
await streams.errors.drained();
const failure = streams.failure();
if (failure !== null) {
  streams.errors.write(noticeLine('havip: cannot write the output', failure.message));
  status = STATUS_UNUSABLE;
}
// Standard input may still be open: nothing more is read from it.
process.exit(status);
