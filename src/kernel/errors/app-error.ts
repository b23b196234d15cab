import { Refusal } from './refusal.js';

/** A refusal that the caller may read: answered with its status and `{"detail": message}`. */
export class AppError extends Refusal {
  override readonly name = 'AppError';

  constructor(
    message: string,
    readonly status = 400,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/** An error with a name: call it to make the error to throw; routes list it in `@Returns`, which documents its status and example. */
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
