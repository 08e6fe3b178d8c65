/** Asks a running lab to do something, over its control socket. */
import net from 'node:net';
import type { ControlReply, ControlRequest } from './control-server.ts';
import { LabError } from './lab-error.ts';
import { isRunning, knownLabs, type LabRecord, readLabRecord } from './lab-record.ts';

const ANSWER_MAX = 64 << 20;
/** A lab is a folder of its name, which must lead nowhere else: as in the lab file's schema. */
const NAME = /^[^./][^/]*$/;
/** How long a lab may take to answer, in milliseconds: starting a host can take a while. */
const ANSWER_TIME = 60_000;

/**
 * The lab that is meant: the one named, the only one that runs, or where none runs the only one
 * that has left something behind. Throws LabError where there is none, or more than one. `root`:
 * see `lab-record.ts`.
 */
export function chosenLab(name: string | null, root?: string): string {
  if (name !== null) {
    if (NAME.test(name)) return name;
    throw new LabError(`"${name}" is no name of a lab`, 'write the `name` of its lab file');
  }
  const known = knownLabs(root);
  const running = known.filter((lab) => runs(lab, root));
  const labs = running.length > 0 ? running : known;
  const [only] = labs;
  if (only === undefined) throw new LabError('no lab runs', 'start one: havip up LAB');
  if (labs.length > 1) {
    const what = running.length > 0 ? 'run' : 'have ended without cleaning up';
    throw new LabError(`several labs ${what}: ${labs.join(', ')}`, 'choose one with --lab NAME');
  }
  return only;
}

function runs(lab: string, root?: string): boolean {
  try {
    const record = readLabRecord(lab, root);
    return record !== null && isRunning(record);
  } catch {
    // Its record is spoilt: whoever names the lab is told of it.
    return false;
  }
}

/** The lab's process runs and takes no commands: it is starting, ending, or has others to hear. */
export class UnreachableError extends LabError {
  constructor(lab: string, why: string) {
    super(`lab ${lab} takes no commands (${why})`, 'it is starting, ending or busy: try again');
  }
}

/**
 * The answer to one request. Throws UnreachableError where nobody listens, and LabError where
 * nobody answers, or the answer is a refusal.
 */
export async function askLab(
  lab: string,
  request: ControlRequest,
  root?: string,
): Promise<unknown> {
  const record = readLabRecord(lab, root);
  if (record === null) throw new LabError(`lab ${lab} does not run`, 'start it: havip up LAB');
  if (!isRunning(record)) {
    throw new LabError(`lab ${lab} has ended without cleaning up`, `run: havip down --lab ${lab}`);
  }
  const reply = await exchange(record, JSON.stringify(request));
  if ('error' in reply) {
    const [what, ...mend] = reply.error.split('; ');
    throw new LabError(`lab ${lab}: ${what}`, mend.join('; ') || 'see havip status');
  }
  return reply.result;
}

function exchange({ lab, control: path }: LabRecord, line: string): Promise<ControlReply> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(path);
    let text = '';
    const fail = (why: string): void =>
      reject(new LabError(`${path}: ${why}`, 'is the lab still running? havip down cleans up'));
    socket.setEncoding('utf8');
    socket.setTimeout(ANSWER_TIME, () => {
      fail('no answer');
      socket.destroy();
    });
    socket.on('connect', () => socket.write(`${line}\n`));
    socket.on('data', (piece: string) => {
      text += piece;
      if (text.length > ANSWER_MAX) socket.destroy();
      if (!text.includes('\n')) return;
      socket.end();
      try {
        resolve(JSON.parse(text.slice(0, text.indexOf('\n'))) as ControlReply);
      } catch {
        fail('the answer is no JSON');
      }
    });
    socket.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      const isAbsent = code === 'ENOENT' || code === 'ECONNREFUSED';
      if (isAbsent) reject(new UnreachableError(lab, message));
      else fail(message);
    });
    socket.on('close', () => reject(new UnreachableError(lab, 'it hung up')));
  });
}
