import type { Request, Response } from 'express';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import { setFileHeaders } from './send-file.js';

// Streamed responses, which the handler writes itself.

/** The negotiated format of a streamed response. */
export interface ContentFormat {
  readonly media: string;
  readonly gzip: boolean;
}

/**
 * Content negotiation: the media type that the client prefers, or the first if it accepts none (RFC 9110 §12.4.1), and
 * whether it accepts gzip. Sets `Vary`.
 */
export function negotiateFormat(request: Request, response: Response, offered: readonly string[]): ContentFormat {
  response.setHeader('Vary', 'Accept, Accept-Encoding');
  const media = request.accepts([...offered]) || offered[0]!;
  return { media, gzip: request.acceptsEncodings('gzip', 'identity') === 'gzip' };
}

/** Sets the headers of a streamed file. Sends nothing yet. */
export function setStreamHeaders(response: Response, { media, gzip }: ContentFormat, filename: string): void {
  setFileHeaders(response, media, filename);
  if (gzip) response.setHeader('Content-Encoding', 'gzip');
}

/** Optimized for speed. Flushes after each chunk, so that data is sent before more is available. */
const GZIP = { level: constants.Z_BEST_SPEED, flush: constants.Z_SYNC_FLUSH, chunkSize: 65_536 };

/**
 * Streams the source to the client with backpressure. Throws if the source fails or the client disconnects. The
 * connection is then aborted, so that the client does not take the part as complete.
 */
export async function sendStream(response: Response, source: Readable, { gzip }: ContentFormat): Promise<void> {
  response.setMaxListeners(20); // each stage of the pipeline adds listeners
  if (gzip) await pipeline(source, createGzip(GZIP), response);
  else await pipeline(source, response);
}

/** Waits for the first bytes of the source. Throws if it fails first, which can still become an error response. */
export async function waitUntilReadable(source: Readable, gone: AbortSignal): Promise<void> {
  await once(source, 'readable', { signal: gone });
}

/** Codes of errors after a client has disconnected, before or after the first byte. */
const DISCONNECTED: ReadonlySet<unknown> = new Set(['ERR_STREAM_UNABLE_TO_PIPE', 'ERR_STREAM_PREMATURE_CLOSE']);

/** Whether a stream failed because the client disconnected. */
export function isClientDisconnect(error: unknown): boolean {
  const { name, code } = error as NodeJS.ErrnoException;
  return name === 'AbortError' || DISCONNECTED.has(code);
}
