import { errorInput } from './error-input.js';
import { missingError, valueError, type FieldError, type Loc } from '../errors/validation-failed.js';
import { MASK } from './secret.js';

// The state of a validation, and the functions that a compiled model consists of.

/**
 * The source of a value: a JSON body, the strings of path and query, or a form, where an empty string means no value.
 */
export type Source = 'json' | 'params' | 'form';

/** One validation: the location that is checked now, and the errors so far. */
export class Run {
  /** Changes as fields are entered and left; each error gets a copy. */
  readonly loc: Loc;
  /**
   * Whether a merge patch (RFC 7396) is validated, outside of its lists: objects then contain only the fields that
   * change.
   */
  merges = false;
  /** Whether a secret field is validated. */
  hidden = false;
  /** The instance that is being filled, for custom validators. */
  object: object = {};

  constructor(
    loc: Loc,
    readonly source: Source,
    private readonly errors: FieldError[],
  ) {
    this.loc = [...loc];
  }

  get failures(): number {
    return this.errors.length;
  }

  fail(type: string, msg: string, input: unknown, ctx?: Record<string, unknown>): undefined {
    const error: FieldError = { type, loc: [...this.loc], msg, input: this.show(input) };
    if (ctx !== undefined) error.ctx = ctx;
    this.errors.push(error);
  }

  /** Reports an error as pydantic does for a validator that raises. */
  refuse(message: string, input: unknown): undefined {
    this.errors.push(valueError([...this.loc], message, this.show(input)));
  }

  /** Replaces messages that were reported at this location after the first `since` errors. */
  reword(since: number, message: (error: FieldError) => string | undefined): void {
    for (const [i, error] of this.errors.entries()) {
      if (i < since || error.loc.length !== this.loc.length) continue;
      const own = message(error);
      if (own !== undefined) this.errors[i] = valueError(error.loc, own, error.input);
    }
  }

  /** Reports that the required field `name` is absent from `parent`. */
  failMissing(name: string, parent: object | null): void {
    this.errors.push(missingError([...this.loc, name], this.show(parent)));
  }

  private show(input: unknown): unknown {
    return this.hidden ? MASK : errorInput(input);
  }
}

/** Checks a value: returns the validated value, or reports an error to the run and returns undefined. */
export type Check = (value: unknown, run: Run) => unknown;

/**
 * A step of a check: a condition on a value of the right type. Reports an error to the run if it does not hold.
 * `received` is the value before conversion.
 */
export type Step<T> = (value: T, run: Run, received: unknown) => boolean;

/** Whether all conditions hold; stops at the first that does not. */
export function allHold<T>(steps: readonly Step<T>[], value: T, run: Run, received: unknown = value): boolean {
  for (const step of steps) if (!step(value, run, received)) return false;
  return true;
}

/** A condition with the error to report. */
export function condition<T>(
  holds: (value: T) => boolean,
  type: string,
  msg: string,
  ctx: Record<string, unknown>,
): Step<T> {
  return (value, run, received) => {
    if (holds(value)) return true;
    run.fail(type, msg, received, ctx);
    return false;
  };
}
