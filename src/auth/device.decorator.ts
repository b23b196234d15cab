import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

// @Device: the device that a session belongs to.

const MAX_LENGTH = 200;

/**
 * Returns the `User-Agent` without control characters, so that it is safe to show, cut to 200 characters. Null if there
 * is none.
 */
export function deviceOf(userAgent: string | undefined): string | null {
  const shown = (userAgent ?? '').replaceAll(/[\p{Cc}\p{Cf}]/gu, '').trim();
  return shown === '' ? null : shown.slice(0, MAX_LENGTH);
}

/** Parameter decorator: the device of the request, from its `User-Agent`. */
export const Device = createParamDecorator((_: unknown, context: ExecutionContext) =>
  deviceOf(context.switchToHttp().getRequest<Request>().headers['user-agent']),
);
