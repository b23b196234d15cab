import { ValidationFailed, valueError } from './validation-failed.js';
import { AppError } from './app-error.js';
import { preconditionFailed, preconditionRequired } from './precondition.errors.js';

// Translates PostgreSQL errors and connection failures to HTTP errors.

const UNAVAILABLE = 'The database is not available, try again';

/**
 * Responses for SQLSTATE codes that do not become a 500 (PostgreSQL documentation, appendix A). Features translate the
 * constraint violations that they expect; these are the defaults for all others.
 */
const RESPONSES_BY_CODE: readonly (readonly [pattern: RegExp, status: number, detail: string])[] = [
  [/^23505$/, 409, 'It already exists'],
  [/^(23503|23001)$/, 409, 'Other data still refers to it'],
  [/^55P03$/, 503, 'The row is in use, try again'],
  [/^(40001|40P01)$/, 503, 'Another request is changing the same data, try again'],
  [/^(57014|25006|25P0[34]|57P0[123]|53...|08...)$/, 503, UNAVAILABLE],
];

/** SQLSTATEs of timeouts that concern only one statement or transaction, while others may succeed. */
const OF_ONE = /^(57014|25P0[34])$/;

/** SQLSTATEs of values that validation should have refused: a 422 without the location of the value. */
const BAD_VALUE = /^(23514|23502|22...)$/;

/** Codes of connection failures in Node; pg's own errors have only messages. */
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

/** SQLSTATEs raised by the version trigger (kernel/database/row-preconditions.ts). */
const PRECONDITIONS: Readonly<Record<string, () => AppError>> = {
  VS412: preconditionFailed,
  VS428: preconditionRequired,
};

/** Returns the error response for a failed statement or connection; undefined for any other error. */
export function databaseError(error: unknown): AppError | ValidationFailed | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, severity } = reportOf(error);
  const precondition = PRECONDITIONS[code];
  if (precondition) return precondition();
  const known = RESPONSES_BY_CODE.find(([pattern]) => pattern.test(code));
  if (known) return new AppError(known[2], known[1]);
  if (BAD_VALUE.test(code)) return new ValidationFailed([valueError(['body'], 'a value is out of range', null)]);
  // FATAL ends the session or refuses to start one: the statement is not the cause
  const unreachable = severity === 'FATAL' || isNetworkError(error) || PG_MESSAGES.test(error.message);
  return unreachable ? new AppError(UNAVAILABLE, 503) : undefined;
}

/** Whether a statement failed because the database is unavailable, so that all others fail as well. */
export function isOutage(error: Error): boolean {
  const known = databaseError(error);
  return known instanceof AppError && known.message === UNAVAILABLE && !OF_ONE.test(reportOf(error).code);
}

/** Returns the message of PostgreSQL or the network for a failed statement. */
export function causeOf(error: Error): string {
  const source = (error as { driverError?: Error }).driverError ?? error;
  const causes = source instanceof AggregateError ? (source.errors as Error[]) : [source];
  return causes.map(({ message }) => message).join('; ');
}

/** For a host name with several addresses, Node throws an AggregateError with an error for each. */
function isNetworkError(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(isNetworkError);
  const { code, syscall } = error as { code?: unknown; syscall?: unknown };
  return NETWORK.has(code) && SYSCALLS.has(syscall);
}

/** Whether the transaction was rolled back because of a serialization failure or a deadlock. It may be retried. */
export function isTransactionConflict(error: unknown): boolean {
  return error instanceof Error && /^(40001|40P01)$/.test(reportOf(error).code);
}

/** SQLSTATEs: the name of a prepared statement does not exist, or exists already. */
const STALE_NAME = /^(26000|42P05)$/;
/** Errors that only stale cached plans cause, by SQLSTATE. */
const STALE_PLAN: Readonly<Record<string, (report: ErrorReport) => boolean>> = {
  '0A000': ({ routine }) => routine === 'RevalidateCachedQuery',
  '42704': ({ routine }) => routine === 'lookup_type_cache',
  '42804': ({ routine }) => /^(CheckVarSlotCompatibility|ExecEvalParamExtern|plpgsql_param_eval_\w+)$/.test(routine),
  XX000: ({ message }) => /^(cache lookup failed for|could not open relation with OID|could not find)/.test(message),
};
/**
 * SQLSTATEs of statements that do not fit the schema. If the statement worked before, it was prepared for an older
 * schema.
 */
const MAYBE_STALE = /^(08P01|(0A|42|XX)...)$/;

/**
 * Whether a prepared statement failed because the schema has changed or the connection no longer has it. It had no
 * effect. `hasSucceeded`: the same statement has succeeded since the connection was opened. Checks SQLSTATEs and the
 * names of PostgreSQL's source functions, since messages are translated, except those of XX000.
 */
export function isStaleStatement(error: unknown, hasSucceeded: boolean): boolean {
  if (!(error instanceof Error)) return false;
  const report = reportOf(error);
  const { code } = report;
  return STALE_NAME.test(code) || (hasSucceeded && MAYBE_STALE.test(code)) || STALE_PLAN[code]?.(report) === true;
}

/** Whether a statement failed because of the request's precondition. */
export function isPreconditionError(error: unknown): error is Error {
  return error instanceof Error && reportOf(error).code in PRECONDITIONS;
}

/** Whether a statement failed because of lock_timeout. */
export function isLockTimeout(error: unknown): boolean {
  return error instanceof Error && reportOf(error).code === '55P03';
}

/** Whether a write failed because the database is read-only. */
export function isReadOnly(error: unknown): boolean {
  return error instanceof Error && reportOf(error).code === '25006';
}

/** Returns the name of the violated constraint, such as `users_email_key`, or undefined. */
export function violatedConstraint(error: unknown): string | undefined {
  const constraint = (error as { driverError?: { constraint?: unknown } } | undefined)?.driverError?.constraint;
  return typeof constraint === 'string' ? constraint : undefined;
}

/** The fields of a PostgreSQL error; empty strings for other errors. */
interface ErrorReport {
  readonly code: string;
  readonly severity: string;
  /** The function in PostgreSQL's source that raised the error. */
  readonly routine: string;
  readonly message: string;
}

function reportOf(error: Error): ErrorReport {
  const source = ((error as { driverError?: unknown }).driverError ?? error) as Record<keyof ErrorReport, unknown>;
  const text = (name: keyof ErrorReport) => (typeof source[name] === 'string' ? source[name] : '');
  return { code: text('code'), severity: text('severity'), routine: text('routine'), message: text('message') };
}
