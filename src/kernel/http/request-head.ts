import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { AppError } from '../errors/app-error.js';
import { NOT_HTTP } from './server-limits.js';

// Checks of request heads.

const HOST = String.raw`(?:[\w.~%!$&'()*+,;=-]+|\[[\da-f:.]+\])(?::\d*)?`;
const HOST_FIELD = new RegExp(`^${HOST}$`, 'i');
const ABSOLUTE_FORM = new RegExp(`^https?://(${HOST})(?=$|[/?#])(.*)$`, 'i');

/**
 * Converts a request target in absolute form (`GET http://host/path`, RFC 9112 §3.2.2) to a path; its host replaces the
 * `Host` header. An invalid target becomes `*`, since Express fails for it.
 */
export function toOriginForm(request: IncomingMessage): void {
  const { url = '*' } = request;
  if (url.startsWith('/')) return;
  const [, host, rest] = ABSOLUTE_FORM.exec(url) ?? [];
  if (host !== undefined) request.headers.host = host;
  request.url = rest === undefined ? '*' : rest.startsWith('/') ? rest : `/${rest}`;
}

const CLOSE = { Connection: 'close' };
const refusedSockets = new WeakSet<Socket>();

/**
 * Returns the error for a request whose head is invalid, or undefined. Later requests on its connection are then
 * ignored.
 */
export function checkHead(request: IncomingMessage): AppError | undefined {
  const refusal = isValidHead(request) ? expectationFailed(request) : new AppError(NOT_HTTP, 400, CLOSE);
  if (refusal) refusedSockets.add(request.socket);
  return refusal;
}

/** The 417 for an `Expect` header other than `100-continue` (RFC 9110 §10.1.1). */
function expectationFailed({ headers: { expect } }: IncomingMessage): AppError | undefined {
  if (expect === undefined || expect.toLowerCase() === '100-continue') return undefined;
  return new AppError('Expectation Failed', 417, CLOSE);
}

/** Whether an earlier request on the connection was refused: Node continues to read until the response is written. */
export function followsRefusedRequest({ socket }: IncomingMessage): boolean {
  return refusedSockets.has(socket);
}

/**
 * Whether a head is valid in the parts that Node's parser does not check strictly: HTTP version, transfer coding (RFC
 * 9112 §6.1), host (§3.2), target. A proxy that interprets one of them differently could see another request, or two
 * (request smuggling).
 */
function isValidHead(request: IncomingMessage): boolean {
  const { httpVersion: version, headers, url, method } = request;
  const coding = headers['transfer-encoding'];
  if (coding !== undefined && (version !== '1.1' || coding.toLowerCase() !== 'chunked')) return false;
  if (version === '1.1' ? headers.host === undefined : version !== '1.0') return false;
  if (headers.host !== undefined && !(HOST_FIELD.test(headers.host) && hasOneHost(request.rawHeaders))) return false;
  return url === '*' ? method === 'OPTIONS' : !/^[^?]*#/.test(url!); // in the query `#` is allowed, as in FastAPI
}

function hasOneHost(rawHeaders: readonly string[]): boolean {
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++;
  }
  return hosts === 1;
}
