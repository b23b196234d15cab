import { ruleArgument, type Rule } from './model-metadata.js';
import { STRING_MAP, type StringMapOptions } from './fields.js';
import { keysAsSent } from './key-order.js';
import { allHold, type Check, type Run, type Step } from './validation-run.js';
import { FORBIDDEN_KEYS, maxLength, textOf } from './text.js';

// Checks of lists and dictionaries.

/** A list whose items pass `item`. Too many items are reported before the items are checked, too few afterwards. */
export function listCheck(rules: readonly Rule[], item: Check, validators: readonly Step<unknown>[]): Check {
  const minimum = Number(ruleArgument(rules, 'arrayMinSize') ?? 0);
  const maximum = Number(ruleArgument(rules, 'arrayMaxSize') ?? Infinity);
  return (value, run) => {
    if (!Array.isArray(value)) return run.fail('list_type', 'Input should be a valid list', value);
    if (value.length > maximum) return wrongLength('too_long', 'List', maximum, value, run);
    const before = run.failures;
    const { merges } = run;
    run.merges = false; // a list is replaced as a whole
    const items = value.map((entry: unknown, position) => atLocation(position, () => item(entry, run), run));
    run.merges = merges;
    if (run.failures > before) return undefined;
    if (items.length < minimum) return wrongLength('too_short', 'List', minimum, value, run);
    return allHold(validators, items, run, value) ? items : undefined;
  };
}

/** A dictionary of strings. The validated value has no prototype. */
export function mapCheck(rules: readonly Rule[], validators: readonly Step<unknown>[]): Check {
  const { maxKeys, maxLength: longest } = ruleArgument(rules, STRING_MAP) as StringMapOptions;
  const fits = maxLength(longest);
  return (value, run) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return run.fail('dict_type', 'Input should be a valid dictionary', value);
    }
    const keys = keysAsSent(value);
    if (keys.length > maxKeys) return wrongLength('too_long', 'Dictionary', maxKeys, value, run);
    const before = run.failures;
    const map = Object.create(null) as Record<string, unknown>;
    for (const key of keys) {
      const entry = (value as Record<string, unknown>)[key];
      map[key] = atLocation(key, () => entryOf(key, entry, fits, run), run);
    }
    return run.failures === before && allHold(validators, map, run, value) ? map : undefined;
  };
}

function entryOf(key: string, entry: unknown, fits: Step<string>, run: Run): string | null | undefined {
  if (textOf(key, run) === undefined || !fits(key, run, key)) return undefined;
  if (entry === null && run.merges) return null;
  const text = textOf(entry, run);
  if (text === undefined || !fits(text, run, text)) return undefined;
  return FORBIDDEN_KEYS.has(key) ? run.refuse(`The key ${key} is not allowed`, entry) : text;
}

function atLocation<T>(place: string | number, check: () => T, run: Run): T {
  run.loc.push(place);
  const checked = check();
  run.loc.pop();
  return checked;
}

function wrongLength(error: Bound, kind: 'List' | 'Dictionary', limit: number, value: object, run: Run): undefined {
  const { length } = Array.isArray(value) ? value : Object.keys(value);
  const [words, key] = BOUNDS[error];
  const msg = `${kind} should have ${words} ${limit} ${limit === 1 ? 'item' : 'items'} after validation, not ${length}`;
  return run.fail(error, msg, value, { field_type: kind, [key]: limit, actual_length: length });
}

const BOUNDS = { too_short: ['at least', 'min_length'], too_long: ['at most', 'max_length'] } as const;
type Bound = keyof typeof BOUNDS;
