import type { Request } from 'express';
import { STATUS_CODES } from 'node:http';
import type { FieldError } from '../errors/validation-failed.js';

export const PROBLEM_JSON = 'application/problem+json';

/** RFC 9457, "Problem Details for HTTP APIs". */
export interface Problem {
  /** `about:blank`: the problem is what its status says, in words for this case. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** Names this occurrence: the request's id in the logs. */
  readonly instance: string;
  /** Of a 422: all that is wrong with the request, as in FastAPI's body. */
  readonly errors?: readonly FieldError[];
  /** What an exception brings instead of a message: a member of its own, since its names may be those above. */
  readonly body?: object;
}

/** Whether the client prefers problem details; a client that takes anything gets FastAPI's body. */
export function wantsProblem(request: Request): boolean {
  const { accept } = request.headers;
  if (accept === undefined || !accept.includes('problem+json')) return false;
  return request.accepts(['application/json', PROBLEM_JSON]) === PROBLEM_JSON;
}

/** The problem that an error is, for the request of this id. */
export function problemOf(
  status: number,
  detail: string | readonly FieldError[],
  requestId: string,
  body?: object,
): Problem {
  const title = STATUS_CODES[status] ?? 'Error';
  const common = { type: 'about:blank', title, status, instance: `urn:aerie:request:${requestId}` };
  if (typeof detail === 'string') return { ...common, detail, ...(body === undefined ? {} : { body }) };
  const errors = detail.length === 1 ? 'One error' : `${detail.length} errors`;
  return { ...common, detail: `${errors} in the request`, errors: detail };
}
