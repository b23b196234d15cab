import { AppError } from '../kernel/errors/app-error.js';

/** The maximum of `Retry-After`, even if the client may be refused again then. */
const MAX_WAIT_SECONDS = 3600;

/** Defines a 429 error. It is created with the milliseconds that the client has to wait. */
function tooMany(sentence: string) {
  const create = (ms: number) => {
    const seconds = Math.min(Math.max(Math.ceil(ms / 1000), 1), MAX_WAIT_SECONDS);
    return new AppError(sentence, 429, { 'Retry-After': String(seconds) });
  };
  return Object.assign(create, { status: 429, example: sentence });
}

/** For too many attempts, or too many failed ones. The message is the same for every reason. */
export const tooManyAttempts = tooMany('Too many attempts, try again later');
/** For requests over the general rate limit. */
export const tooManyRequests = tooMany('Too many requests, try again later');
