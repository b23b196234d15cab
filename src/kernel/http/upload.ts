import type { Request } from 'express';
import { AppError } from '../errors/app-error.js';
import { unsupportedEncoding, isEncoded, drainBody, payloadTooLarge } from './read-body.js';

const MIB = 1024 * 1024;
/** The largest upload that is read. */
export const UPLOAD_LIMIT_BYTES = 100 * MIB;
const UPLOAD_MS = 600_000;
/** One that brings nothing for so long has gone. */
const STALLED_MS = 60_000;

/** A body that the handler reads as it comes in. */
export interface Upload {
  /** One of those that the route takes; undefined: another one. */
  readonly media: string | undefined;
  /** Reading it breaks with AppError 413 behind the limit, and 400 where the client leaves or stalls. */
  readonly bytes: AsyncIterable<Buffer>;
}

const uploading = new WeakSet<object>();

/** Whether the request on this connection has a deadline of its own, longer than the server's for others. */
export const isUploading = (socket: object): boolean => uploading.has(socket);

/** Opens the body, of which nothing is read yet. Throws AppError 413 for one that is announced too large, 415 for a compressed one. */
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
      yield chunk as Buffer; // the sender waits while it is worked on
      stalled = cutOff(STALLED_MS);
    }
  } catch (error) {
    throw error instanceof AppError ? error : new AppError('The request body is incomplete');
  } finally {
    clearTimeout(deadline);
    clearTimeout(stalled);
    uploading.delete(socket);
    if (!request.complete) request.resume(); // what still comes is thrown away, so that the sender gets to read the answer
  }
}
