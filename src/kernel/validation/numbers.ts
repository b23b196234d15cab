import { argument, has, type Rule } from './declared.js';
import { INT_MESSAGES, parseIntLax } from './integers.js';
import { allHold, type Check, type Run, type Step } from './run.js';

type Numeric = number | bigint;

/**
 * An integer. From JSON: a number without a fraction, as in JSON Schema. pydantic's lax mode also accepts `"1"` and `true`,
 * which a JSON Schema cannot describe. From path, query and form: what parseIntLax accepts.
 */
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
  return (value, run) => {
    const checked = typeof value === 'boolean' ? value : booleanOf(value, run);
    return checked !== undefined && allHold(validators, checked, run, value) ? checked : undefined;
  };
}

/** From JSON: only true and false. From path, query and form: also pydantic's words for them. */
function booleanOf(value: unknown, run: Run): boolean | undefined {
  if (typeof value !== 'string' || run.source === 'json') {
    return run.fail('bool_type', 'Input should be a valid boolean', value);
  }
  const word = value.length > 5 ? '' : value.toLowerCase();
  if (TRUE.has(word)) return true;
  if (FALSE.has(word)) return false;
  return run.fail('bool_parsing', 'Input should be a valid boolean, unable to interpret input', value);
}

/** Whether the numbers have a minimum and a maximum within the safe integers, so that they fit their column. */
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
    const remainder = Math.abs(value % multiple);
    const tolerance = Math.abs(value) / 1e9; // pydantic's: 0.3 is a multiple of 0.1
    return remainder <= tolerance || Math.abs(remainder - multiple) <= tolerance;
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
