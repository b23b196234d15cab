import type { Request } from 'express';
import { finished } from 'node:stream/promises';
import getRawBody, { type RawBodyError } from 'raw-body';
import { AppError } from '../errors/app-error.js';

// Reads request bodies up to the size limit.

/** The maximum size of a request body; a larger one gets a 413. Uploads have their own limit. */
export const BODY_LIMIT_BYTES = 100_000;

/**
 * The time in milliseconds during which a body that is too large is still read. A client that finishes in this time can
 * read the response.
 */
const DRAIN_MS = 150;

export const payloadTooLarge = () => new AppError('Payload Too Large', 413);
export const unsupportedEncoding = () => new AppError('Unsupported Media Type', 415);

/** Whether the headers announce a body (RFC 9112 §6.3). */
export function hasBody({ headers }: Pick<Request, 'headers'>): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Whether the body is compressed. Such bodies are refused, since their decompressed size is unknown. */
export function isEncoded({ headers }: Pick<Request, 'headers'>): boolean {
  const encoding = headers['content-encoding'];
  return encoding !== undefined && encoding.toLowerCase() !== 'identity';
}

/**
 * Returns the bytes of a request's body; undefined if it exceeds the limit, and the rest is not read. Throws an
 * AppError 400 if the body ends early.
 */
export async function readBody(request: Request): Promise<Buffer | undefined> {
  try {
    return await getRawBody(request, { limit: BODY_LIMIT_BYTES });
  } catch (error) {
    if ((error as RawBodyError).type === 'entity.too.large') return undefined;
    throw new AppError('The request body is incomplete');
  }
}

/** Discards the rest of the body until it ends or 150 ms have passed. */
export async function drainBody(request: Request): Promise<void> {
  request.resume();
  await finished(request, { signal: AbortSignal.timeout(DRAIN_MS) }).catch(() => {});
}
