import { echo } from './echo.js';
import { valueError, type FieldError, type Loc } from '../errors/validation-failed.js';
import { MASK } from './secret.js';

/** Where a value comes from: a parsed JSON body, the strings of path and query, or a form (an empty string is no value). */
export type Source = 'json' | 'params' | 'form';

/** One value on its way through a model: where it is, and what was wrong so far. */
export class Run {
  /** Grows and shrinks with the walk; copied for each error. */
  readonly loc: Loc;
  /** Within a merge patch (RFC 7396), but not within its lists: objects are parts of what is there. */
  merges = false;
  /** Within a secret field. */
  hidden = false;
  /** The instance being filled; custom validators see it. */
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

  /** What pydantic makes of a validator that raises. */
  refuse(message: string, input: unknown): undefined {
    this.errors.push(valueError([...this.loc], message, this.show(input)));
  }

  /** A required value is absent: `parent` is what lacks it, null where that is not a model. */
  missing(name: string, parent: object | null): void {
    const error = { type: 'missing', loc: [...this.loc, name], msg: 'Field required', input: this.show(parent) };
    this.errors.push(error);
  }

  private show(input: unknown): unknown {
    return this.hidden ? MASK : echo(input);
  }
}

/** Judges a value: returns what it becomes, or reports to the run and returns undefined. */
export type Check = (value: unknown, run: Run) => unknown;

/** One condition on a value of the right type; `received` is the value before it was converted. */
export type Step<T> = (value: T, run: Run, received: unknown) => boolean;

/** Stops at the first condition that does not hold; that one has reported. */
export function allHold<T>(steps: readonly Step<T>[], value: T, run: Run, received: unknown = value): boolean {
  for (const step of steps) if (!step(value, run, received)) return false;
  return true;
}
