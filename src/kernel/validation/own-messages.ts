import type { Rule } from './model-metadata.js';
import type { Check } from './validation-run.js';
import { ownMessage } from './validators.js';

// The `message:` option of class-validator's decorators.

/** The rules that report an error of the kernel's checks, by its type. */
const RULES_OF: Readonly<Record<string, readonly string[]>> = {
  string_type: ['isString'],
  string_too_short: ['minLength', 'isLength'],
  string_too_long: ['maxLength', 'isLength'],
  string_pattern_mismatch: ['matches'],
  greater_than_equal: ['min'],
  less_than_equal: ['max'],
  greater_than: ['isPositive'],
  less_than: ['isNegative'],
  multiple_of: ['isDivisibleBy'],
  int_type: ['isInt'],
  int_parsing: ['isInt'],
  int_from_float: ['isInt'],
  float_type: ['isNumber'],
  float_parsing: ['isNumber'],
  bool_type: ['isBoolean'],
  bool_parsing: ['isBoolean'],
  enum: ['isEnum', 'isIn'],
  literal_error: ['isEnum', 'isIn'],
  uuid_type: ['isUuid'],
  uuid_parsing: ['isUuid'],
  uuid_version: ['isUuid'],
  list_type: ['isArray'],
  too_short: ['arrayMinSize'],
  too_long: ['arrayMaxSize'],
  datetime_type: ['isDate'],
  datetime_from_date_parsing: ['isDate'],
  value_error: ['isEmail'],
};

/** The names of class-validator's rules that the kernel's checks implement. */
export const RULES_CHECKED_BY_KERNEL = new Set(Object.values(RULES_OF).flat());

/** Makes a check report the `message:` of its rules instead of the kernel's messages. */
export function withOwnMessages(rules: readonly Rule[], check: Check): Check {
  const own = rules.filter(({ message }) => message !== undefined);
  if (own.length === 0) return check;
  return (value, run) => {
    const before = run.failures;
    const checked = check(value, run);
    run.reword(before, ({ type, ctx }) => {
      // has the message of a custom rule already
      if (type === 'value_error' && ctx?.['reason'] === undefined) return undefined;
      const rule = own.find(({ name }) => RULES_OF[type]?.includes(name ?? ''));
      return rule && ownMessage(rule, value, run);
    });
    return checked;
  };
}
