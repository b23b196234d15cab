import type { Request } from 'express';
import { AppError } from '../errors/app-error.js';

/** The largest body that is read; over it 413. */
export const BODY_LIMIT_BYTES = 100_000;
/** So long may a client go on writing what is too much: one that is nearly done then gets to read its answer. */
const LINGER_MS = 150;

export const tooLarge = () => new AppError('Payload Too Large', 413);

/**
 * The bytes of a request's body. Throws AppError 413 for more than the limit, announced or not, without reading the
 * rest; 415 for a compressed body, whose real size nobody knows; 400 for one that breaks off.
 */
export async function readBody(request: Request): Promise<Buffer> {
  refuseEncoding(request);
  if (Number(request.headers['content-length'] ?? 0) > BODY_LIMIT_BYTES) {
    await linger(request);
    throw tooLarge();
  }
  return collect(request);
}

/** Throws AppError 415 for a compressed body. */
export function refuseEncoding(request: Request): void {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
    throw new AppError('Unsupported Media Type', 415);
}

function collect(request: Request): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  return new Promise((resolve, reject) => {
    const take = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= BODY_LIMIT_BYTES) chunks.push(chunk);
      else {
        request.off('data', take);
        void linger(request).then(() => reject(tooLarge()));
      }
    };
    request.on('data', take);
    request.once('end', () => {
      if (bytes <= BODY_LIMIT_BYTES) resolve(Buffer.concat(chunks));
    });
    request.once('error', () => reject(new AppError('The body breaks off')));
  });
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
