import type { Request } from 'express';
import { AppError } from '../errors/app-error.js';
import { unsupportedEncoding, isEncoded, drainBody, payloadTooLarge } from './read-body.js';

// Uploads: bodies that a handler reads as a stream.

const MIB = 1024 * 1024;
/** The maximum size of an upload. */
export const UPLOAD_LIMIT_BYTES = 100 * MIB;
const UPLOAD_MS = 600_000;
/** An upload without new data for this time is aborted. */
const STALLED_MS = 60_000;

/** A body that the handler reads as a stream. */
export interface Upload {
  /** The media type; undefined if the route does not accept it. */
  readonly media: string | undefined;
  /** Throws AppError 413 beyond the limit, and 400 if the client disconnects or stalls. */
  readonly bytes: AsyncIterable<Buffer>;
}

const uploading = new WeakSet<object>();

/** Whether the connection has an upload, whose deadline is longer than the server's for other requests. */
export const isUploading = (socket: object): boolean => uploading.has(socket);

/**
 * Opens the body without reading it. Throws AppError 413 if its Content-Length is too large, 415 if it is compressed.
 */
export async function openUpload(request: Request, medias: readonly string[]): Promise<Upload> {
  if (isEncoded(request)) throw unsupportedEncoding();
  if (Number(request.headers['content-length'] ?? 0) > UPLOAD_LIMIT_BYTES) {
    await drainBody(request);
    throw payloadTooLarge();
  }
  const type = (request.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();
  return { media: medias.find((media) => media === type), bytes: bytesOf(request) };
}

async function* bytesOf(request: Request): AsyncGenerator<Buffer> {
  const { socket } = request;
  let size = 0;
  uploading.add(socket);
  const cutOff = (ms: number) => setTimeout(() => request.destroy(), ms);
  const deadline = cutOff(UPLOAD_MS);
  let stalled = cutOff(STALLED_MS);
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      size += (chunk as Buffer).length;
      if (size > UPLOAD_LIMIT_BYTES) throw payloadTooLarge();
      clearTimeout(stalled);
      yield chunk as Buffer; // backpressure: the client waits meanwhile
      stalled = cutOff(STALLED_MS);
    }
  } catch (error) {
    throw error instanceof AppError ? error : new AppError('The request body is incomplete');
  } finally {
    clearTimeout(deadline);
    clearTimeout(stalled);
    uploading.delete(socket);
    if (!request.complete) request.resume(); // discards the rest, so that the client can read the response
  }
}
