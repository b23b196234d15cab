import { argument, has, type Rule } from './declared.js';
import { INT_MESSAGES, parseIntLax } from './integers.js';
import { allHold, type Check, type Run, type Step } from './run.js';

type Numeric = number | bigint;

/** pydantic's lax int: numbers without a fraction, strings as parseIntLax has them, true and false. */
export function intCheck(rules: readonly Rule[], validators: readonly Step<unknown>[]): Check {
  const steps = [...boundSteps(rules), ...validators];
  return (value, run) => {
    const int = intOf(value, run);
    return int !== undefined && allHold(steps, int, run, value) ? int : undefined;
  };
}

function intOf(value: unknown, run: Run): Numeric | undefined {
  switch (typeof value) {
    case 'number':
      if (Number.isInteger(value)) return value + 0; // -0 is 0
      if (!Number.isFinite(value)) return notFinite(value, run);
      return run.fail('int_from_float', 'Input should be a valid integer, got a number with a fractional part', value);
    case 'string': {
      const result = parseIntLax(value);
      return 'value' in result ? result.value : run.fail(result.error, INT_MESSAGES[result.error], value);
    }
    case 'boolean':
      return Number(value);
    case 'bigint':
      return value;
    default:
      return run.fail('int_type', 'Input should be a valid integer', value);
  }
}

/** pydantic's lax float, without the infinities and NaN that JSON has no words for. */
export function numberCheck(rules: readonly Rule[], validators: readonly Step<unknown>[]): Check {
  const steps = [...boundSteps(rules), ...validators];
  return (value, run) => {
    const number = numberOf(value, run);
    return number !== undefined && allHold(steps, number, run, value) ? number : undefined;
  };
}

const FLOAT = /^[+-]?(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+)?$/i;
const NOT_FINITE = /^[+-]?(?:inf|infinity|nan)$/i;

function numberOf(value: unknown, run: Run): number | undefined {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? value : notFinite(value, run);
    case 'string': {
      const text = value.trim();
      if (NOT_FINITE.test(text)) return notFinite(value, run);
      if (!FLOAT.test(text)) {
        const msg = 'Input should be a valid number, unable to parse string as a number';
        return run.fail('float_parsing', msg, value);
      }
      const number = Number(text.replaceAll('_', ''));
      return Number.isFinite(number) ? number : notFinite(value, run);
    }
    case 'boolean':
      return Number(value);
    default:
      return run.fail('float_type', 'Input should be a valid number', value);
  }
}

function notFinite(value: unknown, run: Run): undefined {
  return run.fail('finite_number', 'Input should be a finite number', value);
}

const TRUE = new Set(['true', '1', 'yes', 'y', 'on', 't']);
const FALSE = new Set(['false', '0', 'no', 'n', 'off', 'f']);

export function booleanCheck(validators: readonly Step<unknown>[]): Check {
  return (value, run) => {
    const judged = typeof value === 'boolean' ? value : booleanOf(value, run);
    return judged !== undefined && allHold(validators, judged, run, value) ? judged : undefined;
  };
}

function booleanOf(value: unknown, run: Run): boolean | undefined {
  if (typeof value === 'string') {
    const word = value.length > 5 ? '' : value.toLowerCase();
    if (TRUE.has(word)) return true;
    if (FALSE.has(word)) return false;
  } else if (!Number.isInteger(value)) {
    return run.fail('bool_type', 'Input should be a valid boolean', value);
  } else if (value === 0 || value === 1) {
    return value === 1;
  }
  return run.fail('bool_parsing', 'Input should be a valid boolean, unable to interpret input', value);
}

/** Whether the numbers are bounded on both sides, by safe integers or fractions: bounds are what a column can hold. */
export function isBounded(rules: readonly Rule[]): boolean {
  const low = has(rules, 'isPositive') || Number.isFinite(argument(rules, 'min'));
  const high = has(rules, 'isNegative') || Number.isFinite(argument(rules, 'max'));
  const bounds = [argument(rules, 'min'), argument(rules, 'max')].filter((bound) => bound !== undefined);
  return low && high && bounds.every((bound) => Math.abs(Number(bound)) <= Number.MAX_SAFE_INTEGER);
}

/** In pydantic's order. Numbers and bigints compare exactly with each other. */
function boundSteps(rules: readonly Rule[]): Step<Numeric>[] {
  const steps: Step<Numeric>[] = [];
  const add = (bound: unknown, make: (bound: number) => Step<Numeric>) => {
    if (typeof bound === 'number') steps.push(make(bound));
  };
  add(argument(rules, 'isDivisibleBy'), multipleOf);
  add(argument(rules, 'max'), (le) =>
    holds((value) => value <= le, 'less_than_equal', `less than or equal to ${le}`, { le }),
  );
  add(has(rules, 'isNegative') ? 0 : undefined, (lt) =>
    holds((value) => value < lt, 'less_than', `less than ${lt}`, { lt }),
  );
  add(argument(rules, 'min'), (ge) =>
    holds((value) => value >= ge, 'greater_than_equal', `greater than or equal to ${ge}`, { ge }),
  );
  add(has(rules, 'isPositive') ? 0 : undefined, (gt) =>
    holds((value) => value > gt, 'greater_than', `greater than ${gt}`, { gt }),
  );
  return steps;
}

function multipleOf(multiple: number): Step<Numeric> {
  const divides = (value: Numeric) => {
    if (typeof value === 'bigint') return Number.isInteger(multiple) && value % BigInt(multiple) === 0n;
    const rest = Math.abs(value % multiple);
    const tolerance = Math.abs(value) / 1e9; // pydantic's: 0.3 is a multiple of 0.1
    return rest <= tolerance || Math.abs(rest - multiple) <= tolerance;
  };
  return holds(divides, 'multiple_of', `a multiple of ${multiple}`, { multiple_of: multiple });
}

function holds(
  test: (value: Numeric) => boolean,
  type: string,
  what: string,
  ctx: Record<string, number>,
): Step<Numeric> {
  const msg = `Input should be ${what}`;
  return (value, run, received) => {
    if (test(value)) return true;
    run.fail(type, msg, received, { ...ctx });
    return false;
  };
}
