import { STATUS_CODES, type Server } from 'node:http';
import { isUploading } from './upload.js';

/** Slow clients are cut off: without `connectionsCheckingInterval` Node looks only every 30 s. */
export const SERVER_LIMITS = {
  connectionsCheckingInterval: 1000,
  headersTimeout: 5000,
  requestTimeout: 10_000,
  keepAliveTimeout: 65_000, // longer than a load balancer's usual 60 s, so that it is the one who closes
  maxHeaderSize: 16_384,
  requireHostHeader: false, // the adapter refuses it, with a body
} as const;

export const NOT_HTTP = 'Invalid HTTP request received.';

const STATUS_OF_PARSER_ERROR: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** What is not HTTP gets a short answer in JSON, and the connection is closed. */
export function answerParserErrors(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && isUploading(socket)) return; // it has a deadline of its own
    const status = STATUS_OF_PARSER_ERROR[error.code ?? ''] ?? 400;
    const body = JSON.stringify({ detail: status === 400 ? NOT_HTTP : STATUS_CODES[status] });
    socket.end(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json\r\n` +
        `X-Content-Type-Options: nosniff\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    );
  });
}
