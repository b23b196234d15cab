import { RequestError } from './request-error.js';

/** The location of a value: first `body`, `query`…, then field names and list positions. */
export type Loc = (string | number)[];

/** One entry of a 422's `detail`. `ctx` is absent where the error type has none. */
export interface FieldError {
  type: string;
  loc: Loc;
  msg: string;
  input: unknown;
  ctx?: Record<string, unknown>;
}

/** Validation failed: the response is a 422 with `{"detail": errors}`. */
export class ValidationFailed extends RequestError {
  constructor(readonly errors: FieldError[]) {
    super({ detail: errors }, 422);
  }

  /** The message is built only when it is read. */
  override initMessage(): void {
    Object.defineProperty(this, 'message', { configurable: true, get: () => sentenceOf(this.errors) });
  }
}

function sentenceOf(errors: readonly FieldError[]): string {
  return errors.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`).join('; ');
}

/** A required value is absent. `parent` is the object without it; null where that is not a model. */
export function missing(loc: Loc, parent: unknown = null): FieldError {
  return { type: 'missing', loc, msg: 'Field required', input: parent };
}

/** An error of a custom rule, in the form that pydantic gives to exceptions of validators. */
export function valueError(loc: Loc, message: string, input: unknown): FieldError {
  return { type: 'value_error', loc, msg: `Value error, ${message}`, input, ctx: { error: {} } };
}
