import type { Request, Response } from 'express';
import { Histogram } from '../common/instruments.js';
import { endRequestSpan } from '../common/tracing.js';
import { contextOf, type RequestContext } from '../context/request-context.js';
import type { Logger } from './logger.js';

// The access log.

/** nginx's status for requests whose client disconnected before the response began. */
const CLIENT_CLOSED_REQUEST = 499;

const DURATIONS = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'Duration of requests by route template, method and status, from receiving the head to the end of the response. 499: the client disconnected before the response began.',
  labels: ['method', 'route', 'status'],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
});

/**
 * Logs one line per request when it has ended (caller, address, route, status, duration; never a body or header) and
 * records its duration as a metric.
 */
export class RequestLog {
  /** `templateOf` finds the route of a request that ended before Express routed it. */
  constructor(
    private readonly logger: Logger,
    private readonly templateOf: (request: Request) => string | undefined,
  ) {}

  /** Logs the request when its response is closed. */
  logWhenClosed(request: Request, response: Response): void {
    response.prependListener('close', () => {
      const context = contextOf(request)!;
      const { id, startedAt, isAccepted, address, trace_id } = context;
      const { id: caller } = (request.user ?? {}) as { id?: unknown };
      const ms = performance.now() - startedAt;
      const { path } = (request.route ?? {}) as { path?: unknown };
      const template = typeof path === 'string' ? path : isAccepted && this.templateOf(request);
      const route = template || 'unrouted';
      const status = response.headersSent ? response.statusCode : CLIENT_CLOSED_REQUEST;
      if (DURATIONS.isEnabled) DURATIONS.record(ms, { method: request.method, route, status: String(status) });
      endSpan(context, request, route, status);
      // no value needs escaping: Node's parser limits the methods, ids consist of letters, digits, dots and hyphens,
      // and addresses are checked
      this.logger.request(
        `"request_id":"${id}","method":"${request.method}","route":${JSON.stringify(route)},"status":${response.statusCode},"ms":${ms.toFixed(1)}` +
          (address === undefined ? '' : `,"address":"${address}"`) +
          (trace_id === undefined ? '' : `,"trace_id":"${trace_id}"`) +
          (typeof caller === 'number' ? `,"user_id":${caller}` : '') +
          (response.writableFinished ? '' : ',"aborted":true'),
        context,
      );
    });
  }

  /** Logs a request that could not be parsed or did not arrive in time. */
  logRejected(status: number, id: string, address: string | undefined): void {
    const from = address === undefined ? '' : `,"address":"${address}"`;
    const facts = `"request_id":"${id}","method":"unknown","route":"unrouted","status":${status}${from}`;
    this.logger.request(facts, { id, startedAt: performance.now(), statements: [] });
  }
}

/**
 * Ends the span of a request. Runs before all other listeners, since an HTTP instrumentation of the operator also ends
 * its span with the response.
 */
function endSpan({ span, id, address }: RequestContext, request: Request, route: string, status: number): void {
  if (span === undefined) return;
  const { method, path, protocol, user } = request;
  endRequestSpan(span, `${method} ${route}`, status, {
    'http.request.method': method,
    'http.route': route,
    'url.path': path,
    'url.scheme': protocol,
    'aerie.request_id': id,
    ...(address === undefined ? {} : { 'client.address': address }),
    ...(user === undefined ? {} : { 'user.id': String((user as { id?: unknown }).id) }),
  });
}
