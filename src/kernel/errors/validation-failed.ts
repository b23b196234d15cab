import { RequestError } from './request-error.js';

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

/** Thrown by the validation: answered as 422 `{"detail": errors}`. */
export class ValidationFailed extends RequestError {
  constructor(readonly errors: FieldError[]) {
    super({ detail: errors }, 422);
  }

  /** The message is written when somebody reads it. */
  override initMessage(): void {
    Object.defineProperty(this, 'message', { configurable: true, get: () => sentenceOf(this.errors) });
  }
}

function sentenceOf(errors: readonly FieldError[]): string {
  return errors.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`).join('; ');
}

/** A rule of ours, in the form pydantic gives to what a validator raises. */
export function valueError(loc: Loc, message: string, input: unknown): FieldError {
  return { type: 'value_error', loc, msg: `Value error, ${message}`, input, ctx: { error: {} } };
}
