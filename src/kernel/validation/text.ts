import { ruleArgument, hasRule, type Rule } from './model-metadata.js';
import { emailAddress } from './email-address.js';
import { OPAQUE_STRING, TRIMMED, VISIBLE } from './fields.js';
import { allHold, condition, type Check, type Run, type Step } from './validation-run.js';
import { toNfc, withoutInvisible, opaqueString, trimmed } from './text-normalization.js';
import { parseUuid } from './uuid.js';
import { validatorStep } from './validators.js';

// Checks of strings: text, e-mail addresses, UUIDs.

/** Keys that reach an object's prototype, which no body may have. */
export const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Returns a message if PostgreSQL cannot store the text or UTF-8 cannot encode it. */
export function unstorable(text: string): string | undefined {
  if (text.includes('\0')) return 'The character U+0000 is not allowed';
  return text.isWellFormed() ? undefined : 'Lone surrogates are not allowed';
}

/** The value if it is a string that can be stored; otherwise reports an error. */
export function textOf(value: unknown, run: Run): string | undefined {
  if (typeof value !== 'string') return run.fail('string_type', 'Input should be a valid string', value);
  const problem = unstorable(value);
  return problem === undefined ? value : run.refuse(problem, value);
}

/** A string. It is trimmed or normalized first if the rules say so; errors show the text as it was sent. */
export function stringCheck(rules: readonly Rule[], validators: readonly Step<unknown>[]): Check {
  const steps = [...visibleSteps(rules), ...lengthSteps(rules), ...patternSteps(rules), ...validators];
  const formed = hasRule(rules, TRIMMED)
    ? trimmedToFit(maxLengthOf(rules)!)
    : hasRule(rules, OPAQUE_STRING)
      ? opaqueString
      : undefined;
  return (value, run) => {
    const text = textOf(value, run);
    if (text === undefined) return undefined;
    const form = formed ? formed(text) : text;
    return allHold(steps, form, run, text) ? form : undefined;
  };
}

/** Trims a text, and composes it (NFC) only if it is too long otherwise. */
const trimmedToFit = (maximum: number) => (text: string) => {
  const form = trimmed(text);
  return codePoints(form) > maximum ? toNfc(form) : form;
};

/** A text that is too short as it was sent is reported as such before a missing visible character. */
function visibleSteps(rules: readonly Rule[]): Step<string>[] {
  const rule = rules.find(({ name }) => name === VISIBLE);
  if (!rule) return [];
  const isLong = minLength(minimumOf(rules));
  return [
    (_text, run, received) => isLong(String(received), run, received),
    validatorStep(rule),
    (text, run, received) => isLong(withoutInvisible(text), run, received),
  ];
}

/** An e-mail address. The validated value is its canonical form. */
export function emailCheck(rules: readonly Rule[], validators: readonly Step<unknown>[]): Check {
  const options = ruleArgument(rules, 'isEmail') as Parameters<typeof emailAddress>[1];
  const steps = [...lengthSteps(rules), ...patternSteps(rules), ...validators];
  return (value, run) => {
    const text = textOf(value, run);
    if (text === undefined) return undefined;
    const address = emailAddress(text, options);
    if ('reason' in address) {
      return run.fail('value_error', `value is not a valid email address: ${address.reason}`, value, address);
    }
    return allHold(steps, address.email, run, text) ? address.email : undefined;
  };
}

export function uuidCheck(rules: readonly Rule[], validators: readonly Step<unknown>[]): Check {
  const version = Number(ruleArgument(rules, 'isUuid'));
  return (value, run) => {
    if (typeof value !== 'string') {
      return run.fail('uuid_type', 'UUID input should be a string, bytes or UUID object', value);
    }
    const result = parseUuid(value);
    if ('error' in result) {
      return run.fail('uuid_parsing', `Input should be a valid UUID, ${result.error}`, value, { error: result.error });
    }
    if (version > 0 && Number(result.value[14]) !== version) {
      return run.fail('uuid_version', `UUID version ${version} expected`, value, { expected_version: version });
    }
    return allHold(validators, result.value, run) ? result.value : undefined;
  };
}

/** The maximum length by the decorators. */
export function maxLengthOf(rules: readonly Rule[]): number | undefined {
  const limits = [ruleArgument(rules, 'maxLength'), ruleArgument(rules, 'isLength', 1)].filter(
    (limit) => limit !== undefined,
  );
  return limits.length === 0 ? undefined : Math.min(...limits.map(Number));
}

function lengthSteps(rules: readonly Rule[]): Step<string>[] {
  const minimum = minimumOf(rules);
  const maximum = maxLengthOf(rules);
  const steps: Step<string>[] = [];
  if (minimum > 0) steps.push(minLength(minimum));
  if (maximum !== undefined) steps.push(maxLength(maximum));
  return steps;
}

function minimumOf(rules: readonly Rule[]): number {
  return Math.max(Number(ruleArgument(rules, 'minLength') ?? 0), Number(ruleArgument(rules, 'isLength') ?? 0));
}

export function minLength(minimum: number): Step<string> {
  const msg = `String should have at least ${minimum} ${characters(minimum)}`;
  const isLong = (text: string) =>
    text.length >= 2 * minimum || (text.length >= minimum && codePoints(text) >= minimum);
  return condition(isLong, 'string_too_short', msg, { min_length: minimum });
}

export function maxLength(maximum: number): Step<string> {
  const msg = `String should have at most ${maximum} ${characters(maximum)}`;
  const isShort = (text: string) =>
    text.length <= maximum || (text.length <= 2 * maximum && codePoints(text) <= maximum);
  return condition(isShort, 'string_too_long', msg, { max_length: maximum });
}

function characters(count: number): string {
  return count === 1 ? 'character' : 'characters';
}

/** The length in code points, as pydantic counts. The text must be well formed. */
export function codePoints(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0xd800 && code <= 0xdbff) count--;
  }
  return count;
}

function patternSteps(rules: readonly Rule[]): Step<string>[] {
  if (!hasRule(rules, 'matches')) return [];
  return rules.filter(({ name }) => name === 'matches').map((rule) => matches(patternOf(rule)));
}

function patternOf({ constraints }: Rule): RegExp {
  const [pattern, modifiers]: unknown[] = constraints;
  const given = pattern instanceof RegExp ? pattern : new RegExp(String(pattern), modifiers as string | undefined);
  return new RegExp(given.source, given.flags.replaceAll(/[gy]/g, '')); // these flags keep state between calls
}

function matches(pattern: RegExp): Step<string> {
  const { source } = pattern;
  const msg = `String should match pattern '${source}'`;
  return condition((text) => pattern.test(text), 'string_pattern_mismatch', msg, { pattern: source });
}
