import type { Rule } from './declared.js';
import type { Check } from './run.js';
import { ownMessage } from './validators.js';

/** The rules that report the kernel's errors, by the type of the error. */
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

/** class-validator's rules that the kernel checks itself, by their names. */
export const REPORTED = new Set(Object.values(RULES_OF).flat());

/** The check, with the messages that its rules have of their own (`message:`) in place of the kernel's. */
export function withOwnMessages(rules: readonly Rule[], check: Check): Check {
  const own = rules.filter(({ message }) => message !== undefined);
  if (own.length === 0) return check;
  return (value, run) => {
    const before = run.failures;
    const checked = check(value, run);
    run.reword(before, ({ type, ctx }) => {
      if (type === 'value_error' && ctx?.['reason'] === undefined) return undefined; // a custom rule's, in its own words
      const rule = own.find(({ name }) => RULES_OF[type]?.includes(name ?? ''));
      return rule && ownMessage(rule, value, run);
    });
    return checked;
  };
}
