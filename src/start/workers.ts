import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../kernel/config.js';
import { Logger } from '../kernel/logging/logger.js';

const HARD_STOP_MS = 30_000;
/** So many deaths in a minute are no accident any more. */
const MAX_DEATHS = 10;
const DEATHS_WINDOW_MS = 60_000;
const MAX_BACKOFF_MS = 5000;

/**
 * Runs WORKERS processes on one port and replaces those that die: at once, then with growing pauses; after too many
 * deaths it gives up with exit code 1. On a signal the workers finish their requests, then `release` is called. Returns
 * the address once every worker serves.
 */
export async function superviseWorkers(config: Config, release: () => Promise<void>): Promise<string> {
  const logger = new Logger(config);
  const deaths: number[] = [];
  const state = { stopping: false };
  const fork = () =>
    cluster.fork({ DATABASE_URL: config.databaseUrl, JWT_SECRET: config.values.JWT_SECRET, DEMO_DATA: 'false' });
  const stop = async (exitCode: number) => {
    if (state.stopping) process.exit(exitCode || 1);
    state.stopping = true;
    setTimeout(() => process.exit(1), HARD_STOP_MS).unref();
    await Promise.all(livingWorkers().map(endWorker));
    await release();
    process.exit(exitCode);
  };
  const workers = Array.from({ length: config.values.WORKERS }, fork);
  const exits = new Promise<never>((_, reject) => {
    cluster.once('exit', () => reject(new Error('A worker did not start')));
  });
  await Promise.race([Promise.all(workers.map((worker) => once(worker, 'message'))), exits]).catch(async (error) => {
    await Promise.all(livingWorkers().map(endWorker));
    await release();
    throw error;
  });
  exits.catch(() => {}); // from here on a death is handled below
  cluster.on('exit', (worker, code, signal) => {
    if (state.stopping) return;
    logger.error(`Worker ${worker.process.pid} died (${signal || code}); another takes its place`);
    void replace(deaths, fork, () => stop(1));
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(0));
  return `http://${config.host}:${config.values.PORT}`;
}

async function replace(deaths: number[], fork: () => Worker, giveUp: () => Promise<void>): Promise<void> {
  const now = Date.now();
  deaths.push(now);
  while (deaths[0]! < now - DEATHS_WINDOW_MS) deaths.shift();
  if (deaths.length > MAX_DEATHS) return giveUp();
  if (deaths.length > 1) await sleep(Math.min(100 * 2 ** (deaths.length - 2), MAX_BACKOFF_MS));
  fork();
}

function livingWorkers(): Worker[] {
  return Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
}

async function endWorker(worker: Worker): Promise<void> {
  if (worker.isDead()) return;
  const gone = once(worker, 'exit');
  worker.process.kill('SIGTERM');
  await gone;
}
