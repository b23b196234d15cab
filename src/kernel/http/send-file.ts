import type { Request, Response } from 'express';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError, type NamedError } from '../errors/app-error.js';
import { REVALIDATED } from './caching.js';
import { rangeOf, type ByteRange } from './range.js';
import { describeFile } from './stream.js';
import { isUnchanged, writeUnchanged } from './write.js';

/** A file that never changes. */
export interface StoredFile {
  readonly size: number;
  /** A strong entity tag, in quotes: the same bytes have the same one. */
  readonly etag: string;
  readonly media: string;
  readonly filename: string;
  /** The bytes, piece by piece as they are asked for. */
  read(range: ByteRange): AsyncIterable<Buffer>;
}

const NOT_THERE = 'The range is outside of the file';

export const rangeNotSatisfiable: NamedError<[number]> = Object.assign(
  (size: number) => new AppError(NOT_THERE, 416, { 'Content-Range': `bytes */${size}` }),
  { status: 416, example: NOT_THERE },
);

/** What such an answer says of its file. */
export const FILE_HEADERS = {
  ETag: 'Identifies the content of the file, for `If-Range` and `If-None-Match`.',
  'Accept-Ranges': 'Always `bytes`.',
  'Content-Disposition': 'Always `attachment`, with the file name.',
};

/**
 * Answers with the file, or with the part of it that is asked for (RFC 9110 §14): a download that broke off is resumed
 * byte by byte. Who has it already gets a 304. A failure in the middle breaks the transfer. Throws rangeNotSatisfiable, preconditionFailed.
 */
export async function sendFile(request: Request, response: Response, file: StoredFile): Promise<void> {
  const { size, etag, media, filename } = file;
  if (isUnchanged(request, etag)) return writeUnchanged(response, etag);
  const isHead = request.method === 'HEAD'; // of which no part can be asked
  const range = isHead ? undefined : rangeOf(request.headers, size, etag);
  if (range === null) throw rangeNotSatisfiable(size);
  describeFile(response, { media, gzip: false }, filename);
  response.setHeader('Accept-Ranges', 'bytes');
  response.setHeader('ETag', etag);
  response.setHeader('Cache-Control', REVALIDATED);
  response.vary('Authorization');
  const { first, last } = range ?? { first: 0, last: size - 1 };
  if (range) response.status(206).setHeader('Content-Range', `bytes ${first}-${last}/${size}`);
  response.setHeader('Content-Length', last - first + 1);
  if (isHead || size === 0) response.end();
  else await pipeline(Readable.from(file.read({ first, last }), { objectMode: false }), response);
}
