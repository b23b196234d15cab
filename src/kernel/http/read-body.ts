import type { Request } from 'express';
import getRawBody, { type RawBodyError } from 'raw-body';
import { AppError } from '../errors/app-error.js';
import { BODY_LIMIT_BYTES } from '../schema/bounds.js';

/** How long a client may go on writing what is too much: one that is nearly done then gets to read its answer. */
const LINGER_MS = 150;

export const tooLarge = () => new AppError('Payload Too Large', 413);
export const encoded = () => new AppError('Unsupported Media Type', 415);

/** Whether the head announces a body (RFC 9112 §6.3). */
export function hasBody({ headers }: Pick<Request, 'headers'>): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Whether the body is compressed: nobody knows its real size. */
export function isEncoded({ headers }: Pick<Request, 'headers'>): boolean {
  const encoding = headers['content-encoding'];
  return encoding !== undefined && encoding.toLowerCase() !== 'identity';
}

/**
 * The bytes of a request's body; undefined for more than the limit, of which the rest is not read. Throws AppError 400 for one
 * that breaks off.
 */
export async function readBody(request: Request): Promise<Buffer | undefined> {
  try {
    return await getRawBody(request, { limit: BODY_LIMIT_BYTES });
  } catch (error) {
    if ((error as RawBodyError).type === 'entity.too.large') return undefined;
    throw new AppError('The request body is incomplete');
  }
}

/** Throws away what comes, until it ends or the time is up. */
export function linger(request: Request): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, LINGER_MS);
    request.once('close', resolve);
    request.once('end', () => {
      clearTimeout(timer);
      resolve();
    });
    request.resume();
  });
}
