import type { EntityManager } from 'typeorm';
import { Config } from '../config/config.js';
import { Logger } from '../kernel/logging/logger.js';
import type { JobKind } from './job-kind.js';
import { Jobs } from './jobs.service.js';
import { createQueueClient, createQueues } from './queue.js';

/** Runs `work` with a queue outside of the application: for commands, which add jobs of these kinds and run none. */
export async function withQueue<T>(
  given: Config,
  db: EntityManager,
  kinds: readonly JobKind<object>[],
  work: (jobs: Jobs) => Promise<T>,
): Promise<T> {
  const config = new Config({ ...given.values, JOBS_IN_PROCESS: false });
  const boss = createQueueClient(config);
  const jobs = new Jobs(config, new Logger(config, process.stderr), boss, db);
  await boss.start();
  try {
    await createQueues(boss, kinds);
    return await work(jobs);
  } finally {
    await boss.stop({ graceful: false });
  }
}
