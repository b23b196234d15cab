import { HttpException } from '@nestjs/common';

/**
 * An HttpException without a stack trace: it is made for every refused request and nobody reads where, and the trace costs
 * more than all the rest of it.
 */
export abstract class RequestError extends HttpException {
  constructor(response: string | Record<string, unknown>, status: number) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(response, status);
    Error.stackTraceLimit = stackTraceLimit;
  }
}
