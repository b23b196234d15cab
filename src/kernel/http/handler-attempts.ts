import type { Request } from 'express';
import type { OutgoingHttpHeaders } from 'node:http';
import { contextOf } from '../context/request-context.js';

// A handler whose transaction is retried runs again, and must not see what it did before.

/** Returns the headers of the response before the handler runs. A copy: `appendHeader()` changes their lists. */
export function headersBefore(request: Request): OutgoingHttpHeaders {
  return structuredClone(request.res!.getHeaders());
}

/** Restores the headers, and lets the inputs be validated again, since a handler may change them. */
export function resetAttempt(request: Request, before: OutgoingHttpHeaders): void {
  const response = request.res!;
  for (const name of response.getHeaderNames()) if (!(name in before)) response.removeHeader(name);
  for (const [name, value] of Object.entries(before))
    if (value !== undefined) response.setHeader(name, structuredClone(value));
  const context = contextOf(request);
  if (context) context.inputs = undefined;
}
