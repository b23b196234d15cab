import { HttpException } from '@nestjs/common';

/**
 * An HttpException without a stack trace. Every refused request creates one; capturing a trace would cost more than the
 * rest of the error, and it is not logged.
 */
export abstract class RequestError extends HttpException {
  constructor(response: string | Record<string, unknown>, status: number) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(response, status);
    Error.stackTraceLimit = stackTraceLimit;
  }
}
