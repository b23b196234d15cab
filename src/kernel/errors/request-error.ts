import { HttpException } from '@nestjs/common';

/**
 * An HttpException without a stack trace. One is created for every refused request; its trace would cost more than everything
 * else in it, and nobody reads it.
 */
export abstract class RequestError extends HttpException {
  constructor(response: string | Record<string, unknown>, status: number) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(response, status);
    Error.stackTraceLimit = stackTraceLimit;
  }
}
