import { RequestError } from './request-error.js';

/** An HttpException whose sentence the caller may read: answered with its status and `{"detail": message}`. */
export class AppError extends RequestError {
  readonly headers: Readonly<Record<string, string>>;

  constructor(message: string, status = 400, headers: Readonly<Record<string, string>> = {}) {
    super(message, status);
    this.headers = headers;
  }
}

/** An error with a name: call it to make the error to throw. `@Returns` lists it, which documents its status and example. */
export interface NamedError<A extends unknown[] = never[]> {
  (...args: A): AppError;
  readonly status: number;
  readonly example: string;
}

/** Names an error once: its status, its sentence, and values that make a real example of it. */
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
