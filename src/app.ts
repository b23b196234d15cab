import type { DynamicModule, INestApplication, NestApplicationOptions } from '@nestjs/common';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { Server } from 'node:http';
import { DataSource } from 'typeorm';
import { AppModule } from './app.module.js';
import { forgottenModules } from './forgotten-modules.js';
import type { Config } from './config/config.js';
import { BootstrapModule } from './kernel/bootstrap.module.js';
import { serveDocs } from './docs/docs.routes.js';
import { AerieAdapter } from './kernel/http/adapter.js';
import { ExpressRoutes } from './kernel/http/express-routes.js';
import { limitUnrouted, RateLimiter } from './rate-limit/rate-limiter.js';
import { expressApplication, useKernel, type KernelMiddleware } from './kernel/http/use-kernel.js';
import { Logger } from './kernel/logging/logger.js';
import { RequestLog } from './kernel/logging/request-log.js';
import { loadDemoExamples } from './openapi/demo-examples.js';
import { buildDocument } from './openapi/document.js';
import { findDemoAccount } from './seed/demo-data.js';

type Create = (
  module: DynamicModule,
  adapter: AerieAdapter,
  options: NestApplicationOptions,
) => Promise<INestApplication>;

const create: Create = (module, adapter, options) => NestFactory.create(module, adapter, options);

export interface Aerie {
  readonly app: INestApplication;
  /** The OpenAPI document. It is built at the first access, to save memory if no documentation is served. */
  readonly document: OpenAPIObject;
  readonly load: KernelMiddleware;
}

/**
 * Creates and initializes the application on a prepared database, ready to listen. Servers, job workers and tests use
 * it.
 */
export async function createApp(config: Config, logger = new Logger(config), make = create): Promise<Aerie> {
  const aerie = await assembleApp(config, logger, make);
  await aerie.app.init();
  return aerie;
}

/** Creates the application and its document without initializing it: no route is registered, and no job runs. */
export async function assembleApp(config: Config, logger = new Logger(config), make = create): Promise<Aerie> {
  const server = expressApplication(config);
  const routes = new ExpressRoutes(server);
  const requests = new RequestLog(logger, (request) => routes.templateOf(request));
  const load = useKernel(server, config, { logger, requests }, routes);
  let limiter: RateLimiter | undefined;
  const adapter = new AerieAdapter(server, {
    production: config.production,
    keepAliveSeconds: config.values.KEEP_ALIVE_SECONDS,
    onRejected: (...request) => requests.logRejected(...request),
    notFound: limitUnrouted(() => limiter, routes),
    parsers: load.parsers,
  });
  const options = { logger, abortOnError: false };
  const app = await make(
    { module: AppModule, imports: [BootstrapModule.forRoot({ config, logger })] },
    adapter,
    options,
  );
  limiter = app.get(RateLimiter);
  if (!config.production) {
    for (const forgotten of await forgottenModules(import.meta.dirname, app.get(ModulesContainer)))
      logger.warn(forgotten);
  }
  const http = app.getHttpServer() as Server;
  http.once('listening', () => load.observe(http)); // a process that runs only jobs does not listen
  const examples = config.docsEnabled ? await loadDemoExamples() : undefined;
  let document: OpenAPIObject | undefined;
  const aerie = {
    app,
    load,
    get document() {
      return (document ??= buildDocument(app, examples));
    },
  };
  if (config.docsEnabled) {
    serveDocs(server, aerie.document, () => findDemoAccount(app.get(DataSource).manager, config));
  }
  return aerie;
}
