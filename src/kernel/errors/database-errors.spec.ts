import {
  causeOf,
  databaseError,
  isTransactionConflict,
  isOutage,
  isStaleStatement,
  violatedConstraint,
} from './database-errors.js';
import { errorResponseOf } from '../http/exception.filter.js';

/** An error as TypeORM wraps it. */
const failedQuery = (driverError: object) => Object.assign(new Error('failed'), { driverError });
/** An error that PostgreSQL reported. */
const reported = (report: object, message = '') => failedQuery(Object.assign(new Error(message), report));
/** A network error of Node. */
const networkError = (code: string) => Object.assign(new Error(code), { code, syscall: 'connect' });

function answerTo(error: unknown): [number, unknown] | undefined {
  if (databaseError(error) === undefined) return undefined;
  const { status, detail } = errorResponseOf(error);
  return [status, detail];
}

/** The form of a validation error, so that clients get one form of 422. */
const outOfRange = [
  {
    type: 'value_error',
    loc: ['body'],
    msg: 'Value error, a value is out of range',
    input: null,
    ctx: { error: {} },
  },
];

describe('a PostgreSQL error', () => {
  const busy = 'The database is not available, try again';

  it.each([
    ['23505', 'unique_violation', 409, 'It already exists'],
    ['23503', 'foreign_key_violation', 409, 'Other data still refers to it'],
    ['23001', 'restrict_violation', 409, 'Other data still refers to it'],
    ['23514', 'check_violation', 422, outOfRange],
    ['23502', 'not_null_violation', 422, outOfRange],
    ['22003', 'numeric_value_out_of_range', 422, outOfRange],
    ['22021', 'character_not_in_repertoire', 422, outOfRange],
    ['22P02', 'invalid_text_representation', 422, outOfRange],
    ['55P03', 'lock_not_available', 503, 'The row is in use, try again'],
    ['40001', 'serialization_failure', 503, 'Another request is changing the same data, try again'],
    ['40P01', 'deadlock_detected', 503, 'Another request is changing the same data, try again'],
    ['57014', 'query_canceled', 503, busy],
    ['25006', 'read_only_sql_transaction', 503, busy],
    ['25P03', 'idle_in_transaction_session_timeout', 503, busy],
    ['57P01', 'admin_shutdown', 503, busy],
    ['57P03', 'cannot_connect_now', 503, busy],
    ['53300', 'too_many_connections', 503, busy],
    ['08006', 'connection_failure', 503, busy],
  ])('%s %s is answered with %i', (code, _name, status, detail) => {
    expect(answerTo(failedQuery({ code }))).toEqual([status, detail]);
    expect(answerTo(Object.assign(new Error('raw'), { code }))).toEqual([status, detail]);
  });

  it.each(['42601', '42P01', '42703', '23P01', 'XX000', '0A000'])(
    '%s is not mapped to a response, since it means a bug in the application',
    (code) => {
      expect(databaseError(failedQuery({ code }))).toBeUndefined();
    },
  );

  it('with the severity FATAL is answered with 503, since the statement is not the cause', () => {
    expect(answerTo(failedQuery({ code: '55000', severity: 'FATAL' }))).toEqual([503, busy]);
    expect(answerTo(failedQuery({ code: '55000', severity: 'ERROR' }))).toBeUndefined();
  });

  it('is answered with a Retry-After header only if a retry can succeed', () => {
    expect(errorResponseOf(failedQuery({ code: '57P01' })).headers).toEqual({ 'Retry-After': '1' });
    expect(errorResponseOf(failedQuery({ code: '23505' })).headers).toEqual({});
  });

  it('is answered without the message of the database', () => {
    const detail = 'Key (email)=(ann@example.com) already exists.';
    expect(errorResponseOf(failedQuery({ code: '23505', detail, table: 'users' })).detail).toBe('It already exists');
  });
});

describe('an unavailable database', () => {
  it.each([
    ['57P01', true],
    ['57P03', true],
    ['53300', true],
    ['08006', true],
    ['25006', true],
    ['57014', false],
    ['25P03', false],
    ['55P03', false],
    ['23505', false],
    ['42601', false],
  ])('is recognized by the SQLSTATE %s: %s', (code, away) => {
    expect(isOutage(failedQuery({ code }))).toBe(away);
  });

  it('has a cause that contains the error of each of its addresses', () => {
    const refused = ['::1', '127.0.0.1'].map((host) =>
      Object.assign(new Error(`connect ECONNREFUSED ${host}:5432`), { code: 'ECONNREFUSED', syscall: 'connect' }),
    );
    const error = new AggregateError(refused);
    expect([isOutage(error), causeOf(error)]).toEqual([
      true,
      'connect ECONNREFUSED ::1:5432; connect ECONNREFUSED 127.0.0.1:5432',
    ]);
    expect(causeOf(failedQuery(refused[0]!))).toBe('connect ECONNREFUSED ::1:5432');
  });

  it.each(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOENT', 'EAI_AGAIN', 'ENOTFOUND'])(
    'is answered with 503: %s',
    (code) => {
      expect(answerTo(networkError(code))?.[0]).toBe(503);
    },
  );

  it('is answered with 503 if the connection to each of its addresses fails', () => {
    const error = Object.assign(new AggregateError([networkError('ECONNREFUSED')]), { code: 'ECONNREFUSED' });
    expect(answerTo(error)?.[0]).toBe(503);
  });

  it.each([
    'timeout exceeded when trying to connect',
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'Query read timeout',
    'Client has encountered a connection error and is not queryable',
  ])('is answered with 503 for the error message of pg: %s', (message) => {
    expect(answerTo(new Error(message))?.[0]).toBe(503);
  });

  it('is not confused with a missing file', () => {
    expect(
      databaseError(Object.assign(new Error('no such file'), { code: 'ENOENT', syscall: 'open' })),
    ).toBeUndefined();
  });
});

describe('any other value', () => {
  it.each([undefined, null, 'text', 42, {}, { code: '23505' }, new Error('oops'), new TypeError('x is undefined')])(
    'is not a database error: %p',
    (error) => expect(databaseError(error)).toBeUndefined(),
  );
});

describe('violatedConstraint', () => {
  it('returns the name of the constraint', () => {
    expect(violatedConstraint(failedQuery({ code: '23505', constraint: 'users_email_key' }))).toBe('users_email_key');
  });

  it.each([undefined, null, 'text', new Error('x'), failedQuery({}), { driverError: { constraint: 1 } }])(
    'returns undefined for %p',
    (error) => expect(violatedConstraint(error)).toBeUndefined(),
  );
});

describe('isTransactionConflict', () => {
  it.each(['40001', '40P01'])('returns true for the retryable SQLSTATE %s', (code) => {
    expect(isTransactionConflict(failedQuery({ code }))).toBe(true);
  });

  it.each([failedQuery({ code: '55P03' }), failedQuery({ code: '40000' }), new Error('40001'), undefined])(
    'returns false for %p',
    (error) => expect(isTransactionConflict(error)).toBe(false),
  );
});

describe('isStaleStatement', () => {
  it.each([
    ['the prepared statement does not exist', { code: '26000' }, ''],
    ['the prepared statement already exists', { code: '42P05' }, ''],
    ['the type of its result has changed', { code: '0A000', routine: 'RevalidateCachedQuery' }, ''],
    ['a type no longer exists', { code: '42704', routine: 'lookup_type_cache' }, ''],
    ['the type of a column in a plan has changed', { code: '42804', routine: 'CheckVarSlotCompatibility' }, ''],
    ['the type of a parameter in a plan has changed', { code: '42804', routine: 'ExecEvalParamExtern' }, ''],
    ['the type of a variable in a trigger has changed', { code: '42804', routine: 'plpgsql_param_eval_recfield' }, ''],
    ['an object that it uses no longer exists', { code: 'XX000' }, 'cache lookup failed for type 16402'],
    ['its table no longer exists', { code: 'XX000' }, 'could not open relation with OID 16402'],
  ])('returns true if %s', (_name, report, message) => {
    expect(isStaleStatement(reported(report, message), false)).toBe(true);
    expect(isStaleStatement(Object.assign(new Error(message), report), false)).toBe(true);
  });

  it.each(['0A000', '42P01', '42703', '42883', '42804', '42501', 'XX000', 'XX001', '08P01'])(
    'returns true for %s only if the statement has succeeded before',
    (code) => {
      expect(isStaleStatement(reported({ code }), true)).toBe(true);
      expect(isStaleStatement(reported({ code }), false)).toBe(false);
    },
  );

  it.each([
    ...['23505', '40001', '22P02', '57014', '08006', '25P02', 'P0001', 'VS412'].map((code) => reported({ code })),
    new Error('Query read timeout'),
    { code: '26000' },
    undefined,
  ])('returns false for %p, even if the statement has succeeded before', (error) =>
    expect(isStaleStatement(error, true)).toBe(false),
  );
});
