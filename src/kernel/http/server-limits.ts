import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { countRefusal } from './refusals.js';
import { isUploading } from './upload.js';

/** Slow clients are cut off: without `connectionsCheckingInterval` Node looks only every 30 s. */
export const SERVER_OPTIONS = {
  connectionsCheckingInterval: 1000,
  headersTimeout: 5000,
  requestTimeout: 10_000,
  maxHeaderSize: 16_384,
  requireHostHeader: false, // the adapter refuses it, with a body
} as const;

export const NOT_HTTP = 'Invalid HTTP request received.';

const STATUS_OF_PARSER_ERROR: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};
/** So long may who is hung up on read why. */
const LINGER_MS = 1000;

/** Limits that are properties of the server. */
export function limitServer(server: Server): void {
  server.maxHeadersCount = 100;
  server.maxRequestsPerSocket = 1000;
  server.maxConnections = 5000;
}

/** Hears of what could not be read as a request: how it was answered, under which id, and from where it came. */
export type Refused = (status: number, id: string, address: string | undefined) => void;

/** What is not HTTP gets a short answer in JSON, after the answers to what came before it, and is hung up on. */
export function answerParserErrors(
  server: Server,
  headers: readonly (readonly [string, string])[],
  refused: Refused,
): void {
  const latest = new WeakMap<Duplex, ServerResponse>();
  const hungUp = new WeakSet<Duplex>();
  const hangUp = (socket: Duplex, status: number) => {
    if (hungUp.has(socket)) return;
    hungUp.add(socket);
    const id = randomUUID();
    countRefusal('malformed');
    refused(status, id, (socket as Partial<Socket>).remoteAddress);
    inTurn(socket, latest.get(socket), () => {
      if (!socket.writable) socket.destroy();
      else socket.end(refusal(status, id, headers));
      setTimeout(() => socket.destroy(), LINGER_MS).unref();
    });
  };
  server.prependListener('request', (request, response) => latest.set(request.socket, response));
  server.on('connect', (_request, socket) => hangUp(socket, 400)); // no proxy
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
    else if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && isUploading(socket)) return; // it has a deadline of its own
    else hangUp(socket, STATUS_OF_PARSER_ERROR[error.code ?? ''] ?? 400);
  });
}

/** Once it is the turn of whoever follows `answer`, or takes its place, if the body of its own request is what is broken. */
function inTurn(socket: Duplex, answer: ServerResponse | undefined, proceed: () => void): void {
  if (answer === undefined || (answer.req.complete && answer.closed)) proceed();
  else if (answer.req.complete) answer.once('close', proceed);
  else if (answer.headersSent) socket.destroy();
  else if (answer.socket) proceed();
  else answer.once('socket', proceed);
}

function refusal(status: number, id: string, headers: readonly (readonly [string, string])[]): string {
  const body = JSON.stringify({ detail: status === 400 ? NOT_HTTP : STATUS_CODES[status] });
  const fields = [
    ...headers,
    ['X-Request-ID', id],
    ['X-Process-Time', '0.000000'], // nothing was done for it
    ['Date', new Date().toUTCString()],
    ['Content-Type', 'application/json'],
    ['Content-Length', String(Buffer.byteLength(body))],
    ['Connection', 'close'],
  ];
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines}\r\n${body}`;
}
