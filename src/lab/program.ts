/** Runs the system's own tools (`ip`, `sysctl`), without a shell. */
import { execFile, spawn } from 'node:child_process';
import { LabError } from './lab-error.ts';

const OUTPUT_MAX = 1 << 20;
const TIME_MAX = 20_000;
const WHAT_IS_NEEDED = 'havip doctor says what a lab needs';

/** What the program printed. Throws LabError with its own words where it fails. */
export function runProgram(file: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { maxBuffer: OUTPUT_MAX, timeout: TIME_MAX, encoding: 'utf8' as const };
    execFile(file, [...args], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else if (error.code === 'ENOENT') {
        reject(new LabError(`${file}: no such program`, WHAT_IS_NEEDED));
      } else {
        const words = stderr.trim().split('\n')[0] || error.message;
        reject(new LabError(`${file} ${args.join(' ')}: ${words}`, 'havip doctor may know why'));
      }
    });
  });
}

/**
 * Runs `ip` in a namespace once for many commands, each a line. Throws LabError with the line that
 * failed and what `ip` said of it; those after it are not run. `ip` divides lines into words at
 * white space and knows quotes and comments: the caller lets no such characters into a word.
 */
export async function runIp(netns: string, lines: readonly string[]): Promise<void> {
  const { end, said } = await ipBatch(['-n', netns], lines);
  if (end === 0) return;
  const number = /^Command failed -:(\d+)/m.exec(said)?.[1];
  const line = number === undefined ? '' : ` ${lines[Number(number) - 1]}`;
  const words = said.split('\n')[0] || `ended with ${end}`;
  throw new LabError(`ip -n ${netns}${line}: ${words.trim()}`, 'havip doctor may know why');
}

/**
 * Runs `ip` once for many commands, each a line, going on past those that fail; resolves to what
 * it complained of.
 */
export async function runIpBatch(lines: readonly string[]): Promise<string[]> {
  const { said } = await ipBatch(['-force'], lines);
  const complaints = said.split('\n').map((line) => line.trim());
  return complaints.filter((line) => line !== '' && !line.startsWith('Command failed'));
}

interface IpBatch {
  /** Exit status, or the signal. */
  end: number | string | null;
  /** On its standard error. */
  said: string;
}

function ipBatch(options: readonly string[], lines: readonly string[]): Promise<IpBatch> {
  return new Promise((resolve, reject) => {
    const stdio: ['pipe', 'ignore', 'pipe'] = ['pipe', 'ignore', 'pipe'];
    const child = spawn('ip', [...options, '-batch', '-'], { stdio, timeout: TIME_MAX });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (said.length < OUTPUT_MAX) said += text;
    });
    // A program that does not start has no input to write to: its own error says so.
    child.stdin.on('error', () => {});
    child.on('error', (error) => reject(new LabError(`ip: ${error.message}`, WHAT_IS_NEEDED)));
    child.on('close', (status, signal) => resolve({ end: status ?? signal, said }));
    child.stdin.end(`${lines.join('\n')}\n`);
  });
}
