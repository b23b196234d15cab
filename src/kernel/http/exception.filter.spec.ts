import {
  BadRequestException,
  HttpException,
  InternalServerErrorException,
  NotFoundException,
  ServiceUnavailableException,
} from '@nestjs/common';
import { ResponseModelError } from '../schema/response-model-error.js';
import { ValidationFailed, valueError } from '../errors/validation-failed.js';
import { AppError, namedError } from '../errors/app-error.js';
import { errorResponseOf } from './exception.filter.js';

/** An error as the packages of Express create it. */
const httpError = (status: number, expose: boolean) => Object.assign(new Error('entity too large'), { status, expose });

describe('errorResponseOf', () => {
  it('returns the status, message and headers of an AppError', () => {
    expect(errorResponseOf(new AppError('No'))).toEqual({ status: 400, detail: 'No', headers: {} });
    const error = new AppError('Wait', 429, { 'Retry-After': '5' });
    expect(errorResponseOf(error)).toEqual({ status: 429, detail: 'Wait', headers: { 'Retry-After': '5' } });
  });

  it('returns the list of errors of a ValidationFailed', () => {
    const errors = [valueError(['body', 'name'], 'too plain', 'Ann')];
    expect(errorResponseOf(new ValidationFailed(errors))).toEqual({ status: 422, detail: errors, headers: {} });
  });

  it('keeps the status and message of every HttpException, including server errors', () => {
    expect(errorResponseOf(new NotFoundException('No such cat'))).toMatchObject({ status: 404, detail: 'No such cat' });
    expect(errorResponseOf(new NotFoundException())).toMatchObject({ status: 404, detail: 'Not Found' });
    expect(errorResponseOf(new BadRequestException(['a', 'b']))).toMatchObject({ status: 400, detail: 'a; b' });
    expect(errorResponseOf(new InternalServerErrorException('Out of cats'))).toMatchObject({
      status: 500,
      detail: 'Out of cats',
    });
    const headers = { 'Retry-After': '1' };
    expect(errorResponseOf(new ServiceUnavailableException('Back soon'))).toEqual({
      status: 503,
      detail: 'Back soon',
      headers,
    });
  });

  it('exposes only the message of an exception, or its custom body', () => {
    expect(errorResponseOf(new BadRequestException({ any: 'thing' }))).toMatchObject({
      status: 400,
      detail: 'Bad Request',
      body: { any: 'thing' },
    });
    const withCause = new NotFoundException('No', { cause: new Error('secret'), description: 'secret' });
    expect(JSON.stringify(errorResponseOf(withCause))).not.toContain('secret');
  });

  it.each([
    ['contains itself', circle()],
    ['JSON cannot represent', { size: 1n }],
  ])('returns a generic 500 for a body that %s', (_, body) => {
    expect(errorResponseOf(new HttpException(body, 400))).toEqual({
      status: 500,
      detail: 'Internal server error',
      headers: {},
    });
  });

  it.each([
    [null, 'Bad Request', undefined],
    [['a', 'b'], 'Bad Request', ['a', 'b']],
    [{}, 'Bad Request', {}],
    [{ message: 'Of its own' }, 'Of its own', undefined],
    [{ message: 'Of its own', error: 'Described', statusCode: 400 }, 'Of its own', undefined],
    [{ message: ['a', 'b'], statusCode: 400 }, 'a; b', undefined],
    [{ message: 'Of its own', code: 7 }, 'Of its own', { message: 'Of its own', code: 7 }],
    [{ message: [{ field: 'a' }] }, 'Bad Request', { message: [{ field: 'a' }] }],
    [{ error: 'Described', statusCode: 400 }, 'Bad Request', { error: 'Described', statusCode: 400 }],
  ])('distinguishes the default body of Nest from a custom body: %j', (given, detail, body) => {
    expect(errorResponseOf(new HttpException(given as object, 400))).toEqual({
      status: 400,
      detail,
      body,
      headers: {},
    });
  });

  it('returns the message of an Express error that may be exposed', () => {
    expect(errorResponseOf(httpError(413, true))).toMatchObject({ status: 413, detail: 'entity too large' });
  });

  it('maps a database error to its response', () => {
    const error = Object.assign(new Error('duplicate key'), { driverError: { code: '23505' } });
    expect(errorResponseOf(error)).toMatchObject({ status: 409, detail: 'It already exists' });
  });

  it.each([
    ['a bug', new TypeError('x is undefined')],
    ['a response that does not match its model', new ResponseModelError('a string', null)],
    ['an HTTP error that must not be exposed', httpError(400, false)],
    ['an error with a status but without "expose"', Object.assign(new Error('secret'), { status: 404 })],
    ['an exposed error whose status is not an error status', httpError(302, true)],
    ['a string', 'secret'],
    ['undefined', undefined],
  ])('returns a generic 500 for %s', (_, error) => {
    expect(errorResponseOf(error)).toEqual({ status: 500, detail: 'Internal server error', headers: {} });
  });
});

describe('namedError', () => {
  const tooFew = namedError(409, (left: number, name: string) => `Only ${left} of ${name} left`, 2, 'pens');

  it('creates the error to throw', () => {
    expect(tooFew(1, 'cups')).toBeInstanceOf(AppError);
    expect(tooFew(1, 'cups')).toMatchObject({ status: 409, message: 'Only 1 of cups left' });
  });

  it('has the status and the example for the documentation', () => {
    expect([tooFew.status, tooFew.example]).toEqual([409, 'Only 2 of pens left']);
  });
});

function circle(): object {
  const round: Record<string, unknown> = {};
  round['self'] = round;
  return round;
}
