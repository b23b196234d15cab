import { argument, type Rule } from './model-metadata.js';
import { STRING_MAP, type StringMapOptions } from './fields.js';
import { keysAsSent } from './key-order.js';
import { allHold, type Check, type Run, type Step } from './validation-run.js';
import { FORBIDDEN_KEYS, maxLength, textOf } from './text.js';

// Checks of lists and dictionaries.

/** A list whose items pass `item`. Too many items are reported before the items are checked, too few afterwards. */
export function listCheck(rules: readonly Rule[], item: Check, validators: readonly Step<unknown>[]): Check {
  const minimum = Number(argument(rules, 'arrayMinSize') ?? 0);
  const maximum = Number(argument(rules, 'arrayMaxSize') ?? Infinity);
  return (value, run) => {
    if (!Array.isArray(value)) return run.fail('list_type', 'Input should be a valid list', value);
    if (value.length > maximum) return tooLong('List', maximum, value.length, value, run);
    const before = run.failures;
    const { merges } = run;
    run.merges = false; // a list is replaced as a whole
    const items = value.map((entry: unknown, position) => atLocation(position, () => item(entry, run), run));
    run.merges = merges;
    if (run.failures > before) return undefined;
    if (items.length < minimum) {
      const msg = `List should have at least ${minimum} ${plural(minimum)} after validation, not ${items.length}`;
      return run.fail('too_short', msg, value, {
        field_type: 'List',
        min_length: minimum,
        actual_length: items.length,
      });
    }
    return allHold(validators, items, run, value) ? items : undefined;
  };
}

/** A dictionary of strings. The validated value has no prototype. */
export function mapCheck(rules: readonly Rule[], validators: readonly Step<unknown>[]): Check {
  const { maxKeys, maxLength: longest } = argument(rules, STRING_MAP) as StringMapOptions;
  const fits = maxLength(longest);
  return (value, run) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return run.fail('dict_type', 'Input should be a valid dictionary', value);
    }
    const keys = keysAsSent(value);
    if (keys.length > maxKeys) return tooLong('Dictionary', maxKeys, keys.length, value, run);
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

function tooLong(type: 'List' | 'Dictionary', maximum: number, length: number, value: unknown, run: Run): undefined {
  const msg = `${type} should have at most ${maximum} ${plural(maximum)} after validation, not ${length}`;
  return run.fail('too_long', msg, value, { field_type: type, max_length: maximum, actual_length: length });
}

function plural(count: number): string {
  return count === 1 ? 'item' : 'items';
}
