/** One call on its way through: what it may read, ask and submit. */
import type { Operation, Outcome } from '../../havip/inventory/operation.ts';
import type { Plane } from '../../havip/inventory/plane.ts';
import type { ParameterReader } from '../parameter-reader.ts';
import { parameterFault } from './codes.ts';
import type { Result } from './result.ts';

export interface Call {
  action: string;
  requestId: string;
  parameters: ParameterReader;
  plane: Plane;
  submit(operation: Operation, token?: string | null): Promise<Outcome>;
}

export type Handler = (call: Call) => Promise<Result>;

/** A handler that reads all its parameters before it does anything. */
export function handler<Input>(
  read: (parameters: ParameterReader) => Input,
  run: (input: Input, call: Call) => Result | Promise<Result>,
): Handler {
  return async (call) => {
    const input = read(call.parameters);
    const fault = call.parameters.finish();
    return fault === null ? run(input, call) : parameterFault(fault);
  };
}
