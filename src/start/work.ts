import { setTimeout as sleep } from 'node:timers/promises';
import { createApp } from '../app.js';
import { loadConfig, type Config } from '../kernel/config/config.js';
import { findDatabase, type Database } from '../kernel/database/find-database.js';
import { Logger } from '../kernel/logging/logger.js';
import { prepareSchema } from '../prepare.js';
import { metricsLines, warn } from './announce.js';
import { closeFor, endOnSignals } from './ending.js';
import { fail } from './fail.js';

/** Does jobs, without serving, until a signal. */
export async function work(): Promise<void> {
  try {
    const config = loadConfig();
    warn(config);
    const database = await findDatabase(config.forWorker(), fail);
    try {
      await workOn(database);
    } catch (error) {
      await database.release();
      throw error;
    }
  } catch (error) {
    fail(error);
  }
}

async function workOn(database: Database): Promise<void> {
  const { config } = database;
  await prepareSchema(config, { check: true });
  await takeJobs(config, () => database.release());
  process.stdout.write(`\n${['Aerie does jobs', ...metricsLines(config)].join('\n')}\n\n`);
}

async function takeJobs(config: Config, release: () => Promise<void>): Promise<void> {
  const logger = new Logger(config);
  const { app } = await createApp(config, logger);
  endOnSignals(logger, 0, async ({ signal, withinMs }) => {
    const late = sleep(withinMs).then(() => false);
    const finished = await Promise.race([closeFor(app, signal).then(() => true), late]);
    await release();
    return finished;
  });
}
