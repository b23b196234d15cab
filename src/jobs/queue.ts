import { PgBoss, type Db } from 'pg-boss';
import type { Config } from '../config/config.js';
import {
  MIGRATION_APPLICATION_NAME,
  migrationLockTimeout,
  retryOnLockTimeout,
} from '../database-setup/lock-timeout-retries.js';
import type { JobKind } from './job-kind.js';
import { CAUSED_BY, DEAD_LETTERS, IS_LISTED } from './job-row.entity.js';
import {
  CONNECTION_LIMITS,
  CONSUMER_OPTIONS,
  PRODUCER_OPTIONS,
  queueOptions,
  sessionOptions,
} from './queue-options.js';

// Creates the pg-boss client, and its schema with additional indexes.

/**
 * Indexes for lists ordered by id: of all jobs, by state, by kind and state, by request, by owner. The primary key
 * serves lists by kind.
 */
const INDEXES = {
  aerie_job_id_idx: `(id) where ${IS_LISTED}`,
  aerie_job_state_id_idx: `(state, id) where ${IS_LISTED}`,
  aerie_job_name_state_id_idx: `(name, state, id) where ${IS_LISTED}`,
  aerie_job_request_id_id_idx: `(${CAUSED_BY}, id) where ${CAUSED_BY} is not null and ${IS_LISTED}`,
  aerie_job_group_id_id_idx: `(group_id, id) where group_id is not null and ${IS_LISTED}`,
};

/**
 * Creates the pg-boss client, which bypasses any pooler, since it listens and its locks belong to sessions. Its schema
 * must exist (migrateJobs).
 */
export function createQueueClient(config: Config): PgBoss {
  return new PgBoss({
    connectionString: config.directUrl,
    application_name: 'aerie-jobs',
    ...CONNECTION_LIMITS,
    max: 3,
    migrate: false,
    createSchema: false,
    openTelemetry: { enabled: false }, // it traces a batch as a whole, while JobWorker has a span for each job
    ...(config.values.JOBS_IN_PROCESS ? CONSUMER_OPTIONS : PRODUCER_OPTIONS),
  });
}

const subject = () => Promise.resolve(`The job queue's own migration`);

/** Creates or upgrades pg-boss's schema. Only one process at a time may run it. */
export function migrateJobs(config: Config): Promise<void> {
  return retryOnLockTimeout(config, subject, async () => {
    const boss = new PgBoss({
      connectionString: config.directUrl,
      application_name: MIGRATION_APPLICATION_NAME,
      ...sessionOptions({ lock_timeout: migrationLockTimeout(config) }),
      max: 1,
      supervise: false,
      schedule: false,
    });
    boss.on('error', () => {}); // start() throws it as well
    try {
      await boss.start();
      await createIndexes(boss.getDb());
    } finally {
      await boss.stop({ graceful: false });
    }
  });
}

/** Creates the queues of these kinds, or updates their settings. */
export async function createQueues(boss: PgBoss, kinds: readonly JobKind<object>[]): Promise<void> {
  const known = new Set((await boss.getQueues()).map(({ name }) => name));
  if (!known.has(DEAD_LETTERS)) await boss.createQueue(DEAD_LETTERS);
  for (const kind of kinds) {
    if (known.has(kind.name)) await boss.updateQueue(kind.name, queueOptions(kind));
    else await boss.createQueue(kind.name, queueOptions(kind));
  }
}

/**
 * Creates missing indexes. Checks first, since `create index if not exists` locks the table before it checks, which
 * blocks workers.
 */
async function createIndexes(db: Db): Promise<void> {
  for (const [name, definition] of Object.entries(INDEXES)) {
    const { rows } = await db.executeSql('select to_regclass($1) as index', [`pgboss.${name}`]);
    const [{ index }] = rows as [{ index: string | null }];
    if (index === null) await db.executeSql(`create index ${name} on pgboss.job ${definition}`);
  }
}
