/** Fields of a request to a running lab, as they were sent: checked before they are used. */
import type { ControlRequest } from './control-server.ts';
import { LabError } from './lab-error.ts';

export function text(request: ControlRequest, field: string): string {
  const value = request[field];
  if (typeof value === 'string' && value !== '') return value;
  throw new LabError(`${request.command}: ${field} is missing`, `name the ${field}`);
}
