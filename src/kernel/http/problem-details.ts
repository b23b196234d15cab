import type { Request } from 'express';
import { STATUS_CODES } from 'node:http';
import type { FieldError } from '../errors/validation-failed.js';

// Error bodies of RFC 9457, "Problem Details for HTTP APIs".

export const PROBLEM_JSON = 'application/problem+json';

/** Whether the client prefers problem details. By default it gets FastAPI's body. */
export function wantsProblem(request: Request): boolean {
  const { accept } = request.headers;
  if (accept === undefined || !accept.includes('problem+json')) return false;
  return request.accepts(['application/json', PROBLEM_JSON]) === PROBLEM_JSON;
}

/**
 * Converts an error to problem details. `instance` is a URN with the id of the request. The custom body of an exception
 * becomes a separate member, since its fields may have the same names.
 */
export function problemOf(
  status: number,
  detail: string | readonly FieldError[],
  requestId: string,
  extensions: { readonly body?: object | undefined; readonly errorCode?: string | undefined } = {},
): object {
  const title = STATUS_CODES[status] ?? 'Error';
  const common = { type: 'about:blank', title, status, instance: `urn:aerie:request:${requestId}` };
  if (typeof detail === 'string') return { ...common, detail, ...extensions };
  const errors = detail.length === 1 ? 'One error' : `${detail.length} errors`;
  return { ...common, detail: `${errors} in the request`, errors: detail };
}
