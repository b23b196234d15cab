import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

const MAX_LENGTH = 200;

/** What a client calls itself, as its user may be shown it; null where it says nothing. */
export function deviceOf(userAgent: string | undefined): string | null {
  const shown = (userAgent ?? '').replaceAll(/[\p{Cc}\p{Cf}]/gu, '').trim();
  return shown === '' ? null : shown.slice(0, MAX_LENGTH);
}

/** The device that the request comes from, by its `User-Agent`. */
export const Device = createParamDecorator((_: unknown, context: ExecutionContext) =>
  deviceOf(context.switchToHttp().getRequest<Request>().headers['user-agent']),
);
