import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { perHandler } from '../common/per-handler.js';
import { parametersOfMethod, type Controller, type Parameter } from './handlers.js';

// What handlers take from the request as it was sent, without validation.

/** How a handler may read the body itself: its bytes with `@RawBody`, or anything with `@Req`. */
export type BodyAccess = 'bytes' | 'request' | 'none';

/** The names of what a handler takes as sent. */
export interface RawInputs {
  /** The headers of `@Headers('x')` that are a part of the request's meaning, in lower case. */
  readonly headers: readonly string[];
  /** The cookies of `@Cookies('x')` and `@SignedCookies('x')`. */
  readonly cookies: readonly string[];
  /** The parts of the host of `@HostParam('x')`. */
  readonly hosts: readonly string[];
  readonly body: BodyAccess;
}

/** Headers that differ when a client sends the same request again. */
const OF_ONE_ATTEMPT: ReadonlySet<string> = new Set([
  'baggage',
  'date',
  'idempotency-key',
  'traceparent',
  'tracestate',
  'user-agent',
  'x-correlation-id',
  'x-request-id',
]);

/** A retry may have a new token. Its caller is known by other means, except on public routes. */
const CREDENTIALS: ReadonlySet<string> = new Set(['authorization', 'cookie']);

export function rawInputsOf(parameters: readonly Parameter[], isPublic = false): RawInputs {
  const namesOf = (kind: RouteParamtypes) =>
    parameters.flatMap(({ type, data }) => (type === kind && typeof data === 'string' ? [data] : []));
  const takes = (kind: RouteParamtypes) => parameters.some(({ type }) => type === kind);
  return {
    headers: namesOf(RouteParamtypes.HEADERS)
      .map((name) => name.toLowerCase())
      .filter((name) => !OF_ONE_ATTEMPT.has(name) && (isPublic || !CREDENTIALS.has(name))),
    cookies: [RouteParamtypes.COOKIES, RouteParamtypes.SIGNED_COOKIES].flatMap(namesOf),
    hosts: namesOf(RouteParamtypes.HOST),
    body: takes(RouteParamtypes.RAW_BODY) ? 'bytes' : takes(RouteParamtypes.REQUEST) ? 'request' : 'none',
  };
}

/** Returns how a handler without a contract may read the body. */
export const bodyAccessOf = perHandler(
  (controller: Controller, handler) => rawInputsOf(parametersOfMethod(controller, handler)).body,
);
