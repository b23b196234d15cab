import express, { type Application, type Request, type RequestHandler } from 'express';
import type { Server } from 'node:http';
import type { Config } from '../config/config.js';
import type { Logger } from '../logging/logger.js';
import type { RequestLog } from '../logging/request-log.js';
import { Gauge } from '../common/instruments.js';
import { Admission } from './admission.js';
import { refuseWhenFull, takePlace } from './admission.middleware.js';
import { bodyMiddleware } from './body.middleware.js';
import { corsMiddleware, refusedOrigins } from './cors.middleware.js';
import { loopShare } from './event-loop.js';
import type { ExpressRoutes } from './express-routes.js';
import { requestContextMiddleware } from './request-context.middleware.js';
import { requestHeadMiddleware, requestLogMiddleware } from './request-head.middleware.js';

const IN_FLIGHT = new Gauge({
  name: 'aerie_http_requests_in_flight',
  help: 'Requests that hold one of the MAX_IN_FLIGHT places: health checks and streams do not.',
});
const QUEUED = new Gauge({ name: 'aerie_http_requests_queued', help: 'Requests that wait for such a place.' });

/** How busy the application is. */
export interface Load {
  /** What comes after the middleware of `app.use()`, in the place of Nest's body parsers: reads the body, and takes a place. */
  readonly parsers: readonly RequestHandler[];
  /** Whether a handler is at work on an answer. One that streams has begun its answer: all that it does is in it. */
  isAnswering(): boolean;
  /** From now on fewer requests are let in while the event loop is late, until the server closes. */
  watch(server: Server): void;
}

/** Where lines go: those of requests, and others. */
interface Logs {
  readonly requests: RequestLog;
  readonly logger: Logger;
}

/** Express with Aerie's settings. Routes are case-sensitive, which has to be said before the router is made. */
export function expressApplication(config: Config): Application {
  const app = express();
  app.enable('case sensitive routing');
  return app.disable('x-powered-by').disable('etag').set('trust proxy', config.values.TRUST_PROXY);
}

/** The middleware that every request meets first, in this order. */
export function useKernel(app: Application, config: Config, { logger, requests }: Logs, routes: ExpressRoutes): Load {
  const { MAX_IN_FLIGHT: inFlight, MAX_QUEUED: queued, CORS_ORIGINS: origins, TRUST_PROXY: proxies } = config.values;
  let share: (() => number) | undefined;
  const admission = new Admission({ inFlight, queued }, () => share?.() ?? 1);
  const isVital = (request: Request) => routes.isVital(request);
  app.use(requestContextMiddleware, requestLogMiddleware(requests), requestHeadMiddleware(proxies));
  if (!config.production) app.use(refusedOrigins(origins, (line) => logger.warn(line)));
  if (origins.length > 0) app.use(...corsMiddleware(origins));
  app.use(refuseWhenFull(admission, isVital));
  return {
    parsers: [bodyMiddleware, takePlace(admission, isVital)],
    isAnswering: () => !admission.isIdle,
    watch: (server) => {
      share = loopShare(server);
      const unwatch = [
        IN_FLIGHT.addCallback(() => [{ labels: {}, value: admission.inUse }]),
        QUEUED.addCallback(() => [{ labels: {}, value: admission.queued }]),
      ];
      server.once('close', () => unwatch.forEach((end) => end()));
    },
  };
}
