import { RequestError } from './request-error.js';

// The 422 error of failed validation.

/** The path to a value: `body`, `query`, …, then field names and list indexes. */
export type Loc = (string | number)[];

/** An entry of a 422 response's `detail`. `ctx` is absent if the error type has none. */
export interface FieldError {
  type: string;
  loc: Loc;
  msg: string;
  input: unknown;
  ctx?: Record<string, unknown>;
}

/** The error for invalid input: a 422 response with `{"detail": errors}`, as in FastAPI. */
export class ValidationFailed extends RequestError {
  constructor(readonly errors: FieldError[]) {
    super({ detail: errors }, 422);
  }

  /** Does nothing: the prototype's `message` is built when it is read. */
  override initMessage(): void {}
}

Object.defineProperty(ValidationFailed.prototype, 'message', {
  configurable: true,
  get(this: ValidationFailed) {
    return sentenceOf(this.errors);
  },
});

function sentenceOf(errors: readonly FieldError[]): string {
  return errors.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`).join('; ');
}

/** Creates the error of an absent required value. `parent` is the object without it, or null if that is not a model. */
export function missingError(loc: Loc, parent: unknown = null): FieldError {
  return { type: 'missing', loc, msg: 'Field required', input: parent };
}

/** Creates an error of a custom rule, in the form of pydantic's `value_error`. */
export function valueError(loc: Loc, message: string, input: unknown): FieldError {
  return { type: 'value_error', loc, msg: `Value error, ${message}`, input, ctx: { error: {} } };
}
