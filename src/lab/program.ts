/** Runs the system's own tools (`ip`, `sysctl`), without a shell. */
import { execFile } from 'node:child_process';
import { LabError } from './lab-error.ts';

const OUTPUT_MAX = 1 << 20;
const TIME_MAX = 20_000;

/** What the program printed. Throws LabError with its own words where it fails. */
export function runProgram(file: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { maxBuffer: OUTPUT_MAX, timeout: TIME_MAX, encoding: 'utf8' as const };
    execFile(file, [...args], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else if (error.code === 'ENOENT') {
        reject(new LabError(`${file}: no such program`, 'havip doctor says what a lab needs'));
      } else {
        const words = stderr.trim().split('\n')[0] || error.message;
        reject(new LabError(`${file} ${args.join(' ')}: ${words}`, 'havip doctor may know why'));
      }
    });
  });
}
