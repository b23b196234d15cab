import type { Request, Response } from 'express';
import { contextOf } from '../context/request-context.js';
import { judge } from '../context/preconditions.js';
import { preconditionFailed } from '../errors/precondition.errors.js';

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
  if (text === undefined) {
    response.writeHead(status, headers).end();
    return;
  }
  const bytes = Buffer.byteLength(text);
  headers.push('Content-Length', String(bytes));
  response.writeHead(status, headers).end(text, bytes === text.length ? 'latin1' : 'utf8');
}

/** 304: what the client has is still good (RFC 9110 §15.4.5). */
export function writeUnchanged(response: Response, tag: string): void {
  response.writeHead(304, ['ETag', tag]).end();
}

/** Whether who reads has this already. Throws preconditionFailed. Writes are judged before they write (database/write.ts). */
export function isUnchanged(request: Request, tag: string): boolean {
  const { preconditions } = contextOf(request);
  if (preconditions === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) return false;
  const verdict = judge(preconditions, tag);
  if (verdict === 'failed') throw preconditionFailed();
  return verdict === 'unchanged';
}
