/** A call that is refused in Alibaba's words: its HTTP status, code and message. */
export class AlibabaError extends Error {
  /** HTTP. */
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'AlibabaError';
    this.status = status;
    this.code = code;
  }
}

export function missing(parameter: string): AlibabaError {
  return new AlibabaError(400, 'MissingParameter', `${parameter} is mandatory for this action.`);
}

export function invalid(parameter: string, why: string): AlibabaError {
  const message = `The specified parameter ${parameter} is not valid: ${why}.`;
  return new AlibabaError(400, 'InvalidParameter', message);
}

/** In the vendor's words, which say nothing of what failed. */
export function internalError(): AlibabaError {
  const message = 'The request processing has failed due to some unknown error.';
  return new AlibabaError(500, 'InternalError', message);
}
