import type { Request, Response } from 'express';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError, type NamedError } from '../kernel/errors/app-error.js';
import { REVALIDATED } from '../kernel/http/caching.js';
import { isNotModified } from '../kernel/http/not-modified.js';
import { rangeOf, type ByteRange } from './range-header.js';

// Sends files with ranges and conditional requests.

/** An immutable file. */
export interface StoredFile {
  readonly size: number;
  /** A strong entity tag in quotes, such as a hash of the bytes. */
  readonly etag: string;
  readonly media: string;
  readonly filename: string;
  /** Yields the bytes of the range in chunks. */
  read(range: ByteRange): AsyncIterable<Buffer>;
}

const RANGE_NOT_SATISFIABLE = 'The range is outside of the file';

export const rangeNotSatisfiable: NamedError<[number]> = Object.assign(
  (size: number) => new AppError(RANGE_NOT_SATISFIABLE, 416, { 'Content-Range': `bytes */${size}` }),
  { status: 416, example: RANGE_NOT_SATISFIABLE },
);

/** Sets the headers that make a response a download. */
export function setFileHeaders(response: Response, media: string, filename: string): void {
  response.setHeader('Content-Type', media.startsWith('text/') ? `${media}; charset=utf-8` : media);
  response.setHeader('Content-Disposition', `attachment; filename=${filename}`);
}

/** The headers of files with their descriptions, for `@ReturnsMedia`. */
export const FILE_HEADERS = {
  ETag: 'Identifies the content of the file, for `If-Range` and `If-None-Match`.',
  'Accept-Ranges': 'Always `bytes`.',
  'Content-Disposition': 'Always `attachment`, with the file name.',
};

/**
 * Sends the file, or the requested range of it (RFC 9110 §14), so that an aborted download can be resumed; a 304 if the
 * client has it. A failure during the transfer aborts it. Throws rangeNotSatisfiable, preconditionFailed.
 */
export async function sendFile(request: Request, response: Response, file: StoredFile): Promise<void> {
  const { size, etag, media, filename } = file;
  if (isNotModified(request, etag)) return void setCacheHeaders(response, etag).writeHead(304).end();
  const isHead = request.method === 'HEAD'; // ranges apply to GET only
  const range = isHead ? undefined : rangeOf(request.headers, size, etag);
  if (range === null) throw rangeNotSatisfiable(size);
  setFileHeaders(response, media, filename);
  setCacheHeaders(response, etag).setHeader('Accept-Ranges', 'bytes');
  const { first, last } = range ?? { first: 0, last: size - 1 };
  if (range) response.status(206).setHeader('Content-Range', `bytes ${first}-${last}/${size}`);
  response.setHeader('Content-Length', last - first + 1);
  if (isHead || size === 0) response.end();
  else await pipeline(Readable.from(file.read({ first, last }), { objectMode: false }), response);
}

function setCacheHeaders(response: Response, etag: string): Response {
  response.setHeader('ETag', etag);
  response.setHeader('Cache-Control', REVALIDATED);
  return response.vary('Authorization');
}
