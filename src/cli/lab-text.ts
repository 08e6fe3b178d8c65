/** Reads a lab file for its parser, which reads none itself. */
import { octetsOf } from './octets-of.ts';
import { UsageError } from './usage-error.ts';

/** Raises UsageError where it cannot be read, in which `named` is the file. */
export async function labText(file: string, named: string, mend: string): Promise<string> {
  const { LAB_FILE_OCTETS_MAX } = await import('../lab/file/lab-document.ts');
  let octets: Buffer | null;
  try {
    octets = octetsOf(file, LAB_FILE_OCTETS_MAX);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UsageError(`${named}: ${code === 'ENOENT' ? 'no such file' : message}`, mend);
  }
  if (octets === null) throw new UsageError(`${named}: larger than 1 MiB`, 'is it a lab file?');
  return octets.toString('utf8');
}
