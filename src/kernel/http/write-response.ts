import type { Response } from 'express';
import { contextOf } from '../context/request-context.js';
import { compressBody, isCompressible, acceptsCompression, weakenTag, withWeakTag } from './compression.js';

/**
 * Sends a complete response. Head and body are written as strings, since Node is slower with a head and a buffer.
 * `headers` is a flat list of names and values. Without `text` there is no body. Compresses it if possible.
 */
export function writeResponse(
  response: Response,
  status: number,
  text?: string,
  headers: string[] = [],
  media = 'application/json',
): void {
  headers.push('Content-Type', media);
  const bytes = text === undefined ? 0 : Buffer.byteLength(text);
  if (isCompressible(response, bytes) && prepareCompression(response)) {
    writeHead(response, status, withWeakTag(headers));
    return void response.end(text);
  }
  if (text !== undefined) headers.push('Content-Length', String(bytes));
  writeHead(response, status, headers);
  if (text === undefined) response.end();
  else response.end(text, bytes === text.length ? 'latin1' : 'utf8');
}

/**
 * Sets the cache policy for a compressible response, and starts compression if the client accepts it. Returns whether
 * it does.
 */
function prepareCompression(response: Response): boolean {
  const context = contextOf(response.req);
  if (context) context.cachePolicy ??= 'compressible';
  if (!acceptsCompression(response.req)) return false;
  weakenTag(response);
  if (response.req.method !== 'HEAD') compressBody(response);
  return true;
}

/**
 * Writes the head. Middleware that replaces `writeHead` (compression, sessions) does not support flat lists, so headers
 * are then set one by one.
 */
function writeHead(response: Response, status: number, headers: readonly string[]): void {
  if (!Object.hasOwn(response, 'writeHead')) return void response.writeHead(status, headers as string[]);
  response.status(status);
  for (let i = 0; i < headers.length; i += 2) response.setHeader(headers[i]!, headers[i + 1]!);
}
