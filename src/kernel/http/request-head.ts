import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { AppError } from '../errors/app-error.js';
import { NOT_HTTP } from './server-limits.js';

const HOST = String.raw`(?:[\w.~%!$&'()*+,;=-]+|\[[\da-f:.]+\])(?::\d*)?`;
const HOST_FIELD = new RegExp(`^${HOST}$`, 'i');
const ABSOLUTE_FORM = new RegExp(`^https?://(${HOST})(?=$|[/?#])(.*)$`, 'i');

/**
 * Gives a target with a whole address (RFC 9112 §3.2.2) the form of all others: its host counts, not that of the field.
 * What names no address of ours becomes `*`, since Express fails at addresses that cannot be read.
 */
export function toOriginForm(request: IncomingMessage): void {
  const { url = '*' } = request;
  if (url.startsWith('/')) return;
  const [, host, rest] = ABSOLUTE_FORM.exec(url) ?? [];
  if (host !== undefined) request.headers.host = host;
  request.url = rest === undefined ? '*' : rest.startsWith('/') ? rest : `/${rest}`;
}

const CLOSE = { Connection: 'close' };
const refused = new WeakSet<Socket>();

/** Why a request is refused for its head, whatever it asks for; and then nothing behind it is heard. */
export function refusalOfHead(request: IncomingMessage): AppError | undefined {
  const refusal = isProper(request) ? expectationFailed(request) : new AppError(NOT_HTTP, 400, CLOSE);
  if (refusal) refused.add(request.socket);
  return refusal;
}

/** RFC 9110 §10.1.1. */
function expectationFailed({ headers: { expect } }: IncomingMessage): AppError | undefined {
  if (expect === undefined || expect.toLowerCase() === '100-continue') return undefined;
  return new AppError('Expectation Failed', 417, CLOSE);
}

/** Whether it came on the connection of a request that has been refused: Node reads on until the answer is written. */
export function isBehindRefused({ socket }: IncomingMessage): boolean {
  return refused.has(socket);
}

/**
 * Whether a head is HTTP/1.1 also where Node's parser is kind. A proxy that understands one of these otherwise would take
 * one request for another, or for two: version, coding and length of the body (RFC 9112 §6.1), host (§3.2), target.
 */
function isProper(request: IncomingMessage): boolean {
  const { httpVersion: version, headers, url, method } = request;
  const coding = headers['transfer-encoding'];
  if (coding !== undefined && (version !== '1.1' || coding.toLowerCase() !== 'chunked')) return false;
  if (version === '1.1' ? headers.host === undefined : version !== '1.0') return false;
  if (headers.host !== undefined && !(HOST_FIELD.test(headers.host) && hasOneHost(request.rawHeaders))) return false;
  return url === '*' ? method === 'OPTIONS' : !/^[^?]*#/.test(url!); // in a query it is a letter, as in the reference
}

function hasOneHost(rawHeaders: readonly string[]): boolean {
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++;
  }
  return hosts === 1;
}
