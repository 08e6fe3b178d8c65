/**
 * The one error that reading a lab file may raise: a single line that names file, line and field,
 * says what is wrong and how to mend it.
 */
import { onOneLine } from './quoted.ts';

export interface LabPlace {
  file: string;
  /** 1-based. */
  line: number;
  /** Dotted path such as `instances.ecs-1.enis.eth0.mac`; empty for the file as a whole. */
  field: string;
}

export class LabFileError extends Error {
  override readonly name = 'LabFileError';
  readonly file: string;
  readonly line: number;
  readonly field: string;

  constructor(place: LabPlace, problem: string) {
    const field = place.field === '' ? '' : place.field + ': ';
    super(onOneLine(`${place.file}:${place.line}: ${field}${problem}`));
    this.file = place.file;
    this.line = place.line;
    this.field = place.field;
  }
}
