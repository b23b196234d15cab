import type { OperationId } from './types.js';
import type { ValidationError } from './generated/types.gen.js';

/** One thing that is wrong with a request. */
export interface FieldError {
  /** Which part of the request it is in. */
  readonly in: 'path' | 'query' | 'header' | 'body' | (string & {});
  /** Names of fields and positions in lists: `['address', 'city']`. Empty: the part as a whole. */
  readonly path: readonly (string | number)[];
  /** The kind of mistake, such as `missing` or `string_too_short`. */
  readonly type: string;
  /** A sentence for people. */
  readonly message: string;
  readonly input: unknown;
  /** What belongs to the sentence, such as `min_length`. */
  readonly context: Readonly<Record<string, unknown>>;
}

/** The API refused. */
export class ApiError extends Error {
  readonly kind = 'api';
  override readonly name = 'ApiError';
  readonly status: number;
  /** What is wrong with which field; empty unless the status is 422. */
  readonly fields: readonly FieldError[];
  /** Names the request in the log of the server. */
  readonly requestId: string | undefined;
  /** How long the API asks to wait before the next try. */
  readonly retryAfterMs: number | undefined;

  constructor(
    readonly operation: OperationId,
    /** With the same key, a later call finishes this one, or learns that it is done. */
    readonly idempotencyKey: string | undefined,
    { status, headers }: Response,
    body: unknown,
  ) {
    const detail = (body as { detail?: unknown } | undefined)?.detail;
    const fields = Array.isArray(detail) ? (detail as ValidationError[]).map(fieldErrorOf) : [];
    super(typeof detail === 'string' ? detail : fields.map(sentenceOf).join('; ') || `${operation} answered ${status}`);
    this.status = status;
    this.fields = fields;
    this.requestId = headers.get('X-Request-ID') ?? undefined;
    this.retryAfterMs = retryAfterMs(headers.get('Retry-After'));
  }
}

/** No whole answer came in time: the connection was cut, was never there, or the server said nothing. */
export class ConnectionError extends Error {
  readonly kind = 'connection';
  override readonly name = 'ConnectionError';

  constructor(
    readonly operation: OperationId,
    readonly idempotencyKey: string | undefined,
    cause: unknown,
  ) {
    super(`No answer to ${operation}`, { cause });
  }
}

/** The session is over, or never began: sign in. */
export class SignedOutError extends Error {
  readonly kind = 'signed-out';
  override readonly name = 'SignedOutError';
}

/** What came is not what the API sent: a file with another SHA-256, or a resource without its `ETag`. */
export class IntegrityError extends Error {
  readonly kind = 'integrity';
  override readonly name = 'IntegrityError';
}

/** Whatever a call may throw, but for the reason of its own AbortSignal. */
export type ClientError = ApiError | ConnectionError | SignedOutError | IntegrityError;

function fieldErrorOf({ type, loc: [place, ...path], msg, input, ctx }: ValidationError): FieldError {
  return { in: String(place), path, type, message: msg, input, context: ctx ?? {} };
}

const sentenceOf = ({ in: place, path, message }: FieldError) => `${[place, ...path].join('.')}: ${message}`;

/** Seconds, or a date (RFC 9110, section 10.2.3). */
export function retryAfterMs(header: string | null, now = Date.now()): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
