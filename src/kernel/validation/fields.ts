import { applyDecorators } from '@nestjs/common';
import { IsString, Matches, MaxLength, ValidateBy } from 'class-validator';
import { isOneLine, isVisible } from './text-normalization.js';

// Validation decorators that class-validator does not have.

/** The names of these decorators in class-validator's metadata. */
export const STRING_MAP = 'isStringMap';
export const DATE_TIME = 'isDateTime';
export const DATE_ONLY = 'isDateOnly';
export const MAY_BE_ABSENT = 'mayBeAbsent';
export const TRIMMED = 'isTrimmed';
export const VISIBLE = 'isVisible';
export const OPAQUE_STRING = 'isOpaqueString';

export interface StringMapOptions {
  maxKeys: number;
  /** Code points, of each key and of each value. */
  maxLength: number;
}

/**
 * A dictionary of strings. Errors: `dict_type`; at `[…, key]` `string_type` and `string_too_long`; `too_long` for more
 * than `maxKeys`. The validated value has no prototype, so that a key like `constructor` is only a key.
 */
export function IsStringMap(options: StringMapOptions): PropertyDecorator {
  return ValidateBy({
    name: STRING_MAP,
    constraints: [options],
    validator: { validate: isStringMap, defaultMessage: () => '$property must be a dictionary of strings' },
  });
}

/**
 * A date and time (RFC 3339), in UTC without an offset; a date alone is its midnight. The validated value is a Date.
 */
export function IsDateTime(): PropertyDecorator {
  return ValidateBy({ name: DATE_TIME, validator: { validate: (value: unknown) => value instanceof Date } });
}

/**
 * A day of the calendar, `2026-01-31`, without a time. The validated value is the text. Errors:
 * `string_pattern_mismatch`, `value_error`.
 */
export function IsDateOnly(): PropertyDecorator {
  return applyDecorators(
    IsString(),
    MaxLength(10),
    Matches(/^\d{4}-\d{2}-\d{2}$/),
    textRule(DATE_ONLY, isDay, 'The calendar has no such day'),
  );
}

/** The field may be absent, but not null. `@IsOptional()` is for fields that may be null. */
export function MayBeAbsent(): PropertyDecorator {
  return mark(MAY_BE_ABSENT);
}

/** At least one character with Unicode's Uppercase property: `Ω` and `Ⓐ` count. Error: `value_error`. */
export function HasUpperCase(message: string): PropertyDecorator {
  return textRule('hasUpperCase', (text) => /\p{Uppercase}/u.test(text), message);
}

/** Trims the text before it is checked. A text that is too long is composed (NFC), and stays so if it then fits. */
export function Trimmed(): PropertyDecorator {
  return mark(TRIMMED);
}

/**
 * At least one visible character. Invisible ones do not count for `@MinLength`. Errors: `value_error`,
 * `string_too_short`.
 */
export function HasVisible(): PropertyDecorator {
  return textRule(VISIBLE, isVisible, 'At least one visible character is needed');
}

/**
 * A name or title: trimmed, visible, on one line, without control characters, bidirectional ones included. Error:
 * `value_error`.
 */
export function IsLabel(): PropertyDecorator {
  return applyDecorators(
    Trimmed(),
    HasVisible(),
    textRule('isOneLine', isOneLine, 'Line breaks, control characters and bidirectional marks are not allowed'),
  );
}

/** A new password. It is normalized as an OpaqueString (RFC 8265) before it is checked. */
export function IsOpaqueString(): PropertyDecorator {
  return mark(OPAQUE_STRING);
}

/** A rule for texts, with the message of its `value_error`. */
export function textRule(name: string, holds: (text: string) => boolean, message: string): PropertyDecorator {
  const validate = (value: unknown) => typeof value === 'string' && holds(value);
  return ValidateBy({ name, validator: { validate, defaultMessage: () => message } });
}

/** A decorator that only tells the kernel's checks something. */
const mark = (name: string) => ValidateBy({ name, validator: { validate: () => true } });

/** Whether the calendar has the day. The first year is 1, as in PostgreSQL. */
function isDay(text: string): boolean {
  const time = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.getUTCFullYear() > 0 && time.toISOString().startsWith(text);
}

function isStringMap(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((item) => typeof item === 'string');
}
