import type { INestApplication, NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { OpenAPIObject } from '@nestjs/swagger';
import cors from 'cors';
import type { Application, NextFunction, Request, Response } from 'express';
import { AppModule } from './app.module.js';
import type { Config } from './kernel/config/config.js';
import { serveDocs } from './kernel/docs/docs.routes.js';
import { AerieAdapter } from './kernel/http/adapter.js';
import { IdempotencyKeys } from './kernel/idempotency/idempotency-keys.js';
import { Logger } from './kernel/logging/logger.js';
import { RequestLog } from './kernel/logging/request-log.js';
import { buildDocument } from './kernel/openapi/document.js';

type Create = (
  module: ReturnType<typeof AppModule.for>,
  adapter: AerieAdapter,
  options: NestApplicationOptions,
) => Promise<INestApplication>;

const create: Create = (module, adapter, options) => NestFactory.create(module, adapter, options);

export interface Aerie {
  readonly app: INestApplication;
  readonly document: OpenAPIObject;
}

/** The whole application on a prepared database, ready to listen: what main and the tests share. */
export async function createApp(config: Config, logger = new Logger(config), make = create): Promise<Aerie> {
  const aerie = await assembleApp(config, logger, make);
  await aerie.app.init();
  return aerie;
}

/** The application put together, with its document, but not begun: no route is registered, no job runs. */
export async function assembleApp(config: Config, logger = new Logger(config), make = create): Promise<Aerie> {
  const { TRUST_PROXY: trustProxy, MAX_IN_FLIGHT: inFlight, MAX_QUEUED: queued } = config.values;
  const limits = { inFlight, queued, requestMs: config.requestMs };
  const log = new RequestLog(logger);
  const adapter = new AerieAdapter({ production: config.production, trustProxy }, limits, log);
  if (config.values.CORS_ORIGINS.length > 0) adapter.use(allowOrigins([...config.values.CORS_ORIGINS]));
  const app = await make(AppModule.for(config, logger), adapter, { logger, bodyParser: false, abortOnError: false });
  adapter.keys = app.get(IdempotencyKeys);
  const document = buildDocument(app);
  if (config.docsEnabled) {
    serveDocs(adapter.getInstance<Application>(), document);
    for (const path of ['/docs', '/docs/oauth2-redirect', '/redoc', '/openapi.json']) adapter.knows(path);
  }
  return { app, document };
}

/** CORS for these origins. What is no preflight is an ordinary request, an OPTIONS too. */
function allowOrigins(origin: string[]) {
  const answer = cors({
    origin,
    credentials: true,
    maxAge: 600,
    exposedHeaders: [
      'ETag',
      'Idempotency-Replayed',
      'Link',
      'Location',
      'RateLimit',
      'RateLimit-Policy',
      'Retry-After',
      'X-Process-Time',
      'X-Request-ID',
    ],
  });
  return (request: Request, response: Response, next: NextFunction) => {
    const { origin: from, 'access-control-request-method': wanted } = request.headers;
    if (request.method === 'OPTIONS' && (from === undefined || wanted === undefined)) next();
    else answer(request, response, next);
  };
}
