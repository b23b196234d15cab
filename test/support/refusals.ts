import type { Response } from 'supertest';

/** One error of a 422 response. */
export interface FieldError {
  type: string;
  loc: (string | number)[];
  msg: string;
  input: unknown;
  ctx?: object;
}

export function expectNotAuthenticated(answer: Response): void {
  expect(answer.status).toBe(401);
  expect(answer.headers['www-authenticate']).toBe('Bearer');
  expect(answer.body).toEqual({ detail: 'Not authenticated' });
}

export function expectRefused(answer: Response, status: number, detail: string): void {
  expect({ status: answer.status, body: answer.body as unknown }).toEqual({ status, body: { detail } });
}

/** Expects a 422 with exactly these errors, in this order. */
export function expectInvalid(answer: Response, ...errors: FieldError[]): void {
  expect({ status: answer.status, body: answer.body as unknown }).toEqual({ status: 422, body: { detail: errors } });
}

type Loc = FieldError['loc'];

export function missing(loc: Loc, input: unknown): FieldError {
  return { type: 'missing', loc, msg: 'Field required', input };
}

export function notAnInteger(loc: Loc, input: string): FieldError {
  const msg = 'Input should be a valid integer, unable to parse string as an integer';
  return { type: 'int_parsing', loc, msg, input };
}

export function below(ge: number, loc: Loc, input: unknown): FieldError {
  return { type: 'greater_than_equal', loc, msg: `Input should be greater than or equal to ${ge}`, input, ctx: { ge } };
}

export function above(le: number, loc: Loc, input: unknown): FieldError {
  return { type: 'less_than_equal', loc, msg: `Input should be less than or equal to ${le}`, input, ctx: { le } };
}

export function notAString(loc: Loc, input: unknown): FieldError {
  return { type: 'string_type', loc, msg: 'Input should be a valid string', input };
}

export function tooShort(min_length: number, loc: Loc, input: string): FieldError {
  const msg = `String should have at least ${min_length} character${min_length === 1 ? '' : 's'}`;
  return { type: 'string_too_short', loc, msg, input, ctx: { min_length } };
}

export function tooLong(max_length: number, loc: Loc, input: string): FieldError {
  const msg = `String should have at most ${max_length} characters`;
  return { type: 'string_too_long', loc, msg, input, ctx: { max_length } };
}
