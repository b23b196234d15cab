import 'reflect-metadata';
import type { ExecutionContext } from '@nestjs/common';
import { notAuthenticated } from '../errors/access.errors.js';
import { AppError } from '../errors/app-error.js';
import { AccessGuard } from './access.guard.js';
import type { Authenticator } from './authenticator.js';

class Routes {
  plain(this: void): void {}
}

const CONTEXT = {
  getType: () => 'http',
  getClass: () => Routes,
  getHandler: () => Routes.prototype.plain,
  getArgs: () => [{}, {}],
} as unknown as ExecutionContext;

/** Returns the guard's error for a request whose authentication fails, and how often the request was counted. */
async function refusal(failure: Error, limit?: Error) {
  let counted = 0;
  const authenticator = { authenticate: () => Promise.reject(failure) };
  const limiter = { count: () => (++counted, limit ? Promise.reject(limit) : undefined) };
  const guard = new AccessGuard(authenticator as unknown as Authenticator, limiter);
  const error: unknown = await Promise.resolve(guard.canActivate(CONTEXT)).catch((thrown: unknown) => thrown);
  return { error, counted };
}

it('a request with a wrong token is counted, and may be one too many', async () => {
  const [wrong, tooMany] = [notAuthenticated(), new AppError('Too many requests', 429)];
  expect(await refusal(wrong)).toEqual({ error: wrong, counted: 1 });
  expect(await refusal(wrong, tooMany)).toEqual({ error: tooMany, counted: 1 });
});

it.each([
  ['the database fails', new Error('Connection terminated')],
  ['the server is busy', new AppError('The database is not available, try again', 503)],
])('a request is not counted for its address if its token cannot be checked: %s', async (_, failure) => {
  expect(await refusal(failure, new AppError('Too many requests', 429))).toEqual({ error: failure, counted: 0 });
});
