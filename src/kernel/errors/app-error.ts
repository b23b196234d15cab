import { RequestError } from './request-error.js';

/** An HttpException with a message for the caller: the response has its status and `{"detail": message}`. */
export class AppError extends RequestError {
  readonly headers: Readonly<Record<string, string>>;

  constructor(message: string, status = 400, headers: Readonly<Record<string, string>> = {}) {
    super(message, status);
    this.headers = headers;
  }
}

/** A function that creates an error to throw. `@Returns` lists it, which documents its status and example. */
export interface NamedError<A extends unknown[] = never[]> {
  (...args: A): AppError;
  readonly status: number;
  readonly example: string;
}

/** Defines an error: its status, its message, and arguments for the documented example. */
export function namedError<A extends unknown[]>(
  status: number,
  sentence: (...args: A) => string,
  ...example: A
): NamedError<A> {
  return Object.assign((...args: A) => new AppError(sentence(...args), status), {
    status,
    example: sentence(...example),
  });
}
