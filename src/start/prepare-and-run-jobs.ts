import { setTimeout as sleep } from 'node:timers/promises';
import { createApp } from '../app.js';
import type { Config } from '../config/config.js';
import type { Database } from '../database-setup/find-database.js';
import { Logger } from '../kernel/logging/logger.js';
import { prepareSchema } from '../prepare.js';
import { announceStep, mailLines, metricsLines } from './announce.js';
import { compareSchema } from './compare-schema.js';
import { closeFor, shutDownOnSignals, ignoreReload } from './shutdown.js';
import { reloadSecretsOnHangUp } from './keys.js';
import { haltIfShuttingDown } from './signals.js';

/** Prepares the database, and starts to run jobs. */
export async function prepareAndRunJobs(database: Database): Promise<void> {
  const { config } = database;
  await prepareSchema(config, { check: true, tell: announceStep });
  await haltIfShuttingDown();
  await runJobs(config, () => database.release());
  process.stdout.write(`\n${['Aerie runs jobs', ...mailLines(config), ...metricsLines(config)].join('\n')}\n\n`);
  await compareSchema(config);
}

async function runJobs(config: Config, release: () => Promise<void>): Promise<void> {
  const logger = new Logger(config);
  const { app } = await createApp(config, logger);
  await haltIfShuttingDown();
  reloadSecretsOnHangUp(config, logger, {
    apply: ({ values }) => config.changeKeys(values),
    others: 'after a restart',
  });
  ignoreReload(logger);
  shutDownOnSignals(logger, 0, async ({ signal, stopTimeoutMs }) => {
    const late = sleep(stopTimeoutMs).then(() => false);
    const finished = await Promise.race([closeFor(app, signal).then(() => true), late]);
    await release();
    return finished;
  });
}
