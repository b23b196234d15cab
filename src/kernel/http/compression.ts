import compression from 'compression';
import type { Request, Response } from 'express';
import { contextOf } from '../context/request-context.js';

// Compression of JSON responses.

/** Shorter bodies fit into one packet without compression. */
const MIN_BYTES = 1024;
/** The encodings that `compression` supports. */
const ENCODINGS = ['br', 'gzip', 'deflate', 'identity'];

/**
 * Level 3 takes half the time of the default, for 10 % more bytes. `isCompressible` decides, so there is no threshold
 * or filter.
 */
const compress = compression({ threshold: 0, filter: () => true, level: 3 });

/**
 * Whether a JSON response of this size may be compressed. `Vary` then says so to caches, whatever this client accepts.
 * False for responses with secrets, whose compressed length would reveal parts of them (the BREACH attack), and if the
 * application's own middleware already wraps `writeHead`, as a compression middleware does.
 */
export function isCompressible(response: Response, bytes: number): boolean {
  if (bytes < MIN_BYTES || Object.hasOwn(response, 'writeHead')) return false;
  return contextOf(response.req)?.contract?.returns.secret !== true;
}

/** Whether the client prefers a compressed response. */
export function acceptsCompression(request: Request): boolean {
  if (request.headers['accept-encoding'] === undefined) return false;
  const best = request.acceptsEncodings(...ENCODINGS);
  return best !== false && best !== 'identity';
}

/**
 * Returns the headers with a weak entity tag, for a compressed response. A strong tag must differ between encodings
 * (RFC 9110 §8.8.3.3), but ours identify a version, so they become weak, as in nginx and Django. Preconditions accept
 * both.
 */
export function withWeakTag(headers: readonly string[]): readonly string[] {
  const at = headers.findIndex((name, i) => i % 2 === 0 && /^etag$/i.test(name)) + 1;
  return at === 0 || headers[at]!.startsWith('W/') ? headers : headers.with(at, `W/${headers[at]}`);
}

/** Does the same with a tag that the handler has set on the response object. */
export function weakenTag(response: Response): void {
  const tag = response.getHeader('ETag');
  if (typeof tag === 'string' && !tag.startsWith('W/')) response.setHeader('ETag', `W/${tag}`);
}

/** Makes `compression` compress the response. Called before its head is written. */
export const compressBody = (response: Response) => compress(response.req, response, () => {});
