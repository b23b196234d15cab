import type { INestApplication } from '@nestjs/common';
import cluster from 'node:cluster';
import type { AddressInfo } from 'node:net';
import { createApp } from '../app.js';
import type { Config } from '../kernel/config.js';
import { Logger } from '../kernel/logging/logger.js';

/** A stop that takes longer than this is ended by force. */
const HARD_STOP_MS = 30_000;
const DRAIN_AFTER_CRASH_MS = 5000;

/**
 * Serves until a signal: then requests in flight are finished, connections closed, `release` is called, and the
 * process exits with 0. Returns the address. Throws an error with a code for a port that is taken.
 */
export async function serve(config: Config, release: () => Promise<void>): Promise<string> {
  const logger = new Logger(config);
  const { app } = await createApp(config, logger);
  stopOnSignals(app, logger, release);
  const address = await listen(app, config).catch(async (error: unknown) => {
    await app.close();
    await release();
    throw error;
  });
  process.send?.('ready');
  return address;
}

async function listen(app: INestApplication, { host, values: { PORT } }: Config): Promise<string> {
  try {
    await app.listen(PORT, host);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE') throw error;
    const taken = `Port ${PORT} on ${host} is taken by another program: stop it or set PORT to another number`;
    throw Object.assign(new Error(taken), { code });
  }
  const { port } = (app.getHttpServer() as { address(): AddressInfo }).address();
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function stopOnSignals(app: INestApplication, logger: Logger, release: () => Promise<void>): void {
  let stopping = false;
  const stop = async (exitCode: number, withinMs: number) => {
    if (stopping) process.exit(exitCode || 1); // the second signal means now
    stopping = true;
    setTimeout(() => process.exit(1), withinMs).unref();
    await app.close();
    await release();
    process.exit(exitCode);
  };
  const end = (exitCode: number, withinMs: number) => {
    stop(exitCode, withinMs).catch((error: unknown) => {
      logger.error(error, 'Stopping failed');
      process.exit(1);
    });
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => end(0, HARD_STOP_MS));
  if (cluster.isWorker) process.on('disconnect', () => end(0, HARD_STOP_MS)); // the primary is gone
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      logger.error(error, 'A bug: nobody caught this');
      end(1, DRAIN_AFTER_CRASH_MS); // its state cannot be trusted any more
    });
  }
}
