/** What turns out to be wrong with a field only when the lab is made, told with its place. */
import { LabFieldError } from '../lab-error.ts';
import { LabDocument } from './lab-document.ts';

/** With file, line and field, where it is an error of a field; any other error as it is. */
export function placedError(error: unknown, text: string, file: string): unknown {
  if (!(error instanceof LabFieldError)) return error;
  return new LabDocument(text, file).error(error.path, error.message);
}
