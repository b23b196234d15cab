import { missingError, type FieldError, type Loc } from '../errors/validation-failed.js';
import { booleanCheck, intCheck, safeIntCheck } from './numbers.js';
import { Run, type Check } from './validation-run.js';
import { uuidCheck } from './text.js';

// Validates single parameters of path and query.

/** The types of single parameters. A `safe integer` is one that JavaScript holds exactly; others become a bigint. */
export type ParameterType = 'integer' | 'safe integer' | 'boolean' | 'uuid' | 'text';

const CHECKS: Readonly<Record<ParameterType, Check>> = {
  integer: intCheck([], []),
  'safe integer': safeIntCheck(),
  boolean: booleanCheck([]),
  uuid: uuidCheck([], []),
  text: (value) => value,
};

/** Validates one parameter of the path or query: returns the value, or adds an error and returns undefined. */
export function checkParameter(text: string | undefined, type: ParameterType, loc: Loc, errors: FieldError[]): unknown {
  if (text === undefined) return void errors.push(missingError(loc));
  return CHECKS[type](text, new Run(loc, 'params', errors));
}
