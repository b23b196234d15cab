import type { OperationId } from './types.js';
import type { ValidationError } from './generated/types.gen.js';

/** One error in a request. */
export interface FieldError {
  /** The part of the request that has the error. */
  readonly in: 'path' | 'query' | 'header' | 'body' | (string & {});
  /** Names of fields and positions in lists: `['address', 'city']`. Empty if the part as a whole is wrong. */
  readonly path: readonly (string | number)[];
  /** The kind of error, such as `missing` or `string_too_short`. */
  readonly type: string;
  /** A message for people. */
  readonly message: string;
  readonly input: unknown;
  /** Values that belong to the message, such as `min_length`. */
  readonly context: Readonly<Record<string, unknown>>;
}

/** The API refused the request, or a proxy in front of it did. */
export class ApiError extends Error {
  readonly kind = 'api';
  override readonly name = 'ApiError';
  readonly status: number;
  /**
   * Whether the body is an error of the API: its `detail` is a sentence or the list of a 422. If not, it is probably from
   * a proxy.
   */
  readonly isFromApi: boolean;
  /** The fields with errors. Empty unless the status is 422. */
  readonly fields: readonly FieldError[];
  /** The code of the error for programs, if it has one. */
  readonly errorCode: string | undefined;
  /** The id of the request in the log of the server. */
  readonly requestId: string | undefined;
  /** Milliseconds to wait before the next try, as the API asks. */
  readonly retryAfterMs: number | undefined;

  constructor(
    readonly operation: OperationId,
    /** A later call with the same key finishes this call, or returns its result if it is done. */
    readonly idempotencyKey: string | undefined,
    { status, headers }: Response,
    body: unknown,
  ) {
    const { detail, errorCode } = (body ?? {}) as { detail?: unknown; errorCode?: unknown };
    const fields = isValidation(detail) ? detail.map(fieldErrorOf) : [];
    super(
      typeof detail === 'string'
        ? detail
        : fields.map(sentenceOf).join('; ') || `${operation} failed with status ${status}`,
    );
    this.status = status;
    this.isFromApi = typeof detail === 'string' || fields.length > 0;
    this.fields = fields;
    this.errorCode = typeof errorCode === 'string' ? errorCode : undefined;
    this.requestId = headers.get('X-Request-ID') ?? undefined;
    this.retryAfterMs = retryAfterMs(headers.get('Retry-After'));
  }
}

/**
 * No complete response of the API came in time: there was no connection, it was cut, the server sent nothing, or a proxy
 * sent a response of another type. A write may have been executed: a later call with the same key finishes it, or
 * returns its result.
 */
export class ConnectionError extends Error {
  readonly kind = 'connection';
  override readonly name = 'ConnectionError';

  constructor(
    readonly operation: OperationId,
    readonly idempotencyKey: string | undefined,
    cause: unknown,
  ) {
    super(`No valid response to ${operation}`, { cause });
  }
}

/**
 * The session is over. Sign in again. An earlier attempt of a write may have been executed: a later call of the same
 * account with the same key finishes it, or returns its result.
 */
export class SignedOutError extends Error {
  readonly kind = 'signed-out';
  override readonly name = 'SignedOutError';

  constructor(
    readonly operation: OperationId,
    readonly idempotencyKey: string | undefined,
    cause: unknown,
  ) {
    super('The session is over', { cause });
  }
}

/** Returns whether an error says that the session or the token of a call is no longer valid. */
export const isOver = (error: unknown) =>
  error instanceof SignedOutError || (error instanceof ApiError && error.isFromApi && error.status === 401);

/** The client got something else than the API sent: a file with another SHA-256, or a resource without its `ETag`. */
export class IntegrityError extends Error {
  readonly kind = 'integrity';
  override readonly name = 'IntegrityError';
}

/**
 * All errors that a call can throw, except the reason of its own AbortSignal, a TypeError for input that cannot be sent,
 * and what your own functions throw.
 */
export type ClientError = ApiError | ConnectionError | SignedOutError | IntegrityError;

/** Returns whether this is the `detail` of a 422. A proxy can send JSON with another `detail`. */
function isValidation(detail: unknown): detail is ValidationError[] {
  return Array.isArray(detail) && detail.every((one: Partial<ValidationError> | null) => Array.isArray(one?.loc));
}

function fieldErrorOf({ type, loc: [place, ...path], msg, input, ctx }: ValidationError): FieldError {
  return { in: String(place), path, type, message: msg, input, context: ctx ?? {} };
}

const sentenceOf = ({ in: place, path, message }: FieldError) => `${[place, ...path].join('.')}: ${message}`;

/** Returns the milliseconds of a `Retry-After` header, which has seconds or a date (RFC 9110, section 10.2.3). */
export function retryAfterMs(header: string | null, now = Date.now()): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
