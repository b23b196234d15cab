import { allHold, type Check, type Step } from './validation-run.js';

// Parses dates and times, with pydantic's error messages.

/** RFC 3339 §5.6. Seconds and offset may be missing, and other common separators are accepted. */
const DATE = String.raw`(\d{4})-(\d\d)-(\d\d)`;
const TIME = String.raw`(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?`;
const DATE_TIME = new RegExp(`^${DATE}(?:[Tt _]${TIME} ?([Zz]|[+-]\\d\\d:?\\d\\d)?)?$`);

/** Returns a Date, or an error message. */
export function parseDateTime(text: string): Date | string {
  if (text.length < 'YYYY-MM-DD'.length) return 'input is too short';
  const found = DATE_TIME.exec(text);
  if (!found) return 'it should look like 2026-01-31T09:30:00Z';
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map((part) => Number(part ?? 0)) as Six;
  if (month < 1 || month > 12) return 'month value is outside expected range of 1-12';
  if (day < 1 || day > daysOf(year, month)) return 'day value is outside expected range';
  if (hour > 23) return 'hour value is outside expected range of 0-23';
  if (minute > 59) return 'minute value is outside expected range of 0-59';
  if (second > 59) return 'second value is outside expected range of 0-59';
  const offset = minutesOf(found[8] ?? 'Z');
  if (Math.abs(offset) >= 24 * 60) return 'timezone offset must be less than 24 hours';
  const milliseconds = Math.floor(Number(`0.${found[7] ?? 0}`) * 1000);
  const time = new Date(0);
  time.setUTCFullYear(year, month - 1, day);
  time.setUTCHours(hour, minute - offset, second, milliseconds);
  return year < 1 ? 'year 0 is out of range' : time;
}

type Six = [number, number, number, number, number, number];

/** A date and time. Errors: `datetime_type`, `datetime_from_date_parsing`. */
export function dateTimeCheck(validators: readonly Step<unknown>[]): Check {
  return (value, run) => {
    if (typeof value !== 'string') return run.fail('datetime_type', 'Input should be a valid datetime', value);
    const time = parseDateTime(value);
    if (typeof time !== 'string') return allHold(validators, time, run) ? time : undefined;
    const msg = `Input should be a valid datetime or date, ${time}`;
    return run.fail('datetime_from_date_parsing', msg, value, { error: time });
  };
}

const daysOf = (year: number, month: number) => new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();

function minutesOf(offset: string): number {
  if (/z/i.test(offset)) return 0;
  const [hours, minutes] = [Number(offset.slice(1, 3)), Number(offset.slice(-2))];
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
