import type { Request } from 'express';
import { evaluatePreconditions } from '../context/preconditions.js';
import { contextOf } from '../context/request-context.js';
import { preconditionFailed } from '../errors/precondition.errors.js';

// Decides whether a GET or HEAD gets a 304.

/**
 * Returns the tag for a 304, weak or strong as the client sent it, since caches look up the stored response by it (RFC
 * 9111 §4.3.4). For responses that may be compressed.
 */
export function notModifiedTag({ headers }: Request, tag: string): string {
  return headers['if-none-match']?.includes(`W/${tag}`) ? `W/${tag}` : tag;
}

/**
 * Whether the client of a GET or HEAD has the current version. Throws preconditionFailed. Preconditions of writes are
 * checked in the database (database/row-preconditions.ts).
 */
export function isNotModified(request: Request, tag: string): boolean {
  const { preconditions } = contextOf(request) ?? {};
  if (preconditions === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) return false;
  const verdict = evaluatePreconditions(preconditions, tag);
  if (verdict === 'failed') throw preconditionFailed();
  return verdict === 'unchanged';
}
