import type { INestApplication } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import cluster from 'node:cluster';
import { once } from 'node:events';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createApp } from '../app.js';
import { Readiness } from '../health/readiness.js';
import type { Config } from '../kernel/config/config.js';
import type { AerieAdapter } from '../kernel/http/adapter.js';
import { addressOf, listenError } from '../kernel/http/address.js';
import type { KernelMiddleware } from '../kernel/http/use-kernel.js';
import { Logger } from '../kernel/logging/logger.js';
import { closeFor, endOnSignals, READY } from './ending.js';
import { releaseMemory } from './garbage-collection.js';
import { rereadOnHangUp, takeKeys } from './keys.js';
import { goOn, type Ending } from './signals.js';

const LOOK_FOR_IDLE_MS = 50;
/** Longer than most clients and balancers pause: who has not used a connection for so long is not about to. */
const IDLE_MS = 10_000;
/** Connections that wait to be accepted: one that finds no room tries again after a second at the earliest. */
const BACKLOG = 4096;

/**
 * Serves until a signal: then balancers are told, requests in flight are finished, connections closed, `release` is called, and the
 * process ends. Returns the address. Throws an OperatorError when it cannot listen there, everything given back.
 */
export async function serve(config: Config, release: () => Promise<void>): Promise<string> {
  const logger = new Logger(config);
  const { app, load } = await createApp(config, logger);
  await goOn();
  if (cluster.isWorker) takeKeys(config);
  else rereadOnHangUp(config, logger, { take: (anew) => config.changeKeys(anew.values), others: 'after a restart' });
  endOnSignals(logger, config.preStopMs, async (ending) => {
    const finished = await close(app, load, ending);
    await release();
    return finished;
  });
  try {
    await once(serverOf(app).listen({ port: config.values.PORT, host: config.host, backlog: BACKLOG }), 'listening');
  } catch (error) {
    await app.close();
    throw listenError(error, config.host, config.values.PORT);
  }
  const { port } = serverOf(app).address() as AddressInfo;
  releaseMemory();
  process.send?.(READY);
  return addressOf(config.host, port);
}

/**
 * Says that it is not ready, goes on until balancers have heard it, then takes no new connections and ends the open ones
 * with the answer that is under way. Where others serve on, a connection without a request ends with the answer to its
 * next one, if that comes soon: closed at once, it would be reset under a request that is on its way. False when an answer
 * that nobody has begun to read had to be cut off. A download may take longer than any stop: its client sees that it
 * breaks off, and comes again.
 */
async function close(
  app: INestApplication,
  load: KernelMiddleware,
  { signal, preStopMs, isSucceeded, answersMs, withinMs }: Ending,
): Promise<boolean> {
  const server = serverOf(app);
  const { httpAdapter: adapter } = app.get<HttpAdapterHost<AerieAdapter>>(HttpAdapterHost);
  let finished = true;
  if (!isSucceeded) app.get(Readiness).stop();
  await sleep(preStopMs);
  server.prependListener('request', (_, response: ServerResponse) => response.setHeader('Connection', 'close'));
  const hangUp = () => setInterval(() => server.closeIdleConnections(), LOOK_FOR_IDLE_MS);
  setTimeout(hangUp, isSucceeded ? IDLE_MS : 0);
  const cutter = setTimeout(() => {
    finished = !load.hasActiveRequests();
    server.closeAllConnections();
  }, answersMs);
  const answered = adapter.drain(); // at once: the application itself has jobs to finish first
  void answered.then(() => clearTimeout(cutter));
  const late = sleep(withinMs).then(() => false);
  return Promise.race([closeFor(app, signal).then(() => finished), late]);
}

function serverOf(app: INestApplication): Server {
  return app.getHttpServer() as Server;
}
