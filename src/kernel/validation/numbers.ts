import { ruleArgument, hasRule, type Rule } from './model-metadata.js';
import { INT_MESSAGES, parseIntLax } from './integers.js';
import { allHold, condition, type Check, type Run, type Step } from './validation-run.js';

// Checks of numbers and booleans.

type Numeric = number | bigint;

/**
 * An integer. From JSON: a number without a fraction, as in JSON Schema. pydantic's lax mode also accepts `"1"` and
 * `true`, which a JSON Schema cannot describe. From path, query and form: what parseIntLax accepts.
 */
export function intCheck(rules: readonly Rule[], validators: readonly Step<unknown>[]): Check {
  return convertingCheck<Numeric>(intOf, [...boundSteps(rules), ...validators]);
}

/** An integer that JavaScript holds exactly. */
export function safeIntCheck(): Check {
  const isSafe = { ...AT_MOST, holds: (value: Numeric) => typeof value === 'number' };
  return convertingCheck<Numeric>(intOf, [boundStep(isSafe, Number.MAX_SAFE_INTEGER)]);
}

function convertingCheck<T>(convert: (value: unknown, run: Run) => T | undefined, steps: readonly Step<T>[]): Check {
  return (value, run) => {
    const converted = convert(value, run);
    return converted !== undefined && allHold(steps, converted, run, value) ? converted : undefined;
  };
}

function intOf(value: unknown, run: Run): Numeric | undefined {
  switch (typeof value) {
    case 'number':
      if (Number.isInteger(value)) return value + 0; // -0 is 0
      if (!Number.isFinite(value)) return notFinite(value, run);
      return run.fail('int_from_float', 'Input should be a valid integer, got a number with a fractional part', value);
    case 'string': {
      if (run.source === 'json') return notInt(value, run);
      const result = parseIntLax(value);
      return 'value' in result ? result.value : run.fail(result.error, INT_MESSAGES[result.error], value);
    }
    case 'bigint':
      return value;
    default:
      return notInt(value, run);
  }
}

function notInt(value: unknown, run: Run): undefined {
  return run.fail('int_type', 'Input should be a valid integer', value);
}

/** A finite number. From path, query and form: also the strings of pydantic's lax float. */
export function numberCheck(rules: readonly Rule[], validators: readonly Step<unknown>[]): Check {
  return convertingCheck<Numeric>(numberOf, [...boundSteps(rules), ...validators]);
}

const FLOAT = /^[+-]?(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+)?$/i;
const NOT_FINITE = /^[+-]?(?:inf|infinity|nan)$/i;

function numberOf(value: unknown, run: Run): number | undefined {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? value : notFinite(value, run);
    case 'string': {
      if (run.source === 'json') return notNumber(value, run);
      const text = value.trim();
      if (NOT_FINITE.test(text)) return notFinite(value, run);
      if (!FLOAT.test(text)) {
        const msg = 'Input should be a valid number, unable to parse string as a number';
        return run.fail('float_parsing', msg, value);
      }
      const number = Number(text.replaceAll('_', ''));
      return Number.isFinite(number) ? number : notFinite(value, run);
    }
    default:
      return notNumber(value, run);
  }
}

function notNumber(value: unknown, run: Run): undefined {
  return run.fail('float_type', 'Input should be a valid number', value);
}

function notFinite(value: unknown, run: Run): undefined {
  return run.fail('finite_number', 'Input should be a finite number', value);
}

const TRUE = new Set(['true', '1', 'yes', 'y', 'on', 't']);
const FALSE = new Set(['false', '0', 'no', 'n', 'off', 'f']);

export function booleanCheck(validators: readonly Step<unknown>[]): Check {
  return convertingCheck<unknown>(booleanOf, validators);
}

/** From JSON: only true and false. From path, query and form: also pydantic's words for them. */
function booleanOf(value: unknown, run: Run): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string' || run.source === 'json') {
    return run.fail('bool_type', 'Input should be a valid boolean', value);
  }
  const word = value.length > 5 ? '' : value.toLowerCase();
  if (TRUE.has(word)) return true;
  if (FALSE.has(word)) return false;
  return run.fail('bool_parsing', 'Input should be a valid boolean, unable to interpret input', value);
}

/** Whether the rules have a minimum and a maximum within the safe integers, so that values fit their column. */
export function isBounded(rules: readonly Rule[]): boolean {
  const low = hasRule(rules, 'isPositive') || Number.isFinite(ruleArgument(rules, 'min'));
  const high = hasRule(rules, 'isNegative') || Number.isFinite(ruleArgument(rules, 'max'));
  const bounds = [ruleArgument(rules, 'min'), ruleArgument(rules, 'max')].filter((bound) => bound !== undefined);
  return low && high && bounds.every((bound) => Math.abs(Number(bound)) <= Number.MAX_SAFE_INTEGER);
}

interface Bound {
  /** The name of the decorator, and its number if that is not an argument. */
  readonly rule: string;
  readonly limit?: number;
  /** pydantic's error type, wording and context. */
  readonly type: string;
  readonly words: string;
  readonly key: string;
  readonly holds: (value: Numeric, limit: number) => boolean;
}

const AT_MOST: Bound = {
  rule: 'max',
  type: 'less_than_equal',
  words: 'less than or equal to',
  key: 'le',
  holds: (value, limit) => value <= limit,
};

/** In pydantic's order. Numbers and bigints compare exactly with each other. */
const BOUNDS: readonly Bound[] = [
  { rule: 'isDivisibleBy', type: 'multiple_of', words: 'a multiple of', key: 'multiple_of', holds: isMultiple },
  AT_MOST,
  { rule: 'isNegative', limit: 0, type: 'less_than', words: 'less than', key: 'lt', holds: (value) => value < 0 },
  {
    rule: 'min',
    type: 'greater_than_equal',
    words: 'greater than or equal to',
    key: 'ge',
    holds: (value, limit) => value >= limit,
  },
  { rule: 'isPositive', limit: 0, type: 'greater_than', words: 'greater than', key: 'gt', holds: (value) => value > 0 },
];

function boundSteps(rules: readonly Rule[]): Step<Numeric>[] {
  return BOUNDS.flatMap((bound) => {
    const limit = hasRule(rules, bound.rule) ? (bound.limit ?? ruleArgument(rules, bound.rule)) : undefined;
    return typeof limit === 'number' ? [boundStep(bound, limit)] : [];
  });
}

function boundStep({ type, words, key, holds }: Bound, limit: number): Step<Numeric> {
  return condition((value) => holds(value, limit), type, `Input should be ${words} ${limit}`, { [key]: limit });
}

function isMultiple(value: Numeric, of: number): boolean {
  if (typeof value === 'bigint') return Number.isInteger(of) && value % BigInt(of) === 0n;
  const remainder = Math.abs(value % of);
  const tolerance = Math.abs(value) / 1e9; // pydantic's: 0.3 is a multiple of 0.1
  return remainder <= tolerance || Math.abs(remainder - of) <= tolerance;
}
