import { Refusal } from './refusal.js';

/** Where a value stands: `body`, `query`… first, then field names and list positions. */
export type Loc = (string | number)[];

/** One entry of a 422's `detail`. `ctx` is left out, not null, where the kind of error has none. */
export interface FieldError {
  type: string;
  loc: Loc;
  msg: string;
  input: unknown;
  ctx?: Record<string, unknown>;
}

/** Thrown by validate() and parseJson(): answered as 422 `{"detail": errors}`. */
export class ValidationFailed extends Refusal {
  override readonly name = 'ValidationFailed';

  constructor(readonly errors: FieldError[]) {
    super();
  }

  /** For who reads it elsewhere than in an answer. */
  override get message(): string {
    return this.errors.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`).join('; ');
  }
}

/** A rule of ours, in the form pydantic gives to what a validator raises. */
export function valueError(loc: Loc, message: string, input: unknown): FieldError {
  return { type: 'value_error', loc, msg: `Value error, ${message}`, input, ctx: { error: {} } };
}
