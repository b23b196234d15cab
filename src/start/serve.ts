import type { INestApplication } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import cluster from 'node:cluster';
import { once } from 'node:events';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { assembleApp } from '../app.js';
import { Readiness } from '../health/readiness.js';
import type { Config } from '../config/config.js';
import { assertMigrated } from '../database-setup/migrate.js';
import type { AerieAdapter } from '../kernel/http/adapter.js';
import { listenError } from '../config/server-address.js';
import type { KernelMiddleware } from '../kernel/http/use-kernel.js';
import { Logger } from '../kernel/logging/logger.js';
import { closeFor, shutDownOnSignals, ignoreReload, READY } from './shutdown.js';
import { releaseMemory } from './garbage-collection.js';
import { closeIdleConnections } from './idle-connections.js';
import { reloadSecretsOnHangUp, receiveKeys } from './keys.js';
import { haltIfShuttingDown, type ShutdownOptions } from './signals.js';

const LOOK_FOR_IDLE_MS = 50;
/** Longer than most clients and load balancers pause: they rarely use a connection that was idle for so long. */
const IDLE_MS = 10_000;
/**
 * The number of connections that may wait to be accepted. Others are retried by the client after one second at the
 * earliest.
 */
const BACKLOG = 4096;

/**
 * Serves until a signal. It then reports `not ready`, finishes the requests in flight, closes the connections, calls
 * `release` and ends the process. Throws an OperatorError if it cannot listen, after closing the application, or if a
 * worker's build has migrations that the database lacks.
 */
export async function serve(config: Config, release: () => Promise<void>): Promise<void> {
  const logger = new Logger(config);
  const { app, load } = await assembleApp(config, logger);
  // a reload may start a build with further migrations: the old workers then keep running
  if (cluster.isWorker) await assertMigrated(app.get(DataSource));
  await app.init();
  await haltIfShuttingDown();
  if (cluster.isWorker) await receiveKeys(config);
  else {
    reloadSecretsOnHangUp(config, logger, {
      apply: ({ values }) => config.changeKeys(values),
      others: 'after a restart',
    });
    ignoreReload(logger);
  }
  shutDownOnSignals(logger, config.preStopMs, async (options) => {
    const finished = await close(app, load, options);
    await release();
    return finished;
  });
  try {
    await once(serverOf(app).listen({ port: config.values.PORT, host: config.host, backlog: BACKLOG }), 'listening');
  } catch (error) {
    await app.close();
    throw listenError(error, config.host, config.values.PORT);
  }
  config.changePort((serverOf(app).address() as AddressInfo).port);
  if (config.production) releaseMemory(); // a developer would wait for it
  process.send?.(READY);
}

/**
 * Reports `not ready`, keeps serving until load balancers have noticed, then stops accepting connections. Each open
 * connection ends with its current response. If the process has a successor, an idle connection ends with the response
 * to its next request, if that comes soon: closing it at once could reset a request that is already on its way. Returns
 * false if a request was cut off before its response began. Downloads do not count, since they may take longer than any
 * shutdown: the client notices that the download is incomplete and retries.
 */
async function close(
  app: INestApplication,
  load: KernelMiddleware,
  { signal, preStopMs, hasSuccessor, responseTimeoutMs, stopTimeoutMs }: ShutdownOptions,
): Promise<boolean> {
  const server = serverOf(app);
  const { httpAdapter: adapter } = app.get<HttpAdapterHost<AerieAdapter>>(HttpAdapterHost);
  let finished = true;
  if (!hasSuccessor) app.get(Readiness).stop();
  await sleep(preStopMs);
  server.prependListener('request', (_, response: ServerResponse) => response.setHeader('Connection', 'close'));
  const closeIdle = () => setInterval(() => closeIdleConnections(server), LOOK_FOR_IDLE_MS);
  setTimeout(closeIdle, hasSuccessor ? IDLE_MS : 0);
  const cutter = setTimeout(() => {
    finished = !load.hasActiveRequests();
    server.closeAllConnections();
  }, responseTimeoutMs);
  const answered = adapter.drain(); // before closing the application, which first finishes its jobs
  void answered.then(() => clearTimeout(cutter));
  const late = sleep(stopTimeoutMs).then(() => false);
  return Promise.race([closeFor(app, signal).then(() => finished), late]);
}

function serverOf(app: INestApplication): Server {
  return app.getHttpServer() as Server;
}
