import type { Request, Response } from 'express';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';

/** How the body of an answer goes out that its handler writes itself. */
export interface Encoding {
  readonly media: string;
  readonly gzip: boolean;
}

/**
 * What the client likes best of these media types, the first where it likes none of them (RFC 9110 §12.4.1: better than
 * no answer), and whether it takes gzip. Tells caches that the answer depends on it.
 */
export function negotiate(request: Request, response: Response, offered: readonly string[]): Encoding {
  response.setHeader('Vary', 'Accept, Accept-Encoding');
  const media = request.accepts([...offered]) || offered[0]!;
  return { media, gzip: request.acceptsEncodings('gzip', 'identity') === 'gzip' };
}

/** The head of a streamed file: nothing is sent yet. */
export function describeFile(response: Response, { media, gzip }: Encoding, filename: string): void {
  response.setHeader('Content-Type', media.startsWith('text/') ? `${media}; charset=utf-8` : media);
  response.setHeader('Content-Disposition', `attachment; filename=${filename}`);
  if (gzip) response.setHeader('Content-Encoding', 'gzip');
}

/** Fast rather than small, and what was read so far is on its way before more is there. */
const GZIP = { level: constants.Z_BEST_SPEED, flush: constants.Z_SYNC_FLUSH, chunkSize: 65_536 };

/**
 * Sends all that the source has, no faster than the client reads. Throws when the source fails or the client leaves: the
 * transfer is broken off then, never ended, so that nobody takes a part for the whole.
 */
export async function sendStream(response: Response, source: Readable, { gzip }: Encoding): Promise<void> {
  response.setMaxListeners(20); // each part of a stream waits for its end
  if (gzip) await pipeline(source, createGzip(GZIP), response);
  else await pipeline(source, response);
}

/** Waits for the first bytes, or for the failure that comes instead of them: an ordinary error, since nothing is sent yet. */
export async function begun(source: Readable, gone: AbortSignal): Promise<void> {
  await once(source, 'readable', { signal: gone });
}

/** Of a client that left before the first byte, or after it. */
const LEFT: ReadonlySet<unknown> = new Set(['ERR_STREAM_UNABLE_TO_PIPE', 'ERR_STREAM_PREMATURE_CLOSE']);

/** Whether it was the client who ended it. */
export function isBrokenOff(error: unknown): boolean {
  const { name, code } = error as NodeJS.ErrnoException;
  return name === 'AbortError' || LEFT.has(code);
}
