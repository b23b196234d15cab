import type { Request, Response } from 'express';
import { evaluatePreconditions } from '../context/preconditions.js';
import { contextOf } from '../context/request-context.js';
import { preconditionFailed } from '../errors/precondition.errors.js';
import { REVALIDATED } from './caching.js';
import { compressBody, isCompressible, takesCoding, withWeakTag } from './compression.js';

/**
 * Head and body at once, in one packet: as one string, since Node writes a head and a buffer by a dearer call. `headers`
 * is a flat list of names and values; without a text there is no body.
 */
export function write(
  response: Response,
  status: number,
  text?: string,
  headers: string[] = [],
  media = 'application/json',
): void {
  headers.push('Content-Type', media);
  const bytes = text === undefined ? 0 : Buffer.byteLength(text);
  if (isCompressible(response, bytes) && isSentCompressed(response)) {
    writeHead(response, status, withWeakTag(headers));
    return void response.end(text);
  }
  if (text !== undefined) headers.push('Content-Length', String(bytes));
  writeHead(response, status, headers);
  if (text === undefined) response.end();
  else response.end(text, bytes === text.length ? 'latin1' : 'utf8');
}

/** Tells caches that it depends on the client, and compresses if this one wants it: its length is not known then. */
function isSentCompressed(response: Response): boolean {
  const context = contextOf(response.req);
  if (context) context.cachePolicy ??= 'coded';
  if (!takesCoding(response.req)) return false;
  if (response.req.method !== 'HEAD') compressBody(response);
  return true;
}

/** Middleware that waits for the head (compression, sessions) has put its own `writeHead` there, and reads no lists. */
function writeHead(response: Response, status: number, headers: readonly string[]): void {
  if (!Object.hasOwn(response, 'writeHead')) return void response.writeHead(status, headers as string[]);
  response.status(status);
  for (let i = 0; i < headers.length; i += 2) response.setHeader(headers[i]!, headers[i + 1]!);
}

/** 304: the file that the client has is still good (RFC 9110 §15.4.5). */
export function writeUnchanged(response: Response, tag: string): void {
  response.setHeader('Cache-Control', REVALIDATED);
  response.vary('Authorization').writeHead(304, ['ETag', tag]).end();
}

/**
 * The tag of a 304 for a response that may be compressed, as the client has it, weak or not: caches look for what they keep
 * under it (RFC 9111 §4.3.4).
 */
export function keptTag({ headers }: Request, tag: string): string {
  return headers['if-none-match']?.includes(`W/${tag}`) ? `W/${tag}` : tag;
}

/**
 * Whether who reads has this already. Throws preconditionFailed. Writes are checked as they write
 * (database/row-preconditions.ts).
 */
export function isUnchanged(request: Request, tag: string): boolean {
  const { preconditions } = contextOf(request) ?? {};
  if (preconditions === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) return false;
  const verdict = evaluatePreconditions(preconditions, tag);
  if (verdict === 'failed') throw preconditionFailed();
  return verdict === 'unchanged';
}
