import { AppError } from '../errors/app-error.js';

/** A client is not told to wait longer, though it may be refused again then. */
const MAX_WAIT_SECONDS = 3600;
const SENTENCE = 'Too many attempts, try again later';

/** Whoever has tried too often, or too often without success, waits. The same words for whatever reason. */
export const tooManyAttempts = Object.assign(
  (ms: number) => {
    const seconds = Math.min(Math.max(Math.ceil(ms / 1000), 1), MAX_WAIT_SECONDS);
    return new AppError(SENTENCE, 429, { 'Retry-After': String(seconds) });
  },
  { status: 429, example: SENTENCE },
);
