import { once } from 'node:events';
import { createServer, STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Config } from '../config/config.js';
import { listenError } from '../config/server-address.js';
import type { Logger } from '../kernel/logging/logger.js';

/** The response of a path. */
export interface PageResponse {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Creates the response of each path. */
export type Pages = Readonly<Record<string, () => PageResponse | Promise<PageResponse>>>;

/** Strict limits, since there are few clients with small requests. */
const LIMITS = { headersTimeout: 5000, requestTimeout: 5000, connectionsCheckingInterval: 1000, maxHeaderSize: 8192 };
const MAX_CONNECTIONS = 32;

/**
 * Serves the pages at METRICS_HOST and METRICS_PORT. The port is separate from the API's, so that API clients cannot
 * reach it and cannot keep it busy. Throws an OperatorError if it cannot listen there.
 */
export async function serveMetrics(config: Config, logger: Logger, pages: Pages): Promise<Server> {
  const { METRICS_HOST: host, METRICS_PORT: port = 0 } = config.values;
  const server = createServer(LIMITS, (request, response) => {
    responseFor(request, pages).then(
      (answer) => send(response, request, answer),
      (error: unknown) => {
        logger.error(error, 'The metrics could not be collected');
        send(response, request, plain(500));
      },
    );
  });
  server.maxConnections = MAX_CONNECTIONS;
  try {
    await once(server.listen(port, host), 'listening');
  } catch (error) {
    throw listenError(error, host, port, ['METRICS_HOST', 'METRICS_PORT']);
  }
  return server;
}

async function responseFor({ method, url = '/' }: IncomingMessage, pages: Pages): Promise<PageResponse> {
  const path = url.split('?')[0]!;
  if (!Object.hasOwn(pages, path)) return plain(404);
  return method === 'GET' || method === 'HEAD' ? pages[path]!() : plain(405);
}

function plain(status: number): PageResponse {
  return { status, type: 'text/plain; charset=utf-8', body: `${STATUS_CODES[status]}\n` };
}

function send(response: ServerResponse, { method }: IncomingMessage, { status, type, body }: PageResponse): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...(status === 405 ? { Allow: 'GET, HEAD' } : {}),
  });
  response.end(method === 'HEAD' ? undefined : body);
}
