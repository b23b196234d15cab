import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { countRefusal } from './refusal-metric.js';
import { isUploading } from './upload.js';

// Limits of Node's HTTP server, and its responses to data that is not HTTP.

/** Options of Node's server: timeouts for slow clients. `connectionsCheckingInterval` is 30 s by default. */
export const SERVER_OPTIONS = {
  connectionsCheckingInterval: 1000,
  headersTimeout: 5000,
  requestTimeout: 10_000,
  maxHeaderSize: 16_384,
  requireHostHeader: false, // request-head.ts refuses it, with a body
} as const;

export const NOT_HTTP = 'Invalid HTTP request received.';

const STATUS_OF_PARSER_ERROR: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};
/** The time for a client to read the error before its connection is destroyed. */
const LINGER_MS = 1000;

/** Sets the limits that are properties of the server. */
export function limitServer(server: Server): void {
  server.maxHeadersCount = 100;
  server.maxRequestsPerSocket = 1000;
  server.maxConnections = 5000;
}

/**
 * Called for data that could not be parsed as a request, with the status and id of the response and the client's
 * address.
 */
export type OnRejected = (status: number, id: string, address: string | undefined) => void;

/**
 * Answers data that is not valid HTTP with a JSON error, after the responses to earlier requests, and closes the
 * connection.
 */
export function handleParserErrors(
  server: Server,
  headers: readonly (readonly [string, string])[],
  onRejected: OnRejected,
): void {
  const latestResponses = new WeakMap<Duplex, ServerResponse>();
  const rejected = new WeakSet<Duplex>();
  const rejectConnection = (socket: Duplex, status: number) => {
    if (rejected.has(socket)) return;
    rejected.add(socket);
    const id = randomUUID();
    countRefusal('malformed');
    onRejected(status, id, (socket as Partial<Socket>).remoteAddress);
    afterEarlierResponses(socket, latestResponses.get(socket), () => {
      if (!socket.writable) socket.destroy();
      else socket.end(rawErrorResponse(status, id, headers));
      setTimeout(() => socket.destroy(), LINGER_MS).unref();
    });
  };
  server.prependListener('request', (request, response) => latestResponses.set(request.socket, response));
  server.on('connect', (_request, socket) => rejectConnection(socket, 400)); // CONNECT: Aerie is no proxy
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
    else if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && isUploading(socket)) return; // uploads have another deadline
    else rejectConnection(socket, STATUS_OF_PARSER_ERROR[error.code ?? ''] ?? 400);
  });
}

/**
 * Calls `proceed` when the earlier responses are sent. `previous` is the latest response on the connection. If the body
 * of its request is invalid, the error replaces that response.
 */
function afterEarlierResponses(socket: Duplex, previous: ServerResponse | undefined, proceed: () => void): void {
  if (previous === undefined || (previous.req.complete && previous.closed)) proceed();
  else if (previous.req.complete) previous.once('close', proceed);
  else if (previous.headersSent) socket.destroy();
  else if (previous.socket) proceed();
  else previous.once('socket', proceed);
}

function rawErrorResponse(status: number, id: string, headers: readonly (readonly [string, string])[]): string {
  const body = JSON.stringify({ detail: status === 400 ? NOT_HTTP : STATUS_CODES[status] });
  const fields = [
    ...headers,
    ['X-Request-ID', id],
    ['X-Process-Time', '0.000000'], // nothing was processed
    ['Date', new Date().toUTCString()],
    ['Content-Type', 'application/json'],
    ['Content-Length', String(Buffer.byteLength(body))],
    ['Connection', 'close'],
  ];
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines}\r\n${body}`;
}
