import compression from 'compression';
import type { Request, Response } from 'express';
import { contextOf } from '../context/request-context.js';

/** A shorter body fits into a packet, compressed or not. */
const MIN_BYTES = 1024;
/** What `compression` can do. */
const CODINGS = ['br', 'gzip', 'deflate', 'identity'];

/** gzip: half the time of the usual level, for a tenth more bytes. What is short or secret never comes here. */
const compress = compression({ threshold: 0, filter: () => true, level: 3 });

/**
 * Whether JSON of so many bytes may be compressed: caches are told so, whatever this client takes. A response that tells
 * a secret never is, since its length would tell something of it (BREACH); nor what middleware of the application's own
 * compresses already.
 */
export function isCompressible(response: Response, bytes: number): boolean {
  if (bytes < MIN_BYTES || Object.hasOwn(response, 'writeHead')) return false;
  return contextOf(response.req)?.contract?.returns.secret !== true;
}

/** Whether the client likes a coding better than none. */
export function takesCoding(request: Request): boolean {
  if (request.headers['accept-encoding'] === undefined) return false;
  const best = request.acceptsEncodings(...CODINGS);
  return best !== false && best !== 'identity';
}

/**
 * The headers of what is compressed. A strong entity tag would be one of these bytes alone (RFC 9110 §8.8.3.3); ours is that of
 * a version, so it is made weak, as nginx and Django do. Preconditions hold for both.
 */
export function withWeakTag(headers: readonly string[]): readonly string[] {
  const at = headers.findIndex((name, i) => i % 2 === 0 && /^etag$/i.test(name)) + 1;
  return at === 0 || headers[at]!.startsWith('W/') ? headers : headers.with(at, `W/${headers[at]}`);
}

/** Lets `compression` wait for the head of this response, which is written next. */
export const compressBody = (response: Response) => compress(response.req, response, () => {});
