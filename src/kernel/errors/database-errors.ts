import { ValidationFailed, valueError } from './validation-failed.js';
import { AppError } from './app-error.js';
import { preconditionFailed, preconditionRequired } from './precondition.errors.js';

/**
 * PostgreSQL's error codes that do not become a 500 (PostgreSQL documentation, appendix A). Features translate the constraint
 * violations that they know by name; this is the default for all others.
 */
const BY_CODE: readonly (readonly [pattern: RegExp, status: number, detail: string])[] = [
  [/^23505$/, 409, 'It already exists'],
  [/^23503$/, 409, 'Other data still refers to it'],
  [/^55P03$/, 503, 'The row is in use, try again'],
  [/^(40001|40P01)$/, 503, 'Others are changing the same data, try again'],
  [/^(57014|25006|25P0[34]|57P0[123]|53...|08...)$/, 503, 'The database is not available, try again'],
];

/** A value that validation should have refused: reported as a validation error, without its location. */
const BAD_VALUE = /^(23514|23502|22...)$/;

/** Connection failures, from Node and pg; pg's own errors have no codes. */
const NETWORK = new Set<unknown>([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOENT',
  'EAI_AGAIN',
  'ENOTFOUND',
]);
const SYSCALLS = new Set<unknown>(['connect', 'getaddrinfo', 'read', 'write']);
const PG_MESSAGES =
  /^(timeout exceeded when trying to connect|Connection terminated|Query read timeout|Client has encountered a connection error|Client was closed)/;

/** Raised by the trigger that counts a row's versions (kernel/database/row-preconditions.ts). */
const PRECONDITIONS: Readonly<Record<string, () => AppError>> = {
  VS412: preconditionFailed,
  VS428: preconditionRequired,
};

/** The response for a failed statement or connection, or undefined for any other error. */
export function databaseError(error: unknown): AppError | ValidationFailed | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, severity } = reportOf(error);
  const precondition = PRECONDITIONS[code];
  if (precondition) return precondition();
  const known = BY_CODE.find(([pattern]) => pattern.test(code));
  if (known) return answer(known[1], known[2]);
  if (BAD_VALUE.test(code)) return new ValidationFailed([valueError(['body'], 'a value is out of range', null)]);
  // FATAL ends the session, or refuses to begin one: the statement is not at fault
  const unreachable = severity === 'FATAL' || isNetworkError(error) || PG_MESSAGES.test(error.message);
  return unreachable ? answer(503, 'The database is not available, try again') : undefined;
}

/** For a host name with several addresses, Node gives an AggregateError with an error for each. */
function isNetworkError(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(isNetworkError);
  const { code, syscall } = error as { code?: unknown; syscall?: unknown };
  return NETWORK.has(code) && SYSCALLS.has(syscall);
}

/** Whether the transaction was rolled back because of a serialization failure or a deadlock. It may be repeated. */
export function isLostRace(error: unknown): boolean {
  return error instanceof Error && /^(40001|40P01)$/.test(reportOf(error).code);
}

/** The name of a prepared statement is unknown or taken. */
const STALE_NAME = /^(26000|42P05)$/;
/** Errors that only a cached plan can have. */
const STALE_PLAN: Readonly<Record<string, (report: Report) => boolean>> = {
  '0A000': ({ routine }) => routine === 'RevalidateCachedQuery',
  '42704': ({ routine }) => routine === 'lookup_type_cache',
  '42804': ({ routine }) => /^(CheckVarSlotCompatibility|ExecEvalParamExtern|plpgsql_param_eval_\w+)$/.test(routine),
  XX000: ({ message }) => /^(cache lookup failed for|could not open relation with OID|could not find)/.test(message),
};
/** The statement does not fit the schema or its parameters. If it did before, it was prepared for another schema. */
const UNFIT = /^(08P01|(0A|42|XX)...)$/;

/**
 * Whether a prepared statement failed because the schema has changed or it is gone from its connection. It had no effect.
 * `hasSucceeded`: the same statement has succeeded since the connection was opened. Checks codes and the names of
 * PostgreSQL's functions, since messages may be in any language, except those of XX000.
 */
export function isStaleStatement(error: unknown, hasSucceeded: boolean): boolean {
  if (!(error instanceof Error)) return false;
  const report = reportOf(error);
  const { code } = report;
  return STALE_NAME.test(code) || (hasSucceeded && UNFIT.test(code)) || STALE_PLAN[code]?.(report) === true;
}

/** Whether a statement waited for a lock until its timeout. */
export function isLockTimeout(error: unknown): boolean {
  return error instanceof Error && reportOf(error).code === '55P03';
}

/** The name of the violated constraint, such as `users_email_key`. */
export function violatedConstraint(error: unknown): string | undefined {
  const constraint = (error as { driverError?: { constraint?: unknown } } | undefined)?.driverError?.constraint;
  return typeof constraint === 'string' ? constraint : undefined;
}

interface Report {
  readonly code: string;
  readonly severity: string;
  /** The function in PostgreSQL's source that raised the error. */
  readonly routine: string;
  readonly message: string;
}

function reportOf(error: Error): Report {
  const source = ((error as { driverError?: unknown }).driverError ?? error) as Record<keyof Report, unknown>;
  const text = (name: keyof Report) => (typeof source[name] === 'string' ? source[name] : '');
  return { code: text('code'), severity: text('severity'), routine: text('routine'), message: text('message') };
}

function answer(status: number, detail: string): AppError {
  return new AppError(detail, status, status === 503 ? { 'Retry-After': '1' } : {});
}
