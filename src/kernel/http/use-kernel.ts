import express, { type Application, type Request, type RequestHandler } from 'express';
import type { Server } from 'node:http';
import type { Config } from '../../config/config.js';
import type { Logger } from '../logging/logger.js';
import type { RequestLog } from '../logging/request-log.js';
import { Gauge } from '../common/instruments.js';
import { Admission } from './admission.js';
import { refuseWhenFull, acquireSlot } from './admission.middleware.js';
import { bodyMiddleware } from './body.middleware.js';
import { corsMiddleware, warnOfRefusedOrigins } from './cors.middleware.js';
import { watchEventLoop } from './event-loop-lag.js';
import type { ExpressRoutes } from './express-routes.js';
import { requestContextMiddleware } from './request-context.middleware.js';
import { requestHeadMiddleware } from './request-head.middleware.js';
import { requestLogMiddleware } from './request-log.middleware.js';

// Creates the Express application, and registers the kernel's middleware, which runs before that of features.

const IN_FLIGHT = new Gauge({
  name: 'aerie_http_requests_in_flight',
  help: 'Requests that occupy one of the MAX_IN_FLIGHT slots. Health checks and streams do not.',
});
const QUEUED = new Gauge({ name: 'aerie_http_requests_queued', help: 'Requests that are waiting for a slot.' });

/** What `useKernel` returns: the rest of the middleware, and the load of the application. */
export interface KernelMiddleware {
  /**
   * The middleware that runs instead of Nest's body parsers, after that of `app.use()`: parses the body and acquires a
   * slot.
   */
  readonly parsers: readonly RequestHandler[];
  /** Whether a request holds a slot. Streaming requests do not: they release it when the response begins. */
  hasActiveRequests(): boolean;
  /** Starts to reduce the number of admitted requests while the event loop is delayed. Ends when the server closes. */
  observe(server: Server): void;
}

/** The access log, and the logger for everything else. */
interface Logs {
  readonly requests: RequestLog;
  readonly logger: Logger;
}

/** Creates the Express application. Case-sensitive routing must be enabled before Express creates its router. */
export function expressApplication(config: Config): Application {
  const app = express();
  app.enable('case sensitive routing');
  return app.disable('x-powered-by').disable('etag').set('trust proxy', config.values.TRUST_PROXY);
}

/** Registers the middleware that runs first for every request, in this order. */
export function useKernel(
  app: Application,
  config: Config,
  { logger, requests }: Logs,
  routes: ExpressRoutes,
): KernelMiddleware {
  const { MAX_IN_FLIGHT: inFlight, MAX_QUEUED: queued, CORS_ORIGINS: origins, TRUST_PROXY: proxies } = config.values;
  let share: (() => number) | undefined;
  const admission = new Admission({ inFlight, queued }, () => share?.() ?? 1);
  const isAlwaysAdmitted = (request: Request) => routes.isAlwaysAdmitted(request);
  app.use(requestContextMiddleware, requestLogMiddleware(requests), requestHeadMiddleware(proxies));
  if (!config.production) app.use(warnOfRefusedOrigins(origins, (line) => logger.warn(line)));
  if (origins.length > 0) app.use(...corsMiddleware(origins));
  app.use(refuseWhenFull(admission, isAlwaysAdmitted));
  return {
    parsers: [bodyMiddleware, acquireSlot(admission, isAlwaysAdmitted)],
    hasActiveRequests: () => admission.inUse > 0,
    observe: (server) => {
      share = watchEventLoop(server);
      const unwatch = [
        IN_FLIGHT.addCallback(() => [{ labels: {}, value: admission.inUse }]),
        QUEUED.addCallback(() => [{ labels: {}, value: admission.queued }]),
      ];
      server.once('close', () => unwatch.forEach((end) => end()));
    },
  };
}
